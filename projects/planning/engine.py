"""Forward from what has happened, backward from a target, over a network sorted once. Pure.

Forecast dates are working days and not before today. Every task is looked at once forwards and once backwards, and
every link once each way; nothing is repeated until it settles. Source: design.md 4 "Plan", domain.md 1 and 2.3.

* A waiting task starts on the latest of: today, its not-before and planned days, what its links ask for.
* A running task finishes when its remaining working days, counted from today, are over, and not before the tasks it
  should have waited for: work may begin early, the result may not (domain.md 1, pre-review).
* A confirmed day is kept unless the network cannot: then the forecast tells the truth and a conflict says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from projects.planning.network import Link, LinkKind, Network, Task, UnknownTask
from projects.planning.schedule import Conflict, Driver, Placed, Problem, Schedule, Standing
from workdays.arithmetic import WorkCalendar


def schedule(
    network: Network,
    *,
    today: date,
    calendar: WorkCalendar,
    goal: str = "",
    target_on: date | None = None,
    with_soft: bool = False,
) -> Schedule:
    """Dates of every task on the day ``today``; with a goal also the latest dates, floats and the critical path.

    The target is the last day in time; on a day off, the working day before it. Without a target the latest dates keep
    the forecast. ``with_soft``: soft links bind too. Raises UnknownTask for a goal that is not in the network.
    """
    if goal and goal not in network.tasks:
        raise UnknownTask(goal)
    placed = _Forward(network, today, calendar, with_soft).run()
    found = [*_facts(network, placed, today, calendar), *_fixed(network, placed, today, calendar)]
    found += _usual_order(network, placed) if not with_soft else []
    if not goal or not placed[goal].is_open:
        goal_on = placed[goal].finish if goal else None
        return Schedule(today, placed, goal, target_on, goal_on, conflicts=tuple(found))
    placed = _Backward(network, placed, calendar, with_soft).run(goal, target_on)
    placed = _provisional(placed, today, calendar)
    end = placed[goal]
    assert end.finish is not None and end.total_float_wd is not None
    short = max(0, -end.total_float_wd) if target_on else 0
    chain, critical = _critical(placed, goal)
    found += _target(network, placed, goal, target_on, short, today, calendar)
    return Schedule(
        today,
        placed,
        goal,
        target_on,
        end.finish,
        short,
        end.total_float_wd if target_on else None,
        chain,
        critical,
        tuple(found),
        any(p.is_provisional for p in placed.values() if p.is_open and p.latest_finish),
    )


def shifted(day: date, lag_wd: int, calendar: WorkCalendar) -> date:
    """So many working days later, or earlier when negative; the day itself for 0."""
    return calendar.add(day, lag_wd) if lag_wd >= 0 else calendar.subtract(day, -lag_wd)


def workdays_between(day: date, other: date, calendar: WorkCalendar) -> int:
    """Working days from ``day`` to ``other``, negative when ``other`` is earlier."""
    return calendar.count(day, other) if other >= day else -calendar.count(other, day)


class _Forward:
    """The pass from facts to forecasts."""

    def __init__(self, network: Network, today: date, calendar: WorkCalendar, with_soft: bool) -> None:
        self.network, self.today, self.calendar, self.with_soft = network, today, calendar, with_soft
        self.now = calendar.roll_forward(today)
        self.placed: dict[str, Placed] = {}

    def run(self) -> dict[str, Placed]:
        for key in self.network.order:
            self.placed[key] = self._place(self.network.tasks[key])
        return self.placed

    def _place(self, task: Task) -> Placed:
        if task.is_skipped:
            return Placed(task.key, Standing.SKIPPED, None, None, Driver.FACT)
        if task.is_done:
            return Placed(task.key, Standing.FINISHED, task.started_on, task.finished_on, Driver.FACT)
        return self._running(task, task.started_on) if task.started_on else self._waiting(task)

    def _running(self, task: Task, started: date) -> Placed:
        left = max(0, task.duration_wd - task.used_wd)
        finish = self.calendar.roll_forward(self.calendar.add(max(self.today, started), left))
        return self._held(task, Standing.RUNNING, started, finish, (Driver.CLOCK, ""), ())

    def _waiting(self, task: Task) -> Placed:
        bounds = [(link.before, day) for link, day in self._bounds(task.key) if link.kind is not LinkKind.FF]
        days = [(Driver.NOT_BEFORE, task.not_before), (Driver.PLANNED, task.planned_on), (Driver.TODAY, self.now)]
        start = max([day for _key, day in bounds] + [self._workday(day) for _driver, day in days if day])
        tight = tuple(key for key, day in bounds if day == start)
        why = (Driver.LINK, self._latest(tight)) if tight else (self._reason(days, start), "")
        return self._held(task, Standing.WAITING, start, self.calendar.add(start, task.duration_wd), why, tight)

    def _workday(self, day: date) -> date:
        return self.calendar.roll_forward(day)

    def _reason(self, days: list[tuple[Driver, date | None]], start: date) -> Driver:
        return next(driver for driver, day in days if day and self._workday(day) == start)

    def _latest(self, keys: tuple[str, ...]) -> str:
        return max(keys, key=lambda key: self.placed[key].finish or date.min)

    def _held(
        self, task: Task, standing: Standing, start: date, finish: date, why: tuple[Driver, str], tight: tuple[str, ...]
    ) -> Placed:
        """With the finish moved to where links on it and a confirmed day ask for."""
        bounds = [
            (link.before, day)
            for link, day in self._bounds(task.key)
            if link.kind is LinkKind.FF or (standing is Standing.RUNNING and link.kind is LinkKind.FS)
        ]
        latest = max([finish, *(day for _key, day in bounds)])
        held = tuple(key for key, day in bounds if day == latest)
        if latest > finish:
            tight, why = (), (Driver.LINK, self._latest(held))
        fixed = task.fixed_on and self._workday(task.fixed_on)
        if fixed and fixed > latest:
            return Placed(task.key, standing, start, fixed, Driver.FIXED)
        joined = (*tight, *(key for key in held if key not in tight))
        return Placed(task.key, standing, start, latest, *why, joined)

    def _bounds(self, key: str) -> Iterator[tuple[Link, date]]:
        """What each link asks for, as a working day: of the start, or of the finish where it is about that.

        A task that runs already has no start to hold back; its result waits for the tasks before it, without lag.
        """
        is_running = self.network.tasks[key].is_running
        for link in self.network.before[key]:
            if not (link.is_hard or self.with_soft):
                continue
            before = self.placed[link.before]
            day = before.start if link.kind is LinkKind.SS else before.finish
            if day is not None:
                lag = 0 if is_running and link.kind is LinkKind.FS else link.lag_wd
                yield link, self._workday(shifted(day, lag, self.calendar))


class _Backward:
    """The pass from the goal to the latest dates that still keep it."""

    def __init__(self, network: Network, placed: Mapping[str, Placed], calendar: WorkCalendar, with_soft: bool) -> None:
        self.network, self.calendar, self.with_soft = network, calendar, with_soft
        self.placed = dict(placed)

    def run(self, goal: str, target_on: date | None) -> dict[str, Placed]:
        for key in reversed(self.network.order):
            here = self.placed[key]
            if not here.is_open:
                continue
            bounds = [bound for link in self._live(key) if (bound := self._bound(link)) is not None]
            if key == goal:
                assert here.finish is not None
                bounds.append(self.calendar.previous_workday(target_on) if target_on else here.finish)
            self.placed[key] = self._with_latest(here, min(bounds, default=None))
        return self.placed

    def _live(self, key: str) -> Iterator[Link]:
        """Links to followers that can still be held back."""
        for link in self.network.after[key]:
            if (link.is_hard or self.with_soft) and self.placed[link.after].is_open:
                yield link

    def _bound(self, link: Link) -> date | None:
        """The latest finish of the task before that this link allows."""
        after, task = self.placed[link.after], self.network.tasks[link.before]
        if after.latest_finish is None or after.latest_start is None:
            return None
        if link.kind is LinkKind.FF:
            return shifted(after.latest_finish, -link.lag_wd, self.calendar)
        is_running = after.standing is Standing.RUNNING
        if link.kind is LinkKind.FS:
            return after.latest_finish if is_running else shifted(after.latest_start, -link.lag_wd, self.calendar)
        if is_running or task.is_running:
            return None
        return self.calendar.add(shifted(after.latest_start, -link.lag_wd, self.calendar), task.duration_wd)

    def _with_latest(self, here: Placed, latest: date | None) -> Placed:
        task = self.network.tasks[here.key]
        assert here.start is not None and here.finish is not None
        if latest is not None and task.fixed_on and here.driver is Driver.FIXED:
            latest = min(latest, here.finish)
        total = None if latest is None else workdays_between(here.finish, latest, self.calendar)
        start = None if latest is None else self._latest_start(here, task, latest)
        free = self._free(here, total)
        return replace(here, latest_start=start, latest_finish=latest, total_float_wd=total, free_float_wd=free)

    def _latest_start(self, here: Placed, task: Task, latest: date) -> date:
        if here.standing is Standing.RUNNING:
            assert here.start is not None
            return here.start
        return self.calendar.subtract(latest, task.duration_wd)

    def _free(self, here: Placed, total: int | None) -> int | None:
        slack = [self._slack(here, link) for link in self._live(here.key)]
        known = [value for value in slack if value is not None]
        return min(known) if known else total

    def _slack(self, here: Placed, link: Link) -> int | None:
        after = self.placed[link.after]
        is_running = after.standing is Standing.RUNNING
        if link.kind is LinkKind.SS:
            if is_running or here.standing is Standing.RUNNING:
                return None
            held, day, lag = after.start, here.start, link.lag_wd
        elif link.kind is LinkKind.FF or is_running:
            held, day = after.finish, here.finish
            lag = link.lag_wd if link.kind is LinkKind.FF else 0
        else:
            held, day, lag = after.start, here.finish, link.lag_wd
        assert held is not None and day is not None
        return workdays_between(shifted(day, lag, self.calendar), held, self.calendar)


def _critical(placed: Mapping[str, Placed], goal: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """One driving path to the goal, and everything that holds the goal as hard as that path does."""
    path = [goal]
    while placed[path[-1]].tight and placed[path[-1]].driver is Driver.LINK:
        following = placed[path[-1]].driven_by
        if not placed[following].is_open:
            break
        path.append(following)
    found, open_ends = {goal}, [goal]
    while open_ends:
        for key in placed[open_ends.pop()].tight:
            if key not in found and placed[key].is_open:
                found.add(key)
                open_ends.append(key)
    return tuple(reversed(path)), frozenset(found)


def _provisional(placed: Mapping[str, Placed], today: date, calendar: WorkCalendar) -> dict[str, Placed]:
    marked = {}
    for key, here in placed.items():
        last = max(filter(None, (here.finish, here.latest_finish)), default=today)
        is_marked = here.is_open and calendar.provisional_between(today, last)
        marked[key] = replace(here, is_provisional=True) if is_marked else here
    return marked


def _facts(network: Network, placed: Mapping[str, Placed], today: date, calendar: WorkCalendar) -> Iterator[Conflict]:
    for key in network.order:
        task = network.tasks[key]
        if task.is_skipped:
            continue
        if late := next((day for day in (task.finished_on, task.started_on) if day and day > today), None):
            yield Conflict(Problem.FACT_IN_FUTURE, key, on=late)
        if task.finished_on is None:
            continue
        for link in network.before[key]:
            before = placed[link.before]
            if not link.is_hard or link.kind is LinkKind.SS or before.standing is Standing.SKIPPED:
                continue
            if before.is_open or (before.finish and before.finish > task.finished_on):
                days = calendar.count(task.finished_on, before.finish) if before.finish else 0
                yield Conflict(Problem.OUT_OF_ORDER, key, link.before, days, task.finished_on)


def _fixed(network: Network, placed: Mapping[str, Placed], today: date, calendar: WorkCalendar) -> Iterator[Conflict]:
    for key in network.order:
        fixed, here = network.tasks[key].fixed_on, placed[key]
        if fixed is None or not here.is_open or here.finish is None:
            continue
        if fixed < today:
            yield Conflict(Problem.FIXED_PASSED, key, days=calendar.count(fixed, today), on=fixed)
        elif here.finish > calendar.roll_forward(fixed):
            days = calendar.count(fixed, here.finish)
            yield Conflict(Problem.FIXED_TOO_EARLY, key, here.driven_by, days, fixed)


def _usual_order(network: Network, placed: Mapping[str, Placed]) -> Iterator[Conflict]:
    for link in network.links:
        if link.is_hard or network.tasks[link.before].is_skipped or network.tasks[link.after].is_skipped:
            continue
        before, after = placed[link.before], placed[link.after]
        if not (before.is_open and after.is_open) or before.finish is None or after.start is None:
            continue
        if after.start < before.finish:
            yield Conflict(Problem.USUAL_ORDER, link.after, link.before, on=after.start)


def _target(
    network: Network,
    placed: Mapping[str, Placed],
    goal: str,
    target_on: date | None,
    short: int,
    today: date,
    calendar: WorkCalendar,
) -> Iterator[Conflict]:
    if target_on is None:
        return
    if target_on < today:
        yield Conflict(Problem.TARGET_PASSED, goal, days=calendar.count(target_on, today), on=target_on)
    if short:
        yield Conflict(Problem.TARGET_SHORT, goal, days=short, on=target_on)
    for key in network.order:
        task, here = network.tasks[key], placed[key]
        if here.standing is Standing.WAITING and here.latest_start and task.not_before:
            first = calendar.roll_forward(task.not_before)
            if first > here.latest_start:
                days = calendar.count(here.latest_start, first)
                yield Conflict(Problem.NOT_BEFORE_TOO_LATE, key, days=days, on=task.not_before)
