"""From a sheet to its table: header rows, header paths, fields, units, year and month. Pure.

A new layout needs no new code as long as its column names are in the vocabulary.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from projects.ledger.amounts import AREA_UNITS, MONEY_UNITS
from projects.ledger.kinds import TableKind
from projects.ledger.text import folded
from projects.ledger.vocabulary import SERIAL
from projects.ledger.workbook import Range, Sheet

MAX_HEADER_ROWS = 4
SEARCH_ROWS = 60
IDENTITY = {"行标识": "row_key", "行版本": "row_version", "行原值": "row_base"}

_UNIT_WORDS = sorted([*MONEY_UNITS, *AREA_UNITS], key=len, reverse=True)
_UNIT_IN_BRACKETS = re.compile(
    r"\((?:单位:?)?(" + "|".join(_UNIT_WORDS) + r")\)|:(" + "|".join(_UNIT_WORDS) + r")$", re.I
)
_UNIT_CAPTION = re.compile(r"(?<![一-鿿])(?:金额|计量|投资)?单位:(\S{1,40})")
_MONTH = re.compile(r"(\d{1,2})月")
_YEAR = re.compile(r"(20\d{2})年")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table. `field` None: not imported. `confidence`: 1 known word, 0.8 pattern, 0 unknown."""

    number: int
    header: str
    field: str | None
    unit: str | None = None
    confidence: float = 0.0


@dataclass(frozen=True)
class Table:
    """A recognised table; `first_row`…`last_row` are its data rows, all numbers 1-based."""

    sheet: str
    kind: str  # TableKind.key
    header_rows: tuple[int, ...]
    first_row: int
    last_row: int
    columns: tuple[Column, ...]
    unit_default: str | None = None
    area_unit_default: str | None = None
    year: int | None = None
    month: int | None = None
    identity: tuple[tuple[str, int], ...] = ()  # (row_key | row_version | row_base, column number)

    @cached_property
    def imported(self) -> frozenset[int]:
        """Numbers of the columns that have a field."""
        return frozenset(each.number for each in self.columns if each.field)

    def column(self, field: str) -> Column | None:
        return next((each for each in self.columns if each.field == field), None)

    @property
    def unknown_columns(self) -> tuple[Column, ...]:
        """Columns that are not imported, the serial number apart."""
        return tuple(each for each in self.columns if each.field is None and folded(each.header) not in SERIAL)


def find_table(sheet: Sheet, kind: TableKind) -> Table | None:
    """The table of the sheet, or None when no row looks like a header of this kind."""
    start = _first_header_row(sheet, kind)
    if start is None:
        return None
    rows = _header_band(sheet, start)
    paths = _paths(sheet, rows)
    caption = _captions(sheet, rows[0])
    money, area = _caption_units(caption)
    columns = _with_units(_mapped(paths, kind), paths, {"money": money, "area": area}, kind)
    year, month = _year_and_month(paths, caption, kind)
    identity = tuple(
        (IDENTITY[key], number) for number, path in paths.items() if path and (key := folded(path[-1])) in IDENTITY
    )
    own = {number for _name, number in identity}
    columns = tuple(column for column in columns if column.number not in own)
    return Table(sheet.name, kind.key, rows, rows[-1] + 1, sheet.last_row, columns, money, area, year, month, identity)


def marks_of(sheet: Sheet, kind: TableKind) -> int:
    """How many of the words that tell `kind` from other kinds stand among the first rows."""
    texts = {folded(text) for row in sheet.rows[:SEARCH_ROWS] for text in _own_texts(sheet, row).values()}
    return len(kind.marks & texts)


def _cell_text(sheet: Sheet, row: int, column: int) -> str:
    cell = sheet.cell(row, column, merged=True)
    return cell.value if cell and isinstance(cell.value, str) else ""


def _own_texts(sheet: Sheet, row: int) -> dict[int, str]:
    found = {}
    for column in range(1, sheet.last_column + 1):
        cell = sheet.cells.get((row, column))
        if cell and isinstance(cell.value, str):
            found[column] = cell.value
    return found


