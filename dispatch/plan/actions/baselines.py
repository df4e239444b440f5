"""Versions of a plan's baseline (计划): what was promised, by whom and why. Append-only; facts never change by it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import Refused
from accounts.permissions import Verb
from dispatch.figures.canonical import digest
from dispatch.plan import building, checks, explain, forecasting
from dispatch.plan.actions.shared import claim, entry, open_plan, refuse_unless_planned, require_planner
from dispatch.plan.models import Plan, PlanBaseline
from dispatch.plan.values import ProjectPlan
from projects.actions import set_milestone
from projects.actions.shared import permit
from projects.errors import InvalidFields, NeedsAcknowledgement
from projects.models import Project
from projects.planning.schedule import Placed, Schedule, Standing
from projects.stages import MILESTONE_STAGES
from workdays.arithmetic import WorkCalendar


class Basis(StrEnum):
    """Which dates open tasks are promised for."""

    LATEST = "latest"  # 倒排: the latest that still keep the target
    FORECAST = "forecast"


@transaction.atomic
def save_baseline(
    project: Project,
    *,
    basis: Basis | str,
    reason: str,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar,
    version: int | None = None,
    acknowledged: bool = False,
) -> PlanBaseline:
    """The next version: the goal by its target, done tasks by their actual dates, the others by ``basis``; the baseline
    dates of open milestones follow, with the reason.

    Where the target cannot be kept there are no latest dates: NeedsAcknowledgement, then the forecast for all but the
    goal. Also raises PermissionDenied (ADVANCE_STAGE is needed too), Refused, InvalidFields, Conflict.
    """
    require_planner(project, by)
    permit(by, Verb.ADVANCE_STAGE)
    refuse_unless_planned(project)
    reason = checks.reason(reason)
    found = building.read_one(project, today=today, calendar=calendar)
    placed = found.schedule(today=today, calendar=calendar)
    is_latest = _is_latest(found, placed, basis, acknowledged)
    plan = open_plan(project, by=by, at=at)
    claim(plan, version, by=by, at=at)
    rows = list(rows_of(found, placed, is_latest, calendar))
    saved = _save(plan, placed, rows, reason, by, at)
    for stage, day in _promises(saved.rows, placed):
        values = {"baseline_on": day, "baseline_precision": "day"}
        set_milestone(project, stage, values, by=by, at=at, today=today, reason=reason)
    changes = [{"field": "baseline", "old": saved.number - 1 or None, "new": saved.number}]
    entry(plan, "baseline", changes, by=by, at=at, note=reason)
    forecasting.refresh_one(project, today=today, at=at, calendar=calendar)
    return saved


def _is_latest(found: ProjectPlan, placed: Schedule, basis: Basis | str, acknowledged: bool) -> bool:
    """Whether open tasks get their latest dates."""
    if basis not in set(Basis):
        raise InvalidFields({"basis": [_("Please choose which dates are promised.")]})
    if not placed[placed.goal].is_open:
        raise Refused(_("The goal of this plan has been reached. Choose the next one first."))
    if basis == Basis.FORECAST:
        return False
    if placed.target_on is None:
        raise InvalidFields({"basis": [_("Latest dates need a target day. Set the target first.")]})
    if placed.short_wd and not acknowledged:
        raise NeedsAcknowledgement(_why_not(found, placed))
    return not placed.short_wd


def _why_not(found: ProjectPlan, placed: Schedule) -> list[str]:
    text = ngettext(
        "%(goal)s misses its target %(on)s by %(days)s working day, so there are no latest dates that keep it.",
        "%(goal)s misses its target %(on)s by %(days)s working days, so there are no latest dates that keep it.",
        placed.short_wd,
    )
    named = {"goal": explain.named(placed.goal, found.info), "on": placed.target_on, "days": placed.short_wd}
    return [text % named, _("The other tasks would be promised for the days of the forecast.")]


def _save(plan: Plan, placed: Schedule, rows: list[dict[str, Any]], reason: str, by: Any, at: datetime) -> PlanBaseline:
    last = PlanBaseline.objects.filter(plan=plan).order_by("-number").values_list("number", flat=True).first() or 0
    head = {"goal": placed.goal, "target_on": _iso(placed.target_on), "number": last + 1}
    return PlanBaseline.objects.create(
        plan=plan,
        number=last + 1,
        goal=placed.goal,
        target_on=placed.target_on,
        is_provisional=placed.is_provisional,
        rows=rows,
        sha256=digest(head | {"rows": rows}),
        reason=reason,
        by=by,
        at=at,
    )


def rows_of(found: ProjectPlan, placed: Schedule, is_latest: bool, calendar: WorkCalendar) -> Iterator[dict[str, Any]]:
    """The rows as stored (PlanBaseline.rows); skipped tasks have none."""
    behind = _behind(found, placed, is_latest, calendar)
    for key in found.info:
        here = placed[key]
        if here.standing is not Standing.SKIPPED:
            yield _row(found, here, *_promised(here, placed, is_latest, behind[key]))


def rows_of_forecast(found: ProjectPlan, placed: Schedule) -> list[dict[str, Any]]:
    """The forecast in the same form, to compare a baseline with."""
    return [
        _row(found, placed[key], placed[key].start, placed[key].finish)
        for key in found.info
        if placed[key].standing is not Standing.SKIPPED
    ]


def _row(found: ProjectPlan, here: Placed, start: date | None, finish: date | None) -> dict[str, Any]:
    about = found.info[here.key]
    return {
        "key": here.key,
        "name": about.name,
        "start": _iso(start),
        "finish": _iso(finish),
        "latest": _iso(here.latest_finish),
        "float": here.total_float_wd,
        "unit": about.unit_name,
        "person": about.person,
    }


def _behind(found: ProjectPlan, placed: Schedule, is_latest: bool, calendar: WorkCalendar) -> Schedule:
    """The dates when every promise is kept to the day, for what follows on what is promised."""
    days = {placed.goal: placed.target_on} if placed.target_on else {}
    if is_latest:
        days |= {key: here.latest_finish for key, here in placed.tasks.items() if here.is_open and here.latest_finish}
    promised = [replace(found.network.tasks[key], fixed_on=day) for key, day in days.items()]
    return found.schedule(today=placed.today, calendar=calendar, network=found.network.with_tasks(*promised))


def _promised(here: Placed, placed: Schedule, is_latest: bool, behind: Placed) -> tuple[date | None, date | None]:
    if here.key == placed.goal and placed.target_on:
        return placed.target_on, placed.target_on
    if is_latest and here.is_open and here.latest_finish:
        return here.latest_start, here.latest_finish
    if here.is_open and here.latest_finish is None:
        return behind.start, behind.finish
    return here.start, here.finish


def _promises(rows: list[Mapping[str, Any]], placed: Schedule) -> Iterator[tuple[str, date]]:
    """Open milestones and the day promised for each."""
    for row in rows:
        if row["key"] in MILESTONE_STAGES and placed[row["key"]].is_open and row["finish"]:
            yield row["key"], date.fromisoformat(row["finish"])


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
