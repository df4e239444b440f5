"""Which field a column holds, and how sure that is: by its header, then by what its cells hold. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from projects.ledger.bands import stripped, unnumbered
from projects.ledger.cells import CHOICES, PROJECT_CODE, credit_code_ok, parse_stage, parse_yes_no
from projects.ledger.dates import parse_date
from projects.ledger.kinds import TableKind
from projects.ledger.text import folded, is_blank, words
from projects.ledger.units import lone_unit
from projects.ledger.vocabulary import NEVER, SERIAL, WHOLE
from projects.ledger.workbook import Cell

SURE = 0.75  # below it, a person is asked
WORD, PATTERN, LIKENESS, CONTENT, CLASH = 1.0, 0.8, 0.6, 0.6, 0.5
_FILLERS = re.compile(r"[的及和与或、/]|情况|\(|\)|项目(?=.{2})|企业(?=.{2})|名称$|等$|有关|相关|具体|主要|目前|当前")


_KNOWN: dict[str, tuple[Mapping[str, str], "Likenesses"]] = {}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table. `field` None: not imported.

    `confidence`: 1 known word or answered, 0.8 pattern, below `SURE` a guess that somebody should confirm, 0 unknown.
    `choices`: fields that come into question, the likeliest first.
    """

    number: int
    header: str
    field: str | None
    unit: str | None = None
    confidence: float = 0.0
    choices: tuple[str, ...] = ()


def header_key(header: str) -> str:
    """The folded path under which the answer about a column is remembered."""
    return folded(header)[:300]


def meaningful(path: Sequence[str]) -> list[str]:
    """Folded levels without their numbers and without those that hold a unit only."""
    return [text for level in path if (text := unnumbered(folded(level))) and not lone_unit(text)]


def match_header(path: Sequence[str], kind: TableKind) -> tuple[str | None, float]:
    """Field and confidence for a header path such as [关键时间, 签约]."""
    levels = meaningful(path)
    if not levels or levels[-1] in SERIAL:
        return None, 0.0
    if NEVER.search(levels[-1]) and levels[-1] not in kind.by_word:
        return None, 0.0
    if kind.special and (found := kind.special(levels)) is not None:
        return (found, WORD) if found in kind.fields else (None, 0.0)
    if len(levels) > 1 and levels[-1] in WHOLE:
        return match_header(levels[:-1], kind)
    if field := kind.by_word.get(levels[-1]) or kind.by_word.get(stripped(levels[-1])):
        return field, WORD
    if len(levels) > 1 and (field := kind.by_word.get(stripped(levels[-2]) + stripped(levels[-1]))):
        return field, WORD
    if len(levels) > 1 and (field := kind.by_word.get(stripped(levels[-1]) + stripped(levels[-2]))):
        return field, PATTERN  # 建筑 below 面积
    return _by_leaf(levels[-1], kind)


def _by_leaf(leaf: str, kind: TableKind) -> tuple[str | None, float]:
    for pattern, field in kind.patterns:
        if pattern.search(leaf):
            return field, PATTERN
    likeness = _likenesses(kind).field(stripped(leaf))
    return (likeness, LIKENESS) if likeness else (None, 0.0)


def _likenesses(kind: TableKind) -> "Likenesses":
    """Made once for each kind."""
    found = _KNOWN.get(kind.key)
    if found is None or found[0] is not kind.by_word:
        found = _KNOWN[kind.key] = (kind.by_word, Likenesses(kind.by_word))
    return found[1]


