"""What every action on an item stands on: who may, from which state, on which version; the row of history."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization, User
from accounts.permissions import Verb, may
from dispatch.ledger import flow, telling
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerEntry, LedgerItem, lineage
from dispatch.measures.indexing import item_column

EDITABLE = (
    "kind", "category", "title", "description", "project", "project_step", "milestone", "leader", "measures",
    "starts_on", "due_on", "standard", "reward_penalty", "unit", "person_name", "person",
)  # fmt: skip
# Where an item came from; said once, when it is registered.
LINKS = ("meeting", "visit", "warning", "tier", "measure")
# Once assigned these move by assigning or extending only, so that a deadline cannot slip past the rule.
SETTLED_BY_ASSIGNING = ("unit", "due_on")


def may_do(item: LedgerItem, verb: ItemVerb, by: User) -> bool:
    """Whether the verb is this person's on this item, whatever the item's state."""
    if not may(by, Verb(flow.PERMISSIONS[verb])) or by.organization.park_id != item.park_id:
        return False
    return verb not in flow.UNIT_VERBS or by.role.scope != "unit" or item.unit_id in by.organization.branch_ids()


def has_second_eyes(item: LedgerItem, by: User) -> bool:
    """Whether this person may verify a closure that was asked for: neither who asked nor of the unit in charge."""
    asked_by = item.history.filter(verb=ItemVerb.ASK_CLOSE).order_by("-pk").values_list("by", flat=True).first()
    return is_second(item, by, asked_by)


def is_second(item: LedgerItem, by: User, asked_by_id: int | None) -> bool:
    """Four eyes: neither who asked nor of the unit in charge."""
    return flow.may_verify(
        verifier_id=by.pk,
        verifier_lineage=lineage(by.organization),
        unit_id=item.unit_id,
        asked_by_id=asked_by_id,
    )


@transaction.atomic
def move(item, verb: ItemVerb, *, by, at, on, version, fields=None, also_changed=(), note="", after="", workdays=0):
    """Check who may, from which state; update on the version; write the history row; tell who has to know.

    ``after``: the state, where the verb alone does not say it; the caller has checked then. ``workdays``: for notices.
    """
    after = after or check(item, verb, by, version)
    note = note.strip()
    if verb in flow.NEEDS_NOTE and not note:
        raise Refused(_("Please write what has been done or why; this cannot be empty."))
    fields = fields or {}
    changes = [_change(item, name, value) for name, value in fields.items() if getattr(item, name) != value]
    updated = LedgerItem.objects.filter(pk=item.pk, version=version, state=item.state).update(
        **fields, **item_column(item, fields), state=after, version=version + 1, updated_at=at
    )
    if not updated:
        raise conflict()
    changes += also_changed
    entry = LedgerEntry.objects.create(
        item=item, verb=verb, from_state=item.state, to_state=after, note=note, changes=changes, on=on, by=by, at=at
    )
    item.refresh_from_db()
    telling.moved(item, entry, workdays=workdays)
    return item


def check(item, verb: ItemVerb, by: User, version: int) -> str:
    """The state after the verb; raises in the order permission, version, state."""
    if not may_do(item, verb, by):
        raise PermissionDenied
    if item.version != version:
        raise conflict()
    try:
        return flow.next_state(item.state, verb)
    except flow.IllegalMove:
        raise Refused(
            _("This is not possible while the item is “%(state)s”.") % {"state": item.get_state_display()}
        ) from None


def conflict() -> Conflict:
    return Conflict(_("Somebody else has changed this item in the meantime. Please look at it again and repeat."))


def facts(item) -> dict:
    """What the item says about dates and parts; ``check_fields`` compares what is written with it."""
    return {name: getattr(item, name) for name in ("starts_on", "due_on", "project", "project_step", "milestone")}


def check_fields(park_id: int, fields: dict, facts: dict, units: Iterable[Organization] = ()) -> None:
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
    links = [facts[name] for name in ("meeting", "visit", "warning", "measure") if facts.get(name)]
    owned = [part for part in (project, facts.get("unit"), person and person.organization, *links, *units) if part]
    if any(part.park_id != park_id for part in owned):
        raise Refused(_("Project and units must belong to the same park as the item."))


def _change(item, name: str, value) -> dict:
    return {"field": name, "old": plain(getattr(item, name)), "new": plain(value)}


def plain(value):
    """A value as history keeps it."""
    return value if value is None or isinstance(value, (int, bool)) else str(value)
