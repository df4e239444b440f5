"""The window of a month as a whole: opened, listed, checked, reminded of, locked. One transaction each."""

from collections import Counter
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park, User
from dispatch.filing import scope, telling, windows
from dispatch.filing.models import Filing, FilingEntry, FilingRound
from projects.models import Project
from workdays.arithmetic import WorkCalendar

BATCH = 500
State = FilingRound.State


@transaction.atomic
def open_round(park: Park, year: int, month: int, *, calendar: WorkCalendar) -> tuple[FilingRound, bool]:
    """The park's window of the month and whether it is new. Opened once."""
    days = windows.window(year, month, calendar)
    defaults = {"opens_on": days.opens_on, "closes_on": days.closes_on, "locks_on": days.locks_on}
    return FilingRound.objects.get_or_create(park=park, year=year, month=month, defaults=defaults)


@transaction.atomic
def refresh_list(window: FilingRound) -> int:
    """One empty filing for every project that owes one; untouched ones of projects that no longer do go again.

    Until the lock; from then on the list of the month stays as it is. Returns how many are new.
    """
    if _held(window).state == State.LOCKED:
        return 0
    owing = set(scope.owing(window.park_id, window.year).values_list("pk", flat=True))
    listed = set(Filing.objects.filter(round=window).values_list("project", flat=True))
    new = [Filing(round=window, project_id=pk) for pk in sorted(owing - listed)]
    Filing.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    empty = Filing.objects.filter(round=window, state=Filing.State.DRAFT, version=1, attachments=None)
    untouched = empty.exclude(history__verb=FilingEntry.Verb.SAVED).exclude(
        project__in=scope.owing(window.park_id, window.year)
    )
    Filing.objects.filter(pk__in=list(untouched.values_list("pk", flat=True))).delete()
    return len(new)


def _held(window: FilingRound) -> FilingRound:
    """The window as it stands now; who files, locks or reminds waits until the transaction is through."""
    return FilingRound.objects.select_for_update().get(pk=window.pk)


@transaction.atomic
def include(window: FilingRound, project: Project, *, by: User, at: datetime) -> Filing:
    """Puts a project on the month's list that would not be on it: to file for it all the same, or, past the lock, to
    ask for a restatement."""
    if not scope.may_check(by) or project.park_id != window.park_id:
        raise PermissionDenied
    filing, is_new = Filing.objects.get_or_create(round=window, project=project)
    if is_new:
        FilingEntry.objects.create(filing=filing, verb=FilingEntry.Verb.SAVED, note=_("put on the list"), by=by, at=at)
    return filing


@transaction.atomic
def begin_checking(window: FilingRound) -> bool:
    """The window has closed."""
    changed = FilingRound.objects.filter(pk=window.pk, state=State.OPEN).update(
        state=State.CHECKING, version=window.version + 1
    )
    if changed:
        window.state, window.version = State.CHECKING, window.version + 1
    return bool(changed)


@transaction.atomic
def lock(window: FilingRound, *, by: User | None, at: datetime, today: date, version: int | None = None) -> FilingRound:
    """No figure of the month changes any more but by a restatement. What is not accepted stays as it is and is shown as
    missing: nothing is made up. ``by`` None: the job; a person of the centre may lock once the window has closed."""
    if by is not None:
        if not scope.may_check(by):
            raise PermissionDenied
        if today <= window.closes_on:
            raise Refused(_("The window is open until %(day)s.") % {"day": window.closes_on.isoformat()})
    version = window.version if version is None else version
    rows = FilingRound.objects.filter(pk=window.pk, version=version).exclude(state=State.LOCKED)
    if not rows.update(state=State.LOCKED, locked_at=at, locked_by=by, version=version + 1):
        raise Conflict(_("Somebody else has changed this in the meantime. Please look at it again and repeat."))
    window.refresh_from_db()
    telling.settled(window, at=at)
    return window


def owed(window: FilingRound) -> Counter[int]:
    """Organization → how many filings it has not handed in, or got back."""
    rows = Filing.objects.with_filer().filter(round=window, state__in=[Filing.State.DRAFT, Filing.State.RETURNED])
    return Counter(pk for pk in rows.values_list("filer_id", flat=True) if pk)


@transaction.atomic
def remind(window: FilingRound, *, by: User, at: datetime, today: date) -> int:
    """The centre reminds everybody who still owes, at most once a day; each filing's history knows. Returns people."""
    if not scope.may_check(by):
        raise PermissionDenied
    if _held(window).state == State.LOCKED:
        raise Refused(_("The month is locked."))
    entry = FilingEntry.objects.filter(filing__round=window, verb=FilingEntry.Verb.REMINDED, note=today.isoformat())
    if entry.exists():
        raise Refused(_("They have been reminded today already."))
    rows = Filing.objects.with_filer().filter(round=window, state__in=[Filing.State.DRAFT, Filing.State.RETURNED])
    told = [
        FilingEntry(filing=row, verb=FilingEntry.Verb.REMINDED, note=today.isoformat(), by=by, at=at)
        for row in rows.filter(filer_id__isnull=False)
    ]
    FilingEntry.objects.bulk_create(told, batch_size=BATCH)
    return telling.due(window, owed(window), f"asked/{today}", as_of=today, at=at)
