"""Every write on measures. One transaction each: conditional update on the version, history row beside it.

All of them raise PermissionDenied when the verb is not this person's, Conflict when ``version`` is not the present one
and Refused when the state stands against it. Nothing is changed then.
"""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import User
from accounts.permissions import Verb, may
from dispatch.ledger import actions as ledger
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerItem
from dispatch.measures.indexing import measure_column
from dispatch.measures.models import Measure, MeasureChange

WRITABLE = ("category", "title", "problem", "solution", "conditions")


@transaction.atomic
def publish(*, item: LedgerItem, fields: dict[str, str], by: User, at: datetime) -> Measure:
    """Make a measure of a closed item (将解决路径固化为措施). ``fields``: all of WRITABLE.

    Refused when the item is not closed, or has been published before.
    """
    _permit(by, item.park_id)
    if not LedgerItem.objects.filter(pk=item.pk, state=LedgerItem.State.CLOSED).exists():
        raise Refused(_("Only what has been verified and closed can be published."))
    values = {name: fields[name] for name in WRITABLE}
    measure, is_new = Measure.objects.get_or_create(
        item=item,
        defaults={
            "park_id": item.park_id, "published_by": by, "published_at": at, **values, **measure_column(None, values),
        },
    )  # fmt: skip
    if not is_new:
        raise Refused(_("A measure has been published from this item already."))
    _note(measure, MeasureChange.Verb.PUBLISH, by=by, at=at)
    return measure


@transaction.atomic
def edit(measure: Measure, *, fields: dict[str, str], by: User, at: datetime, version: int) -> Measure:
    """Change any of WRITABLE while it is in use; without a change nothing is written."""
    _permit(by, measure.park_id)
    _check(measure, version)
    if unknown := set(fields) - set(WRITABLE):
        raise TypeError(f"not editable: {sorted(unknown)}")
    changed = {name: value for name, value in fields.items() if getattr(measure, name) != value}
    if not changed:
        return measure
    changes = [{"field": name, "old": getattr(measure, name), "new": value} for name, value in changed.items()]
    _write(measure, changed | measure_column(measure, changed), version)
    _note(measure, MeasureChange.Verb.EDIT, by=by, at=at, changes=changes)
    return measure


@transaction.atomic
def withdraw(measure: Measure, *, reason: str, by: User, at: datetime, version: int) -> Measure:
    """Take it out of use with a reason; items that took it over keep their words and the link."""
    _permit(by, measure.park_id)
    _check(measure, version)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Please say why."))
    _write(measure, {"withdrawn_by": by, "withdrawn_at": at, "withdrawn_reason": reason}, version)
    _note(measure, MeasureChange.Verb.WITHDRAW, by=by, at=at, note=reason)
    return measure


def take_over(item: LedgerItem, measure: Measure, *, by: User, at: datetime, on: date, version: int) -> LedgerItem:
    """Add the measure's words to an open item's own and remember where they came from."""
    if measure.withdrawn_at or measure.park_id != item.park_id:
        raise Refused(_("This measure is not in use any more."))
    if not ledger.may_do(item, ItemVerb.EDIT, by):
        raise PermissionDenied
    fields: dict[str, Any] = words_of(measure, item) | {"measure": measure}
    return ledger.edit(item, fields=fields, by=by, at=at, on=on, version=version)


def words_of(measure: Measure, item: LedgerItem | None = None) -> dict[str, str]:
    """What an item gets from the measure: its solution under the measures the item has already, and the acceptance
    standard of the item it came from where there is none."""
    own = item.measures if item else ""
    has_it = measure.solution in own
    measures = own if has_it else "\n".join(text for text in (own, measure.solution) if text)
    origin = measure.item.standard if measure.item else ""
    return {"measures": measures, "standard": (item.standard if item else "") or origin}


def _permit(by: User, park_id: int) -> None:
    if not (may(by, Verb.PUBLISH_MEASURE) and by.organization.park_id == park_id):
        raise PermissionDenied


def _check(measure: Measure, version: int) -> None:
    if measure.version != version:
        raise _conflict()
    if measure.withdrawn_at:
        raise Refused(_("This measure is not in use any more."))


def _write(measure: Measure, fields: dict[str, Any], version: int) -> None:
    mine = Measure.objects.filter(pk=measure.pk, version=version, withdrawn_at__isnull=True)
    if not mine.update(**fields, version=version + 1):
        raise _conflict()
    measure.refresh_from_db()


def _note(measure: Measure, verb: str, *, by: User, at: datetime, note: str = "", changes: list | None = None) -> None:
    MeasureChange.objects.create(measure=measure, verb=verb, note=note, changes=changes or [], by=by, at=at)


def _conflict() -> Conflict:
    return Conflict(_("Somebody else has changed this measure in the meantime. Please look at it again and repeat."))
