"""What happened is written here, in the transaction of what happened; sending is another story (``sending``).

Nothing is written in a park without a webhook that wants it. The same key told twice is one event.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dispatch.webhooks import tasks
from dispatch.webhooks.models import Webhook, WebhookDelivery, WebhookEvent

BATCH = 500


@dataclass(frozen=True)
class Happening:
    """One event to tell. ``key`` says which of its kind it is, within the park."""

    park_id: int
    key: str
    data: Mapping[str, Any]
    project_id: int | None = None


def wanting(kind: str, park_ids: Iterable[int] | None = None) -> dict[int, list[int]]:
    """{park: webhooks that are switched on and want events of this kind}; one query."""
    rows = Webhook.objects.active()
    if park_ids is not None:
        rows = rows.filter(park__in=set(park_ids))
    found: dict[int, list[int]] = {}
    for pk, park, events in rows.order_by("pk").values_list("pk", "park", "events"):
        if kind in events:
            found.setdefault(park, []).append(pk)
    return found


def happened(
    kind: str, make: Callable[[], Iterable[Happening]], *, at: datetime, park_ids: Iterable[int] | None = None
) -> int:
    """Writes events and their deliveries and rings after the commit; returns how many deliveries were written.

    ``make`` is called only when a park wants the kind. The number of statements does not grow with the events but by
    batches of 500. Inside the transaction of what happened.
    """
    wanted = wanting(kind, park_ids)
    if not wanted:
        return 0
    told = [happening for happening in make() if happening.park_id in wanted]
    written = sum(_write(kind, told[start : start + BATCH], wanted, at) for start in range(0, len(told), BATCH))
    if written:
        transaction.on_commit(tasks.ring_aside)
    return written


def _write(kind: str, told: list[Happening], wanted: Mapping[int, list[int]], at: datetime) -> int:
    WebhookEvent.objects.bulk_create(
        [
            WebhookEvent(
                park_id=each.park_id, kind=kind, key=each.key, project_id=each.project_id, data=dict(each.data),
                happened_at=at,
            )
            for each in told
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    events = WebhookEvent.objects.filter(
        park__in={each.park_id for each in told}, kind=kind, key__in=[each.key for each in told]
    )
    rows = [
        WebhookDelivery(webhook_id=webhook, event_id=event, next_at=at)
        for event, park in events.order_by("pk").values_list("pk", "park")
        for webhook in wanted[park]
    ]
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
