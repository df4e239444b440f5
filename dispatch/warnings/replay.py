"""A rule played back over the past, day by day, from dated facts. Pure.

A rule turns every fact into a Case: from which day the warning would have stood, with which level, until which day.
It gives for each day what ``candidates.sources`` gives for it, as far as the facts are dated; the tests compare both.
Source of levels: dispatch.warnings.levels.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dispatch.warnings import levels
from dispatch.warnings.levels import DAY, Level
from workdays.arithmetic import WorkCalendar

Span = tuple[date, date | None]  # [from, until); None: still
Params = Mapping[str, Any]
_WORST = {Level.BLUE: 1, Level.YELLOW: 2, Level.RED: 3}


@dataclass(frozen=True)
class Thing:
    """What a warning is about, and when it was silent: the project at rest, the clock stopped."""

    object_type: str
    object_id: int
    project_id: int | None
    label: str = ""
    silent: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Dated:
    """A thing with a due day. ``begun``: nothing stood before; ``over``: the day it was done, None while it is open."""

    thing: Thing
    due_on: date
    begun: date | None = None
    over: date | None = None


@dataclass(frozen=True)
class Case:
    """One warning with its whole life. ``levels``: from which day which level; the worst that has come counts."""

    thing: Thing
    due_on: date
    first: date
    over: date | None
    levels: tuple[tuple[date, Level], ...]
    behind_pp: Decimal | None = None

    def is_silent(self, day: date) -> bool:
        return any(start <= day and (end is None or day < end) for start, end in self.thing.silent)

    def level_on(self, day: date) -> Level | None:
        """The level on the day; None while it does not stand."""
        if day < self.first or (self.over is not None and day >= self.over) or self.is_silent(day):
            return None
        return max((level for since, level in self.levels if since <= day), key=_WORST.__getitem__, default=None)

    @property
    def key(self) -> tuple[str, int, date]:
        return self.thing.object_type, self.thing.object_id, self.due_on


def _case(
    fact: Dated, first: date, steps: Iterable[tuple[date, Level]], *, until: date | None = None, due: date | None = None
) -> Iterator[Case]:
    """The case, unless it was over before it could stand."""
    first = max(first, fact.begun) if fact.begun else first
    ends = [day for day in (fact.over, until) if day is not None]
    over = min(ends, default=None)
    if over is None or first < over:
        yield Case(fact.thing, due or fact.due_on, first, over, tuple(steps))


def soon(fact: Dated, params: Params, calendar: WorkCalendar) -> Iterator[Case]:
    """Blue from the first day with so many workdays left to the due day itself."""
    since = levels.soon_since(fact.due_on, calendar, within_wd=int(params["within_wd"]))
    yield from _case(fact, since, [(since, Level.BLUE)], until=fact.due_on + DAY)


def late_by_workdays(fact: Dated, params: Params, calendar: WorkCalendar) -> Iterator[Case]:
    """Yellow from the day after, red with more than so many workdays."""
    first = fact.due_on + DAY
    red = calendar.add(fact.due_on, int(params["red_after_wd"]) + 1)
    yield from _case(fact, first, [(first, Level.YELLOW), (red, Level.RED)])


def statutory(fact: Dated, params: Params, calendar: WorkCalendar) -> Iterator[Case]:
    first = fact.due_on + DAY
    yield from _case(fact, first, [(first, Level.RED)])


def milestone_late(fact: Dated, params: Params, calendar: WorkCalendar) -> Iterator[Case]:
    """Yellow from the day after, red with more than so many calendar days; the start of construction has its own."""
    first = fact.due_on + DAY
    limit = params["start_red_after_days" if fact.thing.label == "L08" else "red_after_days"]
    yield from _case(fact, first, [(first, Level.YELLOW), (first + timedelta(days=int(limit)), Level.RED)])


def enrolment_late(fact: Dated, params: Params, calendar: WorkCalendar) -> Iterator[Case]:
    """``due_on``: the day construction started; ``over``: the day of enrolment."""
    due = fact.due_on + timedelta(days=int(params["yellow_after_days"]))
    red = fact.due_on + timedelta(days=int(params["red_after_days"]) + 1)
    yield from _case(fact, due + DAY, [(due + DAY, Level.YELLOW), (red, Level.RED)], due=due)


def certificate_ending(fact: Dated, params: Params, notice_days: int) -> Iterator[Case]:
    first = fact.due_on - timedelta(days=notice_days)
    near = fact.due_on - timedelta(days=int(params["yellow_within_days"]))
    steps = [(first, Level.BLUE), (near, Level.YELLOW), (fact.due_on + DAY, Level.RED)]
    yield from _case(fact, first, steps)


def returned(fact: Dated, returns: list[date], params: Params) -> Iterator[Case]:
    n = int(params["red_from_returns"])
    if len(returns) >= n:
        on = sorted(returns)[n - 1]
        yield from _case(fact, on, [(on, Level.RED)], due=on)


def investment_behind(thing: Thing, month_end: date, ytd: Decimal, plan: Decimal, params: Params) -> Iterator[Case]:
    """Behind at the end of one month, until the end of the next."""
    exact = Decimal(100 * month_end.month) / 12 - 100 * ytd / plan
    level = levels.investment_level(
        exact,
        yellow_from_pp=Decimal(str(params["yellow_from_pp"])),
        red_above_pp=Decimal(str(params["red_above_pp"])),
    )
    if level is not None:
        points = levels.points_behind(ytd, plan, month_end.month)
        over = levels.month_end(month_end + DAY)
        yield Case(thing, month_end, month_end, over, ((month_end, level),), points)


def stale(thing: Thing, records: Iterable[date], params: Params, calendar: WorkCalendar) -> Iterator[Case]:
    """One case for every gap between two records that is long enough."""
    days: list[date] = sorted(set(records))
    for on, following in zip(days, [*days[1:], None], strict=True):
        first = calendar.add(on, int(params["yellow_after_wd"]) + 1)
        red = calendar.add(on, int(params["red_after_wd"]) + 1)
        yield from _case(Dated(thing, on, over=following), first, [(first, Level.YELLOW), (red, Level.RED)])


def sooner_first(nearer: list[Case], farther: list[Case]) -> list[Case]:
    """Of two due days of one step the farther one is silent while the nearer one stands."""
    taken = tuple(span for case in nearer for span in spans(case))
    return [
        *nearer,
        *(Case(_with_silence(case.thing, taken), case.due_on, case.first, case.over, case.levels) for case in farther),
    ]


def _with_silence(thing: Thing, more: tuple[Span, ...]) -> Thing:
    return Thing(thing.object_type, thing.object_id, thing.project_id, thing.label, thing.silent + more)


def spans(case: Case) -> list[Span]:
    """When the case stood: disjoint, in order."""
    found: list[Span] = []
    start = case.first
    for silent_from, silent_to in sorted(case.thing.silent, key=lambda span: span[0]):
        if case.over is not None and silent_from >= case.over:
            break
        if silent_from > start:
            found.append((start, silent_from))
        if silent_to is None:
            return found
        start = max(start, silent_to)
    if case.over is None or start < case.over:
        found.append((start, case.over))
    return found


def history(
    things: Mapping[int, Thing], late: Mapping[int, list[tuple[str, Case]]], ends: list[date], params: Params
) -> Iterator[Case]:
    """``late``: {project: [(rule, case)]} of the other rules; ``ends``: month ends in order, as many earlier ones
    before the first that matters. A case stands from a month end to the next, while anything is late."""
    n = int(params["months"])
    for project, cases in late.items():
        held = [end for end in ends if any(_late_at(rule, case, end) for rule, case in cases)]
        for position in range(n - 1, len(ends)):
            if all(end in held for end in ends[position - n + 1 : position + 1]):
                end = ends[position]
                following = levels.month_end(end + DAY)
                quiet = _quiet_days([case for _rule, case in cases], end, following)
                thing = _with_silence(things[project], quiet)
                yield Case(thing, end, end, following, ((end, Level.RED),))


def _late_at(rule: str, case: Case, end: date) -> bool:
    if rule == "INVESTMENT_BEHIND" and case.due_on != end:
        return False
    if rule == "CERTIFICATE_ENDING" and case.due_on >= end:
        return False
    return case.level_on(end) in (Level.YELLOW, Level.RED)


def _quiet_days(cases: list[Case], first: date, until: date) -> tuple[Span, ...]:
    days = [first + timedelta(days=n) for n in range((until - first).days)]
    quiet = [day for day in days if not any(case.level_on(day) in (Level.YELLOW, Level.RED) for case in cases)]
    return tuple((day, day + DAY) for day in quiet)
