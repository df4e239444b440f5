"""The worker's side: claim by compare-and-swap with a lease, make, keep; throw away what is old.

``attempts`` is the token of the claim: whoever has raised it to n owns the row while it still stands at n. A process
that dies leaves its lease behind; when that has passed another one begins anew, at most three times.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePath

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.errors import Refused
from approvals.papers.storage import papers
from dispatch.exports.models import FileJob
from dispatch.exports.registry import SCHEDULED, Made, permit
from dispatch.notices.outbox import About, Message, tell

ATTEMPTS = 3
LEASE = timedelta(seconds=60)
BEAT = 15.0  # seconds between two renewals while the maker is silent
LONGEST = timedelta(minutes=9)  # of one attempt: as long as a task may run
STEP = 0.5  # seconds between two writes of the progress
UNHEARD = timedelta(minutes=1)  # after this, a file nobody has begun is handed out again
KEPT = timedelta(days=7)
LONG = timedelta(minutes=1)  # who has waited longer is told
ORPHAN = timedelta(days=1)
FOLDER = "made"

State = FileJob.State
Now = Callable[[], datetime]
logger = logging.getLogger(__name__)


class Unwanted(Exception):
    """The file was cancelled, or another process has taken it over."""


def claim(job_id: int, *, now: datetime) -> FileJob | None:
    """The file with a fresh lease, or None: done, cancelled, in other hands, or given up."""
    free = Q(state=State.WAITING) | Q(state=State.RUNNING, lease_until__lt=now)
    job = FileJob.objects.select_related("by__role", "by__organization__park", "park").filter(free, pk=job_id).first()
    if job is None or job.attempts >= ATTEMPTS:
        return None
    mine = FileJob.objects.filter(free, pk=job_id, attempts=job.attempts)
    taken = {
        "state": State.RUNNING, "attempts": job.attempts + 1, "started_at": now, "lease_until": now + LEASE,
        "done": 0, "total": 0,
    }  # fmt: skip
    if not mine.update(**taken):
        return None
    for name, value in taken.items():
        setattr(job, name, value)
    return job


def make(job_id: int, *, now: Now) -> bool:
    """Makes one file; True when this call has finished it. Errors stay in the row, none is raised."""
    job = claim(job_id, now=now())
    if job is None:
        return False
    with translation.override(job.language), _Heartbeat(job, now):
        try:
            kind = permit(job.kind, job.by, job.params)
            made = kind.make(job.by, job.params, _Progress(job, now))
            return _keep(job, made, at=now())
        except Unwanted:
            return False
        except (Http404, PermissionDenied):
            return _give_up(job, _("You may not have this file, or what it is about is gone."), at=now())
        except Refused as refusal:
            return _give_up(job, str(refusal), at=now())
        except (Exception, SystemExit):
            logger.exception("file %s could not be made, attempt %s of %s", job.pk, job.attempts, ATTEMPTS)
            return _put_back(job, at=now())


def _mine(job: FileJob):
    return FileJob.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)


class _Progress:
    """Writes how far the work is, renews the lease, and raises Unwanted when the file is not ours any more."""

    def __init__(self, job: FileJob, now: Now):
        self.job, self.now, self.written = job, now, 0.0

    def __call__(self, done: int, total: int) -> None:
        if self.written and time.monotonic() - self.written < STEP:
            return
        self.written = time.monotonic()
        if not _mine(self.job).update(done=max(done, 0), total=max(total, 0), lease_until=self.now() + LEASE):
            raise Unwanted


class _Heartbeat:
    """Renews the lease from a thread with its own connection while the maker has nothing to say."""

    def __init__(self, job: FileJob, now: Now):
        self.job, self.now, self.stopped = job, now, threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_error):
        self.stopped.set()
        self.thread.join()

    def _beat(self) -> None:
        try:
            while not self.stopped.wait(BEAT) and self.now() < self.job.started_at + LONGEST:
                if not _mine(self.job).update(lease_until=self.now() + LEASE):
                    return
        except Exception:
            logger.exception("the heartbeat of file %s stopped", self.job.pk)
        finally:
            connection.close()


def _keep(job: FileJob, made: Made, *, at: datetime) -> bool:
    """The bytes first, then the row; bytes that no row wants any more are removed again."""
    suffix = PurePath(made.name).suffix.lower()[:10]
    with made.opened() as content:
        size = content.size
        name = papers().save(f"{FOLDER}/{uuid.uuid4().hex}{suffix}", content)
    done = {
        "state": State.DONE, "file": name, "file_name": made.name[-200:], "content_type": made.content_type,
        "size": size, "finished_at": at, "expires_at": at + KEPT, "lease_until": None, "error": "",
    }  # fmt: skip
    try:
        with transaction.atomic():
            kept = bool(_mine(job).update(**done))
            if kept:
                _tell(job, at)
    except BaseException:
        papers().delete(name)
        raise
    if not kept:
        papers().delete(name)
    return kept


def _tell(job: FileJob, at: datetime) -> None:
    """Who has waited long has gone elsewhere in the meantime; what was ordered by schedule goes out by mail."""
    by_schedule = SCHEDULED in job.params
    if job.park is None or not (by_schedule or at - job.asked_at > LONG):
        return
    about = About("file_job", job.pk, reverse("dispatch:file_job", args=[job.pk]))
    event = "report_sent" if by_schedule else "report_ready"
    message = Message(job.park, event, f"file/{job.pk}", about, {"title": job.title})
    tell(message, [job.by], as_of=localtime(at).date(), at=at)


def _give_up(job: FileJob, reason: str, *, at: datetime) -> bool:
    return bool(_mine(job).update(state=State.FAILED, error=reason[:300], finished_at=at, lease_until=None))


def _put_back(job: FileJob, *, at: datetime) -> bool:
    if job.attempts >= ATTEMPTS:
        return _give_up(job, _failed_words(), at=at)
    _mine(job).update(state=State.WAITING, lease_until=None)
    return False


def _failed_words() -> str:
    return _("Something went wrong %(times)d times. Nothing was made.") % {"times": ATTEMPTS}


def bury(*, now: datetime) -> int:
    """Gives up files whose last permitted attempt died without a word; returns how many."""
    lost = FileJob.objects.filter(state=State.RUNNING, lease_until__lt=now, attempts__gte=ATTEMPTS)
    buried = 0
    for job in lost:
        with translation.override(job.language):
            buried += _give_up(job, _failed_words(), at=now)
    return buried


def left_lying(*, now: datetime) -> list[int]:
    """Files that nobody is making: never begun for a minute, put back, or begun by a process that is gone."""
    waiting = Q(state=State.WAITING, asked_at__lt=now - UNHEARD) | Q(state=State.WAITING, attempts__gt=0)
    free = waiting | Q(state=State.RUNNING, lease_until__lt=now)
    return list(FileJob.objects.filter(free, attempts__lt=ATTEMPTS).order_by("asked_at").values_list("pk", flat=True))


def expire(*, now: datetime, batch: int = 500) -> dict[str, int]:
    """{"expired": files thrown away, "orphans": stored files that no row knows, removed after a day}."""
    expired = 0
    while rows := list(FileJob.objects.filter(state=State.DONE, expires_at__lte=now)[:batch]):
        for job in rows:
            mine = FileJob.objects.filter(pk=job.pk, state=State.DONE)
            if mine.update(state=State.EXPIRED, file="", size=0):
                papers().delete(job.file.name)
                expired += 1
    return {"expired": expired, "orphans": _remove_orphans(now - ORPHAN, batch)}


def _remove_orphans(before: datetime, batch: int) -> int:
    storage, removed = papers(), 0
    try:
        _folders, names = storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    names = sorted(f"{FOLDER}/{name}" for name in names if name)
    for start in range(0, len(names), batch):
        some = names[start : start + batch]
        known = set(FileJob.objects.filter(file__in=some).values_list("file", flat=True))
        for name in some:
            if name not in known and storage.get_modified_time(name) < before:
                storage.delete(name)
                removed += 1
    return removed
