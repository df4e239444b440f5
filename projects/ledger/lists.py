"""Plain lists as workbooks: a bold header that stays in sight and filters, then one row each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from projects.ledger.sheet import safe_cell


@dataclass(frozen=True)
class ListSheet:
    """One sheet. ``widths`` in characters, as many as ``titles`` and as the values of every row."""

    name: str
    titles: Sequence[Any]
    widths: Sequence[int]
    rows: Iterable[Sequence[Any]]


def list_workbook(*sheets: ListSheet) -> bytes:
    """Bytes of the .xlsx with these sheets in order."""
    book = Workbook()
    book.remove(book.active)
    for one in sheets:
        _write(book.create_sheet(one.name), one)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet, one: ListSheet) -> None:
    for column, (title, width) in enumerate(zip(one.titles, one.widths, strict=True), start=1):
        safe_cell(sheet, 1, column, str(title)).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(one.rows, start=2):
        for column, value in enumerate(row, start=1):
            safe_cell(sheet, number, column, value).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
