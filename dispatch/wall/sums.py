"""Rows of the wall: grouped, ordered, counted by month. Pure. Source: design.md 4 "Plan"."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dispatch.wall.layout import Aim, Kind, Stop, Window, expected
from projects.stages import Pool, pool_of

SEVERITY = {"red": 0, "yellow": 1, "blue": 2, "green": 3, "grey": 4}
START, COMPLETION = "L08", "L10"
EVENTS = (START, COMPLETION)
KINDS = (Kind.BASELINE, Kind.FORECAST, Kind.ACTUAL)
FAR = date.max


@dataclass(frozen=True)
class Line:
    """One project. ``investment_10k`` in 万元. Text "" where nobody has written one."""

    pk: int
    name: str
    stage: str
    light: str
    status: str
    investment_10k: Decimal | None = None
    unit: str = ""
    leader: str = ""
    street: str = ""
    industry: str = ""
    stops: tuple[Stop, ...] = ()
    aim: Aim | None = None
    as_of: date | None = None  # of the computed forecast

    @property
    def is_moving(self) -> bool:
        return self.status == "active"

    @property
    def short_wd(self) -> int:
        return (self.aim.short_wd if self.aim else None) or 0


def days_of(line: Line, stage: str, kind: str, today: date) -> date | None:
    """Baseline, forecast or actual day of a milestone; a forecast that has passed is none."""
    stop = next((stop for stop in line.stops if stop.stage == stage), None)
    if stop is None:
        return None
    if kind == Kind.BASELINE:
        return stop.baseline_on
    found = expected(stop, today, moving=line.is_moving)
    return found[1] if found and found[0] == kind else None


def happening(lines: Iterable[Line], stage: str, kind: str, first: date, last: date, today: date) -> list[Line]:
    """The projects whose milestone has this kind of day from ``first`` to ``last``, both included."""
    return [line for line in lines if (day := days_of(line, stage, kind, today)) and first <= day <= last]


def starting(lines: Iterable[Line], first: date, last: date, today: date) -> list[Line]:
    """Projects that start in the period: in fact, else by the forecast, else by the baseline."""

    def day_of(line: Line) -> date | None:
        days = (days_of(line, START, kind, today) for kind in (Kind.ACTUAL, Kind.FORECAST, Kind.BASELINE))
        return next((day for day in days if day), None)

    return [line for line in lines if (day := day_of(line)) and first <= day <= last]


def quarter_of(day: date) -> tuple[date, date]:
    """First and last day of its quarter."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    after = (first + timedelta(days=95)).replace(day=1)
    return first, after - timedelta(days=1)


def month_counts(lines: Sequence[Line], window: Window, today: date) -> dict[tuple[str, str], list[int]]:
    """{(L08 or L10, kind): projects by month of the window}."""
    counts = {(stage, kind.value): [0] * window.count for stage in EVENTS for kind in KINDS}
    for line in lines:
        for (stage, kind), months in counts.items():
            day = days_of(line, stage, kind, today)
            if day and window.holds(day):
                months[window.index(day)] += 1
    return counts


@dataclass(frozen=True)
class Group:
    """``key`` "" is the group of those that have none. ``totals``: {(stage, kind): projects in the window}."""

    key: str
    lines: tuple[Line, ...]
    lights: Counter[str]
    short: int
    totals: dict[tuple[str, str], int]


KEYS: dict[str, Callable[[Line], str]] = {
    "none": lambda line: "",
    "leader": lambda line: line.leader,
    "unit": lambda line: line.unit,
    "street": lambda line: line.street,
    "pool": lambda line: pool_of(line.stage),
    "industry": lambda line: line.industry,
}
POOLS = [pool.value for pool in Pool]


def grouped(lines: Sequence[Line], by: str, window: Window, today: date) -> list[Group]:
    """Groups by name, pools in their order, last those without; lines keep their order."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(KEYS[by](line), []).append(line)
    order = sorted(found, key=lambda key: (key == "", POOLS.index(key) if by == "pool" else 0, key))
    return [_group(key, found[key], window, today) for key in order]


def _group(key: str, lines: Sequence[Line], window: Window, today: date) -> Group:
    counts = month_counts(lines, window, today)
    lights = Counter(line.light for line in lines)
    short = sum(1 for line in lines if line.short_wd)
    return Group(key, tuple(lines), lights, short, {name: sum(months) for name, months in counts.items()})


def _start(line: Line) -> date:
    stop = next((stop for stop in line.stops if stop.stage == START), None)
    return (stop and (stop.actual_on or stop.forecast_on or stop.baseline_on)) or FAR


ORDERS: dict[str, Callable[[Line], tuple[object, ...]]] = {
    "light": lambda line: (SEVERITY.get(line.light, 9), -line.short_wd, -(line.investment_10k or 0)),
    "short": lambda line: (-line.short_wd, SEVERITY.get(line.light, 9)),
    "start": lambda line: (_start(line),),
    "investment": lambda line: (-(line.investment_10k or 0),),
    "name": lambda line: (),
}


def ordered(lines: Iterable[Line], sort: str) -> list[Line]:
    """By what is asked for, then by name."""
    return sorted(lines, key=lambda line: (*ORDERS[sort](line), line.name, line.pk))


def paged(groups: Sequence[Group], start: int, stop: int) -> list[tuple[Group, list[Line]]]:
    """The lines ``start`` to ``stop`` of all groups together, each group with those of its own."""
    pages, at = [], 0
    for group in groups:
        cut = list(group.lines[max(start - at, 0) : max(stop - at, 0)])
        at += len(group.lines)
        if cut:
            pages.append((group, cut))
    return pages
