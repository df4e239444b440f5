"""Calendar feeds (iCal) of due dates, by a signed address that can be withdrawn."""
