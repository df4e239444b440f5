"""Forward from what has happened, backward from a target, over a network sorted once. Pure.

Forecast dates are working days and not before today. Every task is looked at once forwards and once backwards, and
every link once each way; nothing is repeated until it settles. Inside, a day is its number among the working days, so
that a lag is a sum; dates stand at the edges. Source: design.md 4 "Plan", domain.md 1 and 2.3, docs/adr/0030.

* A waiting task starts on the latest of: today, its not-before and planned days, what its links ask for.
* A running task finishes when its remaining working days, counted from today, are over, and not before the tasks it
  should have waited for: work may begin early, the result may not (domain.md 1, pre-review). A lag of such a link is
  over once the work has begun; a negative one still lets the result come that much earlier.
* A confirmed day is kept unless the network cannot: then the forecast tells the truth and a conflict says so.
* A day given on a day off (not before, planned, confirmed) means the working day after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from projects.planning.conflicts import conflicts
from projects.planning.network import Link, LinkKind, Network, Task, UnknownTask
from projects.planning.schedule import Driver, Placed, Schedule, Standing
from workdays.arithmetic import WorkCalendar

Event = tuple[str, bool]  # a task's finish, or with True its start


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
    the forecast. A goal that is reached or does not apply has no path. ``with_soft``: soft links bind too. Raises
    UnknownTask for a goal that is not in the network.
    """
    if goal and goal not in network.tasks:
        raise UnknownTask(goal)
    spots = _Forward(network, today, calendar, with_soft).run()
    end = spots[goal] if goal else None
    is_ahead = end is not None and end.is_open
    target = calendar.number(target_on) if target_on and is_ahead else None
    _Backward(network, spots, with_soft).run(goal if is_ahead else "", target)
    placed = _Dates(today, calendar).of(spots)
    spare = target - end.finish if end and target is not None else None
    short = max(0, -spare) if spare is not None else 0
    found = conflicts(network, placed, today, calendar, goal if is_ahead else "", target_on, short, with_soft)
    leading = [here for here in placed.values() if here.latest_finish or not is_ahead]
    critical = _critical(spots, goal) if is_ahead else frozenset[Event]()
    return Schedule(
        today,
        placed,
        goal,
        target_on,
        placed[goal].finish if goal else None,
        short,
        spare,
        _chain(spots, goal, critical) if is_ahead else (),
        frozenset([key for key, _is_start in critical]),
        tuple(found),
        any(here.is_provisional for here in leading),
    )


def shifted(day: date, lag_wd: int, calendar: WorkCalendar) -> date:
    """So many working days later, or earlier when negative; the day itself for 0."""
    return calendar.add(day, lag_wd) if lag_wd >= 0 else calendar.subtract(day, -lag_wd)


def workdays_between(day: date, other: date, calendar: WorkCalendar) -> int:
    """Working days from ``day`` to ``other``, negative when ``other`` is earlier."""
    return calendar.count(day, other) if other >= day else -calendar.count(other, day)


@dataclass(slots=True, eq=False)
class _Spot:
    """Where a task stands, in numbers of working days.

    ``start_off`` and ``finish_off`` are 1 when that fact is a day off: it counts as the working day after it, but a
    positive lag counts from the fact itself. ``starters`` and ``enders``: what holds its start and its finish.
    ``latest_finish`` is None where only the start matters to the goal.
    """

    task: Task
    standing: Standing
    is_open: bool = True
    start: int = 0
    finish: int = 0
    is_start_known: bool = True
    is_finish_known: bool = True
    start_off: int = 0
    finish_off: int = 0
    driver: Driver = Driver.FACT
    driven_by: str = ""
    starters: tuple[Event, ...] = ()
    enders: tuple[Event, ...] = ()
    fixed: int | None = None
    latest_start: int | None = None
    latest_finish: int | None = None
    total: int | None = None
    free: int | None = None

    @property
    def tight(self) -> tuple[str, ...]:
        """Holders of its finish, those of its start first where the one follows from the other; none twice."""
        own = (self.task.key, True)
        if self.enders == (own,):
            events = self.starters
        else:
            events = (*self.starters, *self.enders) if own in self.enders else self.enders
        keys = tuple([key for key, _is_start in events if key != self.task.key])
        return keys if len(keys) < 2 else tuple(dict.fromkeys(keys))


