"""The two jobs: every park's half-month ranking on its day, and the contest on the last workday of the quarter."""

from functools import partial

from django.db import transaction

from accounts.models import Park
from dispatch.jobs.registry import JOBS, Job
from dispatch.ranking.actions import freeze
from dispatch.ranking.periods import CONTEST, HALF_MONTH, due, latest
from workdays.models import load_calendar

NAMES = {HALF_MONTH: "ranking", CONTEST: "contest"}


def freeze_all(kind: str, run, at, fence) -> dict[str, int]:
    """One transaction a park; one that is frozen already stays as it is. Publishing is for people."""
    calendar, counts = load_calendar(), {"frozen": 0, "already_frozen": 0}
    period = latest(kind, run.as_of, calendar)
    for park in Park.objects.order_by("pk"):
        with transaction.atomic():
            fence()
            _ranking, is_new = freeze(park=park, period=period, by=None, at=at, calendar=calendar, today=run.as_of)
            counts["frozen" if is_new else "already_frozen"] += 1
    return counts


def register() -> None:
    for kind, name in NAMES.items():
        JOBS[name] = Job(periods=partial(due, kind), work=partial(freeze_all, kind), standalone=True)
