"""Dates and money: milestones, annual plans, monthly investment."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.i18n import localized
from accounts.permissions import Verb
from projects import seams
from projects.actions.gates import date_problems, gate_missing, pass_gate
from projects.actions.shared import (
    claim,
    clean_values,
    differences,
    may_report,
    permit,
    put,
    record,
    refuse_unless_open,
    required_reason,
)
from projects.errors import InvalidFields, NeedsAcknowledgement
from projects.investment import latest_ytd
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project, ProjectChange
from projects.stages import MILESTONE_STAGES, STAGES, Stage, position

MILESTONE_FIELDS = (
    "baseline_on", "baseline_precision", "forecast_on", "forecast_precision", "actual_on", "actual_precision",
    "is_done", "evidence",
)  # fmt: skip
FACTS = ("actual_on", "is_done")
PROMISES = ("baseline_on",)
FIRST_YEAR = 2000


@transaction.atomic
def set_milestone(
    project: Project,
    stage: Stage | str,
    values: Mapping[str, Any],
    *,
    by,
    at: datetime,
    today: date,
    reason: str = "",
    override_reason: str = "",
    version: int | None = None,
) -> Milestone:
    """Sets columns of MILESTONE_FIELDS; those not given stay.

    Changing a known actual date or baseline needs ``reason``. An actual date lies not in the future, belongs to a stage
    already reached, and where the stage has a gate, the gate is open or passed with ``override_reason``.
    Without a difference nothing is written. Raises PermissionDenied, Conflict, Refused, GateClosed, InvalidFields.
    """
    permit(by, Verb.ADVANCE_STAGE)
    stage = _milestone_stage(stage)
    refuse_unless_open(project)
    if unknown := set(values) - set(MILESTONE_FIELDS):
        raise TypeError(f"not a field of a milestone: {sorted(unknown)}")
    values = clean_values(Milestone, values)
    milestone = project.milestones.filter(stage=stage).first() or Milestone(project=project, stage=stage)
    changes = differences((f"milestone.{stage}.{n}", getattr(milestone, n), value) for n, value in values.items())
    if not changes:
        return milestone
    updates = claim(project, version, by=by, at=at)
    note = _reason_for(milestone, values, reason)
    if _becomes_fact(milestone, values):
        note = _check_fact(project, stage, values, today, override_reason, by) or note
    put(milestone, values)
    if milestone.actual_on:
        milestone.is_done = False
    milestone.save()
    record(project, ProjectChange.Verb.MILESTONE, changes, by=by, at=at, note=note)
    if any(entry["field"].endswith(FACTS) for entry in changes):
        for told in seams.on_milestones:
            told([project.pk], by=by, at=at)
    put(project, updates)
    return milestone


def _milestone_stage(stage: Stage | str) -> Stage:
    if stage not in MILESTONE_STAGES:
        raise InvalidFields({"stage": [_("This stage has no milestone.")]})
    return Stage(stage)


def _reason_for(milestone: Milestone, values: Mapping[str, Any], reason: str) -> str:
    """The reason; needed as soon as a known fact or promise changes."""
    moved = [
        n for n in FACTS + PROMISES if n in values and getattr(milestone, n) and values[n] != getattr(milestone, n)
    ]
    if moved == ["is_done"] and values.get("actual_on"):
        moved = []
    return required_reason(reason) if moved or reason.strip() else ""


def _becomes_fact(milestone: Milestone, values: Mapping[str, Any]) -> bool:
    return any(values.get(name) and values[name] != getattr(milestone, name) for name in FACTS)


def _check_fact(project, stage, values, today, override_reason, by) -> str:
    if position(stage) > position(project.stage):
        name = localized(STAGES[stage], "name")
        text = _("The project has not reached %(stage)s. Enter the stage instead.") % {"stage": name}
        raise InvalidFields({"actual_on": [text]})
    on = values.get("actual_on") or today
    return pass_gate(gate_missing(project, stage, on), date_problems(on, today), override_reason, by)


@transaction.atomic
def set_annual_plan(
    project: Project, year: int, planned_10k: Decimal, *, by, at: datetime, version: int | None = None
) -> AnnualPlan:
    """Investment planned for a year, 万元. Without a difference nothing is written. Raises Conflict, InvalidFields."""
    permit(by, Verb.EDIT_PROJECT)
    refuse_unless_open(project)
    values = clean_values(AnnualPlan, {"year": year, "planned_10k": planned_10k})
    if not FIRST_YEAR <= values["year"] <= 2100:
        raise InvalidFields({"year": [_("Please check the year.")]})
    plan = project.annual_plans.filter(year=year).first()
    changes = differences([(f"plan.{year}", plan and plan.planned_10k, values["planned_10k"])])
    if not changes:
        return plan
    updates = claim(project, version, by=by, at=at)
    plan, _created = AnnualPlan.objects.update_or_create(
        project=project, year=year, defaults={"planned_10k": values["planned_10k"]}
    )
    record(project, ProjectChange.Verb.PLAN, changes, by=by, at=at)
    put(project, updates)
    return plan


@transaction.atomic
def report_investment(
    project: Project,
    year: int,
    month: int,
    *,
    by,
    at: datetime,
    today: date,
    month_10k: Decimal | None = None,
    ytd_10k: Decimal | None = None,
    acknowledged: bool = False,
    version: int | None = None,
    note: str = "",
    restated: bool = False,
) -> MonthlyInvestment:
    """Reports one month, 万元: its amount, the cumulative figure, or both. Later months stay as they are.

    Only the amount given: the cumulative figure is the latest earlier one of the year plus the amount.
    ``restated``: past the lock of a month (seams.investment_locks); ``note``, kept in the history, is then the reason.
    Raises PermissionDenied (also for a unit that does not report for this project), Conflict, Refused, InvalidFields,
    NeedsAcknowledgement (figures that do not fit their neighbours, unless ``acknowledged``).
    """
    if by is not None and not may_report(by, project):
        raise PermissionDenied
    refuse_unless_open(project)
    _refuse_month(year, month, today)
    _refuse_locked(project, year, month, note=note, restated=restated)
    known = dict(project.investments.filter(year=year).exclude(month=month).values_list("month", "ytd_10k"))
    month_10k, ytd_10k = _amounts(month_10k, ytd_10k, latest_ytd(known, month))
    if not acknowledged and (warnings := _unusual(known, month, month_10k, ytd_10k)):
        raise NeedsAcknowledgement(warnings)
    row = project.investments.filter(year=year, month=month).first() or MonthlyInvestment(
        project=project, year=year, month=month
    )
    if month_10k is None and row.ytd_10k == ytd_10k:
        month_10k = row.month_10k
    key = f"investment.{year}-{month:02}"
    changes = differences([(f"{key}.month_10k", row.month_10k, month_10k), (f"{key}.ytd_10k", row.ytd_10k, ytd_10k)])
    if not changes:
        return row
    updates = claim(project, version, by=by, at=at)
    put(row, {"month_10k": month_10k, "ytd_10k": ytd_10k}).save()
    record(project, ProjectChange.Verb.INVESTMENT, changes, by=by, at=at, note=note)
    put(project, updates)
    return row


def _refuse_month(year: int, month: int, today: date) -> None:
    if not (FIRST_YEAR <= year <= 2100 and 1 <= month <= 12):
        raise InvalidFields({"month": [_("Please check year and month.")]})
    if (year, month) > (today.year, today.month):
        raise InvalidFields({"month": [_("This month has not begun.")]})


def _refuse_locked(project: Project, year: int, month: int, *, note: str, restated: bool) -> None:
    if restated:
        required_reason(note)
    elif why := seams.locked_months(project.park_id, year).get(month):
        raise Refused(why)


def _amounts(month_10k, ytd_10k, before) -> tuple[Decimal | None, Decimal]:
    if month_10k is None and ytd_10k is None:
        raise InvalidFields({"month_10k": [_("Please give the amount of the month or the cumulative figure.")]})
    given = {"month_10k": month_10k, "ytd_10k": ytd_10k}
    errors = {}
    for name, value in given.items():
        field = MonthlyInvestment._meta.get_field(name)
        try:
            given[name] = None if value is None else field.clean(value, None)
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise InvalidFields(errors)
    if given["ytd_10k"] is None:
        given["ytd_10k"] = (before or Decimal(0)) + given["month_10k"]
    if given["ytd_10k"] < 0:
        raise InvalidFields({"ytd_10k": [_("The cumulative figure cannot be negative.")]})
    return given["month_10k"], given["ytd_10k"]


def _unusual(known: Mapping[int, Decimal], month: int, month_10k: Decimal | None, ytd_10k: Decimal) -> list[str]:
    found = []
    before, later = latest_ytd(known, month), [known[m] for m in sorted(known) if m > month]
    if before is not None and ytd_10k < before:
        text = _("The cumulative figure %(now)s is lower than the one before (%(before)s).")
        found.append(text % {"now": f"{ytd_10k.normalize():f}", "before": f"{before.normalize():f}"})
    if later and ytd_10k > later[0]:
        text = _("The cumulative figure %(now)s is higher than the one reported after it (%(later)s).")
        found.append(text % {"now": f"{ytd_10k.normalize():f}", "later": f"{later[0].normalize():f}"})
    if month_10k is not None and month_10k > ytd_10k:
        found.append(_("The month's amount is higher than the cumulative figure."))
    return found
