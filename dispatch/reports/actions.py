"""Drafting, refreshing and restating a bulletin. What has been issued never changes. Issuing: ``issuing``."""

import calendar as months
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park, User
from accounts.permissions import Verb, may
from dispatch.reports.models import Bulletin, BulletinEntry, SentenceEdit
from dispatch.reports.snapshot import build, digest
from dispatch.warnings.rules import load_rules

EARLIEST = 2000
LONGEST_REASON = 1000
UNCHECKED = {"state": Bulletin.State.DRAFT, "checked_at": None, "checked_by": None}


def last_day(year: int, month: int, today: date) -> date:
    """Day whose facts a draft takes: the last of the month, or today while the month runs."""
    return min(today, date(year, month, months.monthrange(year, month)[1]))


def draft_bulletin(
    *, park: Park, year: int, month: int, as_of: date, by: User | None, at: datetime, version: int | None = None
) -> Bulletin:
    """Makes the month's draft, or brings it up to date; the same facts on the same day change nothing.

    A checked one whose facts have changed is a draft again; a restatement keeps the day of the first. ``by`` None: the
    monthly job. Raises PermissionDenied; Refused for an issued bulletin, a month that has not begun or a day outside
    the month; Conflict when somebody changed the draft since ``version``.
    """
    if by is not None:
        require(by, Verb.MAKE_BULLETIN, park.pk)
    _check_day(year, month, as_of)
    with transaction.atomic():
        load_rules()
        present = Bulletin.objects.filter(park=park, year=year, month=month).order_by("-revision").first()
        if present is not None and present.state == Bulletin.State.ISSUED:
            raise Refused(_("This bulletin has been issued and no longer changes."))
        if present is not None and version is not None and present.version != version:
            raise conflict()
        facts = _facts(park, year, month, present.as_of if present and present.revision else as_of)
        if present is not None:
            return _refresh(present, facts, by, at)
        return _create(Bulletin(park=park, year=year, month=month, **facts), BulletinEntry.Verb.DRAFTED, by, at)


def restate(bulletin: Bulletin, *, reason: str, by: User, at: datetime) -> Bulletin:
    """The next revision of an issued bulletin as a draft: today's facts as of the same day. The issued one stays.

    Raises PermissionDenied; Refused without a reason, for a bulletin not issued, or when a restatement is under way.
    """
    require(by, Verb.MAKE_BULLETIN, bulletin.park_id)
    if not (reason := reason.strip()[:LONGEST_REASON]):
        raise Refused(_("Please say why the bulletin is restated."))
    park, year, month = bulletin.park, bulletin.year, bulletin.month
    with transaction.atomic():
        newest = Bulletin.objects.filter(park=park, year=year, month=month).order_by("-revision")[0]
        if newest.pk != bulletin.pk or newest.state != Bulletin.State.ISSUED:
            raise Refused(_("Only the newest issued bulletin of a month can be restated."))
        load_rules()
        row = Bulletin(
            park=park, year=year, month=month, revision=newest.revision + 1, reason=reason, number=newest.number,
            send_to=newest.send_to, copy_to=newest.copy_to, **_facts(park, year, month, newest.as_of),
        )  # fmt: skip
        made = _create(row, BulletinEntry.Verb.DRAFTED, by, at, note=reason)
        _carry_edits(bulletin, made, at)
        write(bulletin, BulletinEntry.Verb.RESTATED, by, at, note=reason)
    return made


def _carry_edits(issued: Bulletin, made: Bulletin, at: datetime) -> None:
    """What was polished stays polished; where the facts have changed since it has to be confirmed."""
    edits = (issued.snapshot.get("final") or {}).get("edits", {})
    authors = dict(SentenceEdit.objects.filter(bulletin=issued).order_by("at", "pk").values_list("key", "by"))
    SentenceEdit.objects.bulk_create(
        SentenceEdit(bulletin=made, key=key, before=edit["before"], after=edit["after"], by_id=authors.get(key), at=at)
        for key, edit in edits.items()
    )


def require(by: User, verb: Verb, park_id: int) -> None:
    """Raises PermissionDenied unless the person holds the verb in this park."""
    if not may(by, verb) or by.organization.park_id != park_id:
        raise PermissionDenied


def swap(bulletin: Bulletin, version: int, *states: str, **values) -> None:
    """Writes the values when the bulletin is still of this version and in one of the states. Raises Conflict."""
    done = Bulletin.objects.filter(pk=bulletin.pk, version=version, state__in=states).update(
        **values, version=version + 1
    )
    if not done:
        raise conflict()


def write(bulletin: Bulletin, verb: str, by: User | None, at: datetime, *, note: str = "", sha256: str = "") -> None:
    """One line of the history."""
    BulletinEntry.objects.create(
        bulletin=bulletin, verb=verb, by=by, at=at, note=note, sha256=sha256 or bulletin.sha256
    )


def conflict() -> Conflict:
    return Conflict(_("Somebody else has changed this bulletin in the meantime. Please reload and try again."))


def _facts(park: Park, year: int, month: int, as_of: date) -> dict:
    snapshot = build(park=park, year=year, month=month, as_of=as_of)
    return {"as_of": as_of, "snapshot": snapshot, "sha256": digest(snapshot)}


def _check_day(year: int, month: int, as_of: date) -> None:
    if not (EARLIEST <= year <= 9998 and 1 <= month <= 12):
        raise Refused(_("There is no such month."))
    if as_of < date(year, month, 1):
        raise Refused(_("This month has not begun yet."))
    if as_of > last_day(year, month, as_of):
        raise Refused(_("The data must not reach beyond the month of the bulletin."))


def _create(row: Bulletin, verb: str, by: User | None, at: datetime, note: str = "") -> Bulletin:
    row.created_at, row.created_by = at, by
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            write(row, verb, by, at, note=note)
    except IntegrityError:
        raise conflict() from None
    return row


def _refresh(present: Bulletin, facts: dict, by: User | None, at: datetime) -> Bulletin:
    if present.sha256 == facts["sha256"]:
        return present
    swap(present, present.version, Bulletin.State.DRAFT, Bulletin.State.CHECKED, **facts, **UNCHECKED)
    present.refresh_from_db()
    write(present, BulletinEntry.Verb.REFRESHED, by, at)
    return present
