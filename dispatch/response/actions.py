"""Every answer to a case: one transaction, a compare-and-swap on its version and an event. Source: domain.md 3.4.

All take keyword-only ``by`` (a user), ``at`` (datetime) and ``on`` (the day), and the ``version`` the person saw. They
raise Refused when the case does not ask for the answer, Conflict when somebody was first, PermissionDenied when the
case is another unit's. Handing in a plan or recording a meeting acknowledges, too.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import User
from accounts.permissions import Verb, may
from dispatch.response import ladder, policies
from dispatch.response.evaluate import state_of
from dispatch.response.models import ResponseCase, ResponseEvent
from dispatch.response.policy import ONE, TWO
from workdays.arithmetic import WorkCalendar

Kind = ResponseEvent.Kind
TEXT_LIMIT = 4000


def may_answer(case: ResponseCase, user: User) -> bool:
    """People with the verb; those of a unit for cases of their own unit and what is below it only."""
    if not may(user, Verb.ANSWER_RESPONSE):
        return False
    return user.role.scope != "unit" or case.unit_id in user.organization.branch_ids()


def acknowledge(case: ResponseCase, *, version: int, by: User, at: datetime, on: date, text: str = "") -> ResponseCase:
    """ "I have seen it and take it on"; once at each level."""
    _check(case, by)
    if case.acknowledged_on is not None:
        raise Refused(_("This level has been acknowledged already, on %(on)s.") % {"on": case.acknowledged_on})
    return _answer(case, Kind.ACKNOWLEDGED, {"acknowledged_on": on}, version=version, by=by, at=at, on=on, text=text)


def hand_in_plan(
    case: ResponseCase, *, version: int, by: User, at: datetime, on: date, text: str, due_on: date
) -> ResponseCase:
    """What will be done, and until when the cause will be gone; asked for at level Ⅱ, welcome at every other."""
    _check(case, by)
    _need(text, _("A plan needs words: what is done, by whom."))
    if due_on is None or due_on < on:
        raise Refused(_("The day by which the cause will be gone cannot lie in the past."))
    changes = _acknowledged(case, on) | ({"acted_on": on} if case.level == TWO else {})
    return _answer(case, Kind.PLAN, changes, version=version, by=by, at=at, on=on, text=text, due_on=due_on)


def record_meeting(
    case: ResponseCase, *, version: int, by: User, at: datetime, on: date, text: str, meeting: Any = None
) -> ResponseCase:
    """The special meeting of level Ⅰ, with what it decided; ``meeting``: its record, if there is one."""
    _check(case, by)
    if case.level != ONE:
        raise Refused(_("A special meeting is recorded at level Ⅰ. At this level a plan is wanted."))
    _need(text, _("What did the meeting decide?"))
    if meeting is not None and meeting.park_id != case.park_id:
        raise PermissionDenied
    changes = _acknowledged(case, on) | {"acted_on": on}
    return _answer(case, Kind.MEETING, changes, version=version, by=by, at=at, on=on, text=text, meeting=meeting)


def report(
    case: ResponseCase, *, version: int, by: User, at: datetime, on: date, text: str, calendar: WorkCalendar
) -> ResponseCase:
    """The weekly report of level Ⅰ; the next one is due from this day on."""
    _check(case, by)
    if case.level != ONE:
        raise Refused(_("Weekly reports are written at level Ⅰ only. A note can be left at every level."))
    _need(text, _("A report needs words."))
    due = ladder.limits(replace(state_of(case), reported_on=on), calendar, policies.in_force(case.park_id))
    changes = _acknowledged(case, on) | {"reported_on": on, "report_by_on": due.report_by}
    return _answer(case, Kind.REPORT, changes, version=version, by=by, at=at, on=on, text=text)


def note(case: ResponseCase, *, version: int, by: User, at: datetime, on: date, text: str) -> ResponseCase:
    """A remark; it answers nothing, and closed cases take it too."""
    if not may_answer(case, by):
        raise PermissionDenied
    _need(text, _("A note needs words."))
    return _answer(case, Kind.NOTE, {}, version=version, by=by, at=at, on=on, text=text)


def _check(case: ResponseCase, by: User) -> None:
    if not may_answer(case, by):
        raise PermissionDenied
    if case.closed_on is not None:
        raise Refused(_("This case was closed on %(on)s; there is nothing to answer.") % {"on": case.closed_on})


def _need(text: str, sentence: str) -> None:
    if not text.strip():
        raise Refused(sentence)


def _acknowledged(case: ResponseCase, on: date) -> dict[str, Any]:
    return {} if case.acknowledged_on is not None else {"acknowledged_on": on}


ANSWERS = {"acknowledged_on": ladder.ACKNOWLEDGE, "acted_on": ladder.ACT, "reported_on": ladder.REPORT}


def _answer(
    case: ResponseCase, kind: str, changes: dict[str, Any], *, version: int, by: User, at: datetime, on: date,
    text: str, due_on: date | None = None, meeting: Any = None,
) -> ResponseCase:  # fmt: skip
    given = {ANSWERS[name] for name in changes if name in ANSWERS}
    if given & set(case.overdue):
        changes["overdue"] = [code for code in case.overdue if code not in given]
    with transaction.atomic():
        mine = ResponseCase.objects.filter(pk=case.pk, version=version)
        if case.version != version or not mine.update(**changes, version=F("version") + 1):
            raise Conflict(_("This case has changed meanwhile. Look at it again, then answer."))
        ResponseEvent.objects.create(
            case=case, kind=kind, from_level=case.level, to_level=case.level, text=text.strip()[:TEXT_LIMIT],
            due_on=due_on, meeting=meeting, as_of=on, by=by, at=at,
        )  # fmt: skip
    case.refresh_from_db()
    return case
