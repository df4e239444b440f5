"""A list as a workbook that can come back: streamed, every row with its key, version and base. See base.py, marker.py.

The three columns stand hidden at the right end, outside the printed area; the marker is a hidden sheet. Memory does not
grow with the rows: they are taken one by one and each is written to the file at once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

import openpyxl
from django.utils.timezone import localtime
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from accounts.models import Park
from projects.ledger import base, marker
from projects.ledger.dates import PartialDate
from projects.ledger.fields import to_json
from projects.ledger.kinds import TableKind
from projects.ledger.layouts import Layout, Leaf
from projects.ledger.row_keys import key_text
from projects.ledger.sheet import kept_whole, streamed_cell
from projects.ledger.stream import DAY_FORMAT, LAST_ROW, MONTH_FORMAT, Cells, save

TOLD_EVERY = 100  # rows
YI = Decimal(10_000)  # 万元 in one 亿元
A3 = 8
_LINE = Side(style="thin", color="FF9AA5B1")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
HEAD = {
    "font": Font(bold=True),
    "alignment": Alignment(horizontal="center", vertical="center", wrap_text=True),
    "fill": PatternFill("solid", fgColor="FFEEF2F6"),
    "border": BOX,
}
OURS = {"font": Font(color="FF9AA5B1"), "fill": PatternFill("solid", fgColor="FFF1F3F5")}
Values = Mapping[str, Any]
Words = Mapping[str, Mapping[Any, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """``key``: id of the row in the register; ``values``: {field: value} as the reader would read them."""

    key: int
    version: int
    values: Values


def list_sheet(
    kind: TableKind,
    layout: Layout,
    rows: Iterable[Row],
    *,
    park: Park,
    at: datetime | None,
    title: str,
    remarks: Sequence[str] = ("", ""),
    year: int | None = None,
    month: int | None = None,
    words: Words | None = None,
    shown: Callable[[Leaf, Values], Any] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    total: int = 0,
) -> BinaryIO:
    """The rows in their order: an open temporary file, at its beginning.

    ``words``: {field: {code: what the list says}}. ``shown(leaf, values)``: what a cell says, for lists whose cells
    hold more than one field; otherwise the value in the leaf's unit. A leaf without field shows ``values[header]``,
    序号 the running number. ``remarks``: two texts above the table.
    """
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet(layout.sheet)
    write_head(sheet, layout, title, remarks, year, month)
    sheet.print_area = _area(1, 1, len(layout.leaves), LAST_ROW)
    name = marker.Marker(kind.key, kind.name_zh, park.code, localtime(at).isoformat() if at else "", year, month)
    write_marker(workbook, name)
    lines = _Lines(sheet, kind, layout, park, shown or _in_words(words or {}))
    file = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115
    save(workbook, {layout.sheet: lines.of(rows, progress, total)}, file)
    file.seek(0)
    return file


def write_marker(workbook: openpyxl.Workbook, name: marker.Marker) -> None:
    """The hidden sheet, last in the workbook."""
    sheet = workbook.create_sheet(marker.SHEET)
    sheet.sheet_state = "hidden"
    for row in name.rows():
        sheet.append([streamed_cell(sheet, value) for value in row] if workbook.write_only else list(row))


class _Lines:
    """Makes one row after the other; styles are made once."""

    def __init__(self, sheet, kind: TableKind, layout: Layout, park: Park, shown: Callable[[Leaf, Values], Any]):
        self.kind, self.layout, self.park, self.shown = kind.key, layout, park, shown
        self.stamped = [*(leaf.field for leaf in layout.leaves if leaf.field), *layout.also]
        self.serial = next((n for n, leaf in enumerate(layout.leaves) if _counts(leaf)), None)
        self.xml = Cells(sheet, len(layout.leaves) + len(base.HEADERS))
        self.month, self.ours = self.xml.style(number_format=MONTH_FORMAT), self.xml.style(**OURS)

    def of(self, rows: Iterable[Row], progress: Callable[[int, int], None], total: int) -> Iterator[str]:
        first = self.layout.first_data_row
        for number, row in enumerate(rows, 1):
            yield self.xml.row(first + number - 1, self.values(number, row))
            if number % TOLD_EVERY == 0:
                progress(number, total)

    def values(self, number: int, row: Row) -> list[Any]:
        made = [self.value(self.shown(leaf, row.values)) for leaf in self.layout.leaves]
        if self.serial is not None:
            made[self.serial] = number
        told = {field: to_json(row.values.get(field)) for field in self.stamped}
        key = key_text(self.kind, row.key, park_id=self.park.pk)
        return [*made, (key, self.ours), (row.version, self.ours), (base.stamp(told), self.ours)]

    def value(self, value: Any) -> Any:
        if value is None or isinstance(value, Decimal):
            return value
        if isinstance(value, str):
            return kept_whole(value)
        if isinstance(value, PartialDate):
            on, number_format = dated(value)
            return (on, self.month) if number_format == MONTH_FORMAT else on
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, datetime) and value.tzinfo:
            return localtime(value).replace(tzinfo=None)
        return value


def _counts(leaf: Leaf) -> bool:
    return leaf.field is None and leaf.header == "序号"


def _in_words(words: Words) -> Callable[[Leaf, Values], Any]:
    def shown(leaf: Leaf, values: Values) -> Any:
        value = values.get(leaf.field or leaf.header)
        if leaf.field in words:
            return words[leaf.field].get(value, value)
        return in_unit(leaf, value)

    return shown


def in_unit(leaf: Leaf, value: Any) -> Any:
    """Money kept in 万元 as the column's header says."""
    return value / YI if leaf.unit == "亿元" and value is not None else value


