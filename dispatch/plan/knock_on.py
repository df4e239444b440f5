"""What a change of a plan moves: two schedules compared, before it is saved. Pure.

Source: issue "The plan", 3: what moves, by how much, which milestone and which unit is touched, why some dates stay.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dispatch.plan.values import TaskInfo
from projects.planning.engine import workdays_between
from projects.planning.network import Network
from projects.planning.schedule import Conflict, Driver, Placed, Schedule, Standing
from workdays.arithmetic import WorkCalendar

MILESTONE = "milestone"


class Why(StrEnum):
    """Why a task stays where it is although one it waits for moves."""

    FACT = "fact"  # it has happened
    RUNNING = "running"  # it runs; its own clock ends later
    FIXED = "fixed"  # its finish is a confirmed day
    PLANNED = "planned"  # its start is planned: it does not move backwards by itself
    NOT_BEFORE = "not_before"
    OTHER = "other"  # another task holds it, or it may begin today at the earliest


@dataclass(frozen=True, slots=True)
class Moved:
    """A task whose dates change. ``from_on``, ``to_on``: finish; ``start_from``, ``start_to``: start.

    ``days``: working days the finish moves, negative: earlier; 0 when only the start moves. None in ``from_on``: a new
    task; in ``to_on``: taken out.
    """

    key: str
    name: str
    unit_name: str
    unit_id: int | None
    kind: str
    from_on: date | None
    to_on: date | None
    days: int
    start_from: date | None = None
    start_to: date | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A task that waits for something that moves, and stays. ``on``: the day that holds it; ``by``: the task."""

    key: str
    name: str
    why: Why
    on: date | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Touched:
    """A unit and how many of its tasks move."""

    unit_id: int
    name: str
    tasks: int


@dataclass(frozen=True)
class KnockOn:
    """The whole effect of a change. ``goal_days``: working days the goal's forecast moves, negative: earlier.

    ``short_*``: working days by which the target is missed, 0 when it is kept.
    """

    moved: tuple[Moved, ...]
    kept: tuple[Kept, ...]
    goal: str
    goal_before: date | None
    goal_after: date | None
    goal_days: int
    short_before: int
    short_after: int
    milestones: tuple[Moved, ...]
    units: tuple[Touched, ...]
    new_conflicts: tuple[Conflict, ...]
    solved_conflicts: tuple[Conflict, ...]

    @property
    def is_empty(self) -> bool:
        same_goal = self.goal_before == self.goal_after and self.short_before == self.short_after
        return not (self.moved or self.new_conflicts or self.solved_conflicts) and same_goal


def compare(
    before: Schedule,
    after: Schedule,
    info: Mapping[str, TaskInfo],
    *,
    network: Network,
    calendar: WorkCalendar,
) -> KnockOn:
    """What moves from one schedule to the other. ``info`` of both sides' tasks; ``network`` belongs to ``after``."""
    keys = [*(key for key in info if key in after.tasks or key in before.tasks)]
    keys += [key for key in {**before.tasks, **after.tasks} if key not in info]
    moved = tuple(found for key in keys if (found := _moved(key, before, after, info.get(key), calendar)))
    goal_days = 0
    if before.goal == after.goal and before.goal_on and after.goal_on:
        goal_days = workdays_between(before.goal_on, after.goal_on, calendar)
    return KnockOn(
        moved=moved,
        kept=tuple(_kept(moved, after, info, network)),
        goal=after.goal,
        goal_before=before.goal_on,
        goal_after=after.goal_on,
        goal_days=goal_days,
        short_before=before.short_wd,
        short_after=after.short_wd,
        milestones=tuple(one for one in moved if one.kind == MILESTONE),
        units=_units(moved),
        new_conflicts=_only_in(after, before),
        solved_conflicts=_only_in(before, after),
    )


def _moved(key: str, before: Schedule, after: Schedule, about: TaskInfo | None, calendar: WorkCalendar) -> Moved | None:
    old, new = before.tasks.get(key), after.tasks.get(key)
    if _dates(old) == _dates(new):
        return None
    (start_from, from_on), (start_to, to_on) = _dates(old), _dates(new)
    days = workdays_between(from_on, to_on, calendar) if from_on and to_on else 0
    name, unit_name, unit_id, kind = key, "", None, ""
    if about:
        name, unit_name, unit_id, kind = about.name, about.unit_name, about.unit_id, about.kind
    return Moved(key, name, unit_name, unit_id, kind, from_on, to_on, days, start_from, start_to)


def _dates(placed: Placed | None) -> tuple[date | None, date | None]:
    return (placed.start, placed.finish) if placed else (None, None)


def _units(moved: tuple[Moved, ...]) -> tuple[Touched, ...]:
    counted = Counter((one.unit_id, one.unit_name) for one in moved if one.unit_id is not None)
    return tuple(Touched(pk, name, number) for (pk, name), number in counted.items() if pk is not None)


def _kept(moved: tuple[Moved, ...], after: Schedule, info: Mapping[str, TaskInfo], network: Network) -> Iterator[Kept]:
    """Direct followers of what moves that do not move themselves."""
    moving = {one.key for one in moved}
    seen = set(moving)
    for key in (one.key for one in moved if one.key in network.tasks):
        for link in network.after[key]:
            if not link.is_hard or link.after in seen:
                continue
            seen.add(link.after)
            yield _why(after[link.after], network, info.get(link.after))


def _why(here: Placed, network: Network, about: TaskInfo | None) -> Kept:
    task, name = network.tasks[here.key], about.name if about else here.key
    if not here.is_open:
        return Kept(here.key, name, Why.FACT, here.finish)
    if task.fixed_on:
        return Kept(here.key, name, Why.FIXED, task.fixed_on)
    if here.standing is Standing.RUNNING and here.driver is Driver.CLOCK:
        return Kept(here.key, name, Why.RUNNING, here.finish)
    if here.driver is Driver.PLANNED:
        return Kept(here.key, name, Why.PLANNED, task.planned_on)
    if here.driver is Driver.NOT_BEFORE:
        return Kept(here.key, name, Why.NOT_BEFORE, task.not_before)
    return Kept(here.key, name, Why.OTHER, here.start, here.driven_by)


def _only_in(one: Schedule, other: Schedule) -> tuple[Conflict, ...]:
    """Conflicts of a problem and task that the other schedule does not have; sizes are compared elsewhere."""
    known = {(conflict.problem, conflict.key, conflict.other) for conflict in other.conflicts}
    return tuple(c for c in one.conflicts if (c.problem, c.key, c.other) not in known)
