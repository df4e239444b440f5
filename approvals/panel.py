"""The part of the project page that shows its map, the same steps as a table, and where the days went."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.days.bars import of_project
from approvals.navmap import drawings
from approvals.promises.queries import numbers
from approvals.queries import by_phase, steps_of
from projects.models import Project
from projects.seams import Panel
from workdays.models import load_calendar


def context(project: Project, user, today: date) -> dict[str, Any]:
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


STEPS = Panel(key="steps", title=gettext_lazy("Approval map"), template="approvals/_steps_panel.html", context=context)
