"""联审: a bundle opened once, answered in parallel, issued together."""
