"""延期: one longer deadline, by 1 to 10 working days, granted by somebody else. Source: domain.md 3.5."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from dispatch.ledger import flow
from dispatch.ledger.actions.shared import check, is_second, move
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import ExtensionRequest
from workdays.arithmetic import WorkCalendar

Outcome = ExtensionRequest.Outcome


@transaction.atomic
def ask_extension(item, *, workdays: int, reason, by, at, on, version):
    """The unit asks, once, for 1 to 10 working days more. The deadline stays until somebody else has granted it."""
    check(item, ItemVerb.ASK_EXTENSION, by, version)
    _check_once(item)
    if ExtensionRequest.objects.asked().filter(item=item).exists():
        raise Refused(_("An extension has been asked for once already."))
    _check_days(workdays)
    due_before, reason = item.due_on, reason.strip()
    who = {"by": by, "at": at, "on": on, "version": version}
    item = move(item, ItemVerb.ASK_EXTENSION, note=reason, workdays=workdays, also_changed=_days(workdays), **who)
    ExtensionRequest.objects.create(
        item=item, workdays=workdays, reason=reason, due_before_on=due_before, asked_by=by, asked_at=at
    )
    return item


@transaction.atomic
def extend(item, *, workdays: int, reason, by, at, on, version, calendar: WorkCalendar):
    """Move the deadline once, by at most ten working days (domain.md 3.5); an open request is granted by it.

    Refused to the unit in charge and to the person who asked.
    """
    check(item, ItemVerb.EXTEND, by, version)
    _check_once(item)
    _check_days(workdays)
    request = open_request(item)
    _check_four_eyes(item, by, request)
    due_before, reason = item.due_on, reason.strip()
    fields = {"due_on": _later(calendar, due_before, workdays), "extended_wd": workdays}
    who = {"by": by, "at": at, "on": on, "version": version}
    item = move(item, ItemVerb.EXTEND, fields=fields, note=reason, workdays=workdays, **who)
    asked = request or ExtensionRequest(item=item, reason=reason, asked_by=by, asked_at=at)
    asked.workdays, asked.due_before_on = workdays, due_before
    _decide(asked, Outcome.GRANTED, reason, by, at)
    return item


@transaction.atomic
def refuse_extension(item, *, reason, by, at, on, version):
    """Turn the open request down; the deadline stays. Refused to the unit in charge and to the person who asked."""
    check(item, ItemVerb.REFUSE_EXTENSION, by, version)
    request = open_request(item)
    if request is None:
        raise Refused(_("No extension has been asked for."))
    _check_four_eyes(item, by, request)
    days = {"by": by, "at": at, "on": on, "version": version, "workdays": request.workdays}
    item = move(item, ItemVerb.REFUSE_EXTENSION, note=reason, **days)
    _decide(request, Outcome.REFUSED, reason.strip(), by, at)
    return item


def open_request(item) -> ExtensionRequest | None:
    """The request that waits for a decision."""
    return ExtensionRequest.objects.filter(item=item, outcome=Outcome.OPEN).first()


def drop_request(item, *, by: User, at) -> None:
    """A request that has lost its object (closed, given to somebody else, moved up): refused without an answer."""
    ExtensionRequest.objects.filter(item=item, outcome=Outcome.OPEN).update(
        outcome=Outcome.REFUSED, decided_by=by, decided_at=at
    )


def _decide(request: ExtensionRequest, outcome: str, answer: str, by: User, at) -> None:
    request.outcome, request.answer, request.decided_by, request.decided_at = outcome, answer, by, at
    request.save()


def _check_once(item) -> None:
    if item.extended_wd:
        raise Refused(_("This item has been extended once already; a second extension is not possible."))


def _check_days(workdays: int) -> None:
    if not 1 <= workdays <= flow.EXTENSION_LIMIT_WD:
        raise Refused(_("An extension is 1 to %(limit)d working days.") % {"limit": flow.EXTENSION_LIMIT_WD})


def _later(calendar: WorkCalendar, due_on: date, workdays: int) -> date:
    try:
        return calendar.add(due_on, workdays)
    except OverflowError:
        raise Refused(_("The calendar has no such day.")) from None


def _check_four_eyes(item, by: User, request: ExtensionRequest | None) -> None:
    if not is_second(item, by, request.asked_by_id if request else None):
        raise Refused(_("An extension is decided by somebody other than the unit in charge and the person who asked."))


def _days(workdays: int) -> list[dict]:
    return [{"field": "extended_wd", "old": 0, "new": workdays}]
