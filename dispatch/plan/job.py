"""The daily job: learns durations from what the parks have finished, then works out every forecast anew."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Park
from approvals.models import StepTransition
from dispatch.jobs.registry import JOBS, Job, daily, last_day, resweeps
from dispatch.plan import forecasting, learned
from dispatch.plan.models import PlanForecast
from projects.models import Project, ProjectChange
from workdays.models import load_calendar

NAME = "plans"
RECENT = 500
HISTORIES = ((ProjectChange, "project"), (StepTransition, "project_step__project"))


def refresh_all(run, at: datetime, fence) -> dict:
    """One transaction a batch. Returns counts.

    A day that is over is not made good: forecasts rest on the facts as they are now.
    """
    if last_day(at) > run.as_of:
        return {"too_late": 1}
    calendar, counts = load_calendar(), {"forecasts": 0}
    for park in Park.objects.order_by("pk"):
        with transaction.atomic():
            fence()
            learned.refresh(park, today=run.as_of, at=at, calendar=calendar)
    ids = list(Project.objects.order_by("park", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), forecasting.BATCH):
        with transaction.atomic():
            fence()
            projects = Project.objects.filter(pk__in=ids[start : start + forecasting.BATCH])
            counts["forecasts"] += forecasting.refresh(projects, today=run.as_of, at=at, calendar=calendar)
    return counts


def refresh_changed(now: datetime) -> int:
    """Between two mornings: the forecasts of projects whose history has grown since they were worked out.

    Looks at the newest RECENT rows of each history, by primary key, so no index on time is needed; what has not been
    seen because there were more waits for the morning. Changes of a plan have brought their forecast along.
    """
    changed: dict[int, datetime] = {}
    for history, project in HISTORIES:
        for pk, at in history.objects.order_by("-pk").values_list(project, "at")[:RECENT]:
            changed[pk] = max(at, changed.get(pk, at))
    known = PlanForecast.objects.filter(project__in=changed).values_list("project", "computed_at")
    stale = sorted(pk for pk, computed_at in known if changed[pk] > computed_at)[: forecasting.BATCH]
    if not stale:
        return 0
    projects = Project.objects.filter(pk__in=stale)
    return forecasting.refresh(projects, today=last_day(now), at=now, calendar=load_calendar())


def register() -> None:
    """Beside the debts, not after them: a chain of three lets the debts of the next day pass the warnings of this one
    when days are made good. Planned after the debts, it comes after them where one worker does both."""
    JOBS[NAME] = Job(periods=daily, work=refresh_all, label=_("Forecasts of the plans"))
    if refresh_changed not in resweeps:
        resweeps.append(refresh_changed)
