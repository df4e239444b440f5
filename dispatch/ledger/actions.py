"""Every write on ledger items. One transaction each: conditional update on the version, history row beside it.

All of them raise PermissionDenied when the verb is not this person's, Conflict when ``version`` is not the present
one, and Refused when the rule or the state stands against it. Nothing is changed then.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization, Park, User
from accounts.permissions import Verb, may
from dispatch.ledger import flow
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerEntry, LedgerItem, lineage
from workdays.arithmetic import WorkCalendar

EDITABLE = (
    "kind", "category", "title", "description", "project", "project_step", "milestone", "leader", "measures",
    "starts_on", "due_on", "standard", "reward_penalty", "unit", "person_name", "person",
)  # fmt: skip
# Where an item came from; said once, when it is registered.
LINKS = ("meeting", "visit", "warning", "tier")
# Once assigned these move by assigning or extending only, so that a deadline cannot slip past the rule.
SETTLED_BY_ASSIGNING = ("unit", "due_on")


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

    ``fields``: any of EDITABLE and LINKS. ``by`` None: the system. Raises Refused when dates are out of order or a
    part belongs to another park or project.
    """
    if by is not None and not (may(by, Verb.REGISTER_LEDGER_ITEM) and by.organization.park_id == park.pk):
        raise PermissionDenied
    _check_fields(park.pk, fields, fields, cooperating_units)
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


@transaction.atomic
def assign(item, *, unit, due_on, person_name="", note="", by, at, on, version):
    """Make a unit responsible until ``due_on``. Assigning again is possible until closure is asked for.

    The same unit cannot get a later deadline in this way: that is an extension.
    """
    _check(item, ItemVerb.ASSIGN, by, version)
    if item.due_on and item.unit_id == unit.pk and item.state in flow.IN_HAND and due_on > item.due_on:
        raise Refused(_("The unit has this item already. A later deadline for it is an extension."))
    fields = {"unit": unit, "due_on": due_on, "person_name": person_name, "assigned_on": on}
    _check_fields(item.park_id, fields, _facts(item) | fields)
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


@transaction.atomic
def close(item, *, by, at, on, version, note=""):
    """Close after verification (销号). Refused to the unit in charge and to the person who asked for it."""
    _check(item, ItemVerb.CLOSE, by, version)
    _check_four_eyes(item, by)
    fields = {"closed_on": on, "closed_by": by}
    return _move(item, ItemVerb.CLOSE, fields=fields, note=note, by=by, at=at, on=on, version=version)


@transaction.atomic
def send_back(item, *, reason, by, at, on, version):
    """Return to the unit with a reason (退回)."""
    _check(item, ItemVerb.RETURN, by, version)
    _check_four_eyes(item, by)
    return _move(item, ItemVerb.RETURN, note=reason, by=by, at=at, on=on, version=version)


def reopen(item, *, reason, by, at, on, version):
    """Open a closed item again; the closure stays in its history and the reopening is counted."""
    fields = {"closed_on": None, "closed_by": None}
    return _move(item, ItemVerb.REOPEN, fields=fields, note=reason, by=by, at=at, on=on, version=version)


@transaction.atomic
def extend(item, *, workdays: int, reason, by, at, on, version, calendar: WorkCalendar):
    """Move the deadline once, by at most ten working days (domain.md 3.5)."""
    _check(item, ItemVerb.EXTEND, by, version)
    if item.extended_wd:
        raise Refused(_("This item has been extended once already; a second extension is not possible."))
    if not 1 <= workdays <= flow.EXTENSION_LIMIT_WD:
        raise Refused(_("An extension is 1 to %(limit)d working days.") % {"limit": flow.EXTENSION_LIMIT_WD})
    fields = {"due_on": calendar.add(item.due_on, workdays), "extended_wd": workdays}
    return _move(item, ItemVerb.EXTEND, fields=fields, note=reason, by=by, at=at, on=on, version=version)


@transaction.atomic
def edit(item, *, fields: dict, cooperating_units=None, by, at, on, version):
    """Change any of EDITABLE before closure; unit and deadline only until the item is assigned.

    The history keeps old and new. Without a change nothing is written.
    """
    _check(item, ItemVerb.EDIT, by, version)
    changed = {name: value for name, value in fields.items() if getattr(item, name) != value}
    if item.state != LedgerItem.State.REGISTERED and set(changed) & set(SETTLED_BY_ASSIGNING):
        raise Refused(_("Unit and deadline of an assigned item change by assigning it again or by an extension."))
    _check_fields(item.park_id, fields, _facts(item) | fields, cooperating_units or ())
    regrouped = _regrouping(item, cooperating_units)
    if not changed and not regrouped:
        return item
    who = {"by": by, "at": at, "on": on, "version": version}
    edited = _move(item, ItemVerb.EDIT, fields=changed, also_changed=regrouped, **who)
    if regrouped:
        edited.cooperating_units.set(cooperating_units)
    return edited


