"""Where the headers of a sheet are, and how deep: merged both ways, unmerged, with rows of units or numbers. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from projects.ledger.kinds import TableKind
from projects.ledger.text import folded
from projects.ledger.units import lone_unit, without_unit
from projects.ledger.vocabulary import SERIAL, SUBHEADINGS
from projects.ledger.workbook import Range, Sheet

MAX_HEADER_ROWS = 5
LONGEST_HEADER = 60
MANY = 6  # so many known words make a header without the title
FORM_ROWS = 15
MOST_LABELS = 4  # labels side by side in a form

_CAPTION = re.compile(
    r"附件|附表|一览表?$|汇总|台账|清单|(?:统计|进度|情况|调度|推进)表|单位:|:|^截至\d{4}|制表|填报|^\d{4}年\d+月\d+日$"
)
_DATA = re.compile(r"[\d.,%\-/年月日:\s]*\d[\d.,%\-/年日:\s]*")
_NUMBER = re.compile(r"^(?:\(?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[).、]|\d{1,2}(?=定))(?=[^\W\d]{2})")
_REMARK = re.compile(r"\((?!工程\)|摘牌\)|部门\))[^()]*\)")
_MARKS_BEFORE, _MARKS_BEHIND = ("其中", "#", "*", "★"), ("*", "★")
Match = Callable[[list[str]], str | None]


class Band(NamedTuple):
    """Header rows; `title` is the column of the kind's title, or 0; `skip`: rows of units or numbers below them."""

    rows: tuple[int, ...]
    title: int
    skip: int = 0

    @property
    def last(self) -> int:
        return self.rows[-1] + self.skip


def unnumbered(text: str) -> str:
    """A folded header without a number in front: ``1.项目名称``, ``一、任务``, ``①定领导`` (folded to ``1定领导``)."""
    return _NUMBER.sub("", text, count=1)


def stripped(text: str) -> str:
    """A folded header without its number, bracketed remarks, unit, ``其中:``, year and months."""
    text = unnumbered(text)
    if "(" in text:
        text = _REMARK.sub("", text)
    if text.startswith(_MARKS_BEFORE) or text.endswith(_MARKS_BEHIND):
        text = re.sub(r"^其中:?|^[#*★]|[*★]$", "", text)
    if text.startswith(("20", "截")):
        text = re.sub(r"^20\d{2}年度?(?=.{2})|^截[至止](?=\d{1,2}月)", "", text)
    if "月" in text:
        text = re.sub(r"^(?:年度)?1?-?\d{1,2}月份?(?=累计|完成|投资)", "", text)
    return without_unit(text.strip(":：,，、"))


def known_words(sheet: Sheet, kind: TableKind) -> dict[int, dict[int, str]]:
    """Row → column → field, for every cell that is a known header; the serial number is the field ``""``."""
    found: dict[int, dict[int, str]] = {}
    known: dict[str, str | None] = {}
    for (row, column), cell in sheet.cells.items():
        value = cell.value
        if not isinstance(value, str) or len(value) > LONGEST_HEADER:
            continue
        if value in known:
            field = known[value]
        else:
            field = known[value] = _known(folded(value), kind.by_word)
        if field is not None:
            found.setdefault(row, {})[column] = field
    return found


def _known(text: str, words: Mapping[str, str]) -> str | None:
    return "" if text in SERIAL else words.get(text) or words.get(stripped(text)) or None


def guessed_words(sheet: Sheet, match: Match, rows: Iterable[int]) -> dict[int, dict[int, str]]:
    """Like `known_words`, with everything that the kind's patterns and likenesses find."""
    found: dict[int, dict[int, str]] = {}
    for row in rows:
        for column, text in texts_of(sheet, row).items():
            if len(text) <= LONGEST_HEADER and (field := match([text])):
                found.setdefault(row, {})[column] = field
    return found


def candidates(sheet: Sheet, words: dict[int, dict[int, str]], kind: TableKind) -> list[int]:
    """Rows that look like a header, in order. Forms (labels below each other) do not."""
    found = []
    for row in sorted(words):
        own = set(words[row].values())
        near = own.union(*(words.get(row + step, {}).values() for step in (1, 2)))
        titled = kind.title in own and len(own) >= 2
        titled = titled and (len(near) >= kind.wanted or len(texts_of(sheet, row)) == len(words[row]) == 2)
        if (titled or len(own - {""}) >= MANY) and not _is_form(words, row):
            found.append(row)
    return found


def _is_form(words: dict[int, dict[int, str]], row: int) -> bool:
    """Labels of different fields stand below each other in the first labelled column."""
    for column in sorted(words[row])[:2]:
        near = [words.get(row + step, {}) for step in range(1, FORM_ROWS)]
        below = {found.get(column) for found in near if len(found) <= MOST_LABELS} - {None, ""}
        if len(below - {words[row][column]}) >= 2:
            return True
    return False


def texts_of(sheet: Sheet, row: int) -> dict[int, str]:
    """Column → own text of the row."""
    return {cell.column: cell.value for cell in sheet.by_row.get(row, ()) if isinstance(cell.value, str)}


