"""The daily job: after the warnings of a day, the response to them. Every missed day has a run of its own, in order."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from dispatch.jobs.models import JobRun
from dispatch.jobs.registry import JOBS, Job, Period, daily
from dispatch.response.evaluate import evaluate
from dispatch.warnings.job import NAME as WARNINGS
from workdays.arithmetic import WorkCalendar

NAME = "response"


def from_now_on(after: date, now: datetime, calendar: WorkCalendar) -> Iterator[Period]:
    """Every day, from the first run on; days before that are never made up, on an old installation neither."""
    days = list(daily(after, now, calendar))
    yield from days if JobRun.objects.filter(job=NAME).exists() else days[-1:]


def evaluate_all(run: JobRun, at: datetime, fence) -> dict:
    """Counts of the day's evaluation of every park."""
    return evaluate(as_of=run.as_of, at=at, fence=fence)


def register() -> None:
    JOBS[NAME] = Job(periods=from_now_on, work=evaluate_all, label=_("Response cases"), after=(WARNINGS,))
