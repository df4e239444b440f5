"""Milestones of this week and the next. Reads only."""

from datetime import timedelta
from typing import Any

from dispatch.dashboard.frame import DAY, Asked
from projects.models import Milestone, Project

MOST = 60


def milestones(asked: Asked) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Open milestones of active projects due from ``as_of`` to Sunday, and from Monday to Sunday of the week after;
    together 60 at most. One query."""
    sunday = asked.monday + timedelta(days=6)
    rows = Milestone.objects.open().filter(project__park=asked.park, project__status=Project.Status.ACTIVE)
    rows = rows.filter(due_on__gte=asked.as_of, due_on__lte=sunday + 7 * DAY).order_by("due_on", "project_id", "stage")
    columns = ("stage", "due_on", "project", "project__name", "project__responsible_unit__name")
    found = [_row(*row) for row in rows.values_list(*columns)[:MOST]]
    last = sunday.isoformat()
    return [row for row in found if row["due_on"] <= last], [row for row in found if row["due_on"] > last]


def _row(stage, due_on, project, name, unit) -> dict[str, Any]:
    stage_name = Milestone(stage=stage).stage_name
    return {"project": project, "name": name, "stage": stage, "stage_name": stage_name, "due_on": due_on.isoformat(),
            "unit": unit or ""}  # fmt: skip
