"""Writes of the pages: reading marks, choices, robots, templates, sending again. Nothing here sends anything."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park, User
from dispatch.notices import compose, planner, queries, wording
from dispatch.notices.models import Channel, Delivery, Notice, NoticeTemplate, PersonalChoice, Robot


def mark_read(user: User, *, at: datetime, pk: int | None = None, event: str = "") -> int:
    """Marks one, all, or all of an event as read; returns how many were unread. What is read is not sent any more."""
    rows = Notice.objects.addressed_to(user).filter(read_at__isnull=True, created_at__lte=at)
    if pk is not None:
        rows = rows.filter(pk=pk)
    if event:
        rows = rows.filter(event=event)
    return rows.update(read_at=at)


@transaction.atomic
def choose(
    user: User, *, channels: Mapping[str, list[str]], digest_at: time | None, quiet_from: time | None,
    quiet_until: time | None, language: str, version: int,
) -> PersonalChoice:  # fmt: skip
    """Keeps what the person wants. ``version``: 0 for who has chosen nothing yet. Raises Conflict."""
    values = {
        "channels": dict(channels), "digest_at": digest_at, "quiet_from": quiet_from, "quiet_until": quiet_until,
        "language": language,
    }  # fmt: skip
    if not version:
        choice, created = PersonalChoice.objects.get_or_create(user=user, defaults=values)
        if created:
            return choice
    elif PersonalChoice.objects.filter(user=user, version=version).update(**values, version=version + 1):
        return PersonalChoice.objects.get(user=user)
    raise Conflict(_("Your choice was changed in another window. Please look at it again."))


def send_again(delivery: Delivery, *, at: datetime) -> None:
    """Puts a message that was given up back in the queue, with all its attempts. Raises Conflict."""
    values = {"state": Delivery.State.DUE, "attempts": 0, "send_from": at}
    if not Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.DEAD).update(**values):
        raise Conflict(_("This message is not given up any more."))


def save_robot(robot: Robot | None, *, park: Park, values: Mapping[str, Any]) -> Robot:
    """Creates or changes a robot; an empty address or secret in ``values`` keeps the stored one. Raises Refused."""
    kept = {name: value for name, value in values.items() if value or name not in ("webhook_url", "secret")}
    if values.get("drop_secret"):
        kept["secret"] = ""
    kept.pop("drop_secret", None)
    try:
        with transaction.atomic():
            if robot is None:
                return Robot.objects.create(park=park, **kept)
            for name, value in kept.items():
                setattr(robot, name, value)
            robot.save(update_fields=list(kept))
            return robot
    except IntegrityError:
        raise Refused(_("There is a robot of this name already.")) from None


def try_robot(robot: Robot, *, by: User, at: datetime) -> Delivery:
    """Puts a test message in the queue; the sender takes it within a minute."""
    key = f"test/{robot.pk}/{at.isoformat()}"
    reference = planner.reference_of(key)
    body = _("Test message, asked for by %(who)s.\nReference %(reference)s") % {"who": by, "reference": reference}
    return Delivery.objects.create(
        park=robot.park, channel=Channel.ROBOT, key=key, reference=reference, robot=robot, address=robot.name,
        subject=_("Project Navigator"), body=body, send_from=at, created_at=at,
    )  # fmt: skip


def remove_robot(robot: Robot) -> None:
    """Deletes the robot with its messages."""
    robot.delete()


@transaction.atomic
def save_template(
    park: Park, event: str, language: str, *, subject: str, text: str, version: int, by: User, at: datetime
) -> NoticeTemplate:
    """Writes the next version; empty words stand for the default. Raises Refused, Conflict."""
    allowed = placeholders_of(event)
    wrong = wording.faults(subject, allowed) + wording.faults(text, allowed)
    if wrong:
        raise Refused(_("These placeholders are not known here: %(names)s") % {"names": " ".join(wrong)})
    stale = Conflict(_("Somebody else has saved a version meanwhile. Please look at it again."))
    newest = queries.versions_of(park, event, language).first()
    if version != (newest.version if newest else 0):
        raise stale
    try:
        with transaction.atomic():
            return NoticeTemplate.objects.create(
                park=park, event=event, language=language, subject=subject, text=text, version=version + 1, by=by, at=at
            )
    except IntegrityError:
        raise stale from None


def placeholders_of(event: str) -> set[str]:
    """Names that the default words of an event use."""
    return set().union(*(wording.placeholders(words) for words in compose.default_words(event, "en")))
