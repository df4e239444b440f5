"""Which rows of a table are projects. Totals, groups, notes and repeated headers never become projects. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from projects.ledger.headers import Table
from projects.ledger.text import folded
from projects.ledger.workbook import Cell, Sheet

Role = Literal["project", "group", "total", "note", "header_repeat", "empty"]

_TOTAL = re.compile(
    r"(?:本页|分类|全区|全市|全县|总)?(?:合计|总计|小计|共计|总和)(?:\([^()]*\))?:?|合计:?.{0,4}个(?:项目)?"
)
_SUBTOTAL = re.compile(r"小计|本页")
_GROUP = re.compile(r"(?:[一二三四五六七八九十]+[、.,．]|\([一二三四五六七八九十]+\)|[IVX]+[、.])")
_CHINESE_NUMBER = re.compile(r"[一二三四五六七八九十]+、?|\([一二三四五六七八九十]+\)")
_COUNTED = re.compile(r".*\(\d+个(?:项目)?\)")
_NOTE = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明|附注)\d*[:.、]|(?:填报人|填表人|审核人|审批人|制表人?|填报单位|填报日期|负责人|联系电话)[:]"
)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the sheet and what it is; `text` is its first text; `subtotal` tells 小计 from 合计."""

    number: int
    role: Role
    text: str = ""
    subtotal: bool = False


def classify(sheet: Sheet, table: Table, title: str = "name") -> list[TableRow]:
    """Every row from the first data row to the last filled one, in order."""
    filled: dict[int, list[Cell]] = {}
    numbers = {column.number for column in table.columns}
    for (row, column), cell in sheet.cells.items():
        if row >= table.first_row and column in numbers:
            filled.setdefault(row, []).append(cell)
    last = max(filled, default=table.first_row - 1)
    rows = sorted(filled) if last - table.first_row > 100_000 else range(table.first_row, last + 1)
    return [_classified(sheet, table, title, row, sorted(filled.get(row, ()))) for row in rows]


def _classified(sheet: Sheet, table: Table, title: str, number: int, cells: list[Cell]) -> TableRow:
    texts = [cell for cell in cells if isinstance(cell.value, str) and cell.value.strip()]
    first = texts[0].value if texts and isinstance(texts[0].value, str) else ""
    mapped = [cell for cell in cells if cell.column in table.imported]
    name = table.column(title)
    name_cell = next((cell for cell in cells if name and cell.column == name.number), None)
    if not cells or (not mapped and not texts):
        return TableRow(number, "empty")
    if _repeats_header(table, texts):
        return TableRow(number, "header_repeat", first)
    leading = [folded(str(cell.value)) for cell in texts if name is None or cell.column <= name.number]
    if total := next((text for text in leading if _TOTAL.fullmatch(text)), None):
        return TableRow(number, "total", first, bool(_SUBTOTAL.search(total)))
    if cells[0] is texts[0] if texts else False:
        if _NOTE.match(folded(first)) and len(texts) <= 3:
            return TableRow(number, "note", first)
        if _is_group(sheet, table, cells, name_cell):
            return TableRow(number, "group", first)
    if not mapped:
        return TableRow(number, "note" if len(first) > 8 else "empty", first)
    return TableRow(number, "project", first)


def _repeats_header(table: Table, texts: list[Cell]) -> bool:
    leaves = {column.number: folded(column.header.rpartition("/")[2]) for column in table.columns}
    tops = {column.number: folded(column.header.partition("/")[0]) for column in table.columns}
    same = [c for c in texts if folded(str(c.value)) in (leaves.get(c.column), tops.get(c.column))]
    return len(same) >= 3 and 2 * len(same) > len(texts)


def _is_group(sheet: Sheet, table: Table, cells: list[Cell], name_cell: Cell | None) -> bool:
    """A heading: numbered 一、 or （一） in front of the name, or one text merged across half of the table."""
    first = cells[0]
    text = folded(str(first.value))
    if name_cell is None or name_cell is first:
        if _GROUP.match(text) and (name_cell is None or len(cells) == 1 or _merged_over(sheet, first) > 1):
            return True
        return len(cells) == 1 and _merged_over(sheet, first) >= max(3, len(table.columns) // 2)
    return bool(_CHINESE_NUMBER.fullmatch(text) and _COUNTED.fullmatch(folded(str(name_cell.value))))


def _merged_over(sheet: Sheet, cell: Cell) -> int:
    """How many columns the merge that begins at `cell` covers."""
    at = (cell.row, cell.column)
    return next((m.right - m.left + 1 for m in sheet.merges if (m.top, m.left) == at), 1) if at in sheet.anchors else 1