class _Forward:
    """The pass from facts to forecasts."""

    def __init__(self, network: Network, today: date, calendar: WorkCalendar, with_soft: bool) -> None:
        self.network, self.today, self.calendar, self.with_soft = network, today, calendar, with_soft
        self.now = self._rolled(today)
        self.spots: dict[str, _Spot] = {}

    def run(self) -> dict[str, _Spot]:
        for key in self.network.order:
            task = self.network.tasks[key]
            if task.is_skipped:
                spot = _Spot(task, Standing.SKIPPED, False, is_start_known=False, is_finish_known=False)
            elif task.is_done:
                spot = self._done(task)
            else:
                spot = self._running(task, task.started_on) if task.started_on else self._waiting(task)
            self.spots[key] = spot
        return self.spots

    def _rolled(self, day: date) -> int:
        """Number of the day, or of the next working day."""
        return self.calendar.number(self.calendar.roll_forward(day))

    def _fact(self, day: date) -> tuple[int, int]:
        rolled = self._rolled(day)
        return rolled, rolled - self.calendar.number(day)

    def _done(self, task: Task) -> _Spot:
        spot = _Spot(task, Standing.FINISHED, False, is_start_known=False, is_finish_known=False)
        if task.started_on:
            spot.is_start_known = True
            spot.start, spot.start_off = self._fact(task.started_on)
        if task.finished_on:
            spot.is_finish_known = True
            spot.finish, spot.finish_off = self._fact(task.finished_on)
        return spot

    def _running(self, task: Task, started: date) -> _Spot:
        spot = _Spot(task, Standing.RUNNING, driver=Driver.CLOCK)
        spot.start, spot.start_off = self._fact(started)
        begun = max(self.today, started)
        left = max(0, task.duration_wd - task.used_wd)
        ends = max(self._rolled(begun), self.calendar.number(begun) + left)
        _start, _starters, held, enders = self._bounds(task, 0)
        self._finish(spot, ends, held, enders)
        return spot

    def _waiting(self, task: Task) -> _Spot:
        spot = _Spot(task, Standing.WAITING, driver=Driver.TODAY)
        first = self.now
        if task.planned_on and (number := self._rolled(task.planned_on)) >= first:
            first, spot.driver = number, Driver.PLANNED
        if task.not_before and (number := self._rolled(task.not_before)) >= first:
            first, spot.driver = number, Driver.NOT_BEFORE
        spot.start, starters, held, enders = self._bounds(task, first)
        spot.starters = tuple(starters)
        if starters:
            spot.driver, spot.driven_by = Driver.LINK, self._decisive(starters)
        self._finish(spot, spot.start + task.duration_wd, held, enders)
        return spot

    def _bounds(self, task: Task, first: int) -> tuple[int, list[Event], int, list[Event]]:
        """Start and finish the links ask for, each with those that ask for the latest; the start not before ``first``.

        A task that runs has no start to hold back: its result waits for the tasks before it.
        """
        start, starters, finish, enders = first, list[Event](), 0, list[Event]()
        is_running = task.is_running
        for link in self.network.before[task.key]:
            asked = self._asked(link, is_running) if link.is_hard or self.with_soft else None
            if asked is None:
                continue
            holder = (link.before, link.kind is LinkKind.SS)
            if link.kind is LinkKind.FF or is_running:
                if asked > finish:
                    finish, enders = asked, [holder]
                elif asked == finish:
                    enders.append(holder)
            elif asked > start:
                start, starters = asked, [holder]
            elif asked == start:
                starters.append(holder)
        return start, starters, finish, enders

    def _asked(self, link: Link, is_running: bool) -> int | None:
        before, lag = self.spots[link.before], link.lag_wd
        if link.kind is LinkKind.SS:
            if is_running or not before.is_start_known:
                return None
            return before.start + lag - (before.start_off if lag > 0 else 0)
        if not before.is_finish_known:
            return None
        if is_running and link.kind is LinkKind.FS:
            lag = min(lag, 0)
        return before.finish + lag - (before.finish_off if lag > 0 else 0)

    def _finish(self, spot: _Spot, own: int, held: int, enders: list[Event]) -> None:
        """The latest of its own finish, what links on it ask for and its confirmed day."""
        spot.finish = max(own, held)
        spot.enders = tuple(enders) if held == spot.finish else ()
        if spot.standing is Standing.WAITING and own == spot.finish:
            spot.enders = (*spot.enders, (spot.task.key, True))
        if held > own:
            spot.driver, spot.driven_by = Driver.LINK, self._decisive(enders)
        if spot.task.fixed_on:
            spot.fixed = self._rolled(spot.task.fixed_on)
            if spot.fixed > spot.finish:
                spot.finish, spot.enders = spot.fixed, ()
                spot.driver, spot.driven_by = Driver.FIXED, ""

    def _decisive(self, holders: Sequence[Event]) -> str:
        return _decisive(self.spots, holders)[0]


