"""What approvals add to the project page: map and steps, papers and certificates, service to the enterprise."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.agency import panel as agency
from approvals.certificates import parts as certificates
from approvals.days.bars import of_project
from approvals.navmap import drawings
from approvals.papers import part as papers
from approvals.portal import part as portal
from approvals.promises.queries import numbers
from approvals.queries import by_phase, steps_of
from projects.models import Project
from projects.seams import Panel
from workdays.models import load_calendar


def steps(project: Project, user, today: date) -> dict[str, Any]:
    """map (a drawing), phases (groups of StepView), days (where they went); done, total, late and not_applicable count.

    undetermined: the steps with an open question.
    """
    views = steps_of(project, user, today=today, calendar=load_calendar())
    needed = [view for view in views if view.applies]
    phases = by_phase(views)
    return {
        "map": drawings.of_project([view for phase in phases for view in phase.views]),
        "phases": phases,
        "done": sum(view.is_done for view in needed),
        "total": len(needed),
        "total_text": _("of %(total)d") % {"total": len(needed)},
        "late": sum(view.light in ("yellow", "red") for view in needed),
        "undetermined": [view for view in needed if view.is_undetermined],
        "not_applicable": len(views) - len(needed),
        "days": of_project(needed),
        "promises": numbers(project, views, user),
        "conditions_url": reverse("approvals:conditions", args=[project.pk]),
    }


def papers_and_certificates(project: Project, user, today: date) -> dict[str, Any]:
    return papers.project_context(project, user, today) | certificates.panel_context(project, user, today)


def service(project: Project, user, today: date) -> dict[str, Any]:
    """What the enterprise asked and said, its links, and what was done on its behalf."""
    return portal.panel_context(project, user, today) | agency.context(project, user, today)


PANELS = [
    Panel("steps", gettext_lazy("Approval map"), "approvals/_steps_panel.html", steps),
    Panel("papers", gettext_lazy("Papers and certificates"), "approvals/_papers_panel.html", papers_and_certificates),
    Panel("enterprise", gettext_lazy("Enterprise service"), "approvals/_service_panel.html", service),
]
