"""An own report as .xlsx, written row by row: the rows in their groups with sums, and what was left out."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from dispatch.own_reports import present
from dispatch.own_reports.columns import Column
from dispatch.own_reports.definitions import Kind
from dispatch.own_reports.reading import Group, Reading
from projects.ledger.marker import Marker
from projects.ledger.sheet import streamed_cell
from projects.ledger.writer import write_marker

WIDTHS = {Kind.TEXT: 28, Kind.DAY: 12, Kind.CHOICE: 16}
LONG, NUMBER = 44, 16
TOLD_EVERY = 100
BOLD = Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")


def render(reading: Reading, *, title: str, progress: Callable[[int, int], None] = lambda done, total: None) -> bytes:
    """The bytes of the workbook, with all rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(pgettext("own report", "Report"))
    head = _head(reading, title)
    for number, column in enumerate(reading.columns, 2 if reading.grouped else 1):
        sheet.column_dimensions[get_column_letter(number)].width = (
            LONG if column.long else WIDTHS.get(column.kind, NUMBER)
        )
    if reading.grouped:
        sheet.column_dimensions["A"].width = 30
    sheet.freeze_panes = f"A{len(head) + 2}"
    for text in head:
        sheet.append([streamed_cell(sheet, text)])
    sheet.append(_titles(sheet, reading))
    _body(sheet, reading, progress)
    sheet.append(_sums(sheet, reading, reading.total, _("Total of %(n)d rows") % {"n": reading.total.count}))
    write_marker(book, Marker("", title))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _head(reading: Reading, title: str) -> list[str]:
    as_of = _("As of %(day)s, what %(person)s may see") % {"day": reading.env.today, "person": reading.env.user}
    return [title, as_of, *(present.problem_words(problem, reading) for problem in reading.problems)]


def _titles(sheet, reading: Reading) -> list:
    names = [str(column.label) for column in reading.columns]
    if reading.grouped:
        names.insert(0, " / ".join(str(column.label) for column in reading.grouped))
    cells = [streamed_cell(sheet, name) for name in names]
    for one in cells:
        one.font, one.alignment = BOLD, WRAPPED
    return cells


def _body(sheet, reading: Reading, progress: Callable[[int, int], None]) -> None:
    rows = reading.rows()
    done = 0
    for line in reading.lines(rows):
        if line.group is not None:
            name = present.unit_words(reading, line.group.keys)
            text = f"{'　' * line.group.level}{name} ({line.group.count})"
            sheet.append(_sums(sheet, reading, line.group, text))
            continue
        done += 1
        cells = [_cell(sheet, reading, column, line.row.values[column.name]) for column in reading.columns]
        sheet.append([None, *cells] if reading.grouped else cells)
        if done % TOLD_EVERY == 0:
            progress(done, len(rows))


def _cell(sheet, reading: Reading, column: Column, value: Any):
    return streamed_cell(sheet, present.cell(column, value, reading.labels), present.FORMATS.get(column.kind, ""))


def _sums(sheet, reading: Reading, group: Group, name: str) -> list:
    """A line with sums; the name stands in the first cell when that is free."""
    cells: list = [_cell(sheet, reading, c, group.sums[c.name]) if c.sums else None for c in reading.columns]
    if reading.grouped:
        cells.insert(0, streamed_cell(sheet, name))
    elif cells[0] is None:
        cells[0] = streamed_cell(sheet, name)
    for one in filter(None, cells):
        one.font = BOLD
    return cells
