"""What the park sees of the enterprise's side: on a step's page, and as a part of the project page."""

from datetime import date
from typing import Any

from django.urls import reverse

from accounts import clock
from accounts.permissions import Verb, may
from accounts.visitors import ProjectVisitor
from approvals import actions
from approvals.models import Rating
from approvals.portal import links, queries
from approvals.queries import StepView
from approvals.step_parts import Part
from projects.models import Project

TEMPLATE = "approvals/parts/_urges.html"


def source(view: StepView, user) -> Part | None:
    """Urgings and ratings of the step; nothing for the enterprise, which has pages of its own."""
    if isinstance(user, ProjectVisitor) or user.role.scope == "enterprise":
        return None
    row = view.row
    urges = queries.urges_of_step(row, user)
    ratings = list(Rating.objects.visible_to(user).filter(project_step=row).order_by("-round"))
    waiting = [urge for urge in urges if urge.answered_at is None]
    may_answer = bool(waiting) and actions.handles(user, row) and may(user, Verb.WORK_STEP)
    context = {
        "waiting": waiting,
        "answered": [urge for urge in urges if urge.answered_at],
        "answer_url": reverse("approvals:urge_answer", args=[row.project_id, row.code]) if may_answer else "",
        "upto": waiting[0].pk if waiting else None,
        "ratings": ratings,
        "average": queries.rating_of_step(row.code, user) if ratings else None,
    }
    return Part(TEMPLATE, context) if urges or ratings else None


def panel_context(project: Project, user, today: date) -> dict[str, Any]:
    hands_out = links.may_hand_out(user, project)
    url = reverse("approvals:link_list", args=[project.pk]) if hands_out else ""
    return {"project": project, "links_url": url, **queries.panel(project, user, clock.now(), with_links=hands_out)}
