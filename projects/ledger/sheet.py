"""Writing into a worksheet so that a text can only ever be a text. Used by every .xlsx the system hands out.

Formulas are never made from data: strings keep the string type, and those that a spreadsheet would start to calculate
when they are edited also carry the quote prefix. The characters themselves stay as they are, so that a file that is
read back gives the same values.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

CELL_LIMIT = 32_767  # characters one cell may hold
CUT_MARK = "…（内容过长，已截断）"
# What XML 1.0 cannot carry, lone surrogates included; tab and line feed stay.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ACTIVE_STARTS = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")
# What spreadsheets would take for an escaped character (ECMA-376 22.9.2.19): the underscore itself is escaped then.
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# A text with none of these may be handed to the writer as it is.
_CAREFUL = re.compile(f"\\A[#\t{re.escape(''.join(_ACTIVE_STARTS))}]|{_UNWRITABLE.pattern}|{_ESCAPED.pattern}")
# An apostrophe before such a start reads as the guard of an export; a text that has one of its own gets another.
_LOOKS_GUARDED = re.compile(r"'+[=+\-@＝＋－＠\t\r]")


def safe_text(text: str) -> str:
    """Without characters a workbook cannot hold, and cut with a visible mark where a cell ends."""
    clean = _ESCAPED.sub("_x005F_", _UNWRITABLE.sub("", text.replace("\r\n", "\n")))
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


def careful(text: str) -> bool:
    """Whether ``safe_text`` may change it, or a program may take it for more than a text."""
    return len(text) > CELL_LIMIT or _CAREFUL.search(text) is not None


def starts_actively(text: str) -> bool:
    """Whether a spreadsheet would begin to calculate when somebody edits the cell."""
    return text.startswith(_ACTIVE_STARTS)


def kept_whole(text: str) -> str:
    """For lists that are read again: an apostrophe the text itself begins with is not taken for a guard."""
    return "'" + text if _LOOKS_GUARDED.match(text) else text


def csv_text(rows: Iterable[Sequence[Any]]) -> bytes:
    """A list as .csv that spreadsheets show as it is: UTF-8 with a mark, every field quoted, no text is calculated.

    A text that begins like a formula gets an apostrophe in front, which our import takes away again. Numbers and dates
    are plain: dates as 2025-04-30, no thousands separators. Rows end with CR LF.
    """
    return b"\xef\xbb\xbf" + "".join(f"{','.join(map(_csv_field, row))}\r\n" for row in rows).encode()


def _csv_field(value: Any) -> str:
    if value is None:
        return '""'
    if isinstance(value, bool):
        return '"是"' if value else '"否"'
    if isinstance(value, Decimal):
        return f'"{value:f}"'
    if not isinstance(value, str):
        return '"{}"'.format(str(value).replace('"', '""'))
    text = _UNWRITABLE.sub("", value.replace("\r\n", "\n"))
    guard = "'" if text.lstrip(" \u3000\n").startswith(_ACTIVE_STARTS) or _LOOKS_GUARDED.match(text) else ""
    return '"{}{}"'.format(guard, text.replace('"', '""'))


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
