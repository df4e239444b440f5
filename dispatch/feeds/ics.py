"""Events as an iCalendar file (RFC 5545, RFC 7986) that Apple, Google, Outlook and the office chats read. Pure.

The same events give the same bytes: DTSTAMP, LAST-MODIFIED and SEQUENCE come from the last change of each thing.
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from icalendar import Alarm, Calendar, Timezone, TimezoneStandard, vDuration
from icalendar import Event as Component

from dispatch.feeds.values import Event

TZID = "Asia/Shanghai"
OFFSET = timedelta(hours=8)  # no summer time since 1991
REFRESH = timedelta(hours=4)
LARGEST = 900_000  # octets; Google stops reading at 1 MB
DAYS_BACK, DAYS_AHEAD = 90, 730
LONGEST_TITLE, LONGEST_TEXT = 300, 1000
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)  # SEQUENCE counts seconds from here: 32 bits last until 2088
REMINDER = timedelta(hours=-15)  # 09:00 of the day before an event that begins at midnight
HEAD = 2_000  # octets kept for the calendar's own lines


def window(today: date) -> tuple[date, date]:
    """First and last day that a feed shows."""
    return today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)


def calendar_file(name: str, events: Iterable[Event], *, today: date, reminds: bool = False) -> bytes:
    """The feed: events of the window, each once; when it grows too large, those nearest to ``today``."""
    found = Calendar()
    found.add("prodid", "-//Project Navigator//Calendar feed//EN")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    for label in ("x-wr-calname", "name"):
        found.add(label, plain(name, LONGEST_TITLE))
    found.add("x-wr-timezone", TZID)
    found.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", vDuration(REFRESH))
    found.add_component(_timezone())
    for part in _kept(events, today, reminds):
        found.add_component(part)
    content: bytes = found.to_ical()
    return content


def plain(text: str, longest: int) -> str:
    """Text without what a calendar cannot carry: control characters other than line ends, and halves of characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs"))
    return kept[:longest]


def _kept(events: Iterable[Event], today: date, reminds: bool) -> list[Component]:
    first, last = window(today)
    single = {event.uid: event for event in events if first <= event.on <= last}
    room, parts = LARGEST - HEAD, []
    for event in sorted(single.values(), key=lambda one: (abs((one.on - today).days), one.uid)):
        part = _component(event, reminds)
        room -= len(part.to_ical())
        if room < 0:
            break
        parts.append((event.on, event.uid, part))
    return [part for _on, _uid, part in sorted(parts, key=lambda one: one[:2])]


def _component(event: Event, reminds: bool) -> Component:
    part = Component()
    changed = event.changed_at.astimezone(UTC).replace(microsecond=0)
    part.add("uid", event.uid)
    part.add("dtstamp", changed)
    part.add("last-modified", changed)
    part.add("sequence", max(0, int((changed - EPOCH).total_seconds())))
    part.add("summary", plain(event.title, LONGEST_TITLE).replace("\n", " "))
    _times(part, event)
    part.add("status", "TENTATIVE" if event.is_tentative else "CONFIRMED")
    part.add("transp", "OPAQUE" if event.starts_at else "TRANSPARENT")
    if event.category:
        part.add("categories", [plain(event.category, LONGEST_TITLE)])
    if text := plain("\n".join(filter(None, event.lines)), LONGEST_TEXT):
        part.add("description", text)
    if event.place:
        part.add("location", plain(event.place, LONGEST_TITLE))
    if event.url:
        part.add("url", event.url)
    if reminds:
        part.add_component(_reminder(event))
    return part


def _times(part: Component, event: Event) -> None:
    if event.starts_at is None:
        part.add("dtstart", event.on)
        part.add("dtend", event.on + timedelta(days=1))
        return
    begins = datetime.combine(event.on, event.starts_at)
    ends = datetime.combine(event.on, event.ends_at) if event.ends_at else begins
    ends = ends if ends > begins else begins + timedelta(hours=1)
    part.add("dtstart", begins, parameters={"TZID": TZID})
    part.add("dtend", ends, parameters={"TZID": TZID})


def _reminder(event: Event) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", plain(event.title, LONGEST_TITLE).replace("\n", " "))
    begins = event.starts_at
    since_midnight = timedelta(hours=begins.hour, minutes=begins.minute) if begins else timedelta()
    alarm.add("trigger", REMINDER - since_midnight)
    return alarm


def _timezone() -> Timezone:
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", TZID)
    standard.add("dtstart", datetime(1991, 9, 15, 1, 0))  # noqa: DTZ001 - local time of the last change of the clocks
    standard.add("tzoffsetfrom", OFFSET)
    standard.add("tzoffsetto", OFFSET)
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone
