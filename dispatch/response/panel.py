"""What the response says on pages of projects and beside warnings."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dispatch.response import queries
from dispatch.response.models import ResponseCase
from projects import seams
from workdays.models import load_calendar


def panel_context(project, user, today) -> dict:
    """Open cases of the project for people who may see them, severest first, and where to find the closed ones."""
    visible = ResponseCase.objects.visible_to(user).filter(project=project)
    rows = queries.for_list(visible.open()).order_by("level", "level_since_on", "pk")
    here = f"{reverse('dispatch:case_list')}?project={project.pk}"
    return {
        "rows": queries.rows_of(rows, user, today, load_calendar()),
        "closed": visible.filter(closed_on__isnull=False).count(),
        "url": here,
        "closed_url": f"{here}&state=closed",
    }


def of_warnings(warning_ids: Iterable[int], user) -> dict[int, ResponseCase]:
    """{warning id: its open case} of those the user may see, for lists of warnings; one query."""
    rows = ResponseCase.objects.visible_to(user).open().filter(warning__in=list(warning_ids))
    return {case.warning_id: case for case in rows}


def register() -> None:
    panel = seams.Panel("response", _("Response"), "dispatch/response/_panel.html", panel_context)
    if panel not in seams.panels:
        seams.panels.append(panel)
