"""The ledger of land acquisition (征迁台账) and what it says to step S08. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Verb, may
from accounts.templatetags.navigator import light_word
from approvals import actions as approvals
from approvals.models import ProjectStep
from dispatch.elements import access, states, words
from dispatch.elements.actions.plots import facts_of
from dispatch.elements.models import AcquisitionPlot
from projects.ledger.lists import Keyed, ListSheet, keyed, list_workbook
from projects.models import Project
from projects.text import normalise_name
from workdays.arithmetic import WorkCalendar

CODE = "S08"
SORTS = {"name": "name", "project": "project__name_key", "due": "due_on", "area": "area_mu", "unit": "unit__name"}
DEFAULT_SORT = "due"
COMPLETE = Q(acquired_mu=F("area_mu"), households_moved=F("households"), plants_moved=F("plants"))
LATE, COMPLETED, OPEN, CLEARED = "late", "complete", "open", "cleared"


@dataclass(frozen=True)
class PlotRow:
    """A plot as it stands; ``days``: calendar days to the due day, negative when late, None without one."""

    plot: AcquisitionPlot
    light: str
    percent: Decimal
    days: int | None
    is_complete: bool
    text: str
    may_report: bool
    shows_project: bool


def row_of(plot: AcquisitionPlot, user: User, today: date, calendar: WorkCalendar, seen: set[int]) -> PlotRow:
    facts = facts_of(plot)
    light = states.plot_light(plot.due_on, plot.cleared_on, today, calendar)
    days = (plot.due_on - today).days if plot.due_on and not plot.cleared_on else None
    may_report = access.reports_plot(user, plot) and plot.cleared_on is None
    text = words.plot_words(plot)
    return PlotRow(plot, light, facts.percent, days, facts.is_complete, text, may_report, plot.project_id in seen)


def rows_of(plots: Iterable[AcquisitionPlot], user: User, today: date, calendar: WorkCalendar) -> list[PlotRow]:
    plots = list(plots)
    ids = {plot.project_id for plot in plots if plot.project_id}
    seen = set(Project.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return [row_of(plot, user, today, calendar, seen) for plot in plots]


def narrowed(user: User, today: date, *, state: str = "", unit: int | None = None, q: str = ""):
    """The user's plots by how they stand (LATE, COMPLETED, OPEN, CLEARED), by unit and by name of the plot or of a
    project that is shown beside it."""
    rows, projects = AcquisitionPlot.objects.visible_to(user), Project.objects.visible_to(user)
    conditions = {
        LATE: Q(cleared_on=None, due_on__lt=today), COMPLETED: Q(cleared_on=None) & COMPLETE,
        OPEN: Q(cleared_on=None), CLEARED: Q(cleared_on__isnull=False),
    }  # fmt: skip
    rows = rows.filter(conditions[state]) if state in conditions else rows
    if unit is not None:
        rows = rows.filter(unit=unit)
    for word in q.split():
        named = projects.filter(search_text__icontains=normalise_name(word))
        rows = rows.filter(Q(name__icontains=word) | Q(project__in=named.values("pk")))
    return rows


def ordered(rows: QuerySet[AcquisitionPlot], sort: str = "") -> QuerySet[AcquisitionPlot]:
    """What is not cleared comes first when sorted by due day."""
    sort = sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT
    name, column = sort.removeprefix("-"), F(SORTS[sort.removeprefix("-")])
    order = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    first = [F("cleared_on").desc(nulls_first=True)] if name == "due" else []
    return rows.select_related("project", "unit").order_by(*first, order, "name", "pk")


def sums(rows: QuerySet[AcquisitionPlot], today: date) -> dict[str, Any]:
    """number, cleared, late; area, acquired, households, moved, plants, plants_moved, cost of all rows."""
    columns = {
        "area": "area_mu", "acquired": "acquired_mu", "households_all": "households", "moved": "households_moved",
        "plants_all": "plants", "plants_done": "plants_moved", "cost": "cost_10k",
    }  # fmt: skip
    late = Q(cleared_on=None, due_on__lt=today)
    found = rows.order_by().aggregate(
        number=Count("pk"), cleared=Count("cleared_on"), late=Count("pk", filter=late),
        **{name: Sum(column) for name, column in columns.items()},
    )  # fmt: skip
    return {name: value or 0 for name, value in found.items()}


def of_project(project, user: User, today: date, calendar: WorkCalendar) -> list[PlotRow]:
    """The project's plots; those who see the project see them."""
    rows = AcquisitionPlot.objects.visible_to(user).filter(project=project)
    return [row_of(plot, user, today, calendar, {project.pk}) for plot in ordered(rows)]


def uncleared(project_id: int) -> list[AcquisitionPlot]:
    return list(ordered(AcquisitionPlot.objects.filter(project=project_id, cleared_on=None)))


def step_offer(plot: AcquisitionPlot, user: User) -> str:
    """Where step S08 is recorded, once every plot of the project is cleared and the step is this person's and open."""
    if plot.project_id is None or plot.cleared_on is None or uncleared(plot.project_id):
        return ""
    rows = ProjectStep.objects.visible_to(user).select_related("project", "step")
    step = rows.filter(project=plot.project_id, code=CODE, decided_on=None).first()
    if step is None or not may(user, Verb.DECIDE_STEP) or not approvals.handles(user, step):
        return ""
    return reverse("approvals:step", args=[plot.project_id, CODE])


def workbook(plots: Iterable[PlotRow], total: dict[str, Any]) -> bytes:
    titles = (
        _("Plot"), _("Project"), _("area (mu)"), _("acquired (mu)"), _("households"), _("households moved"),
        _("plants"), _("plants moved"), _("Done (%)"), _("due on"), _("Responsible unit"), _("Light"),
        _("clear land confirmed on"), _("cost (10k CNY)"),
    )  # fmt: skip
    body: list[Any] = [_cells(row) for row in plots]
    body.append([
        _("Total"), "", total["area"], total["acquired"], total["households_all"], total["moved"],
        total["plants_all"], total["plants_done"], None, None, "", "", None, total["cost"],
    ])  # fmt: skip
    return list_workbook(ListSheet(_("Plots"), titles, (28, 32, 10, 10, 8, 10, 8, 10, 8, 12, 18, 10, 12, 14), body))


def _cells(row: PlotRow) -> Keyed:
    plot = row.plot
    return keyed(plot, [
        plot.name, plot.project.name if row.shows_project else "", plot.area_mu, plot.acquired_mu, plot.households,
        plot.households_moved, plot.plants, plot.plants_moved, row.percent, plot.due_on, str(plot.unit or ""),
        str(light_word(row.light)), plot.cleared_on, plot.cost_10k,
    ])  # fmt: skip
