"""Rules of a joint review (联审): which steps it opens, when answers are due, in which order results are given. Pure.

Source: domain.md section 1 (bundles, pre-review).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from approvals.flow import PAUSED, RUNNING, State, is_done
from workdays.arithmetic import WorkCalendar

SECONDS = 3600


class Fate(StrEnum):
    """What opening a joint review does with a step of the bundle."""

    OPENS = "opens"  # is received and accepted on the day
    RUNS = "runs"  # has been accepted already: joins as it is
    DONE = "done"  # approved already: left out
    NOT_NEEDED = "not_needed"  # does not apply, or needs no approval by law: left out
    UNDETERMINED = "undetermined"  # nobody knows yet whether it applies: has to be settled first


def fate(state: State, applicability: str) -> Fate:
    """``applicability``: applies, not_applicable or undetermined; work on a step settles that it applies."""
    if is_done(state):
        return Fate.DONE
    if applicability == "not_applicable" or state is State.NOT_ACCEPTED:
        return Fate.NOT_NEEDED
    if applicability == "undetermined" and state is State.NOT_STARTED:
        return Fate.UNDETERMINED
    return Fate.RUNS if state in RUNNING | PAUSED else Fate.OPENS


def is_left_out(state: State, applicability: str) -> bool:
    """Whether an open review goes on without this step: approved by itself meanwhile, or not needed any more."""
    return fate(state, applicability) in (Fate.DONE, Fate.NOT_NEEDED)


def answers_due(
    opened_on: date, target_wd: int | None, limits: Iterable[int | None], calendar: WorkCalendar
) -> date | None:
    """Last day for the departments' answers: the bundle's target, or a shorter committed limit of one of its steps, in
    working days after the opening; None when there is neither."""
    known = [days for days in (target_wd, *limits) if days is not None]
    return calendar.roll_forward(calendar.add(opened_on, min(known))) if known else None


def in_order(steps: Collection[int], before: Mapping[int, Collection[int]]) -> list[int]:
    """The steps so that each comes after those it waits for, otherwise in the order given.

    before: step → the steps it waits for, directly; steps outside the collection do not count. Raises ValueError for
    steps that wait for each other.
    """
    left, ordered = list(steps), []
    while left:
        free = next((step for step in left if not set(before.get(step, ())) & set(left) - {step}), None)
        if free is None:
            raise ValueError("steps that wait for each other")
        ordered.append(free)
        left.remove(free)
    return ordered


def between(steps: Collection[int], before: Mapping[int, Collection[int]]) -> set[int]:
    """Steps outside that wait for one of these, directly or not, and for which another of these waits.

    The bundle cannot be issued on one day without them, as with S16 between the drawings (S14) and the construction
    permit (S17). before: step → the steps it waits for, directly.
    """
    after: dict[int, set[int]] = {}
    for step, earlier in before.items():
        for each in earlier:
            after.setdefault(each, set()).add(step)
    return (_reached(steps, before) & _reached(steps, after)) - set(steps)


def _reached(steps: Collection[int], edges: Mapping[int, Collection[int]]) -> set[int]:
    found: set[int] = set()
    rest = list(steps)
    while rest:
        new = set(edges.get(rest.pop(), ())) - found
        found |= new
        rest += new
    return found


@dataclass(frozen=True)
class Lasted:
    """How long something took: hours by the clock, and working days between the two days (the first not counted)."""

    hours: Decimal
    workdays: int


def lasted(start: datetime, end: datetime, start_on: date, end_on: date, calendar: WorkCalendar) -> Lasted:
    """``start_on`` and ``end_on`` are the days of the two moments in the park's time zone."""
    return Lasted(Decimal(int((end - start).total_seconds())) / SECONDS, calendar.count(start_on, end_on))
