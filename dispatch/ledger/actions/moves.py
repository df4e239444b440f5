"""The way of an item from unit to closure, and up to a higher tier and back."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from dispatch.ledger import flow
from dispatch.ledger.actions.extensions import drop_request
from dispatch.ledger.actions.shared import check, check_fields, facts, has_second_eyes, move
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerItem


@transaction.atomic
def assign(item, *, unit, due_on, person_name="", note="", by, at, on, version):
    """Make a unit responsible until ``due_on``. Assigning again is possible until closure is asked for.

    The same unit cannot get a later deadline in this way: that is an extension.
    """
    check(item, ItemVerb.ASSIGN, by, version)
    if item.due_on and item.unit_id == unit.pk and item.state in flow.IN_HAND and due_on > item.due_on:
        raise Refused(_("The unit has this item already. A later deadline for it is an extension."))
    fields = _given(item, unit, due_on, person_name, on)
    check_fields(item.park_id, fields, facts(item) | fields)
    drop_request(item, by=by, at=at)
    return move(item, ItemVerb.ASSIGN, fields=fields, note=note, by=by, at=at, on=on, version=version)


def sign(item, *, by, at, on, version, note=""):
    """The unit signs for the item (签收)."""
    return move(item, ItemVerb.SIGN, note=note, by=by, at=at, on=on, version=version)


def report_progress(item, *, note, by, at, on, version):
    """Note what has been done; the latest note stands on the item."""
    return move(item, ItemVerb.PROGRESS, fields={"progress": note}, note=note, by=by, at=at, on=on, version=version)


def ask_close(item, *, evidence, by, at, on, version):
    """Ask for closure (申请销号) with evidence in words."""
    fields = {"progress": evidence}
    return move(item, ItemVerb.ASK_CLOSE, fields=fields, note=evidence, by=by, at=at, on=on, version=version)


@transaction.atomic
def close(item, *, by, at, on, version, note=""):
    """Close after verification (销号). Refused to the unit in charge and to the person who asked for it."""
    check(item, ItemVerb.CLOSE, by, version)
    _check_four_eyes(item, by)
    drop_request(item, by=by, at=at)
    fields = {"closed_on": on, "closed_by": by}
    return move(item, ItemVerb.CLOSE, fields=fields, note=note, by=by, at=at, on=on, version=version)


@transaction.atomic
def settle(item, *, note, by, at, on):
    """Close an open item because what it was about was settled elsewhere, under the four eyes of that place.

    For an appeal that was answered or withdrawn; nothing happens to an item that is closed already.
    """
    item.refresh_from_db()
    if item.state == LedgerItem.State.CLOSED:
        return item
    drop_request(item, by=by, at=at)
    fields = {"closed_on": on, "closed_by": by, "hung_on": None, "progress": note}
    closed = LedgerItem.State.CLOSED
    return move(item, ItemVerb.CLOSE, fields=fields, note=note, after=closed, by=by, at=at, on=on, version=item.version)


@transaction.atomic
def send_back(item, *, reason, by, at, on, version):
    """Return to the unit with a reason (退回)."""
    check(item, ItemVerb.RETURN, by, version)
    _check_four_eyes(item, by)
    return move(item, ItemVerb.RETURN, note=reason, by=by, at=at, on=on, version=version)


def reopen(item, *, reason, by, at, on, version):
    """Open a closed item again; the closure stays in its history and the reopening is counted."""
    fields = {"closed_on": None, "closed_by": None}
    return move(item, ItemVerb.REOPEN, fields=fields, note=reason, by=by, at=at, on=on, version=version)


def ask_hang(item, *, reason, by, at, on, version):
    """The unit says that it cannot be solved at its level; whoever assigns items decides whether it moves up."""
    return move(item, ItemVerb.ASK_HANG, note=reason, by=by, at=at, on=on, version=version)


@transaction.atomic
def refuse_hang(item, *, reason, by, at, on, version):
    """The unit's request to move it up is turned down: it stays where it is. Refused when nobody has asked."""
    check(item, ItemVerb.REFUSE_HANG, by, version)
    if not flow.asks_to_move_up(_verbs(item)):
        raise Refused(_("Nobody has asked to move this item up."))
    return move(item, ItemVerb.REFUSE_HANG, note=reason, by=by, at=at, on=on, version=version)


@transaction.atomic
def hang(item, *, reason, by, at, on, version):
    """Move it up one dispatch tier (挂账). It stays open and counted, with its deadline. Refused above tier 4."""
    check(item, ItemVerb.HANG, by, version)
    if item.tier >= flow.HIGHEST_TIER:
        raise Refused(_("This item is at the highest dispatch tier already."))
    drop_request(item, by=by, at=at)
    fields = {"tier": item.tier + 1, "hung_on": on}
    return move(item, ItemVerb.HANG, fields=fields, note=reason, by=by, at=at, on=on, version=version)


@transaction.atomic
def take_up(item, *, note, unit=None, due_on=None, by, at, on, version):
    """It comes back from the higher tier with a decision (解挂), to its unit or another, by a new deadline if decided.

    It stands at the tier again where it stood before. Another unit signs for it first.
    """
    check(item, ItemVerb.TAKE_UP, by, version)
    unit = unit or item.unit
    same = unit.pk == item.unit_id
    fields = _given(item, unit, due_on or item.due_on, item.person_name if same else "", item.assigned_on)
    if not same:
        fields["assigned_on"] = on
    check_fields(item.park_id, fields, facts(item) | fields)
    fields |= {"tier": _tier_below(item), "hung_on": None}
    who = {"by": by, "at": at, "on": on, "version": version}
    return move(item, ItemVerb.TAKE_UP, fields=fields, note=note, after=flow.after_take_up(same_unit=same), **who)


def _given(item, unit, due_on, person_name: str, on) -> dict:
    """Columns of an assignment; the person with an account stays only while unit and name stay."""
    stays = item.unit_id == unit.pk and person_name == item.person_name
    person = {} if stays or item.person_id is None else {"person": None}
    return {"unit": unit, "due_on": due_on, "person_name": person_name, "assigned_on": on} | person


def _verbs(item) -> list[str]:
    return list(item.history.order_by("pk").values_list("verb", flat=True))


def _tier_below(item) -> int:
    told = item.history.filter(verb__in=(ItemVerb.HANG, ItemVerb.TAKE_UP)).order_by("pk")
    moves = []
    for verb, changes in told.values_list("verb", "changes"):
        step = next((change for change in changes if change["field"] == "tier"), None)
        moves.append((verb, step["old"], step["new"]) if step else (verb, item.tier, item.tier))
    return flow.tier_below(moves, item.tier)


def _check_four_eyes(item, by: User) -> None:
    if not has_second_eyes(item, by):
        raise Refused(_("Closure must be verified by somebody other than the unit in charge and the person who asked."))
