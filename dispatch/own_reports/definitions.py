"""What a saved report says: columns, filters, grouping, order, checked against its dataset. Pure.

A definition is data that anybody may have written. Names are looked up among the dataset's columns and nowhere else, so
that no lookup of the database can be smuggled in; what is not known is named and left out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

MOST_COLUMNS = 40
MOST_FILTERS = 20
MOST_CHOICES = 100
MOST_LEVELS = 2
MOST_ROWS = 1000  # of a report with a limit
LONGEST_TEXT = 100
LARGEST = Decimal(10) ** 12
PLACES = range(-19, 20)  # powers of ten a number may be written with


class Kind(StrEnum):
    """Of a column's values. MONEY: 万元. YI: 万元 shown in 亿元. PERCENT: per cent. CHOICE: one of a list of codes."""

    TEXT = "text"
    DAY = "day"
    INT = "int"
    NUMBER = "number"
    MONEY = "money"
    YI = "yi"
    PERCENT = "percent"
    CHOICE = "choice"


NUMBERS = frozenset({Kind.INT, Kind.NUMBER, Kind.MONEY, Kind.YI, Kind.PERCENT})


class Span(StrEnum):
    """Days relative to the day of reading."""

    OVERDUE = "overdue"
    TODAY = "today"
    NEXT_7 = "next_7"
    NEXT_30 = "next_30"
    LAST_7 = "last_7"
    LAST_30 = "last_30"
    THIS_MONTH = "this_month"
    NEXT_MONTH = "next_month"
    LAST_MONTH = "last_month"
    THIS_YEAR = "this_year"
    GIVEN = "given"
    EMPTY = "empty"


@dataclass(frozen=True)
class Trait:
    """What a definition may do with one column. ``sums``: its values may be added up."""

    kind: Kind
    groups: bool = False
    sums: bool = False


