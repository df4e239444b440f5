"""A table of a page as .xlsx: headings like those of the other exports, one line for each row, notes below."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from projects.ledger.marker import Marker
from projects.ledger.sheet import streamed_cell
from projects.ledger.writer import write_marker

LINE = Side(style="thin", color="FF9AA5B1")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
HEAD_FONT, TITLE_FONT = Font(bold=True), Font(bold=True, size=16)
HEAD_FILL = PatternFill("solid", fgColor="FFEEF2F6")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
HEAD_ROWS = 3  # title, what it is about, headings


@dataclass(frozen=True)
class Heading:
    """One column: its words, and how wide it is in characters."""

    text: str
    width: int = 12


def workbook(
    *,
    sheet: str,
    title: str,
    about: str,
    headings: Sequence[Heading],
    rows: Iterable[Sequence[Any]],
    notes: Iterable[str] = (),
) -> BinaryIO:
    """An open temporary file at its beginning. Values: text, whole numbers, Decimal, dates, None for an empty cell."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet)
    for column, heading in enumerate(headings, 1):
        page.column_dimensions[get_column_letter(column)].width = heading.width
    page.freeze_panes = f"B{HEAD_ROWS + 1}"
    last = get_column_letter(max(len(headings), 1))
    for row in (1, 2):
        page.merged_cells.add(f"A{row}:{last}{row}")
    page.append([_styled(page, title, font=TITLE_FONT)])
    page.append([streamed_cell(page, about)])
    page.append(
        [_styled(page, heading.text, font=HEAD_FONT, fill=HEAD_FILL, alignment=CENTRE, border=BOX)
         for heading in headings]
    )  # fmt: skip
    for values in rows:
        page.append([_value(page, value) for value in values])
    for note in notes:
        page.append([streamed_cell(page, note)])
    write_marker(book, Marker("", title))
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return file


def _styled(page, text: str, **style: Any):
    cell = streamed_cell(page, text)
    for name, value in style.items():
        setattr(cell, name, value)
    return cell


def _value(page, value: Any) -> Any:
    if isinstance(value, date):
        return streamed_cell(page, value, "yyyy-mm-dd")
    if isinstance(value, Decimal):
        places = max(0, -value.as_tuple().exponent)
        return streamed_cell(page, value, "0." + "0" * places if places else "0")
    return streamed_cell(page, value)
