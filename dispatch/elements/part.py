"""Elements on the project page, and plots on the page of step S08 (场地整理与净地确认)."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import seams as approval_seams
from approvals.models import ProjectStep
from approvals.step_parts import Part
from dispatch.elements import access, plots, words
from dispatch.elements.models import ElementNeed, FundingApplication, YearlyOutput
from dispatch.elements.per_mu import Indicator, shown, value_of
from dispatch.elements.yields import WITHOUT_OUTPUT, facts_of
from projects import seams
from projects.models import Project
from workdays.models import load_calendar

DECISIONS = ("decide_approve", "decide_approve_outstanding")


def panel_context(project: Project, user, today: date) -> dict[str, Any]:
    """years (needs by year), funding, outputs (with what each mu yields), plots; nothing for whom it is not."""
    if not access.may_view(user):
        return {"may_view": False}
    needs = defaultdict(list)
    rows = ElementNeed.objects.visible_to(user).filter(project=project).select_related("unit", "project__park")
    for need in rows:
        needs[need.year].append({"need": need, "may_edit": access.secures(user, need)})
    outputs = YearlyOutput.objects.visible_to(user).filter(project=project)
    edits = access.edits_project(user, project)
    park = access.edits_park(user, project.park_id)
    return {
        "may_view": True,
        "edits": edits,
        "years": sorted(needs.items(), reverse=True),
        "funding": FundingApplication.objects.visible_to(user).filter(project=project),
        "outputs": [{"row": row, "yields": _yields(project, row)} for row in outputs],
        "fixed": _fixed(project),
        "plots": plots.of_project(project, user, today, load_calendar()),
        "next_year": today.year - 1,
        "plot_url": f"{reverse('dispatch:plot_new')}?project={project.pk}" if park else "",
    }


def step_part(view, user) -> Part | None:
    """The plots of the project on the page of S08; nothing for the enterprise or the holder of a link."""
    if view.row.code != plots.CODE or not access.may_view(user):
        return None
    rows = plots.of_project(view.row.project, user, view.today, view.calendar)
    if not rows:
        return None
    waiting = [row for row in rows if row.plot.cleared_on is None]
    return Part("dispatch/elements/_step_part.html", {"rows": rows, "waiting": waiting, "is_done": view.is_done})


def caution(step: ProjectStep, verb: str, user) -> list[str]:
    """A warning before S08 is decided while clear land is not confirmed for every plot; it stops nobody."""
    if step.code != plots.CODE or verb not in DECISIONS or not access.may_view(user):
        return []
    return [
        _("Clear land is not confirmed for %(plot)s: %(how)s.") % {"plot": plot.name, "how": words.plot_words(plot)}
        for plot in plots.uncleared(step.project_id)
    ]


def register() -> None:
    panel = seams.Panel("elements", gettext_lazy("Elements"), "dispatch/elements/_panel.html", panel_context)
    if panel not in seams.panels:
        seams.panels.append(panel)
    if step_part not in approval_seams.step_parts:
        approval_seams.step_parts.append(step_part)
    if caution not in approval_seams.cautions:
        approval_seams.cautions.append(caution)


def _yields(project: Project, output: YearlyOutput) -> list[dict[str, Any]]:
    found = [one for one in Indicator if one not in WITHOUT_OUTPUT]
    return [_figure(one, project, output) for one in found]


def _fixed(project: Project) -> list[dict[str, Any]]:
    return [_figure(one, project, None) for one in WITHOUT_OUTPUT]


def _figure(indicator: Indicator, project: Project, output: YearlyOutput | None) -> dict[str, Any]:
    value = shown(indicator, value_of(indicator, facts_of(project, output)))
    return {"label": words.indicator_name(indicator), "value": value, "unit": words.indicator_unit(indicator)}
