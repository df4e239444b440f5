"""The outbox: actions and jobs write here, in the transaction that is the cause. Sending is another story (sending.py).

Telling twice with one key tells once. A notice is dropped when its thing is settled before it leaves.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from accounts.models import Park, User
from dispatch.notices.events import EVENTS
from dispatch.notices.models import Notice, Robot
from projects.models import Project


@dataclass(frozen=True)
class About:
    """The thing a notice is about: ``type`` and ``id`` settle it later, ``url`` is its page."""

    type: str
    id: int
    url: str = ""
    project: Project | None = None


@dataclass(frozen=True)
class Message:
    """What is told. ``key``: the cause, e.g. "ledger/12/assign/3", the same for all recipients; ``facts``: JSON."""

    park: Park
    event: str
    key: str
    about: About
    facts: Mapping[str, Any] = field(default_factory=dict)
    level: int = 0
    urgent: bool = False


def tell(message: Message, recipients: Iterable[User], *, as_of: date, at: datetime) -> int:
    """Writes one notice a person, and returns how many; inactive accounts and other parks' people never.

    Raises KeyError for an unknown event.
    """
    people = {person.pk: person for person in recipients if person.is_active and _belongs(person, message.park)}
    rows = [_row(message, f"u{pk}", as_of, at, recipient_id=pk) for pk in people]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def tell_groups(message: Message, *, unit_id: int | None, as_of: date, at: datetime) -> int:
    """Writes one notice for each group robot of the park that wants the event, and the unit if it is for one unit."""
    robots = Robot.objects.filter(park=message.park, is_enabled=True)
    wanted = [robot for robot in robots if message.event in robot.events and robot.organization_id in (None, unit_id)]
    rows = [_row(message, f"r{robot.pk}", as_of, at, robot=robot) for robot in wanted]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def tell_many(entries: Iterable[tuple[Message, Iterable[User], int | None]], *, as_of: date, at: datetime) -> int:
    """``tell`` and ``tell_groups`` of many messages at once; the last of an entry is the unit it is for.

    The number of statements does not grow with the messages. The people must be active and of the message's park.
    """
    entries = list(entries)
    robots = list(Robot.objects.filter(is_enabled=True)) if entries else []
    rows = []
    for message, people, unit_id in entries:
        rows += [_row(message, f"u{pk}", as_of, at, recipient_id=pk) for pk in {person.pk: None for person in people}]
        rows += [
            _row(message, f"r{robot.pk}", as_of, at, robot=robot)
            for robot in robots
            if robot.park_id == message.park.pk
            and message.event in robot.events
            and robot.organization_id in (None, unit_id)
        ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def settle(about_type: str, about_ids: Iterable[int], *, at: datetime) -> int:
    """The things are settled: what has not left yet is not sent any more. Returns how many notices that were."""
    open_ones = Notice.objects.filter(
        about_type=about_type, about_id__in=list(about_ids), settled_at__isnull=True, created_at__lte=at
    )
    return open_ones.update(settled_at=at)


def _belongs(person: User, park: Park) -> bool:
    return person.organization_id is not None and person.organization.park_id == park.pk


def _row(message: Message, to: str, as_of: date, at: datetime, **recipient: Any) -> Notice:
    event = EVENTS[message.event]
    return Notice(
        park=message.park, key=f"{message.key}/{to}", event=event.code, project=message.about.project,
        about_type=message.about.type, about_id=message.about.id, url=message.about.url, facts=dict(message.facts),
        level=message.level, is_mandatory=event.mandatory, is_urgent=event.urgent or message.urgent, as_of=as_of,
        created_at=at, **recipient,
    )  # fmt: skip
