"""Facts of steps, milestones and works as the engine's tasks. Working days (wd); 0 days for a milestone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from approvals import clocks
from approvals.actions.clockwork import spans_of
from approvals.flow import DONE, State, is_open
from approvals.models import ProjectStep, Step
from approvals.models.catalogue import DayUnit
from dispatch.plan.models import PlanTask
from dispatch.plan.skeleton import ACCEPTANCES, MILESTONES, WORKS
from dispatch.plan.values import DurationFrom
from projects.planning.network import Task
from projects.stages import reached
from workdays.arithmetic import WorkCalendar

WEEK, WORKING_WEEK = 7, 5


@dataclass(frozen=True, slots=True)
class Chosen:
    """How long a task lasts and where that comes from. ``preparation_wd``: of its papers, still ahead."""

    limit_wd: int
    preparation_wd: int
    comes_from: DurationFrom

    @property
    def duration_wd(self) -> int:
        return self.limit_wd + self.preparation_wd


def chosen(own: PlanTask | None, copied: Mapping[str, int | None], key: str, otherwise: tuple) -> Chosen:
    """The project's own value, which may be the template's still (``copied``); else ``otherwise``: (wd, from)."""
    preparation = (own.preparation_wd or 0) if own else 0
    if own is None or own.duration_wd is None:
        return Chosen(otherwise[0], preparation, otherwise[1])
    same = copied.get(key) == own.duration_wd
    return Chosen(own.duration_wd, preparation, DurationFrom.TEMPLATE if same else DurationFrom.OWN)


def limit_of(step: Any) -> tuple[int, DurationFrom]:
    """Committed limit; without one the statutory limit in working days, as a typical default; 0 without any."""
    if step.committed_limit_wd is not None:
        return step.committed_limit_wd, DurationFrom.LIMIT
    value = step.statutory_value or 0
    if step.statutory_unit == DayUnit.CALENDAR:
        value = -(-value * WORKING_WEEK // WEEK)
    return value, DurationFrom.DEFAULT


def day0_of(step: Any) -> date | None:
    """Day 0 of its clock; None while it has not started (domain.md 2.3)."""
    return step.received_on if step.clock_start == Step.ClockStart.RECEIVED else step.accepted_on


def counted(day0: date, upto: date, pauses: Iterable[Any], calendar: WorkCalendar) -> int:
    """Working days that the committed clock has counted in (day0, upto]; days of its pauses are left out."""
    spans = clocks.merged((span for span in spans_of(pauses) if span.stops_committed), after=day0, today=upto)
    paused = sum(calendar.count(start, min(end, upto)) for start, end in spans if start < upto)
    return calendar.count(day0, upto) - paused


def step_task(
    step: Any, pauses: Iterable[Any], chosen: Chosen, *, today: date, calendar: WorkCalendar
) -> tuple[Task, Chosen]:
    """The task, and what is left of the preparation: none once the papers have been handed in.

    Ended without success (refused, withdrawn, revoked): it waits again.
    """
    if step.applicability == ProjectStep.Applicability.NOT_APPLICABLE:
        return Task(step.code, is_skipped=True), chosen
    state, day0 = State(step.state), day0_of(step)
    started = day0 or step.received_on
    if state in DONE:
        done_on = step.decided_on
        begun = started if started and done_on and started <= done_on else None
        return Task(step.code, chosen.duration_wd, begun, done_on, is_finished=True), chosen
    if not is_open(state) or started is None:
        return Task(step.code, chosen.duration_wd, preparation_wd=chosen.preparation_wd), chosen
    left = replace(chosen, preparation_wd=0)
    used = counted(day0, today, pauses, calendar) if day0 else 0
    return Task(step.code, left.limit_wd + step.extension_wd, started, used_wd=used), left


def milestone_task(key: str, row: Any, stage: str, today: date, *, holds: bool) -> Task:
    """A milestone that the stage has passed is reached, though nobody may know when. ``row``: Milestone or None.

    ``holds``: a date people report for it, still to come, holds it back: the best that is known while nobody has
    planned the project. Once somebody has, the network speaks, and what was reported is only shown beside it.
    """
    actual = row.actual_on if row else None
    if actual or reached(stage, key) or (row and row.is_done):
        return Task(key, finished_on=actual, is_finished=True)
    reported = row.forecast_on if row and holds else None
    return Task(key, not_before=reported if reported and reported > today else None)


def works_facts(key: str, own: PlanTask | None, tasks: Mapping[str, Task]) -> tuple[date | None, date | None, bool]:
    """(started on, finished on, is finished) of a piece of work: as typed in, else from the milestones beside it.

    Fitting out (W2) is over when one of the acceptances has been passed, from the day that one was handed in.
    """
    first, last = (tasks[stage] for stage in WORKS[key])
    passed = [tasks[code] for code in ACCEPTANCES if key == "W2" and code in tasks and tasks[code].is_done]
    handed_in = min((day for task in passed if (day := task.started_on or task.finished_on)), default=None)
    started = (own.started_on if own else None) or first.finished_on
    finished = (own.finished_on if own else None) or handed_in or last.finished_on
    is_finished = finished is not None or last.is_done or bool(passed)
    if started and finished and started > finished:
        started = None
    return started, finished, is_finished


def works_task(
    key: str, own: PlanTask | None, chosen: Chosen, tasks: Mapping[str, Task], *, today: date, calendar: WorkCalendar
) -> Task:
    started, finished, is_finished = works_facts(key, own, tasks)
    used = calendar.count(started, today) if started and not is_finished else 0
    return Task(key, chosen.duration_wd, started, finished, is_finished, used_wd=max(0, used))


def own_task(own: PlanTask, chosen: Chosen, *, today: date, calendar: WorkCalendar) -> Task:
    """A task the project has added."""
    running = own.started_on and not own.finished_on
    used = calendar.count(own.started_on, today) if running else 0
    return Task(own.key, chosen.duration_wd, own.started_on, own.finished_on, used_wd=max(0, used))


def with_wishes(task: Task, own: PlanTask | None) -> Task:
    """With what the project says about its dates: planned start, not before, confirmed day."""
    if own is None or task.is_done or task.is_skipped:
        return task
    bounds = [day for day in (task.not_before, own.not_before_on) if day]
    return replace(task, not_before=max(bounds, default=None), planned_on=own.planned_on, fixed_on=own.fixed_on)


def all_milestones(rows: Mapping[str, Any], stage: str, today: date, *, reported_hold: bool) -> dict[str, Task]:
    return {key: milestone_task(key, rows.get(key), stage, today, holds=reported_hold) for key in MILESTONES}
