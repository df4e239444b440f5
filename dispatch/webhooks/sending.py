"""The sender: claim by compare-and-swap with a lease, send, record. At least once; a delivery keeps its number.

A process that dies between sending and recording leaves its lease behind; when that has passed the message is sent
again under the same number, by which a receiver knows it. Ten attempts in about 66 hours, then it is given up. A
webhook that does not answer is left alone for the rest of the run, one that has failed fifty times in a row is switched
off and its people are told. No order is promised. Times come from ``now``, a function handed in by the edge.
"""

import json
import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts.models import Park, Role, User
from accounts.permissions import Verb
from dispatch.notices.channels import Down, NotSent
from dispatch.notices.outbox import About, Message, tell
from dispatch.webhooks import events, retries, signing, wire
from dispatch.webhooks.models import Webhook, WebhookDelivery

LEASE = timedelta(seconds=60)  # longer than a connection and an answer may take
LONGEST_RUN = timedelta(minutes=5)
BATCH = 50
MOST_FAILURES = 50
ZONE = ZoneInfo("Asia/Shanghai")
NAMES = uuid.UUID("5f1d7e0c-6c5e-5a0e-9d8e-2b6f3c1a7e44")
TOO_MANY = gettext_noop("Fifty attempts in a row have failed.")

State = WebhookDelivery.State
Now = Callable[[], datetime]
logger = logging.getLogger(__name__)


def number_of(delivery: WebhookDelivery) -> str:
    """X-Navigator-Delivery: the same for every attempt of a delivery, another for a replay."""
    return str(uuid.uuid5(NAMES, f"delivery/{delivery.pk}"))


def body_of(delivery: WebhookDelivery) -> bytes:
    """What is sent, the same bytes for every attempt. ``id`` is the event's, also when it is replayed."""
    event = delivery.event
    told = {
        "id": str(uuid.uuid5(NAMES, f"event/{event.pk}")),
        "event": event.kind,
        "version": events.version_of(event.kind),
        "happened_at": event.happened_at.astimezone(ZONE).isoformat(),
        "park": delivery.webhook.park.code,
        "data": event.data,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def headers_of(delivery: WebhookDelivery, body: bytes, at: datetime) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    webhook = delivery.webhook
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Project-Navigator-Webhooks/1",
        "X-Navigator-Event": delivery.event.kind,
        "X-Navigator-Delivery": number_of(delivery),
        "X-Navigator-Timestamp": timestamp,
        "X-Navigator-Signature": signing.header((webhook.secret, webhook.old_secret), timestamp, body),
    }


def send_due(*, now: Now) -> int:
    """Sends what is due in this process, the oldest of each webhook in turn; returns how many were delivered."""
    started, closed, sent = now(), set[int](), 0
    while ids := list(_due(now()).exclude(webhook__in=closed).values_list("pk", flat=True)[:BATCH]):
        for pk in ids:
            if now() - started > LONGEST_RUN:
                return sent
            sent += _one(pk, closed, now)
    return sent


def bury(*, now: datetime) -> int:
    """Gives up deliveries whose last permitted attempt died without a word; returns how many."""
    lost = WebhookDelivery.objects.filter(state=State.WAITING, attempts__gte=retries.ATTEMPTS, lease_until__lt=now)
    return lost.update(state=State.FAILED, lease_until=None, said="The process died in the middle of the last attempt.")


def _due(at: datetime) -> QuerySet[WebhookDelivery]:
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    rows = WebhookDelivery.objects.filter(free, state=State.WAITING, next_at__lte=at, attempts__lt=retries.ATTEMPTS)
    return rows.filter(webhook__switched_off_at=None).order_by("next_at", "pk")


