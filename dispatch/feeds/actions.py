"""Writes on calendar feeds. Only a hash of the secret is kept."""

import hmac
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import User
from accounts.permissions import Verb, may
from approvals.portal.links import LONGEST, digest
from approvals.portal.rules import SECRET_BYTES
from dispatch.feeds.models import CalendarFeed
from projects.models import Project

MOST_OPEN = 20
IDLE = timedelta(days=365)  # a feed that no calendar has read for a year opens nothing any more
NOTED_EVERY = timedelta(minutes=10)


def may_withdraw_others(user: User) -> bool:
    """Whether the user may withdraw feeds of the people of the park; nobody ever sees another's address."""
    return may(user, Verb.HAND_OUT_LINK) and user.role.scope == "park"


def of_park(user: User) -> QuerySet[CalendarFeed]:
    """Open feeds of everybody of the user's park, for who may withdraw them."""
    if not may_withdraw_others(user):
        return CalendarFeed.objects.none()
    return CalendarFeed.objects.open().filter(user__organization__park=user.organization.park_id)


@transaction.atomic
def make(
    *, by: User, at: datetime, project: Project | None = None, name: str = "", reminds: bool = False
) -> tuple[CalendarFeed, str]:
    """A new feed in the language of now, and its secret, which nobody can read again.

    Raises Refused at 20 open ones or without a role, PermissionDenied for a project the user may not know of.
    """
    if not by.role_id:
        raise Refused(_("This account has no role in a park, so there is nothing to put into a calendar."))
    if project is not None and not Project.objects.visible_to(by).filter(pk=project.pk).exists():
        raise PermissionDenied
    User.objects.select_for_update().get(pk=by.pk)
    if CalendarFeed.objects.of(by).open().count() >= MOST_OPEN:
        raise Refused(_("You have %(n)d calendar feeds. Please withdraw one first.") % {"n": MOST_OPEN})
    secret = secrets.token_urlsafe(SECRET_BYTES)
    language = get_language() or "zh-hans"
    fields = {"name": name, "reminds": reminds, "language": language, "secret_sha256": digest(secret)}
    return CalendarFeed.objects.create(user=by, project=project, created_at=at, **fields), secret


@transaction.atomic
def withdraw(feed: CalendarFeed, *, by: User, at: datetime) -> None:
    """From now on the address opens nothing. Raises PermissionDenied, Conflict."""
    if feed.user_id != by.pk and not of_park(by).filter(pk=feed.pk).exists():
        raise PermissionDenied
    rows = CalendarFeed.objects.open().filter(pk=feed.pk)
    if not rows.update(withdrawn_at=at, withdrawn_by=by):
        raise Conflict(_("This calendar feed has been withdrawn already."))
    feed.withdrawn_at, feed.withdrawn_by = at, by


def is_idle(feed: CalendarFeed, at: datetime) -> bool:
    return at - (feed.last_used_at or feed.created_at) > IDLE


def find(secret: str, *, at: datetime) -> CalendarFeed | None:
    """The feed that this secret opens now; None for a wrong, withdrawn or idle one and for a closed account."""
    if len(secret) > LONGEST:
        return None
    wanted = digest(secret)
    rows = CalendarFeed.objects.open().select_related("user__organization__park", "user__role", "project")
    feed = rows.filter(secret_sha256=wanted, user__is_active=True).first()
    if feed is None or not hmac.compare_digest(feed.secret_sha256, wanted) or is_idle(feed, at):
        return None
    return feed


def note_read(feed: CalendarFeed, content_sha256: str, *, at: datetime) -> datetime:
    """Remembers the use and what was answered; returns since when the answer has been this one."""
    is_new = feed.content_sha256 != content_sha256 or feed.changed_at is None
    if is_new or feed.last_used_at is None or at - feed.last_used_at >= NOTED_EVERY:
        feed.last_used_at = at
        if is_new:
            feed.content_sha256, feed.changed_at = content_sha256, at.replace(microsecond=0)
        columns = {name: getattr(feed, name) for name in ("last_used_at", "content_sha256", "changed_at")}
        CalendarFeed.objects.filter(pk=feed.pk).update(**columns)
    return feed.changed_at
