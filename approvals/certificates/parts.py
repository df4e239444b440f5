"""Certificates on the step's page and on the project's page."""

from datetime import date
from typing import Any

from django.db.models import Count
from django.urls import reverse

from approvals.certificates import queries
from approvals.models import Certificate
from approvals.step_parts import SIDE, Part

TEMPLATE = "approvals/parts/_certificates.html"
MOST_SHOWN = 5


def step_part(view, user) -> Part | None:
    """The step's certificates, with what this person may record on each; nothing where there are none."""
    rows = queries.of_step(view, user)
    if not rows:
        return None
    return Part(TEMPLATE, {"rows": [{"row": row, "can": _can(row, user)} for row in rows]}, SIDE)


def _can(row: queries.Row, user) -> dict[str, str]:
    return row.actions_for(user) if user.role_id else {"renew": "", "void": ""}


def panel_context(project, user, today: date) -> dict[str, Any]:
    """Running certificates of the project, the one that ends first on top, and how many there are in all."""
    visible = Certificate.objects.visible_to(user).filter(project_step__project=project)
    total = visible.aggregate(n=Count("pk"))["n"]
    first = queries.with_start(queries.running(visible)).order_by("valid_until", "pk")[:MOST_SHOWN] if total else []
    here = f"{reverse('approvals:certificate_list')}?project={project.pk}"
    return {"rows": queries.rows_of(first, today), "total": total, "url": here, "all_url": f"{here}&when=all"}
