"""The months of a project's filing, on the investment tab of its page."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dispatch.filing import queries, scope
from dispatch.filing.models import Filing
from dispatch.filing.views import FETCHED
from projects import seams
from projects.models import Project

SHOWN = 6


def panel_context(project: Project, user: User, today: date) -> dict[str, Any]:
    """months: {"row": queries.Row, "may_edit"} of the latest filings the person sees, newest first."""
    rows = Filing.objects.visible_to(user).filter(project=project).with_filer().select_related(*FETCHED)
    found = queries.rows_of(rows.order_by("-round__year", "-round__month")[:SHOWN])
    return {"months": [{"row": row, "may_edit": _may_edit(row.filing, user)} for row in found]}


def _may_edit(filing: Filing, user: User) -> bool:
    return scope.takes_figures(filing) and scope.may_file(filing, user)


def register() -> None:
    """The line above the figures of the tab."""
    panel = seams.Panel("investment", _("Monthly filing"), "dispatch/filing/_panel.html", panel_context)
    if panel not in seams.panels:
        seams.panels.append(panel)
