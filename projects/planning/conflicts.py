"""What does not fit together in a schedule, named with its days. Pure. Source: design.md 4 "Plan"."""

from collections.abc import Iterator, Mapping
from datetime import date

from projects.planning.network import Link, LinkKind, Network, Task
from projects.planning.schedule import Conflict, Placed, Problem, Standing
from workdays.arithmetic import WorkCalendar

Tasks = Mapping[str, Placed]


def conflicts(
    network: Network,
    placed: Tasks,
    today: date,
    calendar: WorkCalendar,
    goal: str,
    target_on: date | None,
    short_wd: int,
    with_soft: bool,
) -> Iterator[Conflict]:
    """Facts first, then confirmed days, hints and the target, each in the order of the network.

    ``goal``: one still ahead, or "". ``with_soft``: the usual order is kept, so nothing is said about it.
    """
    yield from _facts(network, placed, today, calendar)
    yield from _confirmed(network, placed, today, calendar)
    if not with_soft:
        yield from _usual_order(network, placed, calendar)
    if goal and target_on:
        yield from _target(network, placed, goal, target_on, short_wd, today, calendar)


def _facts(network: Network, placed: Tasks, today: date, calendar: WorkCalendar) -> Iterator[Conflict]:
    for key in network.order:
        task = network.tasks[key]
        if task.is_skipped:
            continue
        if late := next((day for day in (task.finished_on, task.started_on) if day and day > today), None):
            yield Conflict(Problem.FACT_IN_FUTURE, key, on=late)
        if task.finished_on is not None:
            yield from _out_of_order(network, placed, task, task.finished_on, today, calendar)


def _out_of_order(
    network: Network, placed: Tasks, task: Task, finished: date, today: date, calendar: WorkCalendar
) -> Iterator[Conflict]:
    """A result may be dated on the same day as the one before it, or earlier by a negative lag (domain.md 1)."""
    for link in network.before[task.key]:
        before = placed[link.before]
        if not link.is_hard or link.kind is LinkKind.SS or before.finish is None:
            continue
        first = calendar.subtract(before.finish, max(0, -link.lag_wd))
        if first > finished or (before.is_open and link.lag_wd >= 0 and finished <= today):
            yield Conflict(Problem.OUT_OF_ORDER, task.key, link.before, calendar.count(finished, first), finished)


def _confirmed(network: Network, placed: Tasks, today: date, calendar: WorkCalendar) -> Iterator[Conflict]:
    now = calendar.roll_forward(today)
    for key in network.order:
        fixed, here = network.tasks[key].fixed_on, placed[key]
        if fixed is None or not here.is_open or here.finish is None:
            continue
        meant = calendar.roll_forward(fixed)
        if meant < now:
            yield Conflict(Problem.FIXED_PASSED, key, days=calendar.count(meant, today), on=fixed)
        elif here.finish > meant:
            yield Conflict(Problem.FIXED_TOO_EARLY, key, here.driven_by, calendar.count(meant, here.finish), fixed)


def _usual_order(network: Network, placed: Tasks, calendar: WorkCalendar) -> Iterator[Conflict]:
    for link in network.links:
        if link.is_hard:
            continue
        before, after = placed[link.before], placed[link.after]
        if before.is_open and after.is_open and (day := _too_early(link, before, after, calendar)):
            yield Conflict(Problem.USUAL_ORDER, link.after, link.before, on=day)


def _too_early(link: Link, before: Placed, after: Placed, calendar: WorkCalendar) -> date | None:
    """The day of the follower that the usual order would have later."""
    held = before.start if link.kind is LinkKind.SS else before.finish
    day = after.finish if link.kind is LinkKind.FF else after.start
    if held is None or day is None:
        return None
    lag = link.lag_wd
    first = held if not lag else calendar.add(held, lag) if lag > 0 else calendar.subtract(held, -lag)
    return day if day < first else None


def _target(
    network: Network,
    placed: Tasks,
    goal: str,
    target_on: date,
    short_wd: int,
    today: date,
    calendar: WorkCalendar,
) -> Iterator[Conflict]:
    if target_on < today:
        yield Conflict(Problem.TARGET_PASSED, goal, days=calendar.count(target_on, today), on=target_on)
    if short_wd:
        yield Conflict(Problem.TARGET_SHORT, goal, days=short_wd, on=target_on)
    for key in network.order:
        task, here = network.tasks[key], placed[key]
        if here.standing is Standing.WAITING and here.latest_start and task.not_before:
            first = calendar.roll_forward(task.not_before)
            if first > here.latest_start:
                days = calendar.count(here.latest_start, first)
                yield Conflict(Problem.NOT_BEFORE_TOO_LATE, key, days=days, on=task.not_before)
