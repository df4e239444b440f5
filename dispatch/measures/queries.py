"""Measures as pages show them. Reads only; the number of queries does not grow with the rows."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count

from dispatch.ledger.models import LedgerItem
from dispatch.measures.models import Measure, MeasureChange

SORTS = {"title": "title", "category": "category", "published": "published_at", "uses": "times_used"}
DEFAULT_SORT = "-published"


def for_list(rows, sort: str):
    """With ``times_used``: how many items took it over; anything not in SORTS gives the newest first."""
    if sort.removeprefix("-") not in SORTS:
        sort = DEFAULT_SORT
    column = SORTS[sort.removeprefix("-")]
    ordering = f"-{column}" if sort.startswith("-") else column
    counted = rows.annotate(times_used=Count("uses")).select_related("item__unit", "published_by")
    return counted.defer("tokens", "item__tokens").order_by(ordering, "-pk")


def origin(measure: Measure, user) -> LedgerItem | None:
    """The item it came from, when this person may see it."""
    if measure.item_id is None:
        return None
    return LedgerItem.objects.visible_to(user).filter(pk=measure.item_id).first()


def timeline(history: Iterable[MeasureChange]) -> list[dict[str, Any]]:
    """Rows for the timeline component, newest first."""
    return [
        {"at": one.at, "who": one.by, "what": one.get_verb_display(), "note": one.note or _fields(one)}
        for one in history
    ]


def _fields(change: MeasureChange) -> str:
    names = (str(Measure._meta.get_field(one["field"]).verbose_name) for one in change.changes)
    return "、".join(names)
