"""Many projects at once, an independent oracle and naive twins for the tests of the daily job."""
