"""The same for many items at once: all or nothing, each on its own version."""

from collections.abc import Sequence
from copy import copy
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.errors import Refused
from accounts.models import Organization, User
from accounts.permissions import Verb, may
from dispatch.ledger.actions.comments import comment
from dispatch.ledger.actions.moves import assign
from dispatch.ledger.models import LedgerItem

Chosen = Sequence[tuple[LedgerItem, int]]  # each with the version that was looked at


class BulkRefused(Refused):
    """What stands against it, one sentence an item; nothing was changed."""

    def __init__(self, found: Sequence[tuple[LedgerItem, str]]):
        super().__init__("\n".join(f"{item.number}：{why}" for item, why in found))
        self.found = list(found)

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(f"{item.number}：{why}" for item, why in self.found)


@transaction.atomic
def assign_many(chosen: Chosen, *, unit: Organization, due_on: date, person_name="", note="", by, at, on) -> int:
    """Gives all of them to the unit with this deadline, or none; returns how many. Raises BulkRefused."""
    if not may(by, Verb.REGISTER_LEDGER_ITEM):
        raise PermissionDenied
    found = []
    words = {"unit": unit, "due_on": due_on, "person_name": person_name, "note": note}
    for item, version in chosen:
        try:
            with transaction.atomic():
                assign(item, version=version, by=by, at=at, on=on, **words)
        except Refused as refusal:
            found.append((item, str(refusal)))
    if found:
        raise BulkRefused(found)
    return len(chosen)


def obstacles(chosen: Chosen, *, by: User, at, on, **words) -> list[tuple[LedgerItem, str]]:
    """What would stand against ``assign_many`` now; changes nothing."""
    try:
        with transaction.atomic():
            assign_many([(copy(item), version) for item, version in chosen], by=by, at=at, on=on, **words)
            transaction.set_rollback(True)
    except BulkRefused as refusal:
        return refusal.found
    return []


@transaction.atomic
def comment_on_many(items: Sequence[LedgerItem], *, text: str, by: User, at, on) -> int:
    """The same comment on each of them; returns how many."""
    for item in items:
        comment(item, text=text, by=by, at=at, on=on)
    return len(items)
