"""From notices to the words of one message: text, HTML and the lines of the delivery page, in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dispatch.notices import wording
from dispatch.notices.channels import robots
from dispatch.notices.events import EVENTS
from dispatch.notices.models import Channel, Notice, NoticeTemplate

CHINESE = "zh-hans"
MOST_BYTES = {Channel.EMAIL: 60_000, Channel.SMS: 800}
SUBJECT_LENGTH = 120
Words = Mapping[tuple[int, str, str], NoticeTemplate]  # (park, event, language) → the template in force


@dataclass(frozen=True)
class Line:
    """One notice in words; ``url`` is absolute, "" without a page."""

    subject: str
    text: str
    url: str


@dataclass(frozen=True)
class Message:
    subject: str
    body: str
    html: str = ""


def templates_in_force(park_ids: Iterable[int]) -> Words:
    """The newest version of every template of these parks; one query."""
    rows = NoticeTemplate.objects.filter(park__in=set(park_ids)).order_by("version")
    return {(row.park_id, row.event, row.language): row for row in rows}


def default_words(event: str, language: str) -> tuple[str, str]:
    """(subject, text) with placeholders, as the installation brings them."""
    with translation.override(language):
        return str(EVENTS[event].subject), str(EVENTS[event].text)


def words_of(park_id: int, event: str, language: str, words: Words) -> tuple[str, str]:
    """(subject, text) in force: the park's own, each falling back to the default when it is empty."""
    subject, text = default_words(event, language)
    own = words.get((park_id, event, language))
    return (own.subject or subject, own.text or text) if own else (subject, text)


def line_of(notice: Notice, language: str, words: Words) -> Line:
    """The notice in words; an event that the code has forgotten reads as its code."""
    url = absolute(notice.url)
    if notice.event not in EVENTS:
        return Line(notice.event, "", url)
    subject, text = words_of(notice.park_id, notice.event, language, words)
    return Line(wording.fill(subject, notice.facts), wording.fill(text, notice.facts), url)


def absolute(path: str) -> str:
    """The address for people outside: SITE_URL and a path of ours; anything else is left out."""
    return f"{settings.SITE_URL}{path}" if path.startswith("/") and not path.startswith("//") else ""


def message_of(
    notices: Sequence[Notice], channel: str, language: str, words: Words, *, robot_kind: str = "", reference: str = ""
) -> Message:
    """The whole message for these notices, cut to what the channel takes. ``notices`` is not empty."""
    with translation.override(language):
        lines = [line_of(notice, language, words) for notice in notices]
        subject = _subject(notices, lines)
        if channel == Channel.SMS:
            return Message(subject, _sms(lines))
        limit = robots.LIMITS[robot_kind] - wording.size(subject) - 1 if robot_kind else MOST_BYTES[Channel(channel)]
        page = _page(notices[0])
        more = _("… and {count} more, see {page}").replace("{page}", page)
        foot = f"{_('Reference')} {reference}" if robot_kind else _foot(notices[0])
        parts = [_paragraph(n, line) for n, line in enumerate(lines, 1)] if len(lines) > 1 else [_single(lines[0])]
        body = wording.fit("", parts, foot, limit=limit, more=more).strip("\n")
        html = "" if robot_kind else _html(lines, subject, notices[0])
        return Message(subject, body, html)


def _subject(notices: Sequence[Notice], lines: Sequence[Line]) -> str:
    if len(lines) == 1:
        text = lines[0].subject
    else:
        words = {"count": len(lines), "first": lines[0].subject}
        text = ngettext("%(count)d notice: %(first)s", "%(count)d notices, first: %(first)s", len(lines)) % words
    if any(notice.is_urgent for notice in notices):
        text = _("[urgent] %(text)s") % {"text": text}
    return wording.plain(text)[:SUBJECT_LENGTH]


def _paragraph(number: int, line: Line) -> str:
    return "\n".join(filter(None, [f"{number}. {line.subject}", line.text, line.url, " "])).rstrip(" ")


def _single(line: Line) -> str:
    return "\n".join(filter(None, [line.text or line.subject, line.url, " "])).rstrip(" ")


def _sms(lines: Sequence[Line]) -> str:
    first = f"{lines[0].text or lines[0].subject} {lines[0].url}".strip()
    if len(lines) == 1:
        return first
    rest = ngettext("and %(n)d more in the application", "and %(n)d more in the application", len(lines) - 1)
    return f"{lines[0].subject} {rest % {'n': len(lines) - 1}} {absolute(reverse('dispatch:inbox'))}"


def _page(notice: Notice) -> str:
    """Where all of them stand: the inbox of a person, the page of an enterprise."""
    return absolute(notice.url) if notice.preference_id else absolute(reverse("dispatch:inbox"))


def _choices(notice: Notice) -> str:
    return absolute(notice.url) if notice.preference_id else absolute(reverse("dispatch:notice_choices"))


def _foot(notice: Notice) -> str:
    return "-- \n" + _("Project Navigator, %(park)s. Choose what you are told: %(url)s") % {
        "park": notice.park.name_zh,
        "url": _choices(notice),
    }


def _html(lines: Sequence[Line], subject: str, notice: Notice) -> str:
    context = {
        "lines": lines,
        "subject": subject,
        "park": notice.park,
        "choices_url": _choices(notice),
        "language": translation.get_language(),
    }
    return render_to_string("dispatch/notices/mail.html", context)