def _first_header_row(sheet: Sheet, kind: TableKind) -> int | None:
    for row in sheet.rows[:SEARCH_ROWS]:
        texts = [folded(text) for text in _own_texts(sheet, row).values()]
        hits = {field for field in (kind.by_word.get(_stripped(text)) for text in texts) if field}
        serial = bool(SERIAL.intersection(texts))
        if len(hits) + serial >= kind.wanted and (kind.title in hits or len(hits) >= 6):
            return _with_groups_above(sheet, row)
    return None


def _with_groups_above(sheet: Sheet, row: int) -> int:
    """One row up when that row holds merged group headings and no title, unit or reporter."""
    texts = _own_texts(sheet, row - 1)
    groups = [each for each in sheet.merges if each.top == each.bottom == row - 1 and each.right > each.left]
    wide = any(each.right - each.left + 1 > sheet.last_column * 0.7 for each in groups)
    captions = any(re.search(r"[:：]|单位|截至", text) for text in texts.values())
    return row - 1 if groups and texts and not wide and not captions else row


def _header_band(sheet: Sheet, first: int) -> tuple[int, ...]:
    """The header rows from `first`: as deep as its cells are merged down, and below groups merged across."""
    last = first
    while last - first + 1 < MAX_HEADER_ROWS:
        deeper = max((m.bottom for m in sheet.merges if first <= m.top <= last), default=last)
        groups = [m for m in sheet.merges if m.top == m.bottom == last and m.right > m.left]
        if deeper <= last and not _names_groups(sheet, last, groups):
            break
        last = min(max(deeper, last + 1), first + MAX_HEADER_ROWS - 1)
    return tuple(range(first, last + 1))


def _names_groups(sheet: Sheet, row: int, groups: list[Range]) -> bool:
    """True when every cell below the merged headings of `row` is a short text."""
    below = [sheet.cells.get((row + 1, column)) for m in groups for column in range(m.left, m.right + 1)]
    filled = [cell for cell in below if cell is not None]
    return len(filled) >= 2 and all(isinstance(c.value, str) and not _looks_like_data(c.value) for c in filled)


def _looks_like_data(text: str) -> bool:
    return bool(re.fullmatch(r"[\d.,%\-/年月日:\s]+", text))


def _paths(sheet: Sheet, rows: tuple[int, ...]) -> dict[int, list[str]]:
    """Column → header texts from the top, blanks and repeated merges left out."""
    paths: dict[int, list[str]] = {}
    for column in range(1, sheet.last_column + 1):
        path: list[str] = []
        seen: set[tuple[int, int]] = set()
        for row in rows:
            at = sheet.anchors.get((row, column), (row, column))
            text = re.sub(r"\s+", "", _cell_text(sheet, row, column))
            if text and at not in seen:
                path.append(text)
            seen.add(at)
        paths[column] = path
    return paths


def _stripped(text: str) -> str:
    """A folded header without its bracketed remarks, ``其中:``, year and months."""
    text = re.sub(r"\((?!工程\)|摘牌\)|部门\))[^()]*\)", "", text)
    text = re.sub(r"^其中:?|^#", "", text)
    text = re.sub(r"^20\d{2}年度?(?=.{2})|^截[至止](?=\d{1,2}月)", "", text)
    text = re.sub(r"^(?:年度)?1?-?\d{1,2}月份?(?=累计|完成|投资)", "", text)
    return text.strip(":：,，")


def match_header(path: list[str], kind: TableKind) -> tuple[str | None, float]:
    """Field and confidence for a header path such as [关键时间, 签约]."""
    if not path:
        return None, 0.0
    levels = [folded(level) for level in path]
    leaf = levels[-1]
    if leaf in SERIAL:
        return None, 0.0
    if kind.special and (found := kind.special(levels)):
        return found, 1.0
    if field := kind.by_word.get(leaf) or kind.by_word.get(_stripped(leaf)):
        return field, 1.0
    for pattern, field in kind.patterns:
        if pattern.search(leaf):
            return field, 0.8
    return None, 0.0


