"""When a project's goal is reached if durations scatter as the park's own have: Monte Carlo over the network. Pure.

Every open task with a sample draws its duration from it; all others keep the plan's. Days follow by the rules of
``projects.planning.engine`` (links, lags, facts, confirmed and planned days), in numbers of working days, all runs of a
task at once. Assumptions, stated on the page as well: durations of different tasks do not depend on each other, and
the park goes on as it has. A task that runs already lasts longer than it has run: only longer durations of its sample
are drawn, less what is used; when none is longer, one working day is left.

Source: design.md 4 "Plan"; docs/adr/0031.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from projects.planning.engine import shifted
from projects.planning.network import Link, LinkKind, Network, Task, UnknownTask
from workdays.arithmetic import WorkCalendar

Sample = Mapping[int, int]  # {duration in working days: how often it has been seen}
Days = int | NDArray[np.int64]  # number of a working day: of every run, or the same in all
Sorted = NDArray[np.int64]  # durations of a sample, one entry for each time it was seen, shortest first

MOST_RUNS = 100_000
_HALF = 32  # bits of one draw


@dataclass(frozen=True, slots=True)
class Risk:
    """``p50_on`` and ``p80_on``: by then half, and four of five, of the runs have reached the goal; working days.

    ``sampled``: tasks on the way to the goal with durations drawn; ``fixed``: others with days left by the plan.
    ``in_time``: share of the runs that keep the target, None without one.
    """

    p50_on: date
    p80_on: date
    runs: int
    sampled: tuple[str, ...]
    fixed: tuple[str, ...]
    in_time: float | None = None


def seed_of(*parts: object) -> int:
    """The same number for the same parts, on every machine and in every process."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def finish_quantiles(
    network: Network,
    goal: str,
    samples: Mapping[str, Sample],
    *,
    today: date,
    calendar: WorkCalendar,
    runs: int,
    seed: int,
    target_on: date | None = None,
    with_soft: bool = False,
    quantiles: tuple[int, int] = (50, 80),
) -> Risk | None:
    """When the goal is reached with 50 % and with 80 % of the runs; None when it has been reached.

    ``samples``: by task. The same input gives the same answer. Raises UnknownTask for a goal that is not in the
    network, ValueError for a number of runs outside 1 … MOST_RUNS or a sample with a negative duration or count.
    """
    if goal not in network.tasks:
        raise UnknownTask(goal)
    if not 1 <= runs <= MOST_RUNS:
        raise ValueError("the number of runs is out of range")
    if network.tasks[goal].is_done or network.tasks[goal].is_skipped:
        return None
    keys = network.way_to(goal, with_soft=with_soft)
    drawn = {key: usable for key in sorted(keys) if (usable := _usable(samples.get(key))) is not None}
    walk = _Walk(network, keys, drawn, today, calendar, with_soft, runs, seed)
    ends = np.sort(np.broadcast_to(walk.finish_of(goal), runs))
    low, high = (calendar.day_of(int(ends[rank(percent, runs)])) for percent in quantiles)
    in_time = None
    if target_on is not None:
        in_time = int(np.searchsorted(ends, calendar.number(target_on), side="right")) / runs
    fixed = tuple(key for key in sorted(keys) if key not in drawn and days_left(network.tasks[key]))
    return Risk(low, high, runs, tuple(drawn), fixed, in_time)


def days_left(task: Task) -> int:
    """Working days of the plan still to go, 0 once it is done."""
    if task.is_done or task.is_skipped:
        return 0
    return max(0, task.duration_wd - task.used_wd) if task.is_running else task.duration_wd