def _one(pk: int, closed: set[int], now: Now) -> int:
    """One delivery, whatever happens to it: 1 when it was delivered."""
    rows = WebhookDelivery.objects.select_related("event", "webhook__park", "webhook__sees_as__organization__park")
    delivery = rows.filter(pk=pk).first()
    if delivery is None or delivery.webhook_id in closed or not claim(delivery, now=now()):
        return 0
    if not events.may_see(delivery.event.kind, delivery.webhook.sees_as, delivery.event.data):
        _record(delivery, state=State.WITHHELD)
        return 0
    try:
        answer = _send(delivery, now())
    except NotSent as error:
        closed.update([delivery.webhook_id] if isinstance(error, Down) else [])
        fail(delivery, str(error), now=now())
        return 0
    except Exception as error:
        logger.exception("webhook delivery %s could not be sent", pk)
        fail(delivery, f"unexpected {type(error).__name__}", now=now())
        return 0
    if 200 <= answer.status < 300:
        return delivered(delivery, answer.status, now=now())
    if answer.status >= 500 or answer.status == 429:
        closed.add(delivery.webhook_id)
    fail(delivery, "", status=answer.status, wait=answer.retry_after, now=now())
    return 0


def _send(delivery: WebhookDelivery, at: datetime):
    body = body_of(delivery)
    return wire.post(delivery.webhook.url, body, headers_of(delivery, body, at))


def claim(delivery: WebhookDelivery, *, now: datetime) -> bool:
    """Takes the delivery with a fresh lease; False: held by somebody, or done."""
    won = _due(now).filter(pk=delivery.pk, attempts=delivery.attempts).values("pk")
    mine = WebhookDelivery.objects.filter(pk__in=list(won.values_list("pk", flat=True)), attempts=delivery.attempts)
    taken = mine.filter(state=State.WAITING).update(attempts=F("attempts") + 1, lease_until=now + LEASE)
    delivery.attempts += taken
    return bool(taken)


def delivered(delivery: WebhookDelivery, status: int, *, now: datetime) -> int:
    """Marks it delivered if it is still ours; the webhook works."""
    if not _record(delivery, state=State.SENT, status=status, said="", sent_at=now):
        return 0
    Webhook.objects.filter(pk=delivery.webhook_id, failures_in_a_row__gt=0).update(failures_in_a_row=0)
    return 1


def fail(
    delivery: WebhookDelivery, said: str, *, now: datetime, status: int | None = None, wait: float | None = None
) -> None:
    """Puts it back for later, or gives it up after the last attempt; counts the failure against the webhook."""
    pause = retries.wait_after(delivery.attempts, number_of(delivery))
    if wait is not None:
        pause = max(pause, timedelta(seconds=wait))
    last = retries.is_last(delivery.attempts)
    values = {"state": State.FAILED} if last else {"next_at": now + pause}
    with transaction.atomic():
        if not _record(delivery, status=status, said=said[:300], **values):
            return
        rows = Webhook.objects.filter(pk=delivery.webhook_id)
        rows.update(failures_in_a_row=F("failures_in_a_row") + 1)
        off = rows.filter(switched_off_at=None, failures_in_a_row__gte=MOST_FAILURES)
        if off.update(switched_off_at=now, switched_off_reason=TOO_MANY, version=F("version") + 1):
            _tell_switched_off(delivery.webhook, said or str(status), at=now)


def _record(delivery: WebhookDelivery, **values) -> int:
    mine = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.WAITING, attempts=delivery.attempts)
    return mine.update(lease_until=None, **values)


def managers(park: Park) -> list[User]:
    """People of the park who manage webhooks."""
    roles = [role.pk for role in Role.objects.all() if Verb.MANAGE_WEBHOOKS.value in role.verbs]
    people = User.objects.filter(organization__park=park, is_active=True, role__in=roles)
    return list(people.select_related("organization").order_by("pk"))


def _tell_switched_off(webhook: Webhook, said: str, *, at: datetime) -> None:
    about = About("webhook", webhook.pk, reverse("dispatch:webhook_detail", args=[webhook.pk]))
    facts = {"what": webhook.name, "attempts": MOST_FAILURES, "error": said[:200]}
    key = f"webhook/{webhook.pk}/off/{at.isoformat()}"
    message = Message(webhook.park, "machine_alarm", key, about, facts)
    tell(message, managers(webhook.park), as_of=at.astimezone(ZONE).date(), at=at)
