"""Import and export of ledger workbooks (domain.md 4.3, 4.4).

bytes → safety → workbook → headers → table → rows → reader (`read_ledger`) → diff (`plan`). All of these are pure.
"""

import openpyxl

# openpyxl writes our exports and lends its tables; it must never parse XML without defusedxml.
assert openpyxl.DEFUSEDXML, "defusedxml must be installed"
