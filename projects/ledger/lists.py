"""Plain lists as workbooks: a bold header that stays in sight and filters, then one row each, streamed.

Rows made with ``keyed`` also carry the key and version of what they are about, in hidden columns at the right end. The
hidden marker sheet says which list it is; such a file is for reading and is refused by name when it is imported.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from projects.ledger.base import KEY, VERSION
from projects.ledger.marker import Marker
from projects.ledger.sheet import streamed_cell
from projects.ledger.stream import LAST_ROW, Cells, save
from projects.ledger.writer import OURS, write_marker

Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A row with what it is about: ``key`` stays the same in every export, ``version`` changes with each change."""

    values: Values
    key: str
    version: int | str | None


@dataclass(frozen=True)
class ListSheet:
    """One sheet. ``widths`` in characters, as many as ``titles`` and as the values of every row."""

    name: str
    titles: Sequence[Any]
    widths: Sequence[int]
    rows: Iterable[Values | Keyed]


def keyed(about: Any, values: Values) -> Keyed:
    """The row of a model's instance; its version is that of its optimistic lock, else the moment of its last change."""
    version = getattr(about, "version", None)
    changed = getattr(about, "updated_at", None)
    return Keyed(
        values, f"{about._meta.label_lower}:{about.pk}", changed.isoformat() if version is None and changed else version
    )


def list_workbook(*sheets: ListSheet, name: str = "") -> bytes:
    """Bytes of the .xlsx with these sheets in order; ``name``: what people call the list, else the first sheet's."""
    with list_file(*sheets, name=name) as file:
        return file.read()


def list_file(*sheets: ListSheet, name: str = "") -> BinaryIO:
    """The same as an open temporary file, at its beginning; the rows are taken one by one while it is written."""
    book = Workbook(write_only=True)
    bodies = {}
    for one in sheets:
        sheet = book.create_sheet(one.name)
        bodies[sheet.title] = _body(sheet, one)
    write_marker(book, Marker("", str(name or sheets[0].name)))
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115
    save(book, bodies, file)
    file.seek(0)
    return file


def _body(sheet: Any, one: ListSheet) -> Iterator[str]:
    """Writes the head now; the rows are made when they are asked for."""
    rows = iter(one.rows)
    first = next(rows, None)
    hidden = (KEY, VERSION) if isinstance(first, Keyed) else ()
    width = len(one.titles)
    for column, wide in enumerate([*one.widths, *(12 for _hidden in hidden)], 1):
        here = sheet.column_dimensions[get_column_letter(column)]
        here.width = wide
        if column > width:
            here.hidden, here.outlineLevel = True, 1
    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(width, 1))}{LAST_ROW}"
    heads = [streamed_cell(sheet, str(title)) for title in (*one.titles, *hidden)]
    for cell in heads:
        cell.font = Font(bold=True)
    if len(one.widths) != width:
        raise ValueError(f"{one.name}: {width} titles, {len(one.widths)} widths")
    sheet.append(heads)
    cells = Cells(sheet, width + len(hidden), alignment=Alignment(wrap_text=True, vertical="top"))
    return _lines(cells, cells.style(**OURS), width, chain([] if first is None else [first], rows))


def _lines(cells: Cells, ours: str, width: int, rows: Iterable[Values | Keyed]) -> Iterator[str]:
    for number, row in enumerate(rows, 2):
        if isinstance(row, Keyed):
            values = [*row.values, *[None] * (width - len(row.values)), (row.key, ours)]
            yield cells.row(number, values if row.version is None else [*values, (row.version, ours)])
        else:
            yield cells.row(number, row)
