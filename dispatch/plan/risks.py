"""p50 and p80 of projects from their park's own finished steps: what is drawn, and whether there is enough of it. Pure.

A duration is drawn when the park has at least ``PlanPolicy.minimum_sample`` finished steps of that code and the plan's
duration is only the limit, the template's or a default; a duration somebody has set for the project, or a lever has,
is kept. A step that has not been handed in keeps its preparation on top of what is drawn.

Source: design.md 4 "Plan"; docs/adr/0031.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from dispatch.plan.policy import PlanPolicy
from dispatch.plan.values import DurationFrom, ProjectPlan, TaskInfo
from projects.planning.network import Network
from projects.planning.risk import Risk, Sample, days_left, finish_quantiles, seed_of
from projects.planning.schedule import Schedule
from workdays.arithmetic import WorkCalendar

# At least this share of the working days still to go must have durations of the park's own; ours, a typical default.
ENOUGH = Fraction(1, 2)
_SET_FOR_THE_PROJECT = {DurationFrom.OWN, DurationFrom.LEVER}


class Seen(Protocol):
    """Durations of one step code: how many, and {working days: how often}."""

    @property
    def n(self) -> int: ...

    @property
    def counts(self) -> Mapping[Any, int]: ...


@dataclass(frozen=True)
class Basis:
    """What the quantiles of a project rest on. ``steps``: tasks still to do that take time; of these ``drawn``.

    ``drawn_wd`` of ``total_wd`` working days still to go; ``examples``: finished steps of the park behind them.
    """

    samples: Mapping[str, Sample]
    steps: tuple[str, ...]
    drawn: tuple[str, ...]
    drawn_wd: int
    total_wd: int
    examples: int

    @property
    def is_enough(self) -> bool:
        return bool(self.drawn) and self.drawn_wd >= ENOUGH * self.total_wd


def quantiles_of(
    plans: Mapping[int, ProjectPlan],
    schedules: Mapping[int, Schedule],
    learned: Mapping[str, Seen],
    policy: PlanPolicy,
    *,
    today: date,
    calendar: WorkCalendar,
) -> dict[int, tuple[date, date]]:
    """{project id: (p50, p80)} of projects of one park whose goal is open and that have enough data.

    ``learned``: {step code: durations of the park}. Empty when the park has not switched this on.
    """
    found = {}
    for pk, plan in plans.items():
        if schedules[pk].tasks[plan.goal].is_open:
            risk = risk_of(plan, basis_of(plan, learned, policy), policy, today=today, calendar=calendar)
            if risk is not None:
                found[pk] = (risk.p50_on, risk.p80_on)
    return found


def basis_of(
    plan: ProjectPlan, learned: Mapping[str, Seen], policy: PlanPolicy, network: Network | None = None
) -> Basis:
    """What the park knows about the way to the goal; of ``network`` in place of the project's own for a preview."""
    network = network or plan.network
    way = network.way_to(plan.goal, with_soft=plan.with_soft)
    left = {key: days for key in way if (days := days_left(network.tasks[key]))}
    late = [key for key in way if network.tasks[key].is_running]
    samples = {}
    for key in way:
        seen = learned.get(key)
        is_timed = key in left or key in late
        if seen and is_timed and seen.n >= policy.minimum_sample and _is_open_to_chance(plan.info.get(key)):
            samples[key] = _shifted(seen, plan.info[key].preparation_wd)
    steps = tuple(key for key in way if key in left or key in samples)
    drawn = tuple(key for key in steps if key in samples)
    return Basis(
        samples,
        steps,
        drawn,
        sum(left.get(key, 0) for key in drawn),
        sum(left.values()),
        sum(learned[key].n for key in drawn),
    )


def risk_of(
    plan: ProjectPlan,
    basis: Basis,
    policy: PlanPolicy,
    *,
    today: date,
    calendar: WorkCalendar,
    network: Network | None = None,
) -> Risk | None:
    """The quantiles of one project; None when the goal has been reached, without enough data, or switched off.

    The seed is made of the project and the version of the park's rules: from one day to the next the dates move with
    the facts and not with the dice.
    """
    if not (policy.risk_on and basis.is_enough):
        return None
    return finish_quantiles(
        network or plan.network,
        plan.goal,
        basis.samples,
        today=today,
        calendar=calendar,
        runs=policy.runs,
        seed=seed_of("plan", plan.project.pk, policy.version),
        target_on=plan.target_on,
        with_soft=plan.with_soft,
    )


def _is_open_to_chance(info: TaskInfo | None) -> bool:
    return info is not None and info.duration_from not in _SET_FOR_THE_PROJECT


def _shifted(seen: Seen, by_wd: int) -> Sample:
    return {int(days) + by_wd: count for days, count in seen.counts.items()}
