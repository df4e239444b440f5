"""The job queue. The database is the queue, a message is only a doorbell; losing one means delay, never loss.

A run is claimed by compare-and-swap and held by a lease of 45 seconds that its process renews. Whoever has lost the
lease stops at its next transaction. Three attempts, then the run is given up and says why. Times come from ``now``,
a function handed in by the edge.
"""

import logging
import threading
import traceback
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Max, Min, Q

from dispatch.jobs.models import JobRun
from dispatch.jobs.registry import JOBS, ZONE, last_day
from workdays.models import load_calendar

LEASE = timedelta(seconds=45)
BEAT = 10.0
ATTEMPTS = 3

State = JobRun.State
Now = Callable[[], datetime]
logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another process has taken the run over; this one must stop and write nothing more."""


def plan(*, now: datetime) -> int:
    """Inserts every run that is due and not there, missed periods included; returns how many are new.

    The first plan of an installation starts with the latest day; months before the first run are never made up.
    """
    calendar = load_calendar()
    planned = dict(JobRun.objects.values_list("job").annotate(last=Max("as_of")).values_list("job", "last"))
    first = JobRun.objects.aggregate(first=Min("created_at"))["first"] or now
    fresh = min(first.astimezone(ZONE).date(), last_day(now)) - timedelta(days=1)
    today = now.astimezone(ZONE).date()
    due = [
        JobRun(job=name, period_key=period.key, as_of=period.as_of, is_late=period.as_of < today, created_at=now)
        for name, job in JOBS.items()
        for period in job.periods(planned.get(name, fresh), now, calendar)
    ]
    if not due:
        return 0
    before = JobRun.objects.count()
    JobRun.objects.bulk_create(due, ignore_conflicts=True)
    return JobRun.objects.count() - before


def bury(*, now: datetime) -> int:
    """Gives up runs whose last permitted attempt died without a word; returns how many."""
    lost = JobRun.objects.filter(state=State.RUNNING, lease_until__lt=now, attempts__gte=ATTEMPTS)
    message = f"The process died {ATTEMPTS} times without finishing."
    return lost.update(state=State.DEAD, finished_at=now, lease_token="", lease_until=None, error=message)


def open_runs(*, now: datetime) -> list[int]:
    """Runs that may be claimed now: the oldest open run of every job."""
    oldest: dict[str, JobRun] = {}
    for run in JobRun.objects.exclude(state__in=[State.DONE, State.DEAD]).order_by("as_of", "pk"):
        oldest.setdefault(run.job, run)
    return [run.pk for run in oldest.values() if run.state == State.DUE or run.lease_until < now]


def claim(run_id: int, *, now: datetime) -> JobRun | None:
    """The run with a fresh lease, or None: done, held by somebody, given up, or an older run of the job is open."""
    token = str(uuid.uuid4())
    free = Q(state=State.DUE) | Q(state=State.RUNNING, lease_until__lt=now)
    run = JobRun.objects.filter(pk=run_id).first()
    if run is None or run.job not in JOBS:
        return None
    older = JobRun.objects.filter(job=run.job, as_of__lt=run.as_of, state__in=[State.DUE, State.RUNNING])
    if older.exists():
        return None
    won = JobRun.objects.filter(free, pk=run_id, attempts__lt=ATTEMPTS).update(
        state=State.RUNNING, lease_token=token, lease_until=now + LEASE, attempts=F("attempts") + 1, started_at=now
    )
    return JobRun.objects.get(pk=run_id) if won else None


def renew(run: JobRun, *, now: datetime) -> None:
    """Pushes the lease out. Raises LeaseLost when the run is no longer ours."""
    mine = JobRun.objects.filter(pk=run.pk, lease_token=run.lease_token, state=State.RUNNING)
    if not mine.update(lease_until=now + LEASE):
        raise LeaseLost(str(run))


def finish(run: JobRun, *, now: datetime, counts: dict) -> bool:
    """Marks the run done if it is still ours."""
    mine = JobRun.objects.filter(pk=run.pk, lease_token=run.lease_token, state=State.RUNNING)
    done = {"state": State.DONE, "finished_at": now, "lease_token": "", "lease_until": None}
    return bool(mine.update(**done, counts=counts, error=""))


def fail(run: JobRun, *, now: datetime, error: str) -> None:
    """Puts the run back, or gives it up after the last attempt; the error is kept either way."""
    mine = JobRun.objects.filter(pk=run.pk, lease_token=run.lease_token, state=State.RUNNING)
    dead = run.attempts >= ATTEMPTS
    state = {"state": State.DEAD, "finished_at": now} if dead else {"state": State.DUE}
    mine.update(**state, lease_token="", lease_until=None, error=error[-4000:])
    logger.error("%s failed (attempt %s of %s)\n%s", run, run.attempts, ATTEMPTS, error)


def run_one(run_id: int, *, now: Now) -> bool:
    """Claims and works one run; True when this call has finished it. Errors stay in the row, none is raised."""
    run = claim(run_id, now=now())
    if run is None:
        return False
    with _Heartbeat(run, now):
        try:
            counts = JOBS[run.job].work(run, now(), lambda: renew(run, now=now()))
        except LeaseLost:
            logger.warning("%s was taken over by another process", run)
            return False
        except Exception:
            fail(run, now=now(), error=traceback.format_exc())
            return False
    return finish(run, now=now(), counts=counts)


def run_open(*, now: Now) -> int:
    """Works everything that is open in this process, oldest first, each run once; returns how many were finished."""
    tried: set[int] = set()
    finished = 0
    while fresh := [pk for pk in open_runs(now=now()) if pk not in tried]:
        for run_id in fresh:
            tried.add(run_id)
            finished += run_one(run_id, now=now)
    return finished


class _Heartbeat:
    """Renews the lease from a thread with its own connection while a long transaction runs."""

    def __init__(self, run: JobRun, now: Now):
        self.run, self.now = run, now
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_error):
        self.stopped.set()
        self.thread.join()

    def _beat(self) -> None:
        try:
            while not self.stopped.wait(BEAT):
                renew(self.run, now=self.now())
        except LeaseLost:
            pass
        except Exception:
            logger.exception("the heartbeat of %s stopped", self.run)
        finally:
            connection.close()
