"""From pending notices to deliveries: what leaves now is claimed and written in one transaction a recipient."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from approvals.models import NoticePreference
from dispatch.notices import channels, compose, planning
from dispatch.notices.compose import Words
from dispatch.notices.events import EVENTS
from dispatch.notices.models import Channel, Delivery, Notice, PersonalChoice
from workdays.arithmetic import WorkCalendar

BATCH = 500
ROBOT = ("robot",)
RECIPIENTS = (
    "recipient__notice_choice",
    "preference__by",
    "preference__link",
    "robot",
    "park",
)


class _Taken(Exception):
    """Another planner was first with one of these notices."""


def plan_deliveries(*, now: datetime, calendar: WorkCalendar) -> int:
    """Hands every pending notice that may leave to its channels; returns how many messages were made."""
    made, after = 0, None
    while recipients := _recipients_after(after):
        rows = Notice.objects.filter(dispatched_at__isnull=True).filter(_any_of(recipients))
        by_recipient: dict[tuple, list[Notice]] = {}
        for notice in rows.select_related(*RECIPIENTS).order_by("pk"):
            by_recipient.setdefault(recipient_of(notice), []).append(notice)
        words = compose.templates_in_force(notice.park_id for notices in by_recipient.values() for notice in notices)
        for notices in by_recipient.values():
            made += _plan_one(notices, words, now, calendar)
        after = recipients[-1]
    return made


def _recipients_after(after):
    """The next recipients with pending notices, in a fixed order: (kind, id)."""
    found: list[tuple[str, int]] = []
    kinds = ("preference", "recipient", "robot")
    for kind in kinds:
        if after and kind < after[0]:
            continue  # has been read
        rows = Notice.objects.filter(dispatched_at__isnull=True, **{f"{kind}__isnull": False})
        if after and kind == after[0]:
            rows = rows.filter(**{f"{kind}__gt": after[1]})
        ids = rows.order_by(f"{kind}_id").values_list(f"{kind}_id", flat=True).distinct()[: BATCH - len(found)]
        found += [(kind, pk) for pk in ids]
        if len(found) >= BATCH:
            break
    return found


def _any_of(recipients):
    condition = Q()
    for kind in {kind for kind, _pk in recipients}:
        condition |= Q(**{f"{kind}__in": [pk for each, pk in recipients if each == kind]})
    return condition


def recipient_of(notice: Notice) -> tuple[str, int]:
    if notice.recipient_id:
        return "u", notice.recipient_id
    return ("p", notice.preference_id) if notice.preference_id else ("r", notice.robot_id)


def _plan_one(notices: list[Notice], words: Words, now: datetime, calendar: WorkCalendar) -> int:
    wishes = wishes_of(notices[0])
    plan = planning.plan([pending_of(notice) for notice in notices], wishes, now, calendar)
    if not plan.done:
        return 0
    by_id = {notice.pk: notice for notice in notices}
    try:
        with transaction.atomic():
            free = Notice.objects.filter(pk__in=plan.done, dispatched_at__isnull=True)
            if free.update(dispatched_at=now) != len(plan.done):
                raise _Taken
            for message in plan.messages:
                _write([by_id[pk] for pk in message.ids], message, words, now)
    except _Taken:
        return 0
    return len(plan.messages)


def pending_of(notice: Notice) -> planning.Pending:
    event = EVENTS.get(notice.event)
    defaults = event.channels if event else ("in_app", "email")
    return planning.Pending(
        id=notice.pk, event=notice.event, created_at=notice.created_at, is_mandatory=notice.is_mandatory,
        channels=ROBOT if notice.robot_id else ("email",) if notice.preference_id else defaults,
        is_urgent=notice.is_urgent, level=notice.level, is_over=bool(notice.settled_at or notice.read_at),
    )  # fmt: skip


def wishes_of(notice: Notice | Delivery) -> planning.Wishes:
    """What the recipient of this notice or delivery wants, and where they can be reached now."""
    if notice.robot is not None:
        return planning.Wishes(reachable=ROBOT if notice.robot.is_enabled else ())
    if notice.recipient is not None:
        choice = getattr(notice.recipient, "notice_choice", None)
        return wishes_of_person(notice.recipient, choice)
    if notice.preference is not None and _is_theirs(notice.preference):
        return planning.Wishes(reachable=_reachable({"email": notice.preference.email}))
    return planning.Wishes()


def has_left(delivery: Delivery) -> bool:
    """Whether the account is closed, or the link withdrawn, since the message was made."""
    if delivery.recipient is not None:
        return not delivery.recipient.is_active
    return delivery.preference is not None and not _is_theirs(delivery.preference)


def _is_theirs(preference: NoticePreference) -> bool:
    """Whether the account or the link that asked for notices is still good."""
    if preference.link is not None:
        return preference.link.withdrawn_at is None
    return preference.by is not None and preference.by.is_active


def wishes_of_person(person: User, choice: PersonalChoice | None) -> planning.Wishes:
    reachable = _reachable({"email": person.email, "sms": person.phone}) if person.is_active else ()
    if choice is None:
        return planning.Wishes(reachable=reachable)
    return planning.Wishes(
        reachable=reachable, chosen=choice.channels, digest_at=choice.digest_at or planning.DIGEST_AT,
        quiet_from=planning.QUIET_FROM if choice.quiet_from is None else choice.quiet_from,
        quiet_until=planning.QUIET_UNTIL if choice.quiet_until is None else choice.quiet_until,
    )  # fmt: skip


def _reachable(addresses: dict[str, str]) -> tuple[str, ...]:
    ready = channels.set_up()
    return tuple(name for name, address in addresses.items() if name in ready and _usable(name, address))


def _usable(name: str, address: str) -> bool:
    if name != "email":
        return bool(address.strip())
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def language_of(notice: Notice | Delivery) -> str:
    choice = getattr(notice.recipient, "notice_choice", None) if notice.recipient_id else None
    return (choice and choice.language) or compose.CHINESE


def _write(notices: list[Notice], message: planning.Outgoing, words: Words, now: datetime) -> Delivery:
    first = notices[0]
    key = f"{message.channel}/{''.join(map(str, recipient_of(first)))}/n{min(message.ids)}"
    delivery = Delivery(
        park=first.park, channel=message.channel, key=key, reference=reference_of(key), recipient=first.recipient,
        robot=first.robot, preference=first.preference, address=_address(first, message.channel),
        any_hour=message.any_hour, send_from=now, created_at=now,
    )  # fmt: skip
    fill(delivery, notices, words)
    delivery.save(force_insert=True)
    delivery.notices.set(notices)
    return delivery


def fill(delivery: Delivery, notices: Iterable[Notice], words: Words) -> None:
    """Writes the words of these notices into the delivery; not saved."""
    kind = delivery.robot.kind if delivery.robot else ""
    message = compose.message_of(
        list(notices), delivery.channel, language_of(delivery), words, robot_kind=kind, reference=delivery.reference
    )
    delivery.subject, delivery.body, delivery.body_html = message.subject, message.body, message.html


def reference_of(key: str) -> str:
    """The stable client reference of a delivery."""
    return f"pn-{hashlib.sha256(key.encode()).hexdigest()[:24]}"


def _address(notice: Notice, channel: str) -> str:
    if notice.robot is not None:
        return notice.robot.name
    if notice.preference is not None:
        return notice.preference.email
    return notice.recipient.email if channel == Channel.EMAIL else notice.recipient.phone
