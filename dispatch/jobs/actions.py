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
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Max, Min, Q
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import User
from dispatch.jobs import alarms
from dispatch.jobs.models import JobRestart, JobRun
from dispatch.jobs.registry import JOBS, ZONE, last_day
from workdays.models import load_calendar

LEASE = timedelta(seconds=45)
BEAT = 10.0
# A run that hangs outside of Celery, where no time limit ends it, loses its lease after this time.
LONGEST = timedelta(minutes=11)
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
    fresh = before_first_day(now)
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


def before_first_day(now: datetime) -> date:
    """The day before the first one that a new job is planned for: the day of the first plan of the installation."""
    first = JobRun.objects.aggregate(first=Min("created_at"))["first"] or now
    return min(first.astimezone(ZONE).date(), last_day(now)) - timedelta(days=1)


def bury(*, now: datetime) -> int:
    """Gives up runs whose last permitted attempt died without a word, and sounds the alarm; returns how many."""
    lost = JobRun.objects.filter(_lapsed(now), state=State.RUNNING, attempts__gte=ATTEMPTS)
    message = f"The process died {ATTEMPTS} times without finishing."
    buried = 0
    for run in lost:
        with transaction.atomic():
            mine = lost.filter(pk=run.pk, lease_token=run.lease_token)
            if mine.update(state=State.DEAD, finished_at=now, lease_token="", lease_until=None, error=message):
                alarms.given_up(run, error=message, at=now)
                buried += 1
    return buried


def _lapsed(now: datetime) -> Q:
    """Leases that hold no more: run out, or so far ahead that the clock has been moved back since."""
    return Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * LEASE)


def open_runs(*, now: datetime) -> list[int]:
    """Runs that may be claimed now: the oldest open run of every job."""
    oldest: dict[str, JobRun] = {}
    for run in JobRun.objects.exclude(state__in=[State.DONE, State.DEAD]).order_by("as_of", "pk"):
        oldest.setdefault(run.job, run)
    lapsed = set(JobRun.objects.filter(_lapsed(now), state=State.RUNNING).values_list("pk", flat=True))
    return [
        run.pk for run in oldest.values() if (run.state == State.DUE or run.pk in lapsed) and not _waits(run, oldest)
    ]


def _waits(run: JobRun, oldest: dict[str, JobRun]) -> bool:
    """Whether a job that comes first still has an open run up to the day of this one."""
    first = JOBS[run.job].after if run.job in JOBS else ()
    return any(name in oldest and oldest[name].as_of <= run.as_of for name in first)


def claim(run_id: int, *, now: datetime) -> JobRun | None:
    """The run with a fresh lease, or None: done, held by somebody, given up, or a run that comes first is open."""
    token = str(uuid.uuid4())
    free = Q(state=State.DUE) | Q(_lapsed(now), state=State.RUNNING)
    run = JobRun.objects.filter(pk=run_id).first()
    if run is None or run.job not in JOBS:
        return None
    before = Q(job=run.job, as_of__lt=run.as_of) | Q(job__in=JOBS[run.job].after, as_of__lte=run.as_of)
    if JobRun.objects.filter(before, state__in=[State.DUE, State.RUNNING]).exists():
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
    """Puts the run back, or gives it up after the last attempt and sounds the alarm; the error is kept either way."""
    mine = JobRun.objects.filter(pk=run.pk, lease_token=run.lease_token, state=State.RUNNING)
    dead = run.attempts >= ATTEMPTS
    state = {"state": State.DEAD, "finished_at": now} if dead else {"state": State.DUE}
    with transaction.atomic():
        if mine.update(**state, lease_token="", lease_until=None, error=error[-4000:]) and dead:
            alarms.given_up(run, error=error, at=now)
    logger.error("%s failed (attempt %s of %s)\n%s", run, run.attempts, ATTEMPTS, error)


def restart(run: JobRun, *, by: User | None, at: datetime) -> None:
    """Has a run that was given up done again, with three new attempts; what was known of it is kept.

    Raises Refused for a run that is not given up, or whose job has done a later period that made it good; Conflict
    when somebody else was first.
    """
    if run.state != State.DEAD:
        raise Refused(_("Only a run that was given up can be run again."))
    if is_made_good(run):
        raise Refused(_("A later run has made this one good: running it again would bring back old facts."))
    with transaction.atomic():
        dead = JobRun.objects.filter(pk=run.pk, state=State.DEAD, finished_at=run.finished_at)
        if not dead.update(state=State.DUE, attempts=0, error="", finished_at=None, started_at=None):
            raise Conflict(_("Somebody else has had this run done again."))
        JobRestart.objects.create(
            run=run, attempts=run.attempts, error=run.error, given_up_at=run.finished_at, by=by, at=at
        )
        alarms.settled(run, at=at)


def is_made_good(run: JobRun) -> bool:
    """Whether a later run of the job was done since and says all that this one would say."""
    job = JOBS.get(run.job)
    if job is None or job.standalone:
        return False
    return JobRun.objects.filter(job=run.job, as_of__gt=run.as_of, state=State.DONE).exists()


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
        except (Exception, SystemExit):
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
            while not self.stopped.wait(BEAT) and self.now() < self.run.started_at + LONGEST:
                renew(self.run, now=self.now())
        except LeaseLost:
            pass
        except Exception:
            logger.exception("the heartbeat of %s stopped", self.run)
        finally:
            connection.close()
