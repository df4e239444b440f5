"""Files of papers: checked, kept in versions, reviewed, returned with all reasons at once."""
