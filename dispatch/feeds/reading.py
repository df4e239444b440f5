"""A feed as it is answered: the file, its tag, and since when it has been this one."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.i18n import localized
from dispatch.feeds import actions, ics, queries
from dispatch.feeds.models import CalendarFeed
from dispatch.feeds.queries import Reader


@dataclass(frozen=True)
class Answer:
    content: bytes
    etag: str
    changed_at: datetime


def answer(feed: CalendarFeed, *, site: str, at: datetime, today: date) -> Answer:
    """The file in the language of the feed, with what its holder may see now. ``site``: scheme and host."""
    with translation.override(feed.language):
        reader = Reader(feed.user, today, site)
        events = queries.of_project(reader, feed.project) if feed.project else queries.personal(reader)
        content = ics.calendar_file(_name(feed, bool(events)), events, today=today, reminds=feed.reminds)
    tag = sha256(content).hexdigest()
    return Answer(content, f'"{tag[:32]}"', actions.note_read(feed, tag, at=at))


def _name(feed: CalendarFeed, has_events: bool) -> str:
    """The name in the calendar program; of a project only while its holder sees something of it."""
    if feed.name:
        return feed.name
    if feed.project:
        return feed.project.name if has_events else _("Project")
    park = localized(feed.user.park, "name") if feed.user.park else ""
    return " · ".join(filter(None, [_("My due dates"), park]))
