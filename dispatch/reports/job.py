"""The monthly job: on the last workday every park gets the draft of its bulletin."""

from django.db import transaction

from accounts.models import Park
from dispatch.jobs.registry import JOBS, Job, monthly
from dispatch.reports.actions import draft_bulletin
from dispatch.reports.models import Bulletin

NAME = "bulletin"


def draft_all(run, at, fence) -> dict:
    """Drafts as of the run's day, one transaction a park; issued bulletins are left alone. Returns counts."""
    counts = {"drafted": 0, "already_issued": 0}
    as_of = run.as_of
    issued = Bulletin.objects.filter(year=as_of.year, month=as_of.month, state=Bulletin.State.ISSUED)
    for park in Park.objects.order_by("pk"):
        with transaction.atomic():
            fence()
            if issued.filter(park=park).exists():
                counts["already_issued"] += 1
                continue
            draft_bulletin(park=park, year=as_of.year, month=as_of.month, as_of=as_of, by=None, at=at)
            counts["drafted"] += 1
    return counts


def register() -> None:
    JOBS[NAME] = Job(periods=monthly, work=draft_all, standalone=True)