def _mapped(paths: dict[int, list[str]], kind: TableKind) -> list[Column]:
    """Columns with fields; of two columns with one field the surer, then the left one, keeps it."""
    found = [Column(number, "/".join(path), *_as_pair(path, kind)) for number, path in paths.items() if path]
    months = [column for column in found if column.field == "month_investment_10k"]
    if len(months) > 1:
        found = [_monthly(column, kind) if column in months else column for column in found]
    best: dict[str, Column] = {}
    for column in found:
        if column.field and (column.field not in best or column.confidence > best[column.field].confidence):
            best[column.field] = column
    return [
        column if column.field is None or best[column.field] is column else replace(column, field=None)
        for column in found
    ]


def _as_pair(path: list[str], kind: TableKind) -> tuple[str | None, None, float]:
    field, confidence = match_header(path, kind)
    return field, None, confidence


def _monthly(column: Column, kind: TableKind) -> Column:
    month = _MONTH.search(folded(column.header.rpartition("/")[2]))
    field = f"monthly_investment_10k.{int(month[1])}" if month else None
    return replace(column, field=field if field in kind.fields else None)


def _with_units(
    columns: list[Column], paths: dict[int, list[str]], defaults: dict[str, str | None], kind: TableKind
) -> tuple[Column, ...]:
    """Units: from the column's own header levels, for 其中：… from the column it belongs to, else the caption's."""
    found: list[Column] = []
    owner: str | None = None
    for column in columns:
        family = kind.fields[column.field].unit_family if column.field else None
        own = _unit_of(paths[column.number], family)
        part_of = folded(paths[column.number][-1]).startswith("其中")
        unit = own or (owner if part_of else None) or defaults.get(family or "")
        if family == "money" and not part_of:
            owner = unit
        found.append(replace(column, unit=unit if family else None))
    return tuple(found)


def _unit_of(path: list[str], family: str | None) -> str | None:
    known = {"money": MONEY_UNITS, "area": AREA_UNITS}.get(family or "", {})
    for level in reversed(path):
        for match in _UNIT_IN_BRACKETS.finditer(folded(level)):
            unit = (match[1] or match[2]).lower()
            if unit in known:
                return unit
        plain_end = next((unit for unit in _UNIT_WORDS if unit in known and folded(level).endswith(unit)), None)
        if plain_end and len(plain_end) > 1:
            return plain_end
    return None


def _captions(sheet: Sheet, header_row: int) -> list[str]:
    """Texts above the header."""
    above = [row for row in sheet.rows if row < header_row]
    return [text for row in above for text in _own_texts(sheet, row).values()]


def _caption_units(captions: list[str]) -> tuple[str | None, str | None]:
    """``单位：万元、亩`` → (万元, 亩); 填报单位 and 责任单位 are no units."""
    money = area = None
    for text in captions:
        for match in _UNIT_CAPTION.finditer(re.sub(r"\s+", " ", text).replace("：", ":").replace("（", "(")):
            for word in re.split(r"[、,，;/(（)）]", folded(match[1])):
                money = money or (word if word in MONEY_UNITS else None)
                area = area or (word if word in AREA_UNITS else None)
    return money, area


def _year_and_month(paths: dict[int, list[str]], captions: list[str], kind: TableKind) -> tuple[int | None, int | None]:
    """Report year and month out of the headers, else out of the captions above."""
    year = month = None
    for path in paths.values():
        field, _ = match_header(path, kind)
        if field not in ("annual_plan_10k", "ytd_investment_10k", "month_investment_10k"):
            continue
        text = folded("/".join(path))
        if found := _YEAR.search(text):
            year = year or int(found[1])
        if field != "annual_plan_10k" and (months := _MONTH.findall(text)):
            month = max(month or 0, int(months[-1]))
    for caption in captions:
        text = folded(caption)
        found = re.search(r"(20\d{2})[年.\-/](\d{1,2})(?:月|[.\-/])", text)
        year = year or (int(found[1]) if found else None) or (int(m[1]) if (m := _YEAR.search(text)) else None)
        month = month or (int(found[2]) if found else None)
    return year, month if month and 1 <= month <= 12 else None
