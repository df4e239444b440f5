"""Every write on ledger items. One transaction each: conditional update on the version, history row beside it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization, Park, User
from accounts.permissions import Verb, may
from dispatch.ledger import flow
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerEntry, LedgerItem
from workdays.arithmetic import WorkCalendar

EDITABLE = (
    "kind", "category", "title", "description", "project", "project_step", "milestone", "leader", "measures",
    "starts_on", "due_on", "standard", "reward_penalty", "unit", "person_name", "person",
)  # fmt: skip


@transaction.atomic
def register(
    *,
    park: Park,
    by: User | None,
    at: datetime,
    on: date,
    cooperating_units: Iterable[Organization] = (),
    source: str = LedgerItem.Source.CENTRE,
    **fields,
) -> LedgerItem:
    """Put an item on the ledger; with a unit and a deadline it is assigned at once.

    ``fields``: any of EDITABLE. Raises Refused when dates are out of order.
    """
    _check_dates(fields.get("starts_on"), fields.get("due_on"))
    assigned = bool(fields.get("unit") and fields.get("due_on"))
    item = LedgerItem.objects.create(
        park=park,
        number=_next_number(park, on),
        source=source,
        state=LedgerItem.State.ASSIGNED if assigned else LedgerItem.State.REGISTERED,
        raised_on=on,
        assigned_on=on if assigned else None,
        created_at=at,
        created_by=by,
        updated_at=at,
        **fields,
    )
    item.cooperating_units.set(cooperating_units)
    LedgerEntry.objects.create(
        item=item, verb="register", from_state="", to_state=item.state, note=item.description, on=on, by=by, at=at
    )
    return item


def assign(item, *, unit, due_on, person_name="", note="", by, at, on, version):
    """Make a unit responsible until ``due_on``. Assigning again is possible until closure is asked for."""
    _check_dates(item.starts_on, due_on)
    fields = {"unit": unit, "due_on": due_on, "person_name": person_name, "assigned_on": on}
    return _move(item, ItemVerb.ASSIGN, fields=fields, note=note, by=by, at=at, on=on, version=version)


def sign(item, *, by, at, on, version, note=""):
    """The unit signs for the item (签收)."""
    return _move(item, ItemVerb.SIGN, note=note, by=by, at=at, on=on, version=version)


def report_progress(item, *, note, by, at, on, version):
    """Note what has been done; the latest note stands on the item."""
    return _move(item, ItemVerb.PROGRESS, fields={"progress": note}, note=note, by=by, at=at, on=on, version=version)


def ask_close(item, *, evidence, by, at, on, version):
    """Ask for closure (申请销号) with evidence in words."""
    fields = {"progress": evidence}
    return _move(item, ItemVerb.ASK_CLOSE, fields=fields, note=evidence, by=by, at=at, on=on, version=version)


def close(item, *, by, at, on, version, note=""):
    """Close after verification (销号). Refused to the unit in charge and to the person who asked for it."""
    _check_four_eyes(item, by)
    fields = {"closed_on": on, "closed_by": by}
    return _move(item, ItemVerb.CLOSE, fields=fields, note=note, by=by, at=at, on=on, version=version)


def send_back(item, *, reason, by, at, on, version):
    """Return to the unit with a reason (退回)."""
    _check_four_eyes(item, by)
    return _move(item, ItemVerb.RETURN, note=reason, by=by, at=at, on=on, version=version)


def reopen(item, *, reason, by, at, on, version):
    """Open a closed item again; the closure stays in its history and the reopening is counted."""
    fields = {"closed_on": None, "closed_by": None}
    return _move(item, ItemVerb.REOPEN, fields=fields, note=reason, by=by, at=at, on=on, version=version)


def extend(item, *, workdays: int, reason, by, at, on, version, calendar: WorkCalendar):
    """Move the deadline once, by at most ten working days (domain.md 3.5)."""
    if item.extended_wd:
        raise Refused(_("This item has been extended once already; a second extension is not possible."))
    if not 1 <= workdays <= flow.EXTENSION_LIMIT_WD:
        raise Refused(_("An extension is 1 to %(limit)d working days.") % {"limit": flow.EXTENSION_LIMIT_WD})
    fields = {"due_on": calendar.add(item.due_on, workdays), "extended_wd": workdays}
    return _move(item, ItemVerb.EXTEND, fields=fields, note=reason, by=by, at=at, on=on, version=version)


@transaction.atomic
def edit(item, *, fields: dict, cooperating_units=None, by, at, on, version):
    """Change any of EDITABLE before closure. The history keeps old and new."""
    _check_dates(fields.get("starts_on", item.starts_on), fields.get("due_on", item.due_on))
    edited = _move(item, ItemVerb.EDIT, fields=fields, by=by, at=at, on=on, version=version)
    if cooperating_units is not None:
        edited.cooperating_units.set(cooperating_units)
    return edited


@transaction.atomic
def _move(item, verb: ItemVerb, *, by, at, on, version, fields=None, note=""):
    """Check who may, from which state; update on the version; write the history row."""
    _check_permission(item, verb, by)
    note = note.strip()
    if verb in flow.NEEDS_NOTE and not note:
        raise Refused(_("Please write what has been done or why; this cannot be empty."))
    try:
        after = flow.next_state(item.state, verb)
    except flow.IllegalMove:
        raise Refused(
            _("This is not possible while the item is “%(state)s”.") % {"state": item.get_state_display()}
        ) from None
    fields = fields or {}
    changes = [_change(item, name, value) for name, value in fields.items() if getattr(item, name) != value]
    updated = LedgerItem.objects.filter(pk=item.pk, version=version, state=item.state).update(
        **fields, state=after, version=version + 1, updated_at=at
    )
    if not updated:
        raise Conflict(_("Somebody else has changed this item in the meantime. Please reload and try again."))
    LedgerEntry.objects.create(
        item=item, verb=verb, from_state=item.state, to_state=after, note=note, changes=changes, on=on, by=by, at=at
    )
    item.refresh_from_db()
    return item


def _check_permission(item, verb: ItemVerb, by: User) -> None:
    if not may(by, Verb(flow.PERMISSIONS[verb])):
        raise PermissionDenied
    if verb in flow.UNIT_VERBS and by.role.scope == "unit" and item.unit_id not in by.organization.branch_ids():
        raise PermissionDenied


def _check_four_eyes(item, by: User) -> None:
    asked_by = item.history.filter(verb=ItemVerb.ASK_CLOSE).values_list("by", flat=True).first()
    if not flow.may_verify(
        verifier_id=by.pk,
        verifier_organization_id=by.organization_id,
        unit_id=item.unit_id,
        asked_by_id=asked_by,
    ):
        raise Refused(_("Closure must be verified by somebody other than the unit in charge and the person who asked."))


def _check_dates(starts_on, due_on) -> None:
    if starts_on and due_on and due_on < starts_on:
        raise Refused(_("The deadline lies before the start."))


def _next_number(park: Park, on: date) -> str:
    """WT-2026-0001 and so on, per park and year. Locks the park's row, so two registrations cannot take one number."""
    Park.objects.select_for_update().get(pk=park.pk)
    prefix = f"WT-{on.year}-"
    numbers = LedgerItem.objects.filter(park=park, number__startswith=prefix).order_by("-pk")
    last = numbers.values_list("number", flat=True).first()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04d}"


def _change(item, name: str, value) -> dict:
    return {"field": name, "old": _plain(getattr(item, name)), "new": _plain(value)}


def _plain(value):
    return value if value is None or isinstance(value, (int, bool)) else str(value)
