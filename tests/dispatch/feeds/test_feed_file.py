"""The calendar file: parsed back by a library, and its bytes checked against RFC 5545 by rules of our own."""

import re
from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.feeds import ics
from dispatch.feeds.values import Event

TODAY = date(2026, 3, 2)
AT = datetime(2026, 3, 1, 1, 2, 3, tzinfo=UTC)
NEEDED = {
    "VCALENDAR": {"PRODID", "VERSION", "METHOD", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "LAST-MODIFIED", "STATUS"},
    "VALARM": {"ACTION", "TRIGGER", "DESCRIPTION"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
}
ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS", "URL", "DESCRIPTION", "LOCATION")
LINE = re.compile(r'[A-Z0-9-]+(;[A-Z0-9-]+=("[^"]*"|[^";:,]*)(,("[^"]*"|[^";:,]*))*)*:.*', re.DOTALL)


def problems(content: bytes) -> list[str]:
    """What RFC 5545 would not have in this file."""
    found = []
    if (
        not content.endswith(b"\r\n")
        or b"\n" in content.replace(b"\r\n", b"")
        or b"\r" in content.replace(b"\r\n", b"")
    ):
        found.append("line ends")
    physical = content.split(b"\r\n")[:-1]
    found += [f"{len(line)} octets" for line in physical if len(line) > 75]
    for line in physical:
        try:
            line.decode()
        except UnicodeDecodeError:
            found.append("a character cut in two")
    if any((sign < 0x20 and sign not in (0x0A, 0x0D)) or sign == 0x7F for sign in content):
        found.append("control characters")
    open_parts: list[tuple[str, list[str]]] = []
    uids = []
    for line in content.replace(b"\r\n ", b"").decode(errors="replace").split("\r\n")[:-1]:
        if not LINE.fullmatch(line):
            found.append(f"not a content line: {line[:40]}")
            continue
        name, value = re.split("[;:]", line, maxsplit=1)[0], line.split(":", 1)[1]
        if name == "BEGIN":
            open_parts.append((value, []))
        elif name == "END":
            part, names = open_parts.pop()
            found += [f"{part} without {name}" for name in NEEDED.get(part, set()) - set(names)]
            found += [f"{part} with {name} twice" for name in ONCE if names.count(name) > 1]
            found += [] if part == value else [f"{part} closed as {value}"]
        else:
            open_parts[-1][1].append(name)
            uids += [value] if name == "UID" else []
    found += ["a UID twice"] if len(uids) != len(set(uids)) else []
    return found + (["not closed"] if open_parts else [])


def event(number=1, **fields):
    shown = {"title": "施工许可", "on": TODAY, "changed_at": AT, "category": "审批", "url": "https://example.test/p/1/"}
    return Event(uid=f"{number}@navigator", **(shown | fields))


def made(*events, **options):
    content = ics.calendar_file("我的日程", events, today=TODAY, **options)
    assert problems(content) == []
    return content


def parsed(content):
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def test_the_checker_finds_what_is_wrong():
    good = made(event())
    assert problems(good.replace(b"\r\n", b"\n"))
    assert problems(good.replace(b"DTSTAMP", b"X-STAMP"))
    assert problems(good.replace(b"SUMMARY:", b"SUMMARY:" + b"x" * 80))
    assert problems(good.replace("施".encode(), "施".encode()[:2]))
    assert problems(
        good.replace(b"END:VEVENT", b"END:VEVENT\r\n" + good[good.find(b"BEGIN:VEVENT") :].split(b"END:V")[0])
    )
    assert problems(good.replace(b"STATUS", b"SEQUENCE"))


def test_a_due_day_comes_back_exactly():
    content = made(event(title="到期 · S17 施工许可", lines=("甲项目", "S17；\\,", "第三行"), place="A楼, 301"))
    (back,) = parsed(content)
    assert back.decoded("dtstart") == TODAY and back.decoded("dtend") == TODAY + timedelta(days=1)
    assert str(back["summary"]) == "到期 · S17 施工许可"
    assert str(back["description"]) == "甲项目\nS17；\\,\n第三行" and str(back["location"]) == "A楼, 301"
    assert back.decoded("last-modified") == AT == back.decoded("dtstamp")
    assert back["status"] == "CONFIRMED" and back["transp"] == "TRANSPARENT" and back["url"].endswith("/p/1/")
    assert not list(back.walk("VALARM"))


def test_a_meeting_has_its_time_in_the_parks_zone():
    content = made(event(starts_at=time(9, 30), ends_at=time(11, 0)))
    assert b"DTSTART;TZID=Asia/Shanghai:20260302T093000" in content and b"TZID:Asia/Shanghai" in content
    (back,) = parsed(content)
    assert back.decoded("dtstart").utcoffset() == timedelta(hours=8)
    assert back.decoded("dtend") - back.decoded("dtstart") == timedelta(minutes=90)
    assert back["transp"] == "OPAQUE"


@pytest.mark.parametrize("ends", [None, time(9, 30), time(8, 0)])
def test_a_meeting_without_a_later_end_lasts_an_hour(ends):
    (back,) = parsed(made(event(starts_at=time(9, 30), ends_at=ends)))
    assert back.decoded("dtend") - back.decoded("dtstart") == timedelta(hours=1)


@pytest.mark.parametrize(("starts", "hours"), [(None, 15), (time(9, 30), 24.5)])
def test_the_reminder_rings_at_nine_the_day_before(starts, hours):
    (back,) = parsed(made(event(starts_at=starts), reminds=True))
    (alarm,) = back.walk("VALARM")
    assert alarm.decoded("trigger") == -timedelta(hours=hours)


def test_a_later_change_has_a_higher_sequence():
    before, after = (parsed(made(event(changed_at=AT + timedelta(seconds=n))))[0] for n in (0, 1))
    assert after["sequence"] == before["sequence"] + 1
    assert 0 < before["sequence"] < 2**31
    assert after["uid"] == before["uid"]


def test_the_same_events_give_the_same_bytes_in_any_order():
    events = [event(n, on=TODAY + timedelta(days=n % 5)) for n in range(20)]
    assert made(*events) == made(*reversed(events))


def test_a_forecast_is_tentative():
    (back,) = parsed(made(event(is_tentative=True)))
    assert back["status"] == "TENTATIVE"


@given(st.text(max_size=200), st.lists(st.text(max_size=60), max_size=4))
def test_whatever_people_write_stays_a_valid_file(title, lines):
    content = made(event(title=title, lines=tuple(lines), place=title, category=title), reminds=True)
    (back,) = parsed(content)
    assert str(back["summary"]) == ics.plain(title, 300).replace("\n", " ")


HOSTILE = "拆迁\0，；,;\\n\r\nEND:VEVENT\r\nBEGIN:VEVENT😀👨‍👩‍👧" + "长" * 400


def test_hostile_text_makes_no_second_event():
    content = made(event(title=HOSTILE, lines=(HOSTILE,), category=HOSTILE))
    assert len(parsed(content)) == 1 and "😀" in str(parsed(content)[0]["description"])


class TestClients:
    """Known quirks of calendar programs, by name."""

    def test_outlook_wants_prodid_uid_and_dtstamp(self):
        content = made(event())
        assert all(name in content for name in (b"PRODID:", b"UID:", b"DTSTAMP:", b"METHOD:PUBLISH"))

    def test_apple_wants_an_exclusive_end_of_whole_days(self):
        assert b"DTSTART;VALUE=DATE:20260302\r\nDTEND;VALUE=DATE:20260303" in made(event())

    def test_google_stops_reading_at_a_megabyte(self):
        text = "很长的说明" * 60
        events = [
            event(n, on=TODAY + timedelta(days=n % 700), title=text, lines=(text, text, text)) for n in range(1500)
        ]
        content = made(*events)
        kept = {str(back["uid"]) for back in parsed(content)}
        assert 700_000 < len(content) < 1_000_000
        assert {"0@navigator", "700@navigator"} <= kept and "699@navigator" not in kept

    def test_no_uid_stands_twice(self):
        assert len(parsed(made(event(1), event(1, title="又一次")))) == 1

    def test_days_outside_the_window_are_left_out(self):
        days = [TODAY + timedelta(days=n) for n in (-91, -90, 0, 730, 731)]
        back = parsed(made(*(event(n, on=on) for n, on in enumerate(days))))
        assert [part.decoded("dtstart") for part in back] == days[1:4]
