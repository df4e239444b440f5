"""Deciding at a point on the item or case it is about: the ledger's own actions, and a line in the minutes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from dispatch.ledger import actions as ledger
from dispatch.ledger.flow import ItemVerb, verbs_from
from dispatch.ledger.models import ExtensionRequest, LedgerItem
from dispatch.meetings.actions.shared import State, hold, require_own
from dispatch.meetings.models import AgendaItem, Decision
from dispatch.response import actions as response
from dispatch.response.models import ResponseCase, ResponseLevel
from workdays.arithmetic import WorkCalendar

CASE_MEETING = "case_meeting"
VERBS = ("extend", "refuse_extension", "hang", "take_up", "assign", CASE_MEETING)
NEEDS = {
    "extend": ItemVerb.EXTEND,
    "refuse_extension": ItemVerb.REFUSE_EXTENSION,
    "hang": ItemVerb.HANG,
    "take_up": ItemVerb.TAKE_UP,
    "assign": ItemVerb.ASSIGN,
}


def rulings_for(point: AgendaItem) -> list[str]:
    """Verbs possible on the point's item or case now; one query."""
    item, case = point.item, point.case
    on_case = [CASE_MEETING] if case and case.closed_on is None and case.level == ResponseLevel.ONE else []
    if item is None:
        return on_case
    possible = verbs_from(item.state)
    asked = ExtensionRequest.objects.filter(item=item, outcome=ExtensionRequest.Outcome.OPEN).exists()
    found = [verb for verb in NEEDS if NEEDS[verb] in possible]
    if not asked and "refuse_extension" in found:
        found.remove("refuse_extension")
    if item.extended_wd and "extend" in found:
        found.remove("extend")
    return found + on_case


@transaction.atomic
def rule(
    point: AgendaItem,
    verb: str,
    *,
    values: Mapping[str, Any],
    by: User,
    at: datetime,
    on: date,
    item_version: int,
    calendar: WorkCalendar,
) -> Decision:
    """Extend (grants the request), refuse the extension, move up, take up or give to another unit; or record this
    meeting as the special meeting that a case of level Ⅰ wants.

    ``values``: reason; workdays for extend; unit and due_on for assign and, if wanted, take_up. ``item_version``: of
    the item or case. Raises what the ledger's or the case's action raises; then nothing is written here either.
    """  # fmt: skip
    hold(point.meeting, by, (State.RUNNING,))
    require_own(point.meeting.park_id, values.get("unit"))
    who = {"by": by, "at": at, "on": on, "version": item_version}
    if verb == CASE_MEETING:
        return _noted(point, _on_case(point, values, who), by=by, at=at)
    if point.item is None or verb not in _ACTIONS:
        raise Refused(_("This point is not about an item of the ledger."))
    item = _ACTIONS[verb](LedgerItem.objects.get(pk=point.item_id), values, point, calendar, who)
    with translation.override(settings.LANGUAGE_CODE):
        text = _words(verb, item, values)
    given = {"unit": item.unit, "person_name": item.person_name, "due_on": item.due_on}
    return _noted(point, text, by=by, at=at, **given)


def _noted(point: AgendaItem, text: str, *, by: User, at: datetime, **given: Any) -> Decision:
    """The line in the minutes, without an item of its own."""
    last = point.meeting.decisions.aggregate(last=Max("order"))["last"]
    decision = Decision.objects.create(
        meeting=point.meeting, agenda_item=point, order=0 if last is None else last + 1, text=text, by=by, at=at,
        **given,
    )  # fmt: skip
    AgendaItem.objects.filter(pk=point.pk).update(state=AgendaItem.State.DECIDED)
    point.refresh_from_db()
    return decision


def _on_case(point: AgendaItem, values: Mapping[str, Any], who: dict[str, Any]) -> str:
    if point.case is None:
        raise Refused(_("This point is not about a response case."))
    text = (values.get("reason") or "").strip()
    case = ResponseCase.objects.get(pk=point.case_id)
    response.record_meeting(case, text=text, meeting=point.meeting, **who)
    return text


def _reason(values: Mapping[str, Any], point: AgendaItem) -> str:
    words = _("Decided at %(meeting)s.") % {"meeting": point.meeting.number}
    return " ".join(filter(None, [words, (values.get("reason") or "").strip()]))


def _extend(item, values, point, calendar, who):
    days = values.get("workdays") or 0
    return ledger.extend(item, workdays=days, reason=_reason(values, point), calendar=calendar, **who)


def _refuse(item, values, point, calendar, who):
    return ledger.refuse_extension(item, reason=_reason(values, point), **who)


def _hang(item, values, point, calendar, who):
    return ledger.hang(item, reason=_reason(values, point), **who)


def _take_up(item, values, point, calendar, who):
    given = {name: values.get(name) for name in ("unit", "due_on")}
    return ledger.take_up(item, note=_reason(values, point), **given, **who)


def _assign(item, values, point, calendar, who):
    if not values.get("unit") or not values.get("due_on"):
        raise Refused(_("Please choose a unit and a day."))
    given = {"unit": values["unit"], "due_on": values["due_on"], "person_name": values.get("person_name") or ""}
    return ledger.assign(item, **given, note=_reason(values, point), **who)


_ACTIONS: dict[str, Callable[..., LedgerItem]] = {
    "extend": _extend,
    "refuse_extension": _refuse,
    "hang": _hang,
    "take_up": _take_up,
    "assign": _assign,
}


def _words(verb: str, item: LedgerItem, values: Mapping[str, Any]) -> str:
    sentences = {
        "extend": _("%(item)s: extended by %(days)s working days, until %(due)s."),
        "refuse_extension": _("%(item)s: the extension is refused, it stays at %(due)s."),
        "hang": _("%(item)s: moved up to dispatch tier %(tier)s."),
        "take_up": _("%(item)s: taken up again by %(unit)s until %(due)s."),
        "assign": _("%(item)s: given to %(unit)s until %(due)s."),
    }
    facts = {"item": item, "days": values.get("workdays"), "due": item.due_on, "tier": item.tier, "unit": item.unit}
    return " ".join(filter(None, [sentences[verb] % facts, (values.get("reason") or "").strip()]))