@dataclass(frozen=True)
class Definition:
    """A definition that fits its dataset. ``order``: a column's name, with "-" downwards, or ""."""

    columns: tuple[str, ...]
    filters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    grouping: tuple[str, ...] = ()
    order: str = ""
    limit: int | None = None

    @property
    def used(self) -> tuple[str, ...]:
        """Every column that has to be read, each once."""
        return tuple(dict.fromkeys([*self.columns, *self.grouping, *self.filters, *filter(None, [self.ordered_by])]))

    @property
    def ordered_by(self) -> str:
        return self.order.removeprefix("-")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a definition: ``code`` and the name it is about.

    Codes: column, filter, value, grouping, order, limit (not known, or not possible), empty (no column left), many.
    """

    code: str
    name: str = ""


def checked(raw: Mapping[str, Any], traits: Mapping[str, Trait]) -> tuple[Definition, list[Problem]]:
    """The part of ``raw`` that fits these columns, and what was left out.

    ``raw``: columns, filters, grouping, order, limit as SavedReport has them; never raises, whatever they hold.
    """
    problems: list[Problem] = []
    columns = _names(raw.get("columns"), traits, MOST_COLUMNS, "column", problems)
    groupable = {name for name, trait in traits.items() if trait.groups}
    grouping = _names(raw.get("grouping"), groupable, MOST_LEVELS, "grouping", problems)
    filters = _filters(raw.get("filters"), traits, problems)
    order = raw.get("order") or ""
    if not isinstance(order, str) or (order and order.removeprefix("-") not in traits):
        problems.append(Problem("order", _short(order)))
        order = ""
    if not columns:
        problems.append(Problem("empty"))
        columns = list(traits)[:1]
    return Definition(tuple(columns), filters, tuple(grouping), order, _limit(raw.get("limit"), problems)), problems


def _names(given: Any, known: Collection[str], most: int, code: str, problems: list[Problem]) -> list[str]:
    given = given if isinstance(given, (list, tuple)) else []
    found: list[str] = []
    for name in given[: 2 * most]:
        if not isinstance(name, str) or name not in known:
            problems.append(Problem(code, _short(name)))
        elif name not in found:
            found.append(name)
    if len(given) > 2 * most or len(found) > most:
        problems.append(Problem("many", code))
    return found[:most]


def _filters(given: Any, traits: Mapping[str, Trait], problems: list[Problem]) -> dict[str, dict[str, Any]]:
    given = given if isinstance(given, Mapping) else {}
    found: dict[str, dict[str, Any]] = {}
    for name, condition in list(given.items())[: 2 * MOST_FILTERS]:
        if name not in traits:
            problems.append(Problem("filter", _short(name)))
        elif (fits := _condition(traits[name].kind, condition)) is None:
            problems.append(Problem("value", name))
        else:
            found[name] = fits
    if len(given) > MOST_FILTERS:
        problems.append(Problem("many", "filter"))
    return dict(list(found.items())[:MOST_FILTERS])


def _condition(kind: Kind, given: Any) -> dict[str, Any] | None:
    if not isinstance(given, Mapping):
        return None
    if kind == Kind.TEXT:
        text = given.get("contains")
        return {"contains": text[:LONGEST_TEXT]} if isinstance(text, str) and text.strip() else None
    if kind == Kind.CHOICE:
        codes = given.get("in")
        fits = isinstance(codes, (list, tuple)) and 0 < len(codes) <= MOST_CHOICES
        return {"in": [str(code)[:LONGEST_TEXT] for code in codes]} if fits and codes is not None else None
    if kind == Kind.DAY:
        return _days(given)
    ends = {end: number_of(given[end]) for end in ("min", "max") if given.get(end) not in (None, "")}
    if not ends or None in ends.values():
        return None
    return {end: str(value) for end, value in ends.items()}


def _days(given: Mapping[str, Any]) -> dict[str, Any] | None:
    if (span := given.get("span")) not in (None, ""):
        return {"span": span} if isinstance(span, str) and span in list(Span) else None
    ends = {end: day_of(given[end]) for end in ("from", "to") if given.get(end) not in (None, "")}
    if not ends or None in ends.values():
        return None
    return {end: value.isoformat() for end, value in ends.items() if value is not None}


def _limit(given: Any, problems: list[Problem]) -> int | None:
    if given in (None, ""):
        return None
    if isinstance(given, int) and not isinstance(given, bool) and 0 < given <= MOST_ROWS:
        return given
    problems.append(Problem("limit", _short(given)))
    return None


def number_of(given: Any) -> Decimal | None:
    """A plain number with fewer than 20 places, or None."""
    try:
        value = Decimal(str(given).strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and -LARGEST < value < LARGEST and value.as_tuple().exponent in PLACES else None


def day_of(given: Any) -> date | None:
    """A day in ISO form, or None."""
    try:
        return date.fromisoformat(str(given).strip())
    except ValueError:
        return None


def _short(name: Any) -> str:
    return str(name)[:60]


def span_days(span: Span, today: date) -> tuple[date | None, date | None]:
    """First and last day of a span, both included; None: open. GIVEN is open on both sides; EMPTY has no days.

    OVERDUE ends yesterday: the day itself is in time.
    """
    month = today.replace(day=1)
    after = (month + timedelta(days=32)).replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    day = timedelta(days=1)
    return {
        Span.OVERDUE: (None, today - day),
        Span.TODAY: (today, today),
        Span.NEXT_7: (today, today + 7 * day),
        Span.NEXT_30: (today, today + 30 * day),
        Span.LAST_7: (today - 7 * day, today),
        Span.LAST_30: (today - 30 * day, today),
        Span.THIS_MONTH: (month, after - day),
        Span.NEXT_MONTH: (after, (after + timedelta(days=32)).replace(day=1) - day),
        Span.LAST_MONTH: (before, month - day),
        Span.THIS_YEAR: (date(today.year, 1, 1), date(today.year, 12, 31)),
        Span.GIVEN: (None, None),
        Span.EMPTY: (None, None),
    }[span]


def moved(columns: Sequence[str], name: str, by: int) -> list[str]:
    """The columns with one of them a place further left (-1) or right (1)."""
    found = list(columns)
    if name in found:
        at = found.index(name)
        to = min(max(at + by, 0), len(found) - 1)
        found.insert(to, found.pop(at))
    return found
