"""Which rows of a table are projects. Totals, groups, notes and repeated headers never become projects. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from projects.ledger.bands import is_caption
from projects.ledger.headers import Table
from projects.ledger.text import folded, is_blank
from projects.ledger.vocabulary import NOTE
from projects.ledger.workbook import Cell, Sheet

Role = Literal["project", "group", "total", "note", "header_repeat", "empty"]

_COUNT = r"(?:\(?共?计?\d+[个项](?:项目)?\)?)?"
_TOTAL = re.compile(
    rf"(?:本页|分类|全区|全市|全县|全镇|全街道|全园区|区|市|县|总|以上)?(?:合计|总计|小计|共计|总和|累计){_COUNT}(?:\([^()]*\))?:?|(?:合计|共计?|总计):?.{{0,4}}\d+[个项](?:项目)?|合计:?.{{0,4}}个(?:项目)?"
)
_NAMED_TOTAL = re.compile(rf".{{1,16}}(?:合计|小计|总计|共计){_COUNT}(?:\([^()]*\))?:?")
_SUBTOTAL = re.compile(r"小计|本页")
_GROUP = re.compile(
    r"(?:[一二三四五六七八九十]+[、.,．:]|\([一二三四五六七八九十]+\)|[IVX]+[、.]|第[一二三四五六七八九十]+[类批部]|[1-9]\d?[、.](?=\D))"
)
_CHINESE_NUMBER = re.compile(r"[一二三四五六七八九十]+[、.]?|\([一二三四五六七八九十]+\)|[IVX]+[、.]?")
_COUNTED = re.compile(r".*\(共?\d+[个项](?:项目)?\)")
_CLASS = re.compile(
    r"(?:\d{4}年)?(?:计划|拟|已|新)?(?:开工|新建|续建|在建|前期|储备|竣工|投产|技改|技术改造|改扩建|扩建|结转|签约|谋划|工业|农业|服务业|现代服务业|"
    r"基础设施|社会事业|产业|民生|重点|省级重点|市级重点|区级重点|省重点|市重点|区重点|新开工|建成|入库|招商)(?:类)?(?:项目)?"
)
_NUMBER = re.compile(r"\(?\d+\)?[.、]?")
MANY_ROWS = 100_000


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
    for row in sheet.rows_between(table.first_row, table.last_row):
        if cells := [cell for cell in sheet.by_row.get(row, ()) if cell.column in numbers]:
            filled[row] = cells
    last = max(filled, default=table.first_row - 1)
    rows = sorted(filled) if last - table.first_row > MANY_ROWS else range(table.first_row, last + 1)
    context = _Context(sheet, table, title)
    return _tail([context.classified(row, filled.get(row, [])) for row in rows], filled, table, title)


class _Context:
    """What all rows of one table are judged with."""

    def __init__(self, sheet: Sheet, table: Table, title: str) -> None:
        self.sheet, self.table = sheet, table
        name = table.column(title)
        self.name = name.number if name else None
        self.levels = {
            number: {folded(level) for level in path} | {folded(path[-1])}
            for number, path in table.paths.items()
            if path
        } or {c.number: {folded(level) for level in c.header.split("/")} for c in table.columns}
        self.after_note = False

    def classified(self, number: int, cells: list[Cell]) -> TableRow:
        found = self._judged(number, cells)
        if found.role in ("project", "group", "total"):
            self.after_note = False
        elif found.role == "note":
            self.after_note = True
        return found

    def _judged(self, number: int, cells: list[Cell]) -> TableRow:
        texts = [cell for cell in cells if isinstance(cell.value, str) and cell.value.strip()]
        first = str(texts[0].value) if texts else ""
        mapped = [cell for cell in cells if cell.column in self.table.imported]
        if number in self.table.repeats:
            return TableRow(number, "header_repeat" if cells else "empty", first)
        if not cells or (not mapped and not texts) or not (mapped or first):
            return TableRow(number, "empty")
        if self._repeats_header(texts):
            return TableRow(number, "header_repeat", first)
        if total := self._total(cells, texts):
            return TableRow(number, "total", first, bool(_SUBTOTAL.search(total)) or not _TOTAL.fullmatch(total))
        if texts and self._is_note(cells, texts):
            return TableRow(number, "note", first)
        if texts and cells[0] is texts[0] and self._is_group(cells, texts):
            return TableRow(number, "group", first)
        if not mapped:
            return TableRow(number, "note" if len(first) > 8 else "empty", first)
        return TableRow(number, "project", first)

    def _repeats_header(self, texts: list[Cell]) -> bool:
        if len(texts) < 2:
            return False
        others = 0
        for cell in texts:
            others += folded(str(cell.value)) not in self.levels.get(cell.column, ())
            if 2 * others >= len(texts):
                return False
        same = len(texts) - others
        return same >= 3 or (same >= 2 and not others)

    def _total(self, cells: list[Cell], texts: list[Cell]) -> str | None:
        leading = [folded(str(cell.value)) for cell in texts if self.name is None or cell.column <= self.name]
        if found := next((text for text in leading if _TOTAL.fullmatch(text)), None):
            return found
        if len(leading) == 1 and leading[0].startswith("其中") and self._only_numbers(cells, texts[0]):
            return leading[0]
        if len(leading) == 1 and _NAMED_TOTAL.fullmatch(leading[0]) and self._only_numbers(cells, texts[0]):
            numbered = texts[0].column == self.name and cells[0] is not texts[0]
            return None if numbered else leading[0]
        return None

    def _only_numbers(self, cells: list[Cell], besides: Cell) -> bool:
        """No words in the row but those of one cell."""
        return all(
            c is besides or not isinstance(c.value, str) or is_blank(c.value) or _numeric(c.value) for c in cells
        )

    def _is_note(self, cells: list[Cell], texts: list[Cell]) -> bool:
        folds = [folded(str(cell.value)) for cell in texts]
        if len(texts) < len(cells):
            return False
        if (
            texts[0] is cells[0]
            and NOTE.match(folds[0])
            and (len(texts) <= 3 or sum(":" in f for f in folds) * 2 >= len(folds))
        ):
            return True
        if len(texts) <= 3 and all(NOTE.match(text) or is_caption(text) for text in folds):
            return cells[0].column != self.name or ":" in folds[0]
        return self.after_note and len(texts) == 1 and (cells[0].column != self.name or bool(_GROUP.match(folds[0])))

    def _is_group(self, cells: list[Cell], texts: list[Cell]) -> bool:
        """A heading: numbered 一、 or （一） in front of the name, the name of a class, one text across."""
        first, text = cells[0], folded(str(cells[0].value))
        before = self.name is not None and first.column < self.name
        if self.name in {cell.column for cell in cells} and before:
            return self._is_numbered_group(cells, texts, text)
        alone = len(cells) == 1
        wide = self._merged_over(first) if alone or _GROUP.match(text) else 1
        if self._only_numbers(cells, first):
            if _GROUP.match(text) and (
                alone or wide > 1 or before or bool(_COUNTED.fullmatch(text)) or bool(self._class(text))
            ):
                return not (text[0].isdigit() and not (before or wide > 1))
            if before and not _NUMBER.fullmatch(text) and (alone or _COUNTED.fullmatch(text) or self._class(text)):
                return True
            if _COUNTED.fullmatch(text) and (alone or self._class(text)):
                return True
        if alone and self._class(text):
            return True
        return alone and wide >= max(3, len(self.table.columns) // 2)

    def _is_numbered_group(self, cells: list[Cell], texts: list[Cell], text: str) -> bool:
        name = next(cell for cell in cells if cell.column == self.name)
        title = folded(name.raw)
        if not _CHINESE_NUMBER.fullmatch(text):
            return False
        if _COUNTED.fullmatch(title):
            return True
        others = [cell for cell in cells[1:] if cell is not name]
        return (bool(self._class(title)) or not others) and all(_numeric(c.raw) or is_blank(c.value) for c in others)

    @staticmethod
    def _class(text: str) -> re.Match[str] | None:
        return _CLASS.fullmatch(
            re.sub(r"^(?:[一二三四五六七八九十\d]+[、.]|\([一二三四五六七八九十\d]+\))|\([^()]*\)$", "", text)
        )

    def _merged_over(self, cell: Cell) -> int:
        """How many columns the merge that begins at `cell` covers."""
        at = (cell.row, cell.column)
        if at not in self.sheet.anchors:
            return 1
        return self.sheet.merge_widths.get(at, 1)


def _numeric(text: str) -> bool:
    return bool(re.fullmatch(r"[-+]?[\d,.]+(?:%|亿元?|万元?|元|亩|个|项|m2|平方米|公顷)?", folded(text)))


def _tail(rows: list[TableRow], filled: dict[int, list[Cell]], table: Table, title: str) -> list[TableRow]:
    """Signatures below the table are no projects: single texts without a name, after the last row with one."""
    name = table.column(title)
    if name is None:
        return rows
    end = len(rows)
    while end and _may_be_tail(rows[end - 1], filled, name.number):
        end -= 1
    return [
        replace(row, role="note") if position >= end and row.role == "project" else row
        for position, row in enumerate(rows)
    ]


def _may_be_tail(row: TableRow, filled: dict[int, list[Cell]], name: int) -> bool:
    if row.role in ("note", "empty"):
        return True
    cells: Sequence[Cell] = filled.get(row.number, ())
    return row.role == "project" and len(cells) == 1 and cells[0].column != name and isinstance(cells[0].value, str)