def rank(percent: int, runs: int) -> int:
    """Position, from 0, of the run by which at least so many per cent are over."""
    return max(0, -(-percent * runs // 100) - 1)


def longer_than(used_wd: int, durations: Sorted) -> Sorted:
    """What may be left of a task that has run so long: longer durations less what is used; one day when none is."""
    longer = durations[np.searchsorted(durations, used_wd, side="right") :] - used_wd
    return longer if longer.size else np.ones(1, np.int64)


def _usable(sample: Sample | None) -> Sorted | None:
    if not sample:
        return None
    durations = sorted(sample)
    counts = [sample[duration] for duration in durations]
    if durations[0] < 0 or min(counts) < 0:
        raise ValueError("a duration or count must not be negative")
    found = np.repeat(np.array(durations, np.int64), counts)
    return found if found.size else None


class _Walk:
    """The forward pass of the engine with one entry for each run."""

    def __init__(
        self,
        network: Network,
        keys: Sequence[str],
        drawn: Mapping[str, Sorted],
        today: date,
        calendar: WorkCalendar,
        with_soft: bool,
        runs: int,
        seed: int,
    ) -> None:
        self.network, self.today, self.calendar, self.with_soft = network, today, calendar, with_soft
        self.start: dict[str, Days] = {}
        self.finish: dict[str, Days] = {}
        generator = np.random.Generator(np.random.PCG64(seed))
        picks = generator.integers(0, 1 << _HALF, (len(drawn), runs), np.uint64)
        self.left = {
            key: self._drawn(key, durations, row) for (key, durations), row in zip(drawn.items(), picks, strict=True)
        }
        for key in keys:
            self._place(network.tasks[key])

    def finish_of(self, key: str) -> Days:
        return self.finish[key]

    def _drawn(self, key: str, durations: Sorted, picks: NDArray[np.uint64]) -> Days:
        task = self.network.tasks[key]
        left = longer_than(task.used_wd, durations) if task.is_running else durations
        if left[0] == left[-1]:
            return int(left[0])
        drawn: NDArray[np.int64] = left[(picks * np.uint64(left.size)) >> np.uint64(_HALF)]
        return drawn

    def _place(self, task: Task) -> None:
        left = self.left.get(task.key, days_left(task))
        bounds = list(self._bounds(task))
        if task.started_on:
            begun = max(self.today, task.started_on)
            self.start[task.key] = self._rolled(task.started_on)
            ends: list[Days] = [self.calendar.number(begun) + left, self._rolled(begun)]
        else:
            days = [day for day in (self.today, task.not_before, task.planned_on) if day]
            held = [day for kind, day in bounds if kind is not LinkKind.FF]
            self.start[task.key] = start = _latest([*map(self._rolled, days), *held])
            ends = [start + left]
        ends += [day for kind, day in bounds if kind is LinkKind.FF or (task.started_on and kind is LinkKind.FS)]
        if task.fixed_on:
            ends.append(self._rolled(task.fixed_on))
        self.finish[task.key] = _latest(ends)

    def _bounds(self, task: Task) -> Iterator[tuple[LinkKind, Days]]:
        for link in self.network.before[task.key]:
            if link.is_hard or self.with_soft:
                lag = min(link.lag_wd, 0) if task.started_on and link.kind is LinkKind.FS else link.lag_wd
                day = self._asked(link, lag)
                if day is not None:
                    yield link.kind, day

    def _asked(self, link: Link, lag: int) -> Days | None:
        """What the link asks for: from a fact by the calendar, from a forecast (a working day) by adding."""
        before = self.network.tasks[link.before]
        fact = before.started_on if link.kind is LinkKind.SS else before.finished_on
        if before.is_done or (link.kind is LinkKind.SS and fact is not None):
            return None if fact is None else self._rolled(shifted(fact, lag, self.calendar))
        return (self.start if link.kind is LinkKind.SS else self.finish)[link.before] + lag

    def _rolled(self, day: date) -> int:
        """Number of the day, or of the next working day."""
        return self.calendar.number(self.calendar.roll_forward(day))


def _latest(days: Iterable[Days]) -> Days:
    """The latest of them in every run; numbers stay numbers."""
    latest: Days = 0
    for day in days:
        alike = isinstance(day, int) and isinstance(latest, int)
        latest = max(latest, day) if alike else np.maximum(latest, day)
    return latest
