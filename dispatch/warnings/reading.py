"""Warnings in words, for pages, panels and the API: what about, how late, where to go. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from accounts.i18n import localized
from approvals.clocks import lateness, remaining
from approvals.models import ProjectStep
from dispatch.ledger.models import LedgerItem
from dispatch.warnings import rules
from dispatch.warnings.models import Warning, WarningRule
from projects.models import Milestone
from projects.stages import STAGES, Stage
from workdays.arithmetic import WorkCalendar

IN_WORKDAYS = {rules.STEP_DUE_SOON, rules.STEP_LATE, rules.STEP_STATUTORY, rules.LEDGER_DUE_SOON, rules.LEDGER_LATE,
               rules.MILESTONE_DUE_SOON}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One warning ready to show. ``days``: negative when late, workdays or calendar days as ``unit`` says."""

    warning: Warning
    rule_name: str
    about: str
    url: str
    project_url: str
    days: int
    unit: str


def rule_names() -> dict[str, str]:
    """Rule code → name in the active language, newest version."""
    return {rule.code: localized(rule, "name") for rule in WarningRule.objects.order_by("code", "version")}


def lines(warnings: Sequence[Warning], *, today: date, calendar: WorkCalendar) -> list[Line]:
    """The warnings in words, in their order; a fixed number of queries for any number of them."""
    names = rule_names()
    about = _subjects(warnings)
    return [
        Line(
            warning=warning,
            rule_name=names.get(warning.rule, warning.rule),
            about=str(about.get((warning.object_type, warning.object_id)) or warning.label),
            url=_object_url(warning),
            project_url=_project_url(warning),
            days=_days(warning, today, calendar),
            unit="workday" if warning.rule in IN_WORKDAYS else "calendar",
        )
        for warning in warnings
    ]


def reasons(warnings: Iterable[Warning], *, today: date, calendar: WorkCalendar) -> list[str]:
    """The same as short sentences, for the tooltip of a light."""
    return [
        " ".join(filter(None, [line.about, line.rule_name, f"{line.warning.due_on:%Y-%m-%d}"]))
        for line in lines(list(warnings), today=today, calendar=calendar)
    ]


def _days(warning: Warning, today: date, calendar: WorkCalendar) -> int:
    if warning.due_on >= today:
        return remaining(today, warning.due_on, calendar)
    late = lateness(warning.due_on, today, calendar)
    # A weekend after the due day is late by calendar days only.
    return -(late.workdays or late.calendar_days) if warning.rule in IN_WORKDAYS else -late.calendar_days


def _subjects(warnings: Sequence[Warning]) -> dict[tuple[str, int], object]:
    kinds = Warning.ObjectType
    ids = {kind: {w.object_id for w in warnings if w.object_type == kind} for kind in kinds}
    found: dict[tuple[str, int], object] = {}
    for step in ProjectStep.objects.filter(pk__in=ids[kinds.STEP]).select_related("step"):
        found[kinds.STEP, step.pk] = f"{step.code} {step.step.name}"
    for milestone in Milestone.objects.filter(pk__in=ids[kinds.MILESTONE]):
        found[kinds.MILESTONE, milestone.pk] = localized(STAGES[Stage(milestone.stage)], "name")
    for item in LedgerItem.objects.filter(pk__in=ids[kinds.LEDGER_ITEM]):
        found[kinds.LEDGER_ITEM, item.pk] = f"{item.number} {item.title}"
    return found


def _object_url(warning: Warning) -> str:
    """The page of the thing itself: a step's, a ledger item's, else the project's."""
    match warning.object_type:
        case Warning.ObjectType.STEP if warning.project_id:
            return reverse("approvals:step", args=[warning.project_id, warning.label])
        case Warning.ObjectType.LEDGER_ITEM:
            return reverse("dispatch:ledger_detail", args=[warning.object_id])
    return _project_url(warning)


def _project_url(warning: Warning) -> str:
    return reverse("projects:detail", args=[warning.project_id]) if warning.project_id else ""
