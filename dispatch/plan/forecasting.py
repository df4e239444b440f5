"""The forecast of each project, kept so that lists, warnings and the wall need not work it out. Derived.

Written anew every morning and in the transaction of every change of a plan; nothing else reads or writes history here.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dispatch.plan import building, learned, policies, risks
from dispatch.plan.models import PlanForecast
from dispatch.plan.values import ProjectPlan
from projects.models import Project
from projects.planning.schedule import Placed, Schedule
from workdays.arithmetic import WorkCalendar

BATCH = 250
Quantiles = Mapping[int, tuple[date | None, date | None]]
FIELDS = (
    "as_of", "goal", "target_on", "goal_on", "is_reached", "short_wd", "spare_wd", "p50_on", "p80_on",
    "is_provisional", "conflicts", "chain", "rows", "computed_at",
)  # fmt: skip


def refresh_one(project: Project, *, today: date, at: datetime, calendar: WorkCalendar) -> None:
    """The forecast of one project after a change; call it in the transaction of the change."""
    refresh([project], today=today, at=at, calendar=calendar)


@transaction.atomic
def refresh(projects: Iterable[Project], *, today: date, at: datetime, calendar: WorkCalendar) -> int:
    """Writes the forecast rows of these projects; those of projects that are not active go. Returns how many stand.

    A fixed number of queries, whatever the number of projects; hand in some hundreds at a time.
    """
    projects = list(projects)
    PlanForecast.objects.filter(project__in=[project.pk for project in projects if not project.is_active]).delete()
    active = [project for project in projects if project.is_active]
    plans = building.read(active, today=today, calendar=calendar, with_info=False)
    schedules = {pk: plan.schedule(today=today, calendar=calendar) for pk, plan in plans.items()}
    quantiles = _quantiles(plans, schedules, today, calendar)
    rows = [row_of(plan, schedules[pk], quantiles.get(pk, (None, None)), at) for pk, plan in plans.items()]
    PlanForecast.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["project"], update_fields=FIELDS, batch_size=BATCH
    )
    return len(rows)


def row_of(
    plan: ProjectPlan, found: Schedule, quantiles: tuple[date | None, date | None], at: datetime
) -> PlanForecast:
    """The row as it is stored. Reached: the goal's day, and nothing to be late for."""
    is_open = found[found.goal].is_open
    has_target = is_open and found.target_on is not None
    return PlanForecast(
        project_id=plan.project.pk,
        as_of=found.today,
        goal=found.goal,
        target_on=found.target_on,
        goal_on=found.goal_on,
        is_reached=not is_open,
        short_wd=found.short_wd if has_target else None,
        spare_wd=found.spare_wd if has_target else None,
        p50_on=quantiles[0] if is_open else None,
        p80_on=quantiles[1] if is_open else None,
        is_provisional=found.is_provisional,
        conflicts=sum(not conflict.is_hint for conflict in found.conflicts) + len(plan.dropped_links),
        chain=list(found.chain),
        rows=[_stored(found, place) for place in found.tasks.values()],
        computed_at=at,
    )


def _stored(found: Schedule, place: Placed) -> dict[str, Any]:
    return {
        "key": place.key,
        "start": _iso(place.start),
        "finish": _iso(place.finish),
        "latest": _iso(place.latest_finish),
        "float": place.total_float_wd,
        "standing": place.standing.value,
        "critical": place.key in found.critical,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _quantiles(
    plans: Mapping[int, ProjectPlan], schedules: Mapping[int, Schedule], today: date, calendar: WorkCalendar
) -> Quantiles:
    """Of the projects of parks that have switched the risk on; at most two queries more."""
    parks = {plan.project.park_id for plan in plans.values()}
    on = {pk: policy for pk, policy in policies.of_parks(parks).items() if policy.risk_on}
    known = learned.of_parks(on) if on else {}
    found: dict[int, tuple[date | None, date | None]] = {}
    for park_id, policy in on.items():
        own = {pk: plan for pk, plan in plans.items() if plan.project.park_id == park_id}
        found |= risks.quantiles_of(own, schedules, known[park_id], policy, today=today, calendar=calendar)
    return found
