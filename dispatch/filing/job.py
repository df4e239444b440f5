"""Every morning: windows are opened and closed, and who still owes is reminded. On the evening of the last workday: the
month is locked. Both may run late or twice: what is missing is made up for once."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.errors import Conflict
from accounts.models import Park
from dispatch.filing import rounds, telling, windows
from dispatch.filing.locks import locked_months
from dispatch.filing.models import FilingRound
from dispatch.jobs.registry import JOBS, LONGEST_GAP, ZONE, Job, Period, daily
from projects import seams
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

NAME, LOCK = "filing", "filing_lock"
LOCKS_AT = time(18, 0)
Fence = Callable[[], None]


def run(*, as_of: date, at: datetime, calendar: WorkCalendar, fence: Fence = lambda: None) -> dict[str, int]:
    """{"opened": new windows, "listed": new filings, "reminded": people, "locked": months}. Every park on its own."""
    counts = {"opened": 0, "listed": 0, "reminded": 0, "locked": 0}
    for park in Park.objects.order_by("pk"):
        with transaction.atomic():
            fence()
            for year, month in windows.months_to_open(as_of):
                window, is_new = rounds.open_round(park, year, month, calendar=calendar)
                counts["opened"] += is_new
                counts["listed"] += rounds.refresh_list(window)
                counts["reminded"] += _move_on(window, as_of, at, calendar)
    counts["locked"] = lock_all(before=as_of, at=at, fence=fence)
    return counts


def _move_on(window: FilingRound, as_of: date, at: datetime, calendar: WorkCalendar) -> int:
    if window.state == FilingRound.State.LOCKED:
        return 0
    if as_of > window.closes_on:
        rounds.begin_checking(window)
    kind = windows.reminder_on(window.opens_on, window.closes_on, as_of, calendar)
    return telling.due(window, rounds.owed(window), kind, as_of=as_of, at=at) if kind else 0


def lock_all(*, before: date, at: datetime, fence: Fence = lambda: None) -> int:
    """Locks every window whose last day of checking lies before this day; returns how many."""
    rows = FilingRound.objects.filter(locks_on__lt=before).exclude(state=FilingRound.State.LOCKED)
    locked = 0
    for window in rows.select_related("park").order_by("pk"):
        with transaction.atomic():
            fence()
            rounds.refresh_list(window)
            try:
                rounds.lock(window, by=None, at=at, today=before)
            except Conflict:  # a person of the centre was first
                continue
            locked += 1
    return locked


def evenings(after: date, now: datetime, calendar: WorkCalendar) -> Iterator[Period]:
    """The last workday of every month from 18:00 Asia/Shanghai."""
    local = now.astimezone(ZONE)
    last = local.date() if local.time() >= LOCKS_AT else local.date() - timedelta(days=1)
    month = max(after, last - LONGEST_GAP).replace(day=1)
    while month <= last:
        day = calendar.last_workday_of_month(month.year, month.month)
        if after < day <= last:
            yield Period(f"{month:%Y-%m}", day)
        month = (month + timedelta(days=32)).replace(day=1)


def work(job_run, at: datetime, fence: Fence) -> dict[str, int]:
    return run(as_of=job_run.as_of, at=at, calendar=load_calendar(), fence=fence)


def work_lock(job_run, at: datetime, fence: Fence) -> dict[str, int]:
    return {"locked": lock_all(before=job_run.as_of + timedelta(days=1), at=at, fence=fence)}


def register() -> None:
    """The two jobs, and the lock on the register's own doors."""
    JOBS[NAME] = Job(periods=daily, work=work, label=_("Monthly filing"))
    JOBS[LOCK] = Job(periods=evenings, work=work_lock, label=_("Lock of the month's filing"), after=(NAME,))
    if locked_months not in seams.investment_locks:
        seams.investment_locks.append(locked_months)
