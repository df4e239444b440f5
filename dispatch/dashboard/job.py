"""The daily job that counts every park's board once the warnings of the day are known."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Park
from dispatch.dashboard.counted import keep
from dispatch.dashboard.frame import Asked
from dispatch.figures import policies
from dispatch.jobs.registry import JOBS, Job, daily, last_day
from dispatch.warnings.job import NAME as WARNINGS
from workdays.models import load_calendar

NAME = "board"


def count_all(run, at, fence) -> dict:
    """One transaction a park. A day that is over is not counted: only the latest count is ever shown."""
    counts = {"counted": 0, "too_late": 0}
    calendar = load_calendar()
    for park in Park.objects.order_by("pk"):
        with transaction.atomic():
            fence()
            if last_day(at) > run.as_of:
                counts["too_late"] += 1
            else:
                keep(park, Asked(park, run.as_of, at, calendar), policies.in_force(park.pk), at)
                counts["counted"] += 1
    return counts


def register() -> None:
    JOBS[NAME] = Job(periods=daily, work=count_all, label=_("Board of the day"), after=(WARNINGS,))