class _Backward:
    """The pass from the goal to the latest dates that still keep it, and to what each task may slip."""

    def __init__(self, network: Network, spots: Mapping[str, _Spot], with_soft: bool) -> None:
        self.network, self.spots, self.with_soft = network, spots, with_soft

    def run(self, goal: str, target: int | None) -> None:
        for key in reversed(self.network.order):
            here = self.spots[key]
            if not here.is_open:
                continue
            ends: list[int] = []
            starts: list[int] = []
            slacks: list[int] = []
            for link in self.network.after[key]:
                after = self.spots[link.after]
                if after.is_open and (link.is_hard or self.with_soft):
                    self._follow(here, link, after, ends, starts, slacks)
            if key == goal:
                ends.append(here.finish if target is None else target)
            self._latest(here, ends, starts)
            here.free = min(slacks) if slacks else None if here.total is None else max(0, here.total)

    def _follow(
        self, here: _Spot, link: Link, after: _Spot, ends: list[int], starts: list[int], slacks: list[int]
    ) -> None:
        """The latest finish, or start, this link allows the task before, and what lies between the two tasks now."""
        is_running, lag = after.standing is Standing.RUNNING, link.lag_wd
        if link.kind is LinkKind.SS:
            if is_running or here.standing is Standing.RUNNING:
                return
            latest, now, bounds, day = after.latest_start, after.start, starts, here.start
        elif link.kind is LinkKind.FF or is_running:
            lag = lag if link.kind is LinkKind.FF else min(lag, 0)
            latest, now, bounds, day = after.latest_finish, after.finish, ends, here.finish
        else:
            latest, now, bounds, day = after.latest_start, after.start, ends, here.finish
        slacks.append(now - day - lag)
        if latest is not None:
            bounds.append(latest - lag)

    def _latest(self, here: _Spot, ends: list[int], starts: list[int]) -> None:
        if not ends and not starts:
            return
        if here.fixed is not None and here.fixed == here.finish:
            ends.append(here.fixed)
        if ends:
            here.latest_finish = min(ends)
            here.total = here.latest_finish - here.finish
            starts.append(here.latest_finish - here.task.duration_wd)
        if here.standing is Standing.WAITING:
            here.latest_start = min(starts)
            room = here.latest_start - here.start
            here.total = room if here.total is None else min(here.total, room)


class _Dates:
    """From numbers back to dates."""

    def __init__(self, today: date, calendar: WorkCalendar) -> None:
        self.today, self.calendar = today, calendar
        self._days: dict[int, date] = {}
        self._provisional: dict[int, bool] = {}

    def of(self, spots: Mapping[str, _Spot]) -> dict[str, Placed]:
        return {key: self._placed(key, spot) if spot.is_open else _past(key, spot) for key, spot in spots.items()}

    def _placed(self, key: str, spot: _Spot) -> Placed:
        finish, start = self._day(spot.finish), spot.task.started_on or self._day(spot.start)
        latest_start = latest_finish = None
        if spot.total is not None:
            latest_finish = self._day(spot.finish + spot.total if spot.latest_finish is None else spot.latest_finish)
            latest_start = start if spot.latest_start is None else self._day(spot.latest_start)
        return Placed(
            key,
            spot.standing,
            start,
            finish,
            spot.driver,
            spot.driven_by,
            spot.tight,
            latest_start,
            latest_finish,
            spot.total,
            spot.free,
            self._is_provisional(max(finish, latest_finish) if latest_finish else finish),
        )

    def _day(self, number: int) -> date:
        day = self._days.get(number)
        if day is None:
            day = self._days[number] = self.calendar.day_of(number)
        return day

    def _is_provisional(self, last: date) -> bool:
        """Whether a year without an official table lies between today and that day; asked once for each year."""
        if last <= self.today:
            return False
        if last.year not in self._provisional:
            self._provisional[last.year] = self.calendar.provisional_between(self.today, last)
        return self._provisional[last.year]


def _past(key: str, spot: _Spot) -> Placed:
    if spot.standing is Standing.SKIPPED:
        return Placed(key, Standing.SKIPPED, None, None, Driver.FACT)
    return Placed(key, Standing.FINISHED, spot.task.started_on, spot.task.finished_on, Driver.FACT)


def _moves(spots: Mapping[str, _Spot], event: Event) -> bool:
    """Whether it may still be another day: what has begun has its start."""
    spot = spots[event[0]]
    return spot.standing is Standing.WAITING or (spot.standing is Standing.RUNNING and not event[1])


def _decisive(spots: Mapping[str, _Spot], holders: Sequence[Event]) -> Event:
    """Of those that hold as hard as each other, one that can still move; of these one that work holds rather than a
    confirmed day; of these the one that ends last.
    """
    if len(holders) == 1:
        return holders[0]

    def weight(event: Event) -> tuple[bool, bool, int]:
        spot = spots[event[0]]
        return _moves(spots, event), spot.driver is not Driver.FIXED, spot.finish

    return max(holders, key=weight)


def _critical(spots: Mapping[str, _Spot], goal: str) -> frozenset[Event]:
    """Every start and finish that holds the goal's finish, directly or not, and can still move."""
    found: set[Event] = {(goal, False)}
    open_ends = list(found)
    while open_ends:
        key, is_start = open_ends.pop()
        for event in spots[key].starters if is_start else spots[key].enders:
            if event not in found and _moves(spots, event):
                found.add(event)
                open_ends.append(event)
    return frozenset(found)


def _chain(spots: Mapping[str, _Spot], goal: str, critical: frozenset[Event]) -> tuple[str, ...]:
    """One path of critical tasks to the goal, along what decides each of them."""
    path, key, is_start = [goal], goal, False
    while True:
        spot = spots[key]
        holders = [event for event in (spot.starters if is_start else spot.enders) if event in critical]
        if (key, True) in holders:
            by_start = [event for event in spot.starters if event in critical]
            holders = by_start or [event for event in holders if event[0] != key]
        if not holders:
            return tuple(reversed(path))
        key, is_start = _decisive(spots, holders)
        path.append(key)
