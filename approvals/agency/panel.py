"""The part of the project page that shows what was done on the enterprise's behalf."""

from datetime import date
from typing import Any

from django.urls import reverse

from approvals.agency import actions, queries
from approvals.models import AgentAction
from projects.models import Project

MOST_SHOWN = 30


def context(project: Project, user, today: date) -> dict[str, Any]:
    """The agent, the newest entries, how many there are, and the addresses of what this person may do."""
    rows = AgentAction.objects.visible_to(user).filter(project=project)
    any_agent = actions.records_for_any(user, project)
    own = actions.is_agent(user, project)
    entries = list(queries.for_list(rows)[:MOST_SHOWN])
    return {
        "agent": queries.agent_of(project),
        "entries": [(row, _cancel_url(row, user, any_agent=any_agent, own=own)) for row in entries],
        "total": queries.counting(rows).count() if entries else 0,
        "all_url": f"{reverse('approvals:agency')}?project={project.pk}&since=&until=",
        "new_url": reverse("approvals:agency_record", args=[project.pk]) if any_agent or own else "",
    }


def _cancel_url(row: AgentAction, user, *, any_agent: bool, own: bool) -> str:
    allowed = any_agent or (own and row.agent_id == user.pk)
    return reverse("approvals:agency_cancel", args=[row.pk]) if allowed and not row.cancelled_reason else ""
