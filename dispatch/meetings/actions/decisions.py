"""Decisions of a running meeting: written, they are ledger items at once; corrected or withdrawn, the item follows.

Withdrawing never removes an item: the recorder asks for its closure with the reason, and somebody else of the centre
verifies, as with every item (ADR 0022).
"""

from collections.abc import Mapping
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
from dispatch.ledger.flow import IN_HAND
from dispatch.ledger.models import LedgerItem
from dispatch.meetings.actions.points import discuss
from dispatch.meetings.actions.shared import (
    State,
    changes_of,
    hold,
    log,
    overtaken,
    require_own,
    write,
)
from dispatch.meetings.agenda import shorten
from dispatch.meetings.models import AgendaItem, Decision

Item = LedgerItem.State
TITLE_LENGTH, NAME_LENGTH = 200, 60
# Where a decision takes it, a meeting may say more of the five elements than the words of the decision.
ELEMENTS = ("standard", "reward_penalty")


def usual_elements() -> dict[str, str]:
    """What the form starts with for standard, reward and penalty; the recorder may write something else."""
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "standard": _("The decision is carried out in full; the project centre has checked it on the spot."),
            "reward_penalty": _("Done in time: counted in the half-monthly ranking. Late: named in the bulletin."),
        }


@transaction.atomic
def decide(
    point: AgendaItem,
    *,
    text: str,
    unit=None,
    person_name: str = "",
    due_on: date | None = None,
    by: User,
    at: datetime,
    on: date,
    elements: Mapping[str, str] | None = None,
    said: tuple[str, int] | None = None,
) -> Decision:
    """What was decided at the point. With a unit and a day it is on the ledger at once, given to the unit.

    Without both it is noted. Two recorders may decide at one point; nothing of either is lost, the same sent twice is
    refused. ``said``: discussion typed beside it and the version it was typed on, saved with it when it differs.
    Raises Refused for a unit without a day and the other way round, and for a day before the meeting; Conflict over
    the discussion.
    """
    meeting = point.meeting
    hold(meeting, by, (State.RUNNING,))
    if said is not None and said[0].strip() != point.discussion:
        discuss(point, text=said[0], by=by, version=said[1])
    text = text.strip()
    _check(meeting, text, unit, due_on, on)
    said_so = {"text": text, "unit": unit, "person_name": person_name.strip(), "due_on": due_on}
    if point.decisions.filter(**said_so, withdrawn_at=None).exists():
        raise Refused(_("This stands among the decisions already."))
    last = meeting.decisions.aggregate(last=Max("order"))["last"]
    decision = Decision(
        meeting=meeting, agenda_item=point, order=0 if last is None else last + 1, by=by, at=at, **said_so
    )  # fmt: skip
    if unit is not None:
        decision.item = _on_the_ledger(decision, point, {**usual_elements(), **(elements or {})}, on)
    decision.save(force_insert=True)
    AgendaItem.objects.filter(pk=point.pk).update(state=AgendaItem.State.DECIDED)
    point.refresh_from_db()
    return decision


@transaction.atomic
def correct(
    decision: Decision,
    *,
    text: str,
    unit=None,
    person_name: str = "",
    due_on: date | None = None,
    by: User,
    at: datetime,
    on: date,
    version: int,
) -> Decision:
    """Put right what was written wrongly while the meeting runs; its item is edited or given to the right unit.

    A noted decision that gets a unit and a day goes on the ledger now; of a ruling only the words change. Raises
    Conflict; Refused when the item has gone on, or when a unit would get a later day: that is an extension, or a new
    decision.
    """  # fmt: skip
    meeting = decision.meeting
    _require_open(decision, by, version)
    text, person_name = text.strip(), person_name.strip()
    fields = {"text": text, "unit": unit, "person_name": person_name, "due_on": due_on}
    changes = changes_of(decision, fields)
    if not changes:
        return decision
    is_ruling = decision.item is None and decision.unit_id is not None
    if is_ruling and {one["field"] for one in changes} != {"text"}:
        raise Refused(_("It was decided on an item of the ledger; unit and day change there."))
    _check(meeting, text, unit, on if is_ruling else due_on, on)
    if decision.item is not None:
        _correct_item(decision, fields, by=by, at=at, on=on)
    write(decision, version, **fields)
    if decision.item is None and unit is not None and not is_ruling:
        decision.by, decision.at = by, at
        decision.item = _on_the_ledger(decision, decision.agenda_item, usual_elements(), on)
        decision.save(update_fields=["item", "by", "at"])
    log(meeting, "correct", note=text, changes=changes, by=by, at=at)
    return decision


