"""Writing into a worksheet so that a text can only ever be a text. Used by every .xlsx the system hands out.

Formulas are never made from data: strings keep the string type, and those that a spreadsheet would start to calculate
when they are edited also carry the quote prefix. The characters themselves stay as they are, so that a file that is
read back gives the same values.
"""

import re
from typing import Any

from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

CELL_LIMIT = 32_767  # characters one cell may hold
CUT_MARK = "…（内容过长，已截断）"
# What XML 1.0 cannot carry, lone surrogates included; tab and line feed stay.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ACTIVE_STARTS = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")


def safe_text(text: str) -> str:
    """Without characters a workbook cannot hold, and cut with a visible mark where a cell ends."""
    clean = _UNWRITABLE.sub("", text.replace("\r\n", "\n"))
    return clean if len(clean) <= CELL_LIMIT else clean[: CELL_LIMIT - len(CUT_MARK)] + CUT_MARK


def safe_cell(sheet: Worksheet, row: int, column: int, value: Any) -> Cell:
    """Writes a value, rows and columns counted from 1: text as text; numbers, dates and None as they are."""
    return _fill(sheet.cell(row=row, column=column), value)


def streamed_cell(sheet: WriteOnlyWorksheet, value: Any, number_format: str = "") -> Cell:
    """The same for a sheet that is written row by row; the cell is for the next ``append``."""
    cell = _fill(WriteOnlyCell(sheet), value)
    if number_format:
        cell.number_format = number_format
    return cell


def _fill(cell: Cell, value: Any) -> Cell:
    if not isinstance(value, str):
        cell.value = value
        return cell
    text = safe_text(value)
    cell.value = text
    cell.data_type = "s"
    if text.startswith(_ACTIVE_STARTS):
        cell.quotePrefix = True
    return cell
