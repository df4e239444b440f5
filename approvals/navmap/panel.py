"""The part of the project page that shows its map, with the same steps as a table below."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from approvals import panel
from approvals.navmap import drawings
from projects.models import Project
from projects.seams import Panel


def context(project: Project, user, today: date) -> dict[str, Any]:
    """What the steps panel has, and ``map``."""
    base = panel.context(project, user, today)
    views = [view for phase in base["phases"] for view in phase.views]
    return base | {"map": drawings.of_project(views)}


PANEL = Panel(key="map", title=gettext_lazy("Approval map"), template="approvals/navmap/_panel.html", context=context)