def dated(on: PartialDate) -> tuple[Any, str]:
    """(cell value, number format) of a date: a typed date where day or month are known, else the words for it."""
    if on.value is None:
        return "已完成", ""
    if on.precision == "day":
        return on.value, DAY_FORMAT
    if on.precision == "month":
        return on.value, MONTH_FORMAT
    month = on.value.month
    quarter, half = f"{'一二三四'[(month - 1) // 3]}季度", "上半年" if month <= 6 else "下半年"
    return f"{on.value.year}年" + {"quarter": quarter, "half": half}.get(on.precision or "", ""), ""


def write_head(
    sheet,
    layout: Layout,
    title: str,
    remarks: Sequence[str],
    year: int | None,
    month: int | None,
    *,
    ours: bool = True,
) -> None:
    """Widths, frozen panes, print set-up, and the rows above the data; ``ours``: with the three hidden columns."""
    width = len(layout.leaves)
    hidden = base.HEADERS if ours else ()
    _columns(sheet, layout, hidden)
    half = max(1, width // 2)
    sheet.merged_cells.add(_area(1, layout.title_row, width, layout.title_row))
    sheet.merged_cells.add(_area(1, layout.remark_row, half, layout.remark_row))
    sheet.merged_cells.add(_area(half + 1, layout.remark_row, width, layout.remark_row))
    for merge in layout.merges():
        sheet.merged_cells.add(_area(merge.left, merge.top, merge.right, merge.bottom))
    texts = {(layout.title_row, 1): title}
    texts |= {(layout.remark_row, at): text for at, text in zip((1, half + 1), remarks, strict=False) if text}
    texts |= {(row, column): text for row, column, text in layout.header_cells(year or 0, month or 0)}
    texts |= {(layout.header_rows[0], width + at): text for at, text in enumerate(hidden, 1)}
    for row in range(1, layout.first_data_row):
        sheet.append([head_cell(sheet, layout, row, column, texts) for column in range(1, width + 1 + len(hidden))])


def _columns(sheet, layout: Layout, hidden: Sequence[str]) -> None:
    width = len(layout.leaves)
    for column, leaf in enumerate(layout.leaves, 1):
        sheet.column_dimensions[get_column_letter(column)].width = leaf.width
    for column in range(width + 1, width + 1 + len(hidden)):
        ours = sheet.column_dimensions[get_column_letter(column)]
        ours.hidden, ours.outlineLevel, ours.width = True, 1, 12
    frozen = next((n for n, leaf in enumerate(layout.leaves, 1) if leaf.field in ("name", "title")), 1)
    sheet.freeze_panes = f"{get_column_letter(frozen + 1)}{layout.first_data_row}"
    sheet.print_title_rows = f"{layout.header_rows[0]}:{layout.header_rows[-1]}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def _area(left: int, top: int, right: int, bottom: int) -> str:
    return f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"


def head_cell(sheet, layout: Layout, row: int, column: int, texts: Mapping[tuple[int, int], str]) -> Any:
    """A cell of the rows above the data."""
    cell = streamed_cell(sheet, texts.get((row, column)))
    if row == layout.title_row:
        cell.font, cell.alignment = Font(bold=True, size=16), Alignment(horizontal="center", vertical="center")
    elif row in layout.header_rows:
        for name, style in (HEAD if column <= len(layout.leaves) else OURS).items():
            setattr(cell, name, style)
    return cell
