"""What the enterprise may know of its project's plan: when the next big milestones are expected. Reads only."""

from datetime import date, timedelta

from approvals.seams import Expected
from approvals.seams import expected as sources
from dispatch.plan.models import Goal, PlanForecast
from projects.models import Project

STALE = timedelta(days=7)


def of_project(project: Project, today: date) -> list[Expected]:
    """Start, completion and production still ahead, as the morning's forecast has them; nothing once it is a week old.

    The day is the project's own forecast, not a promise; targets, floats and reasons stay inside the park.
    """
    forecast = PlanForecast.objects.filter(project=project, as_of__gt=today - STALE).only("rows", "is_provisional")
    rows = {row["key"]: row for found in forecast for row in found.rows}
    provisional = any(found.is_provisional for found in forecast)
    ahead = [(goal, rows[goal.value]) for goal in Goal if goal.value in rows]
    return [
        Expected(goal.value, date.fromisoformat(row["finish"]), provisional)
        for goal, row in ahead
        if row["finish"] and row["standing"] in ("running", "waiting")
    ]


def register() -> None:
    sources.append(of_project)