def may_do(item: LedgerItem, verb: ItemVerb, by: User) -> bool:
    """Whether the verb is this person's on this item, whatever the item's state."""
    if not may(by, Verb(flow.PERMISSIONS[verb])) or by.organization.park_id != item.park_id:
        return False
    return verb not in flow.UNIT_VERBS or by.role.scope != "unit" or item.unit_id in by.organization.branch_ids()


def has_second_eyes(item: LedgerItem, by: User) -> bool:
    """Whether this person may verify a closure that was asked for: neither who asked nor of the unit in charge."""
    asked_by = item.history.filter(verb=ItemVerb.ASK_CLOSE).order_by("-pk").values_list("by", flat=True).first()
    return flow.may_verify(
        verifier_id=by.pk,
        verifier_lineage=lineage(by.organization),
        unit_id=item.unit_id,
        asked_by_id=asked_by,
    )


@transaction.atomic
def _move(item, verb: ItemVerb, *, by, at, on, version, fields=None, also_changed=(), note=""):
    """Check who may, from which state; update on the version; write the history row."""
    after = _check(item, verb, by, version)
    note = note.strip()
    if verb in flow.NEEDS_NOTE and not note:
        raise Refused(_("Please write what has been done or why; this cannot be empty."))
    fields = fields or {}
    changes = [_change(item, name, value) for name, value in fields.items() if getattr(item, name) != value]
    updated = LedgerItem.objects.filter(pk=item.pk, version=version, state=item.state).update(
        **fields, state=after, version=version + 1, updated_at=at
    )
    if not updated:
        raise _conflict()
    changes += also_changed
    LedgerEntry.objects.create(
        item=item, verb=verb, from_state=item.state, to_state=after, note=note, changes=changes, on=on, by=by, at=at
    )
    item.refresh_from_db()
    return item


def _check(item, verb: ItemVerb, by: User, version: int) -> str:
    """The state after the verb; raises in the order permission, version, state."""
    if not may_do(item, verb, by):
        raise PermissionDenied
    if item.version != version:
        raise _conflict()
    try:
        return flow.next_state(item.state, verb)
    except flow.IllegalMove:
        raise Refused(
            _("This is not possible while the item is “%(state)s”.") % {"state": item.get_state_display()}
        ) from None


def _conflict() -> Conflict:
    return Conflict(_("Somebody else has changed this item in the meantime. Please look at it again and repeat."))


def _check_four_eyes(item, by: User) -> None:
    if not has_second_eyes(item, by):
        raise Refused(_("Closure must be verified by somebody other than the unit in charge and the person who asked."))


def _facts(item) -> dict:
    return {name: getattr(item, name) for name in ("starts_on", "due_on", "project", "project_step", "milestone")}


def _check_fields(park_id: int, fields: dict, facts: dict, units: Iterable[Organization] = ()) -> None:
    """``fields`` are being written, ``facts`` is what the item says with them: dates in order, parts that fit."""
    if unknown := set(fields) - {*EDITABLE, *LINKS, "assigned_on"}:
        raise TypeError(f"not editable: {sorted(unknown)}")
    if facts.get("starts_on") and facts.get("due_on") and facts["due_on"] < facts["starts_on"]:
        raise Refused(_("The deadline lies before the start."))
    project = facts.get("project")
    parts = [facts[name] for name in ("project_step", "milestone") if facts.get(name)]
    if any(project is None or part.project_id != project.pk for part in parts):
        raise Refused(_("The step or milestone does not belong to the chosen project."))
    person = facts.get("person")
    owned = [part for part in (project, facts.get("unit"), person and person.organization, *units) if part]
    if any(part.park_id != park_id for part in owned):
        raise Refused(_("Project and units must belong to the same park as the item."))


def _regrouping(item, units: Iterable[Organization] | None) -> list[dict]:
    """The change of the cooperating units as history keeps it; empty when there is none."""
    if units is None:
        return []
    old, new = list(item.cooperating_units.all()), list(units)
    if {unit.pk for unit in old} == {unit.pk for unit in new}:
        return []
    names = ["、".join(sorted(str(unit) for unit in side)) for side in (old, new)]
    return [{"field": "cooperating_units", "old": names[0], "new": names[1]}]


def _next_number(park: Park, on: date) -> str:
    """WT-2026-0001 and so on, per park and year. Locks the park's row, so two registrations cannot take one number."""
    Park.objects.select_for_update().get(pk=park.pk)
    prefix = f"WT-{on.year}-"
    taken = LedgerItem.objects.filter(park=park, number__regex=rf"^{prefix}[0-9]{{4,9}}$")
    longest = taken.aggregate(most=Max(Length("number")))["most"]
    if longest is None:
        return f"{prefix}0001"
    last = taken.annotate(size=Length("number")).filter(size=longest).aggregate(last=Max("number"))["last"]
    return f"{prefix}{int(last.removeprefix(prefix)) + 1:04d}"


def _change(item, name: str, value) -> dict:
    return {"field": name, "old": _plain(getattr(item, name)), "new": _plain(value)}


def _plain(value):
    return value if value is None or isinstance(value, (int, bool)) else str(value)
