"""Drafting, refreshing and issuing a bulletin. What has been issued never changes."""

import calendar as months
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park, User
from accounts.permissions import Verb, may
from dispatch.reports.models import Bulletin
from dispatch.reports.snapshot import build, digest
from dispatch.warnings.rules import load_rules

EARLIEST = 2000


def last_day(year: int, month: int, today: date) -> date:
    """Day whose facts a draft takes: the last of the month, or today while the month runs."""
    return min(today, date(year, month, months.monthrange(year, month)[1]))


def draft_bulletin(
    *, park: Park, year: int, month: int, as_of: date, by: User | None, at: datetime, version: int | None = None
) -> Bulletin:
    """Makes the month's draft, or brings it up to date; the same facts on the same day change nothing.

    ``by`` None: the monthly job. Raises PermissionDenied; Refused for an issued bulletin, a month that has not begun
    or a day outside the month; Conflict when somebody changed the draft since ``version``.
    """
    if by is not None and not may(by, Verb.MAKE_BULLETIN):
        raise PermissionDenied
    if by is not None and by.organization.park_id != park.pk:
        raise PermissionDenied
    _check_day(year, month, as_of)
    with transaction.atomic():
        load_rules()
        present = Bulletin.objects.filter(park=park, year=year, month=month).first()
        if present is not None and present.state == Bulletin.State.ISSUED:
            raise Refused(_("This bulletin has been issued and no longer changes."))
        if present is not None and version is not None and present.version != version:
            raise _conflict()
        snapshot = build(park=park, year=year, month=month, as_of=as_of)
        facts = {"as_of": as_of, "snapshot": snapshot, "sha256": digest(snapshot)}
        return _refresh(present, facts) if present else _create(park, year, month, facts, by, at)


def issue(bulletin: Bulletin, *, by: User, at: datetime, version: int) -> Bulletin:
    """Freezes the bulletin for good. Raises PermissionDenied; Refused when issued already; Conflict."""
    if not may(by, Verb.ISSUE_BULLETIN) or by.organization.park_id != bulletin.park_id:
        raise PermissionDenied
    if bulletin.state == Bulletin.State.ISSUED:
        raise Refused(_("This bulletin has been issued already."))
    with transaction.atomic():
        done = Bulletin.objects.filter(pk=bulletin.pk, version=version, state=Bulletin.State.DRAFT).update(
            state=Bulletin.State.ISSUED, issued_at=at, issued_by=by, version=version + 1
        )
        if not done:
            raise _conflict()
    bulletin.refresh_from_db()
    return bulletin


def _check_day(year: int, month: int, as_of: date) -> None:
    if not (EARLIEST <= year <= 9998 and 1 <= month <= 12):
        raise Refused(_("There is no such month."))
    if as_of < date(year, month, 1):
        raise Refused(_("This month has not begun yet."))
    if as_of > last_day(year, month, as_of):
        raise Refused(_("The data must not reach beyond the month of the bulletin."))


def _create(park: Park, year: int, month: int, facts: dict, by: User | None, at: datetime) -> Bulletin:
    try:
        with transaction.atomic():
            return Bulletin.objects.create(park=park, year=year, month=month, created_at=at, created_by=by, **facts)
    except IntegrityError:
        raise _conflict() from None


def _refresh(present: Bulletin, facts: dict) -> Bulletin:
    if present.sha256 == facts["sha256"]:
        return present
    done = Bulletin.objects.filter(pk=present.pk, version=present.version, state=Bulletin.State.DRAFT).update(
        **facts, version=present.version + 1
    )
    if not done:
        raise _conflict()
    present.refresh_from_db()
    return present


def _conflict() -> Conflict:
    return Conflict(_("Somebody else has changed this bulletin in the meantime. Please reload and try again."))
