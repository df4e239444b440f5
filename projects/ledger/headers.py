"""From a sheet to its tables: header rows, header paths, fields, units, year and month. Pure.

A new layout needs no new code as long as its column names are in the vocabulary of its kind.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from projects.ledger import limits
from projects.ledger.bands import Band, band_at, candidates, guessed_words, is_caption, known_words, paths_of, texts_of
from projects.ledger.columns import Column, header_key, mapped, match_header, month_number
from projects.ledger.kinds import TableKind
from projects.ledger.text import folded
from projects.ledger.units import caption_floor_unit, caption_units, unit_of
from projects.ledger.vocabulary import NOTE, SERIAL
from projects.ledger.workbook import Cell, Sheet

__all__ = ["Column", "Table", "find_table", "find_tables", "marks_of", "match_header"]

IDENTITY = {"行标识": "row_key", "行版本": "row_version", "行原值": "row_base"}
GUESSED_ROWS = 60  # rows searched for a header without known words
SAMPLED_ROWS = 60
SURE_MARKS = 2  # so many words of another kind make a table one of that kind
_REPORTER = re.compile(r"(?:填报|报送|编制|汇总)(?:单位|部门|日期|时间)[:]|(?:日期|时间):|截[至止]")
_YEAR = re.compile(r"(20\d{2})年")
_MONEY_FIELDS = frozenset({"annual_plan_10k", "ytd_investment_10k", "month_investment_10k"})


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
    repeats: frozenset[int] = frozenset()  # rows in which the header stands again
    paths: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

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


@dataclass(frozen=True, slots=True)
class _Found:
    band: Band
    top: int  # first row of the title and captions above the header
    paths: dict[int, list[str]]
    captions: tuple[str, ...]


def find_table(sheet: Sheet, kind: TableKind) -> Table | None:
    """The first table of the sheet, or None when no row looks like a header of this kind."""
    return next(iter(find_tables(sheet, kind)), None)


def find_tables(
    sheet: Sheet,
    kind: TableKind,
    *,
    others: Sequence[TableKind] = (),
    told: Mapping[int, str] | None = None,
    memory: Mapping[str, str] | None = None,
    month: int | None = None,
) -> list[Table]:
    """The tables of `kind` on the sheet, from the top. Tables of one of `others` end those above and are left out.

    `told`: column number → field, as a person has answered; `memory`: header key → field; `month` of the report.
    """
    found = _headers(sheet, kind)
    tables: list[Table] = []
    open_until = len(found)
    for position, header in enumerate(found):
        if position < open_until and tables and _same(found, position, tables[-1]):
            continue
        if _is_other(header, kind, others):
            continue
        repeats, after = _repeats(sheet, found, position, others, kind)
        last = found[after].top - 1 if after < len(found) else sheet.last_row
        tables.append(_table(sheet, kind, header, last, repeats, told or {}, memory or {}, month))
    return tables


def _same(found: Sequence[_Found], position: int, table: Table) -> bool:
    return found[position].band.rows[0] in table.repeats


def _headers(sheet: Sheet, kind: TableKind) -> list[_Found]:
    seen: dict[tuple[str, ...], str | None] = {}

    def match(path: list[str]) -> str | None:
        key = tuple(path)
        if key not in seen:
            seen[key] = match_header(path, kind)[0]
        return seen[key]

    words = known_words(sheet, kind)
    rows = candidates(sheet, words, kind)
    if not rows:
        words = guessed_words(sheet, match, sheet.rows[:GUESSED_ROWS])
        rows = candidates(sheet, words, kind)
    found: list[_Found] = []
    end = headings = 0
    for row in rows:
        if row <= end:
            continue
        band = band_at(sheet, row, words, kind, match)
        if band.rows[0] <= end:
            band = band._replace(rows=tuple(r for r in band.rows if r > end))
        top = _top(sheet, band.rows[0], end, first=not found)
        above = sheet.rows_between(top, band.rows[0] - 1)
        captions = tuple(text for r in above for text in texts_of(sheet, r).values())
        found.append(_Found(band, top, paths_of(sheet, band.rows), captions))
        headings += sheet.last_column * len(band.rows)
        if headings > limits.MAX_HEADINGS:
            raise limits.too_large("headings", limits.MAX_HEADINGS)
        end = band.last
    return found


def _top(sheet: Sheet, header: int, end: int, *, first: bool) -> int:
    """The first of the rows above a header that belong to it: all of them, or below another table its captions."""
    if first:
        return end + 1
    top = header
    while top - 1 > end and _belongs_above(sheet, top - 1):
        top -= 1
    return top


def _belongs_above(sheet: Sheet, row: int) -> bool:
    """Empty, a caption, or a title: one text across the table. Notes and totals belong to what stands above them."""
    texts = texts_of(sheet, row)
    filled = len(sheet.by_row.get(row, ()))
    if not filled:
        return True
    if filled > len(texts) or filled > 4:
        return False
    if any(caption_units(texts.values())) and not any(folded(text).startswith("注") for text in texts.values()):
        return True
    if any(NOTE.match(folded(text)) and not _REPORTER.match(folded(text)) for text in texts.values()):
        return False
    if any(
        re.match(r"[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十]+\)|.{0,4}[合总小共]计", folded(t))
        for t in texts.values()
    ):
        return False
    wide = any(m.right - m.left >= 2 for m in sheet.merges_of_rows.get(row, ()))
    return all(is_caption(text) for text in texts.values()) or (filled == 1 and wide)


def _leaves(header: _Found) -> dict[int, str]:
    return {number: folded("/".join(path)) for number, path in header.paths.items() if path}


def _repeats(
    sheet: Sheet, found: Sequence[_Found], position: int, others: Sequence[TableKind], kind: TableKind
) -> tuple[frozenset[int], int]:
    """Rows in which the header at `position` stands again, and the position of the first header that is another."""
    own = _leaves(found[position])
    unit = caption_units(found[position].captions)
    rows: set[int] = set()
    for after in range(position + 1, len(found)):
        header = found[after]
        other = _leaves(header)
        same = sum(own.get(number) == text for number, text in other.items())
        new_unit = caption_units(header.captions)
        if same < 0.7 * max(len(own), len(other)) or (any(new_unit) and new_unit != unit):
            return frozenset(rows), after
        rows.update(
            row for row in range(header.top, header.band.last + 1) if row in sheet.by_row or row >= header.band.rows[0]
        )
    return frozenset(rows), len(found)


def _is_other(header: _Found, kind: TableKind, others: Sequence[TableKind]) -> bool:
    texts = {folded(level) for path in header.paths.values() for level in path}
    own = len(kind.marks & texts)
    return any(len(other.marks & texts) >= max(SURE_MARKS, own + 1) for other in others)


def marks_of(sheet: Sheet, kind: TableKind) -> int:
    """How many of the words that tell `kind` from other kinds stand among the first rows."""
    texts = {folded(text) for row in sheet.rows[:SAMPLED_ROWS] for text in texts_of(sheet, row).values()}
    return len(kind.marks & texts)


def _table(
    sheet: Sheet,
    kind: TableKind,
    header: _Found,
    last: int,
    repeats: frozenset[int],
    told: Mapping[int, str],
    memory: Mapping[str, str],
    month: int | None,
) -> Table:
    first = header.band.last + 1
    identity = _identity(header.paths)
    own = {number for _name, number in identity}
    paths = {number: path for number, path in header.paths.items() if number not in own}
    content = _content(sheet, paths, first, last, repeats)
    keys = {number: header_key("/".join(path)) for number, path in paths.items() if path}
    known = {number: memory[key] for number, key in keys.items() if key in memory} | dict(told)
    columns = mapped(paths, kind, content, known, month=month)
    money, area = caption_units(header.captions)
    floor = caption_floor_unit(header.captions)
    if not (money and area):
        notes = _captions_below(sheet, first, last)
        below = caption_units(notes)
        money, area, floor = money or below[0], area or below[1], floor or caption_floor_unit(notes)
    year, found_month = _year_and_month(columns, header.captions, content)
    return Table(
        sheet=sheet.name,
        kind=kind.key,
        header_rows=header.band.rows,
        first_row=first,
        last_row=last,
        columns=_with_units(columns, paths, {"money": money, "area": area, "floor": floor}, kind),
        unit_default=money,
        area_unit_default=area,
        year=year,
        month=found_month,
        identity=identity,
        repeats=repeats,
        paths={number: tuple(path) for number, path in paths.items()},
    )


def _identity(paths: Mapping[int, list[str]]) -> tuple[tuple[str, int], ...]:
    return tuple(
        (IDENTITY[key], number) for number, path in paths.items() if path and (key := folded(path[-1])) in IDENTITY
    )


def _content(
    sheet: Sheet, paths: Mapping[int, list[str]], first: int, last: int, repeats: frozenset[int]
) -> dict[int, list[Cell]]:
    """Some filled cells of each column, rows of totals and headings apart as far as they show at once."""
    found: dict[int, list[Cell]] = {}
    rows = [row for row in range(first, min(last, first + SAMPLED_ROWS) + 1) if row not in repeats]
    for row in rows:
        cells = [cell for number in paths if (cell := sheet.cells.get((row, number)))]
        if len(cells) < 3 or any(
            isinstance(c.value, str) and re.search(r"[合总小共]\s*计", c.value) for c in cells[:3]
        ):
            continue
        for cell in cells:
            found.setdefault(cell.column, []).append(cell)
    return found


def _captions_below(sheet: Sheet, first: int, last: int) -> list[str]:
    """``单位：万元`` right below the header, or in the notes at the end."""
    rows = sheet.rows_between(first, last)
    found = []
    for row in dict.fromkeys([*rows[:2], *rows[-8:]]):
        texts = list(texts_of(sheet, row).values())
        found += [text for text in texts if len(texts) <= 3 and (is_caption(text) or NOTE.match(folded(text)))]
    return found


def _with_units(
    columns: Sequence[Column], paths: Mapping[int, list[str]], defaults: Mapping[str, str | None], kind: TableKind
) -> tuple[Column, ...]:
    """Units: from the column's own header levels, for 其中：… from the column it belongs to, else the caption's."""
    found: list[Column] = []
    owner: str | None = None
    for column in columns:
        family = kind.fields[column.field].unit_family if column.field else None
        own = unit_of(paths[column.number], family)
        part_of = folded(paths[column.number][-1]).startswith("其中")
        default = "floor" if column.field and kind.fields[column.field].kind == "floor" else family or ""
        unit = own or (owner if part_of and family == "money" else None) or defaults.get(default)
        if family == "money" and not part_of:
            owner = unit
        found.append(replace(column, unit=unit if family else None))
    return tuple(found)


def _year_and_month(
    columns: Sequence[Column], captions: Sequence[str], content: Mapping[int, Sequence[Cell]]
) -> tuple[int | None, int | None]:
    """Report year and month out of the headers, else out of the captions above."""
    year = month = None
    for column in columns:
        name = column.field or ""
        if name not in _MONEY_FIELDS and not name.startswith("monthly_investment_10k"):
            continue
        text = folded(column.header)
        if found := _YEAR.search(text):
            year = year or int(found[1])
        if name != "annual_plan_10k" and (name in _MONEY_FIELDS or content.get(column.number)):
            months = [
                m
                for piece in re.findall(r"\d{1,2}月|[一二三四五六七八九十]{1,2}月", text)
                if (m := month_number(piece))
            ]
            month = max(month or 0, months[-1]) if months else month
    for caption in captions:
        text = folded(caption)
        when = re.search(r"(20\d{2})[年.\-/](?:1-)?(\d{1,2})(?:月|[.\-/])", text)
        year = year or (int(when[1]) if when else None) or (int(only[1]) if (only := _YEAR.search(text)) else None)
        month = month or (int(when[2]) if when else None)
    return year, month if month and 1 <= month <= 12 else None
