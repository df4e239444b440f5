"""What the engine answers: a date forwards and backwards for every task, and why. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """How far a task is on the day of the forecast."""

    FINISHED = "finished"
    RUNNING = "running"
    WAITING = "waiting"
    SKIPPED = "skipped"


class Driver(StrEnum):
    """Why a task is not earlier."""

    FACT = "fact"  # it has happened
    CLOCK = "clock"  # it runs; its remaining working days count from today
    TODAY = "today"  # nothing holds it but that yesterday is over
    LINK = "link"  # it waits for ``driven_by``
    NOT_BEFORE = "not_before"
    PLANNED = "planned"
    FIXED = "fixed"


class Problem(StrEnum):
    """What does not fit together."""

    OUT_OF_ORDER = "out_of_order"  # finished before ``other``, which it should have waited for
    FACT_IN_FUTURE = "fact_in_future"
    FIXED_TOO_EARLY = "fixed_too_early"  # its confirmed day is ``days`` working days before what is possible
    FIXED_PASSED = "fixed_passed"  # its confirmed day is over
    NOT_BEFORE_TOO_LATE = "not_before_too_late"  # may begin only ``days`` working days after its latest start
    TARGET_PASSED = "target_passed"
    TARGET_SHORT = "target_short"  # the goal is ``days`` working days after its target
    USUAL_ORDER = "usual_order"  # hint: it begins before ``other``, which usually comes first


HINTS = frozenset({Problem.USUAL_ORDER})


@dataclass(frozen=True, slots=True)
class Conflict:
    """``days`` in working days; ``on``: the date that does not fit."""

    problem: Problem
    key: str
    other: str = ""
    days: int = 0
    on: date | None = None

    @property
    def is_hint(self) -> bool:
        return self.problem in HINTS


@dataclass(frozen=True, slots=True)
class Placed:
    """One task of a schedule. ``start`` and ``finish``: fact or forecast, None when done on an unknown day or skipped.

    ``latest_start``, ``latest_finish`` and ``total_float_wd`` (working days the whole task may slip before the target,
    or without one the forecast, of the goal is missed, or a confirmed day on the way that is kept now; negative: too
    late already) are None when it does not lead to the goal or is done. ``free_float_wd``: what it may slip before
    anything else moves, never negative; its total float when nothing follows.
    ``driver`` and ``driven_by`` say why it is not earlier; ``tight`` are all tasks that hold it as hard as that.
    ``is_provisional``: its forecast or latest finish lies in or behind a year without official holidays.
    """

    key: str
    standing: Standing
    start: date | None
    finish: date | None
    driver: Driver
    driven_by: str = ""
    tight: tuple[str, ...] = ()
    latest_start: date | None = None
    latest_finish: date | None = None
    total_float_wd: int | None = None
    free_float_wd: int | None = None
    is_provisional: bool = False

    @property
    def is_open(self) -> bool:
        return self.standing in (Standing.RUNNING, Standing.WAITING)


@dataclass(frozen=True)
class Schedule:
    """The whole answer for one goal. ``short_wd``: working days by which the target is missed, 0 when it is kept.

    ``critical``: open tasks that make the goal's forecast later when they begin and end one working day later;
    ``chain``: one path of them in order, ending in the goal. ``spare_wd``: working days between forecast and target,
    negative when it is missed; None without target or when the goal is reached. ``is_provisional``: a date that leads
    to the goal, or without one any open date, rests on a year without official holidays.
    """

    today: date
    tasks: Mapping[str, Placed]
    goal: str = ""
    target_on: date | None = None
    goal_on: date | None = None
    short_wd: int = 0
    spare_wd: int | None = None
    chain: tuple[str, ...] = ()
    critical: frozenset[str] = frozenset()
    conflicts: tuple[Conflict, ...] = ()
    is_provisional: bool = False

    def __getitem__(self, key: str) -> Placed:
        return self.tasks[key]
