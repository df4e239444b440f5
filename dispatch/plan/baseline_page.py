"""Baselines and history of a plan as pages and workbooks show them. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Field, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from dispatch.plan import building
from dispatch.plan.actions.baselines import rows_of_forecast
from dispatch.plan.comparison import Line, compare
from dispatch.plan.models import Plan, PlanBaseline, PlanEntry, PlanLink, PlanTask
from dispatch.plan.panel import day_of
from projects.ledger.lists import Keyed, ListSheet, list_workbook
from projects.models import Project
from projects.text import number_in
from workdays.arithmetic import WorkCalendar

FORECAST = "forecast"
VERBS = {
    "goal": gettext_lazy("Goal and target set"),
    "task": gettext_lazy("Task changed"),
    "task_added": gettext_lazy("Task added"),
    "task_dropped": gettext_lazy("Task taken out"),
    "task_restored": gettext_lazy("Task put back"),
    "link": gettext_lazy("Link set"),
    "link_removed": gettext_lazy("Link taken out"),
    "pulled_forward": gettext_lazy("Planned tasks pulled forward"),
    "template": gettext_lazy("Template copied"),
    "baseline": gettext_lazy("Baseline saved"),
    "pull_levers": gettext_lazy("Levers pulled"),
    "withdraw_lever": gettext_lazy("Lever withdrawn"),
}


@dataclass(frozen=True)
class Comparison:
    """``left``, ``right``: versions compared, None for the forecast (right) or when there is no version."""

    versions: list[PlanBaseline]
    left: PlanBaseline | None
    right: PlanBaseline | None
    lines: list[Line]

    @property
    def right_name(self) -> str:
        return str(self.right) if self.right else str(_("forecast"))

    @property
    def moved(self) -> list[Line]:
        return [line for line in self.lines if not line.is_same]


def comparison(
    project: Project, user: User, query: Mapping[str, str], *, today: date, calendar: WorkCalendar
) -> Comparison:
    """What the address asks for (?left=1&right=2); the newest version against the forecast otherwise."""
    rows = PlanBaseline.objects.visible_to(user).filter(plan__project=project).select_related("by")
    versions = list(rows)
    left = _chosen(versions, query.get("left", "")) or next(iter(versions), None)
    right = _chosen(versions, query.get("right", ""))
    if left is None:
        return Comparison(versions, None, None, [])
    now = right.rows if right else _forecast(project, day_of(project, today), calendar)
    return Comparison(versions, left, right, compare(left.rows, now, calendar))


def _chosen(versions: list[PlanBaseline], text: str) -> PlanBaseline | None:
    number = number_in(text)
    return next((row for row in versions if row.number == number), None)


def _forecast(project: Project, today: date, calendar: WorkCalendar) -> list[dict[str, Any]]:
    plan = building.read_one(project, today=today, calendar=calendar)
    return rows_of_forecast(plan, plan.schedule(today=today, calendar=calendar))


def workbook(shown: Comparison) -> bytes:
    """The comparison: one row a task."""
    left = str(shown.left) if shown.left else ""
    titles = [
        _("Key"), _("Task"), _("Unit"), f"{left} · {_('start')}", f"{left} · {_('finish')}",
        f"{shown.right_name} · {_('start')}", f"{shown.right_name} · {_('finish')}", _("Working days later"),
    ]  # fmt: skip
    rows = (
        Keyed([x.key, x.name, x.unit, x.left_start, x.left, x.right_start, x.right, x.days], f"plan.task:{x.key}", None)
        for x in shown.lines
    )
    return list_workbook(ListSheet(_("Baselines"), titles, [8, 36, 24, 14, 14, 14, 14, 12], rows))


@dataclass(frozen=True)
class HistoryLine:
    """One entry in words."""

    at: Any
    who: str
    what: str
    note: str
    changes: list[Mapping[str, Any]]


def history_line(row: PlanEntry) -> HistoryLine:
    known = VERBS.get(row.verb)
    changes = [_in_words(change) for change in row.changes]
    return HistoryLine(row.at, str(row.by or "—"), str(known) if known else row.verb, row.note, changes)


def _in_words(change: Mapping[str, Any]) -> Mapping[str, Any]:
    field = change["field"]
    said = {name: value_words(field, change[name]) for name in ("old", "new")}
    return {**change, **said, "field": field_words(field)}


def field_words(name: str) -> str:
    """E.g. "S12.duration_wd" → "S12 · duration (working days)"; a name nobody knows stays."""
    model, where, column = _parts(name)
    field = _column(model, column)
    words = str(field.verbose_name if field else _("version") if column == "baseline" else column)
    place = " → ".join(where[1:]) if model is PlanLink else "".join(where)
    return f"{place} · {words}" if place else words


def value_words(name: str, value: Any) -> Any:
    """The value as people say it: of a choice its label, of a switch yes or no."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    model, _where, column = _parts(name)
    field = _column(model, column)
    return dict(field.flatchoices).get(value, value) if field and field.choices else value


def _parts(name: str) -> tuple[type[Model], list[str], str]:
    """(whose column it is, the task or "link" and its tasks, the column)."""
    *where, column = name.split(".")
    return (PlanLink if where[:1] == ["link"] else PlanTask if where else Plan), where, column


def _column(model: type[Model], name: str) -> Field | None:
    return next((field for field in model._meta.concrete_fields if field.name == name), None)
