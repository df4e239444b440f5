"""What the pages of notices show. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count, Max, Q
from django.utils.translation import get_language

from accounts.models import Park
from dispatch.notices import compose
from dispatch.notices.events import EVENTS
from dispatch.notices.models import Channel, Delivery, Notice, NoticeTemplate, Robot
from dispatch.response.models import ResponseLevel

LEVELS = dict(ResponseLevel.choices)


def unread_count(user) -> int:
    """How many notices the person has not read: one query on a partial index."""
    return Notice.objects.addressed_to(user).filter(read_at__isnull=True).count()


@dataclass(frozen=True)
class Row:
    """One notice of the inbox in words."""

    notice: Notice
    subject: str
    text: str
    label: Any
    level: Any = ""


def inbox(user, *, unread_only: bool, event: str = ""):
    """The person's notices, the newest first."""
    rows = Notice.objects.addressed_to(user).select_related("project").order_by("-created_at", "-pk")
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    return rows.filter(event=event) if event else rows


def rows_of(notices: Iterable[Notice], park: Park) -> list[Row]:
    """The notices in the reader's language; one query for the templates."""
    words, language = compose.templates_in_force([park.pk]), language_of_reader()
    found = []
    for notice in notices:
        line = compose.line_of(notice, language, words)
        label = EVENTS[notice.event].label if notice.event in EVENTS else notice.event
        found.append(Row(notice, line.subject, line.text, label, LEVELS.get(notice.level, "")))
    return found


def language_of_reader() -> str:
    return "en" if (get_language() or "").startswith("en") else compose.CHINESE


def of_user(user) -> list[tuple[str, Any]]:
    """(code, label) of the events the person has notices of."""
    codes = Notice.objects.addressed_to(user).order_by("event").values_list("event", flat=True).distinct()
    return [(code, EVENTS[code].label) for code in codes if code in EVENTS]


def deliveries(user):
    rows = Delivery.objects.visible_to(user).select_related("recipient", "robot", "preference")
    return rows.annotate(contents=Count("notices")).order_by("-created_at", "-pk")


def delivery_counts(user) -> dict[str, int]:
    """{state: number}, the given-up ones first on the page."""
    rows = Delivery.objects.visible_to(user).order_by().values_list("state").annotate(n=Count("pk"))
    found = dict(rows)
    return {state: found.get(state, 0) for state in Delivery.State.values}


def matching(rows, *, channel: str = "", state: str = "", q: str = ""):
    """Deliveries of a channel, a state, and with these words in address, person or subject."""
    if channel:
        rows = rows.filter(channel=channel)
    if state:
        rows = rows.filter(state=state)
    if q:
        named = Q(recipient__display_name__icontains=q) | Q(recipient__username__icontains=q)
        rows = rows.filter(named | Q(address__icontains=q) | Q(subject__icontains=q))
    return rows


def robots(user):
    rows = Robot.objects.visible_to(user).select_related("organization").order_by("name")
    last = Max("deliveries__sent_at")
    dead = Count("deliveries", filter=Q(deliveries__state=Delivery.State.DEAD))
    return rows.annotate(last_sent_at=last, dead=dead)


def masked(robot: Robot) -> str:
    """The host of the address and the end of its key: enough to recognise it, too little to use it."""
    return f"{urlsplit(robot.webhook_url).hostname or ''} …{robot.webhook_url[-4:]}"


def template_rows(park: Park) -> list[dict[str, Any]]:
    """Every event with the template in force in each language."""
    words = compose.templates_in_force([park.pk])
    return [
        {
            "event": event,
            "languages": [
                {"code": code, "name": name, "own": _own(words.get((park.pk, event.code, code)))}
                for code, name in NoticeTemplate.language.field.choices
            ],
        }
        for event in EVENTS.values()
    ]


def _own(template: NoticeTemplate | None) -> NoticeTemplate | None:
    return template if template and (template.subject or template.text) else None


def versions_of(park: Park, event: str, language: str):
    return NoticeTemplate.objects.filter(park=park, event=event, language=language).select_related("by")


def channel_states(ready: Iterable[str]) -> list[dict[str, Any]]:
    """Which channels are set up on this installation."""
    return [
        {"label": Channel(code).label, "is_ready": code in ready or code == Channel.ROBOT}
        for code in (Channel.EMAIL, Channel.ROBOT, Channel.SMS)
    ]
