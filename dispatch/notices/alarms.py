"""Alarms about messages that were given up. In the application they always arrive; never an alarm about an alarm."""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts.models import Park, Role, User
from accounts.permissions import Verb
from dispatch.notices import retries
from dispatch.notices.models import Channel, Delivery
from dispatch.notices.outbox import About, Message, tell

ZONE = ZoneInfo("Asia/Shanghai")
EVENT = "machine_alarm"
WATCHERS = {Verb.MANAGE_NOTICES.value, Verb.VIEW_JOBS.value}
WHAT = {
    Channel.EMAIL: gettext_noop("E-mail"),
    Channel.ROBOT: gettext_noop("Group robot"),
    Channel.SMS: gettext_noop("Text message"),
}


def watchers(park: Park) -> list[User]:
    """People of the park who look after notices and jobs."""
    roles = [role.pk for role in Role.objects.all() if WATCHERS & set(role.verbs)]
    return list(
        User.objects.filter(organization__park=park, is_active=True, role__in=roles).select_related("organization")
    )


def delivery_given_up(delivery: Delivery, error: str, *, at: datetime) -> None:
    """One alarm a channel (or robot) and day, however many messages it lost, and one for each address that is refused;
    the page lists them all."""
    if not delivery.notices.exclude(event=EVENT).exists():
        return
    day = at.astimezone(ZONE).date()
    channel = f"{delivery.channel}/{delivery.robot_id}" if delivery.robot_id else delivery.channel
    if not retries.is_last(delivery.attempts):
        channel += f"/{hashlib.sha256(delivery.address.encode()).hexdigest()[:12]}"
    about = About("delivery", delivery.pk, reverse("dispatch:delivery_detail", args=[delivery.pk]))
    what = delivery.robot.name if delivery.robot else f"{WHAT[Channel(delivery.channel)]} {delivery.address}"
    message = Message(
        delivery.park, EVENT, f"delivery/{delivery.park_id}/{channel}/{day.isoformat()}", about,
        {"what": what, "attempts": delivery.attempts, "error": error[:200]},
    )  # fmt: skip
    tell(message, watchers(delivery.park), as_of=day, at=at)
