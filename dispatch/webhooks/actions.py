"""Writes of the pages and the API: webhooks, their secrets, test messages and replays. Nothing here sends anything.

All raise PermissionDenied for who does not manage webhooks in this park, and Conflict when somebody else was first.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park, User
from accounts.permissions import Verb, may
from dispatch.webhooks import addresses, signing, tasks
from dispatch.webhooks.events import EVENTS, PING
from dispatch.webhooks.models import Webhook, WebhookDelivery, WebhookEvent

State = WebhookDelivery.State
REPLAYED_AT_ONCE = 2000


def permit(by: User, park_id: int) -> None:
    """Raises PermissionDenied unless the person manages the webhooks of this park."""
    own = by.organization_id is not None and by.organization.park_id == park_id
    if not (own and may(by, Verb.MANAGE_WEBHOOKS) and by.role.scope == "park"):
        raise PermissionDenied(_("Your role does not allow this."))


def receivers(park: Park) -> QuerySet[User]:
    """People a webhook may see as: of the park and its units, never of an enterprise."""
    people = User.objects.filter(organization__park=park, is_active=True, role__scope__in=["park", "unit"])
    return people.select_related("organization", "role").order_by("organization__name", "username")


def make(park: Park, values: Mapping[str, Any], *, by: User, at: datetime) -> Webhook:
    """A new webhook (name, url, events, sees_as); its secret is shown once from the row returned. Raises Refused."""
    permit(by, park.pk)
    checked = _checked(park, values)
    try:
        with transaction.atomic():
            return Webhook.objects.create(park=park, secret=signing.new_secret(), created_at=at, **checked)
    except IntegrityError:
        raise _taken() from None


def change(webhook: Webhook, values: Mapping[str, Any], *, by: User, version: int) -> None:
    """Raises Refused, Conflict."""
    permit(by, webhook.park_id)
    try:
        with transaction.atomic():
            _swap(webhook, version, **_checked(webhook.park, values))
    except IntegrityError:
        raise _taken() from None


def rotate(webhook: Webhook, *, by: User, version: int) -> str:
    """The new secret, shown once. The old one signs too until ``forget_old``, so that receivers can change over."""
    permit(by, webhook.park_id)
    secret = signing.new_secret()
    _swap(webhook, version, secret=secret, old_secret=webhook.secret)
    return secret


def forget_old(webhook: Webhook, *, by: User, version: int) -> None:
    """Only the newest secret signs from now on."""
    permit(by, webhook.park_id)
    _swap(webhook, version, old_secret="")


def switch(webhook: Webhook, on: bool, *, by: User, at: datetime, version: int) -> None:
    """Off: nothing is written or sent for it; what waits goes on waiting. On again: it starts with a clean record."""
    permit(by, webhook.park_id)
    if on:
        _swap(webhook, version, switched_off_at=None, switched_off_reason="", failures_in_a_row=0)
    else:
        _swap(webhook, version, switched_off_at=at, switched_off_reason=str(by)[:200])


@transaction.atomic
def remove(webhook: Webhook, *, by: User) -> None:
    """Deletes the webhook with its deliveries."""
    permit(by, webhook.park_id)
    webhook.delete()


@transaction.atomic
def ping(webhook: Webhook, *, by: User, at: datetime) -> WebhookDelivery:
    """Puts a test message in the queue. Raises Refused while the webhook is switched off."""
    permit(by, webhook.park_id)
    _require_on(webhook)
    data = {"project": None, "asked_by": str(by), "webhook": webhook.name}
    key = f"{webhook.pk}/{at.isoformat()}"
    event, _new = WebhookEvent.objects.get_or_create(
        park=webhook.park, kind=PING, key=key, defaults={"data": data, "happened_at": at}
    )
    delivery, _new = WebhookDelivery.objects.get_or_create(
        webhook=webhook, event=event, replay_of=None, defaults={"next_at": at}
    )
    transaction.on_commit(tasks.ring_aside)
    return delivery


@transaction.atomic
def replay(delivery: WebhookDelivery, *, by: User, at: datetime) -> WebhookDelivery:
    """Sends one event once more, as a new delivery. Raises Refused while it still waits, or the webhook is off."""
    permit(by, delivery.webhook.park_id)
    _require_on(delivery.webhook)
    if delivery.state == State.WAITING:
        raise Refused(_("This delivery still waits to be sent."))
    return _again([delivery], at)[0]


@transaction.atomic
def replay_failed(webhook: Webhook, *, since: datetime, by: User, at: datetime) -> int:
    """Sends again every event since a moment that was given up and has not been delivered or asked for since; returns
    how many, at most 2000 at once. Raises Refused while the webhook is off."""
    permit(by, webhook.park_id)
    _require_on(webhook)
    return len(_again(list(failed_since(webhook, since)[:REPLAYED_AT_ONCE]), at))


def failed_since(webhook: Webhook, since: datetime) -> QuerySet[WebhookDelivery]:
    """The last given-up delivery of each event that happened since and is neither delivered nor on its way."""
    rows = WebhookDelivery.objects.filter(webhook=webhook)
    settled = rows.filter(state__in=[State.SENT, State.WAITING]).values("event")
    failed = rows.filter(state=State.FAILED, event__happened_at__gte=since).exclude(event__in=settled)
    later = rows.filter(state=State.FAILED, replay_of__isnull=False).values("replay_of")
    return failed.exclude(pk__in=later).order_by("pk")


def _again(found: list[WebhookDelivery], at: datetime) -> list[WebhookDelivery]:
    rows = [WebhookDelivery(webhook_id=d.webhook_id, event_id=d.event_id, replay_of=d, next_at=at) for d in found]
    made = WebhookDelivery.objects.bulk_create(rows, batch_size=500)
    if made:
        transaction.on_commit(tasks.ring_aside)
    return made


def _require_on(webhook: Webhook) -> None:
    if webhook.switched_off_at is not None:
        raise Refused(_("This webhook is switched off. Switch it on first."))


def _checked(park: Park, values: Mapping[str, Any]) -> dict[str, Any]:
    """Name, address, events and person as they are stored. Raises Refused."""
    name, url = str(values["name"]).strip(), str(values["url"]).strip()
    wanted = [code for code in EVENTS if code in values["events"]]
    if not name or len(name) > 100:
        raise Refused(_("Please give a name of at most 100 characters."))
    if fault := addresses.fault_of(url):
        raise Refused(words_of(fault))
    if not wanted or set(values["events"]) - set(EVENTS):
        raise Refused(_("Choose at least one of the known events."))
    if not receivers(park).filter(pk=values["sees_as"].pk).exists():
        raise Refused(_("Choose a person of the park or of its units."))
    return {"name": name, "url": url, "events": wanted, "sees_as": values["sees_as"]}


def words_of(fault: str) -> str:
    """What is wrong with an address, for the person."""
    match fault:
        case "scheme":
            return _("The address has to begin with https://.")
        case "private":
            return _("This address lies in a private network. The administrator of the server can allow it.")
    return _("This address cannot be used: no user name, no fragment, only plain letters.")


def _swap(webhook: Webhook, version: int, **values: Any) -> None:
    rows = Webhook.objects.filter(pk=webhook.pk, version=version)
    if not rows.update(**values, version=version + 1):
        raise Conflict(_("Somebody else has changed this in the meantime. Please look at it again."))
    webhook.refresh_from_db()


def _taken() -> Refused:
    return Refused(_("There is a webhook of this name already."))