def band_at(sheet: Sheet, row: int, words: dict[int, dict[int, str]], kind: TableKind, match: Match) -> Band:
    """The header rows around the candidate `row`."""
    fields = {field: at for step in (2, 1, 0) for at, field in words.get(row + step, {}).items()}
    title, serial = fields.get(kind.title, 0), fields.get("", 0)
    own = {c: {r for r in range(row, row + 3) if c in words.get(r, {})} for c in (title, serial) if c}
    first = row
    while row - first < 3 and _heads_groups(sheet, first - 1, title, words, match):
        first -= 1
    last = row
    while last - first + 1 < MAX_HEADER_ROWS and (below := _deeper(sheet, first, last, own, match)) > last:
        last = min(below, first + MAX_HEADER_ROWS - 1)
    rows = tuple(range(first, last + 1))
    return Band(rows, title, 1 if _numbers_columns(sheet, last + 1, title) else 0)


def is_caption(text: str) -> bool:
    return bool(_CAPTION.search(folded(text)))


def _heads_groups(sheet: Sheet, row: int, title: int, words: Mapping[int, dict[int, str]], match: Match) -> bool:
    """True when `row` holds headings of groups of columns, and no title, unit or reporter."""
    known = words.get(row, {})
    cells = sheet.by_row.get(row, [])
    if not cells or any(not isinstance(cell.value, str) for cell in cells):
        return False
    strange = [str(c.value) for c in cells if c.column not in known and not (len(cells) > 3 and match([str(c.value)]))]
    if any(is_caption(text) or _DATA.fullmatch(text) or len(folded(text)) > 25 for text in strange):
        return False
    if len(cells) > 1:
        return True
    begin = sheet.merges_of_rows.get(row, ())
    groups = [m for m in begin if m.left == cells[0].column and m.right > m.left]
    return bool(groups) and not groups[0].left <= max(title, 1) <= groups[0].right


def _deeper(sheet: Sheet, first: int, last: int, own: Mapping[int, set[int]], match: Match) -> int:
    """The last row that the header reaches, one step on. `own`: rows in which title and serial number are headers."""
    begin = [m for row in range(first, last + 1) for m in sheet.merges_of_rows.get(row, ())]
    merged = max((m.bottom for m in begin), default=last)
    if merged > last:
        return merged
    if any((last + 1, column) in sheet.cells and last + 1 not in rows for column, rows in own.items()):
        return last
    groups = [m for m in begin if m.top == m.bottom == last and m.right > m.left]
    if _below_groups(sheet, last, groups) or _continues(sheet, last, match):
        return last + 1
    return last


def _below_groups(sheet: Sheet, row: int, groups: list[Range]) -> bool:
    """True when every cell below the merged headings of `row` is a short text."""
    covered = {column for m in groups for column in range(m.left, min(m.right, sheet.last_column) + 1)}
    filled = [cell for cell in sheet.by_row.get(row + 1, ()) if cell.column in covered]
    return len(filled) >= 2 and all(isinstance(c.value, str) and not _DATA.fullmatch(c.value) for c in filled)


def _continues(sheet: Sheet, last: int, match: Match) -> bool:
    """True when the next row holds nothing but words of headers: units, or names of parts."""
    cells = sheet.by_row.get(last + 1, [])
    if not cells or any(not isinstance(cell.value, str) or len(cell.value) > 25 for cell in cells):
        return False
    known = 0
    for cell in cells:
        text = folded(str(cell.value))
        above = sheet.cell(last, cell.column, merged=True)
        path = [str(above.value), text] if above and isinstance(above.value, str) else [text]
        known += bool(lone_unit(text) or text in SUBHEADINGS or match(path))
    return known > 0 and 2 * known >= len(cells)


def _numbers_columns(sheet: Sheet, row: int, title: int) -> bool:
    """A row that numbers the columns: 1 2 3 4 …, 甲 乙 1 2 …"""
    cells = sheet.by_row.get(row, ())
    texts = [folded(cell.raw).strip("()") for cell in cells]
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) < 4]
    rest = [text for text in texts if not text.isdecimal()]
    if len(numbers) < 4 or any(text not in ("甲", "乙", "丙", "丁", "栏次") for text in rest):
        return False
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) and (row, title) in sheet.cells


def paths_of(sheet: Sheet, rows: tuple[int, ...]) -> dict[int, list[str]]:
    """Column → header texts from the top, blanks and repeated merges left out.

    A heading that is not merged counts for the empty cells to its right that have a heading below.
    """
    paths: dict[int, list[str]] = {}
    spilled = {row: _spilled(sheet, row, rows[-1]) for row in rows[:-1]}
    for column in range(1, sheet.last_column + 1):
        path: list[str] = []
        seen: set[tuple[int, int]] = set()
        for row in rows:
            at = sheet.anchors.get((row, column), (row, column))
            text = _text(sheet, row, column) or ("" if row == rows[-1] else spilled[row].get(column, ""))
            if text and at not in seen and (not path or path[-1] != text):
                path.append(text)
            seen.add(at)
        paths[column] = path
    return paths


def _text(sheet: Sheet, row: int, column: int) -> str:
    cell = sheet.cell(row, column, merged=True)
    return re.sub(r"\s+", "", cell.value) if cell and isinstance(cell.value, str) else ""


def _spilled(sheet: Sheet, row: int, last: int) -> dict[int, str]:
    """Empty column of `row` with a heading below it → the heading to its left that counts for it."""
    below = {cell.column for deeper in range(row + 1, last + 1) for cell in sheet.by_row.get(deeper, ())}
    found: dict[int, str] = {}
    heading = ""
    for column in range(1, sheet.last_column + 1):
        if (row, column) in sheet.anchors or column not in below:
            heading = ""
        elif (row, column) in sheet.cells:
            heading = "" if lone_unit(folded(_text(sheet, last, column))) else _text(sheet, row, column)
        elif heading:
            found[column] = heading
    return found
