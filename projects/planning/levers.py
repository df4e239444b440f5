"""Levers that buy working days back, as changes of a network; each with its gain, alone and on top of others. Pure.

Every lever only takes a condition away, so none ever makes the goal later, a set gains at least what its best lever
gains alone, and the order in which levers are given changes nothing. Levers are applied to the network as it is
without any (``ProjectPlan.plain``), all at once.

Source: design.md 4 "Plan"; domain.md 1 (pre-review, 容缺受理 and 告知承诺 are different), 3.5 (先建后验).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from projects.planning.engine import schedule, workdays_between
from projects.planning.network import Link, LinkKind, Network, Task
from projects.planning.schedule import Schedule
from workdays.arithmetic import WorkCalendar


class LeverKind(StrEnum):
    """What is done differently. ``keys`` of the lever in brackets."""

    DEFER = "defer"  # 容缺受理: (step, predecessor) accepted while that paper is outstanding; the result waits for it
    COMMIT = "commit"  # 告知承诺: (step,) decided at once on a promise, checked later
    OVERLAP = "overlap"  # 预审、并联: (step, predecessor) worked beside it; the result waits for it
    BUILD_FIRST = "build_first"  # 先建后验: (step, …) decided on one promise before building
    SHORTEN = "shorten"  # a shorter committed limit: (step,), ``wd`` is the new one
    SITE_EARLIER = "site_earlier"  # site preparation begins at once, whatever was planned: (step,)


PARALLEL = frozenset({LeverKind.DEFER, LeverKind.OVERLAP})
PROMISED = frozenset({LeverKind.COMMIT, LeverKind.BUILD_FIRST})
WITH_WD = frozenset({LeverKind.SHORTEN, LeverKind.DEFER})

COST = {
    LeverKind.SITE_EARLIER: 1,
    LeverKind.OVERLAP: 2,
    LeverKind.DEFER: 3,
    LeverKind.SHORTEN: 4,
    LeverKind.COMMIT: 5,
    LeverKind.BUILD_FIRST: 6,
}
"""How dear a lever is beside the others, ours: from work that was due anyway to certificates that can be revoked."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever; the same values name the same lever on page, in history and in the plan.

    ``wd``: of SHORTEN the new limit, papers still to be prepared come on top; of DEFER the working days of preparation
    that fall away; else 0.
    """

    kind: LeverKind
    keys: tuple[str, ...]
    wd: int = 0

    @property
    def code(self) -> str:
        """E.g. ``overlap:S13:S12`` or ``shorten:S14:5``; what forms and addresses carry."""
        return ":".join([self.kind.value, *self.keys, *([str(self.wd)] if self.kind is LeverKind.SHORTEN else [])])

    @property
    def name(self) -> str:
        """The code without working days: what can be pulled only once at a time, e.g. ``shorten:S14``."""
        return ":".join([self.kind.value, *self.keys])

    @property
    def step(self) -> str:
        """The step that is done differently; of several the first."""
        return self.keys[0]


@dataclass(frozen=True, slots=True)
class Gain:
    """What a lever buys, in working days of the goal: alone, and on top of the levers chosen (of a chosen one: on top
    of the others). ``short_after_wd`` and ``goal_on_after``: with it and all the chosen."""

    lever: Lever
    alone_wd: int
    on_top_wd: int
    short_after_wd: int
    goal_on_after: date | None


def apply(network: Network, levers: Iterable[Lever]) -> Network:
    """The network with these levers pulled, in whatever order; those that do not fit change nothing (see ``unfit``).

    Never later than without them. A running task keeps at least the working days it has used.
    """
    fitting = [lever for lever in levers if fits(network, lever)]
    if not fitting:
        return network
    early = {lever.step for lever in fitting if lever.kind is LeverKind.SITE_EARLIER}
    tasks = {key: task for key in network.order if (task := _task(network.tasks[key], fitting)) != network.tasks[key]}
    changed = network.with_tasks(*tasks.values()) if tasks else network
    parallel = {(lever.keys[1], lever.step) for lever in fitting if lever.kind in PARALLEL}
    return changed.with_links(_link(link, changed, parallel, early) for link in network.links)


def fits(network: Network, lever: Lever) -> bool:
    """Whether the lever can change anything: its tasks are there and open, and, where it is about the start, wait."""
    if not lever.keys or len(set(lever.keys)) < len(lever.keys) or lever.wd < 0:
        return False
    if any(key not in network.tasks for key in lever.keys):
        return False
    task = network.tasks[lever.step]
    if lever.kind is LeverKind.BUILD_FIRST:
        return any(_is_open(network.tasks[key]) for key in lever.keys)
    if lever.kind in PARALLEL:
        return len(lever.keys) == 2 and _waits(task) and any(_is_between(link, lever) for link in network.links)
    if len(lever.keys) != 1 or not _is_open(task):
        return False
    return lever.kind is not LeverKind.SITE_EARLIER or _waits(task)


def unfit(network: Network, levers: Iterable[Lever]) -> list[Lever]:
    """Those of the levers that change nothing (any more): step done or running, link gone, task unknown."""
    return [lever for lever in levers if not fits(network, lever)]


def gains(
    network: Network,
    candidates: Sequence[Lever],
    chosen: Collection[Lever],
    *,
    today: date,
    calendar: WorkCalendar,
    goal: str,
    target_on: date | None = None,
    with_soft: bool = False,
    pulled: Collection[Lever] = (),
) -> list[Gain]:
    """The gain of each candidate, in working days of the goal; the largest on top of the chosen first, then the
    largest alone, the cheapest kind, the code. ``network`` is the one without levers; those ``pulled`` hold throughout.

    Empty when there is no goal or it has been reached. Raises UnknownTask for a goal that is not in the network.
    """
    trial = _Trial(network, tuple(pulled), today, calendar, goal, target_on, with_soft)
    plain = trial.run(())
    if plain.goal_on is None or not plain[goal].is_open:
        return []
    chosen = tuple(dict.fromkeys(chosen))
    present = trial.run(chosen) if chosen else plain
    rows = [_gain(trial, plain, present, lever, chosen) for lever in candidates]
    return sorted(rows, key=_largest_first)


def best_first(
    network: Network,
    candidates: Sequence[Lever],
    *,
    today: date,
    calendar: WorkCalendar,
    goal: str,
    target_on: date | None,
    with_soft: bool = False,
    pulled: Collection[Lever] = (),
) -> tuple[Lever, ...]:
    """A cheap combination that keeps the target, or, when all together do not, one that comes as near as all do.

    Greedy: from all candidates the dearest (``COST``), then the smallest gain, is left out while the rest still does;
    so none of those left can be spared, but a cheaper combination may exist. Empty when nothing is needed or helps.
    """
    trial = _Trial(network, tuple(pulled), today, calendar, goal, target_on, with_soft)
    plain = trial.run(())
    if target_on is None or not plain.short_wd:
        return ()
    kept = list(candidates)
    wanted = trial.run(kept).short_wd
    if wanted >= plain.short_wd:
        return ()
    alone = {lever: _bought(plain, trial.run((lever,)), calendar) for lever in candidates}
    for lever in sorted(candidates, key=lambda lever: (-COST[lever.kind], alone[lever], lever.code, lever.wd)):
        rest = [other for other in kept if other != lever]
        if trial.run(rest).short_wd <= wanted:
            kept = rest
    return tuple(kept)


@dataclass(frozen=True)
class _Trial:
    """Schedules of one network with levers besides those pulled, for one goal and target."""

    network: Network
    pulled: tuple[Lever, ...]
    today: date
    calendar: WorkCalendar
    goal: str
    target_on: date | None
    with_soft: bool

    def run(self, levers: Iterable[Lever]) -> Schedule:
        return schedule(
            apply(self.network, [*self.pulled, *levers]),
            today=self.today,
            calendar=self.calendar,
            goal=self.goal,
            target_on=self.target_on,
            with_soft=self.with_soft,
        )


def _gain(trial: _Trial, plain: Schedule, present: Schedule, lever: Lever, chosen: tuple[Lever, ...]) -> Gain:
    """``plain``: without any of the candidates; ``present``: with the chosen ones."""
    alone = trial.run((lever,))
    if lever in chosen:
        without, together = trial.run(other for other in chosen if other != lever), present
    else:
        without, together = present, trial.run((*chosen, lever)) if chosen else alone
    gained, on_top = _bought(plain, alone, trial.calendar), _bought(without, together, trial.calendar)
    return Gain(lever, gained, on_top, together.short_wd, together.goal_on)


def _bought(before: Schedule, after: Schedule, calendar: WorkCalendar) -> int:
    if before.goal_on is None or after.goal_on is None:
        return 0
    return workdays_between(after.goal_on, before.goal_on, calendar)


def _largest_first(gain: Gain) -> tuple[int, int, int, str, int]:
    return (-gain.on_top_wd, -gain.alone_wd, COST[gain.lever.kind], gain.lever.code, gain.lever.wd)


def _is_open(task: Task) -> bool:
    return not (task.is_skipped or task.is_done)


def _waits(task: Task) -> bool:
    return _is_open(task) and not task.is_running


def _is_between(link: Link, lever: Lever) -> bool:
    return link.kind is LinkKind.FS and (link.before, link.after) == (lever.keys[1], lever.step)


def _task(task: Task, levers: Sequence[Lever]) -> Task:
    """The task with its duration and planned days as the levers on it say."""
    if not _is_open(task):
        return task
    mine = [lever for lever in levers if lever.step == task.key]
    promised = any(task.key in lever.keys for lever in levers if lever.kind in PROMISED)
    prepared = max((lever.wd for lever in mine if lever.kind is LeverKind.DEFER), default=0)
    papers = max(0, task.preparation_wd - prepared)
    limits = [lever.wd + papers for lever in mine if lever.kind is LeverKind.SHORTEN]
    wanted = min([task.duration_wd - prepared, *limits])
    duration = max(0 if promised else wanted, task.used_wd, 0) if mine or promised else task.duration_wd
    changed = replace(task, duration_wd=min(duration, task.duration_wd))
    if any(lever.kind is LeverKind.SITE_EARLIER for lever in mine):
        return replace(changed, planned_on=None, not_before=None)
    return changed


def _link(link: Link, network: Network, parallel: Collection[tuple[str, str]], early: Collection[str]) -> Link:
    """The link as the levers leave it. Where a negative lag let the follower's result come before the other's, it
    still may."""
    if (link.before, link.after) in parallel and link.kind is LinkKind.FS:
        lag = min(0, link.lag_wd + network.tasks[link.after].duration_wd)
        link = replace(link, kind=LinkKind.FF, lag_wd=lag)
    return replace(link, is_hard=False) if link.after in early and link.is_hard else link
