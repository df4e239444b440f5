"""From draft to issued: somebody else checks, then it gets its number and addressees and is frozen for good.

The snapshot of an issued bulletin holds everything that was issued (``final``): the assembled sentences, the edits in
force, number, day, addressees, and for a restatement what changed. Its hash is of all of it, so that page, files and
API come from it alone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from accounts.permissions import Verb
from dispatch.jobs.registry import ZONE
from dispatch.reports import telling
from dispatch.reports.actions import UNCHECKED, conflict, require, swap, write
from dispatch.reports.changes import diff
from dispatch.reports.editing import as_stored, edits_in_force, outdated
from dispatch.reports.models import Bulletin, BulletinEntry
from dispatch.reports.sentences import notice, with_final
from dispatch.reports.snapshot import digest
from dispatch.webhooks import tellers

CONTENT = (BulletinEntry.Verb.DRAFTED, BulletinEntry.Verb.REFRESHED, BulletinEntry.Verb.EDITED)
LARGEST_NUMBER = 999
LONGEST_LINE = 300


@dataclass(frozen=True)
class Addressed:
    """What a bulletin gets when it is issued: 第N期, 主送, 抄送. None and "": as proposed."""

    number: int | None = None
    send_to: str = ""
    copy_to: str = ""


def author_of(bulletin: Bulletin) -> User | None:
    """Who has drafted, refreshed or edited it last; where that was the job, who wrote the newest edit in force."""
    entries = BulletinEntry.objects.filter(bulletin=bulletin, verb__in=CONTENT).select_related("by")
    last = entries.order_by("-at", "-pk").first()
    if last is None or last.by is not None:
        return last.by if last else bulletin.created_by
    newest = max(edits_in_force(bulletin).values(), key=lambda edit: (edit.at, edit.pk), default=None)
    return newest.by if newest else None


def check(bulletin: Bulletin, *, by: User, at: datetime, version: int) -> Bulletin:
    """A second person has read it. Raises PermissionDenied; Refused for its last author, for edits whose facts have
    changed since, or when it is no draft; Conflict."""
    require(by, Verb.CHECK_BULLETIN, bulletin.park_id)
    with transaction.atomic():
        present = Bulletin.objects.get(pk=bulletin.pk)
        if present.state != Bulletin.State.DRAFT:
            raise Refused(_("Only a draft can be checked."))
        author = author_of(present)
        if author is not None and author.pk == by.pk:
            raise Refused(_("Somebody else than the last author has to check the bulletin."))
        if outdated(present):
            raise Refused(_("Edited sentences whose facts have changed have to be confirmed first."))
        swap(present, version, Bulletin.State.DRAFT, state=Bulletin.State.CHECKED, checked_at=at, checked_by=by)
        write(present, BulletinEntry.Verb.CHECKED, by, at)
    bulletin.refresh_from_db()
    return bulletin


def send_back(bulletin: Bulletin, *, reason: str, by: User, at: datetime, version: int) -> Bulletin:
    """A draft again, with the reason. Raises PermissionDenied; Refused without a reason or when issued; Conflict."""
    require(by, Verb.CHECK_BULLETIN, bulletin.park_id)
    if not (reason := reason.strip()):
        raise Refused(_("Please say what has to be changed."))
    if bulletin.state == Bulletin.State.ISSUED:
        raise Refused(_("This bulletin has been issued and no longer changes."))
    with transaction.atomic():
        swap(bulletin, version, Bulletin.State.DRAFT, Bulletin.State.CHECKED, **UNCHECKED)
        write(bulletin, BulletinEntry.Verb.SENT_BACK, by, at, note=reason)
    bulletin.refresh_from_db()
    return bulletin


def next_number(bulletin: Bulletin) -> int:
    """第N期: one more than the highest of the year; a restatement keeps the number of the first."""
    if bulletin.revision and bulletin.number:
        return bulletin.number
    rows = Bulletin.objects.filter(park=bulletin.park_id, year=bulletin.year, state=Bulletin.State.ISSUED)
    return (rows.aggregate(highest=Max("number"))["highest"] or 0) + 1


def preview(bulletin: Bulletin) -> dict[str, Any]:
    """The snapshot as it would be issued now; of an issued bulletin its own. At most three queries."""
    if bulletin.state == Bulletin.State.ISSUED:
        return bulletin.snapshot
    return with_final(bulletin.snapshot, **_final(bulletin, Addressed(number=bulletin.number), on=""))


def issue(bulletin: Bulletin, *, by: User, at: datetime, version: int, addressed: Addressed | None = None) -> Bulletin:
    """Freezes a checked bulletin for good under its number, and tells its readers.

    Raises PermissionDenied; Refused when issued already, not checked, or when the number is taken; Conflict.
    """
    require(by, Verb.ISSUE_BULLETIN, bulletin.park_id)
    asked = addressed or Addressed()
    with transaction.atomic():
        present = Bulletin.objects.get(pk=bulletin.pk)
        _require_ready(present, version)
        number = next_number(present) if present.revision or asked.number is None else asked.number
        _require_free(present, number)
        asked = Addressed(number, asked.send_to.strip()[:LONGEST_LINE], asked.copy_to.strip()[:LONGEST_LINE])
        final = _final(present, asked, on=at.astimezone(ZONE).date().isoformat())
        snapshot = with_final(present.snapshot, **final)
        values = {name: final[name] for name in ("number", "send_to", "copy_to")}
        values |= {"state": Bulletin.State.ISSUED, "issued_at": at, "issued_by": by, "snapshot": snapshot}
        try:
            with transaction.atomic():
                swap(present, version, Bulletin.State.CHECKED, **values, sha256=digest(snapshot))
        except IntegrityError:
            raise conflict() from None
        bulletin.refresh_from_db()
        write(bulletin, BulletinEntry.Verb.ISSUED, by, at)
        telling.issued(bulletin, by=by, at=at)
        tellers.bulletin_issued(bulletin, at=at)
    return bulletin


def _require_ready(bulletin: Bulletin, version: int) -> None:
    if bulletin.state == Bulletin.State.ISSUED:
        raise Refused(_("This bulletin has been issued already."))
    if bulletin.version != version:
        raise conflict()
    if bulletin.state != Bulletin.State.CHECKED:
        raise Refused(_("The bulletin has to be checked by a second person before it is issued."))


def _require_free(bulletin: Bulletin, number: int) -> None:
    if not 1 <= number <= LARGEST_NUMBER:
        raise Refused(_("The number is between 1 and %(n)d.") % {"n": LARGEST_NUMBER})
    taken = Bulletin.objects.filter(park=bulletin.park_id, year=bulletin.year, number=number, revision=0)
    if not bulletin.revision and taken.exclude(pk=bulletin.pk).exists():
        raise Refused(_("Another bulletin of the year has the number %(n)d.") % {"n": number})


def _final(bulletin: Bulletin, addressed: Addressed, *, on: str) -> dict[str, Any]:
    paper = notice(bulletin.snapshot)
    earlier = _earlier(bulletin)
    final: dict[str, Any] = {
        "number": addressed.number,
        "revision": bulletin.revision,
        "reason": bulletin.reason,
        "on": on,
        "send_to": addressed.send_to or bulletin.send_to or paper.send_to,
        "copy_to": addressed.copy_to or bulletin.copy_to or paper.copy_to,
        "edits": as_stored(edits_in_force(bulletin)),
        "restates": earlier.sha256 if earlier else "",
    }
    if earlier is None:
        return final
    return final | {"changes": diff(earlier.snapshot, with_final(bulletin.snapshot, **final))}


def _earlier(bulletin: Bulletin) -> Bulletin | None:
    if not bulletin.revision:
        return None
    rows = Bulletin.objects.filter(park=bulletin.park_id, year=bulletin.year, month=bulletin.month)
    return rows.get(revision=bulletin.revision - 1)