@transaction.atomic
def withdraw(decision: Decision, *, reason: str, by: User, at: datetime, on: date, version: int) -> Decision:
    """It was not decided after all. It stays in the list, struck out; for its item closure is asked for."""
    _require_open(decision, by, version)
    if not reason.strip():
        raise Refused(_("Please write why; this cannot be empty."))
    write(decision, version, withdrawn_at=at)
    if decision.item is not None:
        _ask_to_close(decision, reason.strip(), {"by": by, "at": at, "on": on})
    log(decision.meeting, "withdraw", note=f"{decision.text}\n{reason.strip()}", by=by, at=at)
    return decision


def category_of(point: AgendaItem | None) -> str:
    """Land, funds and so on: that of the item the point is about."""
    return point.item.category if point and point.item else LedgerItem.Category.OTHER


def _on_the_ledger(decision: Decision, point: AgendaItem | None, elements: Mapping[str, str], on: date) -> LedgerItem:
    meeting = decision.meeting
    person = User.objects.filter(
        organization=decision.unit, display_name=decision.person_name, is_active=True
    ).first() if decision.person_name else None  # fmt: skip
    about = "\n".join(filter(None, [point.title, point.why])) if point else ""
    given = {name: elements[name] for name in ELEMENTS}
    return ledger.register(
        park=meeting.park, by=decision.by, at=decision.at, on=on, source=LedgerItem.Source.MEETING,
        kind=LedgerItem.Kind.TASK, category=category_of(point), title=shorten(decision.text, TITLE_LENGTH),
        description=about, project=point.project if point else meeting.project, leader=meeting.chair_name,
        measures=decision.text, starts_on=on, due_on=decision.due_on, unit=decision.unit,
        person_name=decision.person_name, person=person, meeting=meeting, **given,
    )  # fmt: skip


def _correct_item(decision: Decision, fields: dict[str, Any], *, by: User, at: datetime, on: date) -> None:
    item = LedgerItem.objects.select_for_update().get(pk=decision.item_id)
    if fields["unit"] is None:
        raise Refused(_("It is on the ledger already. Withdraw the decision instead of taking the unit off."))
    if item.state != Item.ASSIGNED:
        raise Refused(_("The unit has taken it on already. Please change it on the ledger, or withdraw the decision."))
    who = {"by": by, "at": at, "on": on}
    if fields["text"] != decision.text:
        words = {"title": shorten(fields["text"], TITLE_LENGTH), "measures": fields["text"]}
        item = ledger.edit(item, fields=words, version=item.version, **who)
    given = {name: fields[name] for name in ("unit", "person_name", "due_on")}
    if any(getattr(decision, name) != value for name, value in given.items()):
        ledger.assign(item, **given, note=_("Corrected in the meeting."), version=item.version, **who)


def _ask_to_close(decision: Decision, reason: str, who: dict[str, Any]) -> None:
    item = LedgerItem.objects.select_for_update().get(pk=decision.item_id)
    if item.state in (Item.CLOSED, Item.CLOSING):
        return
    if item.state not in IN_HAND:
        raise Refused(
            _("Its ledger item is “%(state)s”. Please settle it there first.") % {"state": item.get_state_display()}
        )
    words = _("Withdrawn by %(meeting)s: %(reason)s") % {"meeting": decision.meeting.number, "reason": reason}
    if item.state == Item.ASSIGNED:
        item = ledger.sign(item, note=words, version=item.version, **who)
    ledger.ask_close(item, evidence=words, version=item.version, **who)


def _require_open(decision: Decision, by: User, version: int) -> None:
    hold(decision.meeting, by, (State.RUNNING,))
    if decision.version != version:
        raise overtaken()
    if decision.withdrawn_at is not None:
        raise Refused(_("This decision has been withdrawn."))


def _check(meeting, text: str, unit, due_on: date | None, on: date) -> None:
    if not text:
        raise Refused(_("Please write what was decided."))
    if (unit is None) != (due_on is None):
        raise Refused(_("A task needs a unit and a day. Leave both empty to note it only."))
    require_own(meeting.park_id, unit)
    if due_on is not None and due_on < on:
        raise Refused(_("The day lies before the meeting."))
