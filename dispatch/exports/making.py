"""What a person does with files made in a worker: ask for one, give it up."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import User
from dispatch.exports import tasks
from dispatch.exports.models import FileJob
from dispatch.exports.registry import SCHEDULED, permit

MOST_OPEN = 3  # files a person may have in the making at once
LONGEST_PARAMS = 10_000  # characters of JSON
LONGEST_TITLE = 200

State = FileJob.State
OPEN = (State.WAITING, State.RUNNING)


@transaction.atomic
def ask(kind: str, params: Mapping[str, Any], *, title: str, by: User, at: datetime) -> FileJob:
    """The file on its way: a new one, or the one this person has already asked for in the same words.

    Raises Http404, PermissionDenied (as the kind says), Refused (too many in the making, arguments too long).
    """
    permit(kind, by, params)
    params = {name: value for name, value in params.items() if name != SCHEDULED}
    written = canonical(params)
    if len(written) > LONGEST_PARAMS:
        raise Refused(_("This asks for too much at once."))
    User.objects.select_for_update().only("pk").get(pk=by.pk)
    waiting = list(FileJob.objects.of(by).filter(state__in=OPEN))
    for job in waiting:
        if job.kind == kind and canonical(job.params) == written:
            return job
    if len(waiting) >= MOST_OPEN:
        text = _("%(most)d files are being made for you. Wait for one of them, or cancel one.")
        raise Refused(text % {"most": MOST_OPEN})
    return _put(kind, json.loads(written), title=title, by=by, at=at)


def order(kind: str, params: Mapping[str, Any], *, title: str, by: User, at: datetime) -> FileJob:
    """A file that a job asks for in somebody's name: no limit, and always a new one. Raises as the kind says."""
    permit(kind, by, params)
    with transaction.atomic():
        return _put(kind, dict(params), title=title, by=by, at=at)


def _put(kind: str, params: dict[str, Any], *, title: str, by: User, at: datetime) -> FileJob:
    job = FileJob.objects.create(
        park=by.park, by=by, kind=kind, params=params, title=title.strip()[:LONGEST_TITLE] or kind,
        language=get_language() or "zh-hans", asked_at=at,
    )  # fmt: skip
    transaction.on_commit(lambda: tasks.ring_aside(job.pk))
    return job


def again(job: FileJob, *, by: User, at: datetime) -> FileJob:
    """The same file once more. Raises as ``ask`` does."""
    return ask(job.kind, job.params, title=job.title, by=by, at=at)


def cancel(job: FileJob, *, by: User, at: datetime) -> None:
    """Gives up a file that is not ready; whoever makes it learns of it at its next step.

    Raises PermissionDenied for another's file, Conflict when it is no longer in the making.
    """
    if job.by_id != by.pk:
        raise PermissionDenied
    open_ones = FileJob.objects.filter(pk=job.pk, state__in=OPEN)
    if not open_ones.update(state=State.CANCELLED, finished_at=at, lease_until=None):
        raise Conflict(_("This file is no longer being made."))


def canonical(params: Mapping[str, Any]) -> str:
    """One text for the same arguments."""
    return json.dumps(params, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