class Likenesses:
    """The known words of a kind, so indexed that a header is compared with all of them at once."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = {word: field for word, field in known.items() if len(word) >= 3}
        self.bare: dict[str, set[str]] = {}
        self.masked: dict[str, set[str]] = {}
        for word, field in self.known.items():
            self.bare.setdefault(_FILLERS.sub("", word), set()).add(field)
            for masked in _masked(word) if len(word) >= 4 else ():
                self.masked.setdefault(masked, set()).add(word)

    def field(self, leaf: str) -> str | None:
        """The field of the known word that reads like `leaf`: fillers apart, one character apart, or a part of it."""
        if len(leaf) < 3 or leaf.startswith("是否") or len(leaf) > 20:
            return None
        bare = _FILLERS.sub("", leaf)
        if len(bare) > 1 and bare in self.bare:
            return _only(self.bare[bare])
        near = {word for masked in _masked(leaf) for word in self.masked.get(masked, ()) if word != leaf}
        if near:
            return _only({self.known[word] for word in near})
        for size in range(len(leaf), 3, -1):
            parts = {self.known[part] for part in (leaf[:size], leaf[-size:]) if part in self.known}
            if parts:
                return _only(parts)
        return None


def _masked(word: str) -> list[str]:
    return [f"{word[:at]}\n{word[at + 1 :]}" for at in range(len(word))]


def _only(fields: set[str]) -> str | None:
    return next(iter(fields)) if len(fields) == 1 else None


def mapped(
    paths: Mapping[int, list[str]],
    kind: TableKind,
    content: Mapping[int, Sequence[Cell]],
    told: Mapping[int, str],
    *,
    month: int | None = None,
) -> list[Column]:
    """Columns with fields. `told`: what people have said about columns; `content`: some filled cells of each column.

    Of two columns with one field the surer, then the left one, keeps it; somebody is asked about the other.
    """
    found = []
    for number, path in paths.items():
        if not path:
            continue
        header = "/".join(path)
        if number in told:
            field = told[number] if told[number] in kind.fields else None
            found.append(Column(number, header, field, None, WORD if field else 0.0))
            continue
        field, confidence = match_header(path, kind)
        found.append(_weighed(Column(number, header, field, None, confidence), kind, content.get(number, ()), path))
    return _without_rivals(_months(found, kind, content, month), content, told)


def _weighed(column: Column, kind: TableKind, cells: Sequence[Cell], path: list[str]) -> Column:
    """The column judged by what its cells hold."""
    cells = [cell for cell in cells if not is_blank(cell.value)]
    levels = meaningful(path)
    if len(cells) < 2 or not levels or levels[-1] in SERIAL:
        return column
    if column.field is None:
        return _by_content(column, kind, cells, levels)
    spec = kind.fields[column.field]
    fits = _share(cells, spec.kind, spec.choices or CHOICES.get(spec.name, {}))
    if column.field == "code" and all(_SMALL.fullmatch(words(cell.value)) for cell in cells):
        return replace(column, field=None, confidence=0.0)  # 项目编号 1, 2, 3 …
    if fits is None or fits >= 0.5:
        return column
    for other in _ALTERNATIVES.get(column.field, ()):
        if other in kind.fields and (_share(cells, kind.fields[other].kind, CHOICES.get(other, {})) or 0) >= 0.5:
            return replace(column, field=other, confidence=CONTENT, choices=(other, column.field))
    if column.field == "nature" and fits == 0 and "industry" in kind.fields and len(levels[-1]) == 4:
        return replace(column, field="industry", confidence=CONTENT, choices=("industry", "nature"))
    if column.confidence == WORD and (fits > 0.2 or len(cells) < 4):
        return column
    return replace(column, confidence=CLASH, choices=(column.field,))


_SMALL = re.compile(r"\d{1,4}")
# Another reading of a word, when the cells do not suit the first.
_ALTERNATIVES = {
    "enrolled": ("enrolled_on",),
    "stage_raw": ("progress",),
    "contact_phone": ("contact_name",),
    "code": ("credit_code",),
}


def _by_content(column: Column, kind: TableKind, cells: Sequence[Cell], levels: Sequence[str]) -> Column:
    """Codes give themselves away; 开工 above a column of dates is a date."""
    for name, test in (("code", PROJECT_CODE.fullmatch), ("credit_code", credit_code_ok)):
        if name in kind.fields and sum(bool(test(words(cell.value).upper())) for cell in cells) >= 0.6 * len(cells):
            return replace(column, field=name, confidence=CONTENT, choices=(name,))
    if kind.special and len(levels[-1]) <= 4 and (_share(cells, "date", {}) or 0) >= 0.8:
        field = kind.special([*levels[:-1], levels[-1] + "时间"])
        if field and field in kind.fields:
            return replace(column, field=field, confidence=CONTENT, choices=(field,))
    return column


def _share(cells: Sequence[Cell], kind: str, choices: Mapping[str, str]) -> float | None:
    """The share of cells that read well as `kind`; None where anything may stand."""
    test = _TESTS.get(kind)
    if kind == "choice" and choices:
        return sum(words(c.value) in choices or words(c.value).removesuffix("项目") in choices for c in cells) / len(
            cells
        )
    return None if test is None else sum(test(cell) for cell in cells) / len(cells)


def _is_number(cell: Cell) -> bool:
    if isinstance(cell.value, str):
        return bool(re.search(r"\d", words(cell.value))) and len(cell.value) < 30
    return cell.formula is not None or cell.error is not None or isinstance(cell.value, int | float)


def _is_date(cell: Cell) -> bool:
    if cell.formula is not None or cell.error is not None:
        return True
    value = parse_date(cell.value, cell.number_format, report_year=2025, kind="planned").value
    return value is not None and not isinstance(cell.value, bool) and cell.value != 1


def _is_stage(cell: Cell) -> bool:
    return parse_stage(cell.value).code is not None or len(words(cell.value)) <= 8


_TESTS: dict[str, Callable[[Cell], bool]] = {
    "money": _is_number,
    "land": _is_number,
    "floor": _is_number,
    "percent": _is_number,
    "date": lambda cell: _is_date(cell) or bool(re.search(r"\d", cell.raw)) or len(cell.raw) < 6,
    "planned_date": lambda cell: _is_date(cell) or bool(re.search(r"\d", cell.raw)) or len(cell.raw) < 6,
    "enrolment": lambda cell: _is_date(cell) or len(cell.raw) < 6,
    "yes_no": lambda cell: parse_yes_no(cell.value).value is not None or not _is_date(cell),
    "stage": _is_stage,
    "long_text": lambda cell: True,
    "contact": lambda cell: True,
    "credit_code": lambda cell: not PROJECT_CODE.fullmatch(words(cell.value)),
    "code": lambda cell: not credit_code_ok(words(cell.value).upper()),
}

_MONTH = re.compile(r"(?:^|\D)(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月")
_CUMULATIVE = re.compile(r"-0?(1[0-2]|[1-9])月|截[至止](?:\d{4}年)?(1[0-2]|[1-9])月")


def month_number(text: str) -> int | None:
    """The month that a header names: ``4月``, ``四月份``."""
    found = _MONTH.search(text)
    if not found:
        return None
    word = found[1]
    return int(word) if word.isdecimal() else "一二三四五六七八九十".find(word[-1]) + 1 + (10 if len(word) == 2 else 0)


def _months(
    columns: list[Column], kind: TableKind, content: Mapping[int, Sequence[Cell]], month: int | None
) -> list[Column]:
    """One column of a month is the month of the report; several are months. Of several sums one is the latest."""
    single = [c for c in columns if c.field == "month_investment_10k" and month_number(_leaf(c))]
    if len(single) > 1:
        named = {c.number: f"monthly_investment_10k.{month_number(_leaf(c))}" for c in single}
        columns = [replace(c, field=named.get(c.number, c.field)) for c in columns]
        columns = [c if c.field in kind.fields else replace(c, field=None) for c in columns]
    sums = {c.number: m for c in columns if c.field == "ytd_investment_10k" and (m := _sum_month(c))}
    if len(sums) < 2:
        return columns
    filled = [n for n in sums if content.get(n)] or list(sums)
    kept = next((n for n in sums if sums[n] == month), max(filled, key=lambda n: sums[n]))
    return [replace(c, field=None, confidence=0.0) if c.number in sums and c.number != kept else c for c in columns]


def _leaf(column: Column) -> str:
    """The text that names the month: the last level that does."""
    for level in reversed(meaningful(column.header.split("/"))):
        if month_number(level):
            return level
    return ""


def _sum_month(column: Column) -> int | None:
    found = _CUMULATIVE.search(folded(column.header))
    return int(found[1] or found[2]) if found else None


def _of_telephones(column: Column, columns: Sequence[Column]) -> Column:
    """联系人电话 beside 联系人 holds the telephone numbers."""
    telephone = re.search(r"电话|手机|方式", column.header) and not re.search(r"[及和与、/(（]", column.header)
    if column.field == "contact_name" and telephone and all(each.field != "contact_phone" for each in columns):
        return replace(column, field="contact_phone")
    return column


def _without_rivals(
    columns: list[Column], content: Mapping[int, Sequence[Cell]], told: Mapping[int, str]
) -> list[Column]:
    def rank(column: Column) -> tuple[bool, float]:
        return column.number in told, column.confidence

    if sum(column.field == "contact_name" for column in columns) > 1:
        columns = [_of_telephones(column, columns) for column in columns]
    best: dict[str, Column] = {}
    for column in columns:
        if column.field and (column.field not in best or rank(column) > rank(best[column.field])):
            best[column.field] = column
    return [
        column
        if column.field is None or best[column.field] is column
        else replace(column, field=None, confidence=CLASH, choices=(column.field,))
        for column in columns
    ]
