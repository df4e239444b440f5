"""The daily job: keeps the figures of the day for every park, once the warnings of the day are known."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Park
from dispatch.figures.days import freeze
from dispatch.jobs.registry import JOBS, Job, daily, last_day
from dispatch.warnings.job import NAME as WARNINGS

NAME = "figures"


def freeze_all(run, at, fence) -> dict:
    """One transaction a park. Returns counts.

    A day that is over is not made good: stages, states and lights are known only as they are now, so its figures would
    be invented. Comparisons with it fall back on an earlier day, or say that nothing was kept.
    """
    counts = {"kept": 0, "too_late": 0}
    for park in Park.objects.order_by("pk"):
        with transaction.atomic():
            fence()
            if last_day(at) > run.as_of:
                counts["too_late"] += 1
            else:
                freeze(park, as_of=run.as_of, at=at)
                counts["kept"] += 1
    return counts


def register() -> None:
    JOBS[NAME] = Job(periods=daily, work=freeze_all, label=_("Figures of the day"), after=(WARNINGS,))
