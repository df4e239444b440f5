"""Putting an item on the ledger, and changing what it says."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import Organization, Park, User
from accounts.permissions import Verb, may
from dispatch.ledger import telling
from dispatch.ledger.actions.shared import SETTLED_BY_ASSIGNING, check, check_fields, facts, move
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerEntry, LedgerItem
from dispatch.measures.indexing import item_column


@transaction.atomic
def register(
    *,
    park: Park,
    by: User | None,
    at: datetime,
    on: date,
    cooperating_units: Iterable[Organization] = (),
    source: str = LedgerItem.Source.CENTRE,
    is_told: bool = True,
    **fields,
) -> LedgerItem:
    """Put an item on the ledger; with a unit and a deadline it is assigned at once.

    ``fields``: any of EDITABLE and LINKS. ``by`` None: the system. ``is_told`` False: the caller tells the same people
    itself. Raises Refused when dates are out of order or a
    part belongs to another park or project.
    """
    if by is not None and not (may(by, Verb.REGISTER_LEDGER_ITEM) and by.organization.park_id == park.pk):
        raise PermissionDenied
    check_fields(park.pk, fields, fields, cooperating_units)
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
        **item_column(None, fields),
    )
    item.cooperating_units.set(cooperating_units)
    entry = LedgerEntry.objects.create(
        item=item, verb="register", from_state="", to_state=item.state, note=item.description, on=on, by=by, at=at
    )
    if is_told:
        telling.moved(item, entry)
    return item


@transaction.atomic
def edit(item, *, fields: dict, cooperating_units=None, by, at, on, version):
    """Change any of EDITABLE before closure; unit and deadline only until the item is assigned.

    The history keeps old and new. Without a change nothing is written.
    """
    check(item, ItemVerb.EDIT, by, version)
    changed = {name: value for name, value in fields.items() if getattr(item, name) != value}
    if item.state != LedgerItem.State.REGISTERED and set(changed) & set(SETTLED_BY_ASSIGNING):
        raise Refused(_("Unit and deadline of an assigned item change by assigning it again or by an extension."))
    check_fields(item.park_id, fields, facts(item) | fields, cooperating_units or ())
    regrouped = _regrouping(item, cooperating_units)
    if not changed and not regrouped:
        return item
    who = {"by": by, "at": at, "on": on, "version": version}
    edited = move(item, ItemVerb.EDIT, fields=changed, also_changed=regrouped, **who)
    if regrouped:
        edited.cooperating_units.set(cooperating_units)
    return edited


def group_text(units: Iterable[Organization]) -> str:
    """Cooperating units as history keeps them."""
    return "、".join(sorted(str(unit) for unit in units))


def _regrouping(item, units: Iterable[Organization] | None) -> list[dict]:
    """The change of the cooperating units as history keeps it; empty when there is none."""
    if units is None:
        return []
    old, new = list(item.cooperating_units.all()), list(units)
    if {unit.pk for unit in old} == {unit.pk for unit in new}:
        return []
    return [{"field": "cooperating_units", "old": group_text(old), "new": group_text(new)}]


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
