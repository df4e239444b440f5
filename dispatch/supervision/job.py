"""The daily reminder of reports that are due or overdue, one notice for each person and day of report."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from dispatch.jobs.registry import JOBS, Job, daily
from dispatch.supervision import queries, telling
from dispatch.supervision.models import Instruction
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

NAME = "instruction_reports"
BATCH = 100


def remind(
    *, as_of: date, at: datetime, calendar: WorkCalendar, fence: Callable[[], None] = lambda: None
) -> dict[str, int]:
    """{"due": instructions whose report is due by ``as_of``, "overdue": of these, past their day}. Running it again
    tells nobody twice."""
    counts = {"due": 0, "overdue": 0}
    after = 0
    while rows := list(_waiting().filter(pk__gt=after)[:BATCH]):
        after = rows[-1].pk
        with transaction.atomic():
            fence()
            for row in rows:
                due = queries.next_report(row, calendar)
                if due is not None and due <= as_of:
                    telling.report_due(row, due, as_of=as_of, at=at)
                    counts["due"] += 1
                    counts["overdue"] += due < as_of
    return counts


def _waiting():
    rows = Instruction.objects.with_last_report().awaiting_report().order_by("pk")
    return rows.select_related("park", "project", "item__unit", "leader__organization", "recorded_by__organization")


def work(run, at, fence) -> dict:
    return remind(as_of=run.as_of, at=at, calendar=load_calendar(), fence=fence)


def register() -> None:
    JOBS[NAME] = Job(periods=daily, work=work)
