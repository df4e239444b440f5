"""What the wall shows, in a number of queries that does not grow with the projects."""

from collections import defaultdict
from datetime import date

from django.db.models import QuerySet

from dispatch.plan.models import Plan, PlanForecast
from dispatch.wall.layout import Aim, Stop
from dispatch.wall.sums import Line
from projects.models import Milestone, Project, TeamMember
from projects.planning.schedule import Standing
from projects.stages import MILESTONE_STAGES

Role = TeamMember.Role
COLUMNS = (
    "pk", "name", "stage", "light", "status", "total_investment_10k", "industry", "responsible_unit__name",
    "responsible_unit__short_name",
)  # fmt: skip
OVER = (Standing.FINISHED, Standing.SKIPPED)  # the milestones themselves say when
STAGES = frozenset(stage.value for stage in MILESTONE_STAGES)


def read(rows: QuerySet[Project]) -> list[Line]:
    """Lines of these projects, in no order; five queries. ``rows``: what the person may see."""
    rows = rows.order_by()
    ids = rows.values("pk")
    team = _team(ids)
    forecasts = {
        row[0]: row
        for row in PlanForecast.objects.filter(project__in=ids).values_list(
            "project", "as_of", "target_on", "short_wd", "is_reached", "rows"
        )
    }
    targets = dict(Plan.objects.filter(project__in=ids, target_on__isnull=False).values_list("project", "target_on"))
    dates = defaultdict(list)
    columns = ("project", "stage", "baseline_on", "forecast_on", "actual_on", "is_done")
    for pk, *values in Milestone.objects.filter(project__in=ids).order_by("stage").values_list(*columns):
        dates[pk].append(values)
    return [
        _line(row, team.get(row["pk"], {}), forecasts.get(row["pk"]), targets.get(row["pk"]), dates.get(row["pk"], []))
        for row in rows.values(*COLUMNS)
    ]


def _team(ids) -> dict[int, dict[str, str]]:
    """{project: {role: name}}: the leader's, and the street's or township's."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    members = TeamMember.objects.filter(project__in=ids, role__in=(Role.LEADER, Role.STREET)).order_by()
    columns = ("project", "role", "person_name", "user__display_name", "organization__short_name", "organization__name")
    for pk, role, person, user, short, name in members.values_list(*columns):
        names = (person, user) if role == Role.LEADER else (short, name, person)
        found[pk][role] = next((text.strip() for text in names if text and text.strip()), "")
    return found


def _line(row, team, forecast, target_on: date | None, dates) -> Line:
    active = row["status"] == Project.Status.ACTIVE
    _pk, as_of, aim_on, short_wd, is_reached, tasks = forecast or (0, None, None, None, False, [])
    computed = _computed(tasks) if active else {}
    aim_on = aim_on or target_on
    shown = aim_on and not is_reached
    return Line(
        pk=row["pk"],
        name=row["name"],
        stage=row["stage"],
        light=row["light"],
        status=row["status"],
        investment_10k=row["total_investment_10k"],
        unit=row["responsible_unit__short_name"] or row["responsible_unit__name"] or "",
        leader=team.get(Role.LEADER, ""),
        street=team.get(Role.STREET, ""),
        industry=row["industry"].strip(),
        stops=_stops(dates, computed),
        aim=Aim(aim_on, short_wd if active else None) if shown else None,
        as_of=as_of if active else None,
    )


def _computed(tasks) -> dict[str, date]:
    return {
        task["key"]: date.fromisoformat(task["finish"])
        for task in tasks
        if task.get("key") in STAGES and task.get("finish") and task.get("standing") not in OVER
    }


def _stops(dates, computed: dict[str, date]) -> tuple[Stop, ...]:
    """Milestones with dates, and those that only the forecast knows."""
    stops = {
        stage: Stop(stage, baseline, computed.get(stage) or forecast, actual, is_done)
        for stage, baseline, forecast, actual, is_done in dates
    }
    for stage, day in computed.items():
        stops.setdefault(stage, Stop(stage, forecast_on=day))
    return tuple(stops[stage] for stage in sorted(stops))
