"""Weeks of the brief, by tables of official days off and against a slow walk over the days."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.briefs import weeks
from dispatch.briefs.weeks import FROZEN_AT, PUBLISHED_AT, ZONE, Week, freeze_day, week_of
from workdays.arithmetic import OFFICIAL, PROVISIONAL, WorkCalendar


def days(first, last):
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


OFF = [
    *days("2026-01-01", "2026-01-03"), *days("2026-02-15", "2026-02-23"), *days("2026-04-04", "2026-04-06"),
    *days("2026-05-01", "2026-05-05"), *days("2026-06-19", "2026-06-21"), *days("2026-09-25", "2026-09-27"),
    *days("2026-10-01", "2026-10-07"), date(2027, 1, 1),
]  # fmt: skip
MADE_UP = [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20),
           date(2026, 10, 10)]  # fmt: skip
CALENDAR = WorkCalendar(
    {2025: OFFICIAL, 2026: OFFICIAL, 2027: PROVISIONAL}, dict.fromkeys(OFF, "假"), dict.fromkeys(MADE_UP, "班")
)


@pytest.mark.parametrize(
    ("day", "key", "frozen"),
    [
        ("2026-11-22", "2026-W47", "2026-11-20"),  # an ordinary Friday, asked on Sunday
        ("2026-11-23", "2026-W48", "2026-11-27"),
        ("2026-01-01", "2026-W01", "2025-12-31"),  # New Year's Day is a Thursday, Friday is off
        ("2026-02-14", "2026-W07", "2026-02-13"),  # Saturday is worked, Friday all the same
        ("2026-02-18", "2026-W08", None),  # the whole week off
        ("2026-02-24", "2026-W09", "2026-02-27"),  # Monday off, Saturday worked
        ("2026-05-01", "2026-W18", "2026-04-30"),
        ("2026-05-08", "2026-W19", "2026-05-08"),
        ("2026-06-19", "2026-W25", "2026-06-18"),
        ("2026-09-25", "2026-W39", "2026-09-24"),
        ("2026-10-01", "2026-W40", "2026-09-30"),
        ("2026-10-07", "2026-W41", "2026-10-09"),
        ("2027-01-01", "2026-W53", "2026-12-31"),  # a provisional year
        ("2027-02-19", "2027-W07", "2027-02-19"),
        ("2031-03-14", "2031-W11", "2031-03-14"),  # a year without a table
    ],
)
def test_the_day_of_the_freeze(day, key, frozen):
    week = week_of(date.fromisoformat(day))
    assert week.key == key
    assert freeze_day(week, CALENDAR) == (date.fromisoformat(frozen) if frozen else None)


def test_only_the_weekend_is_worked():
    off = dict.fromkeys(days("2030-03-04", "2030-03-08"), "假")
    for worked, expected in (
        (["2030-03-09"], "2030-03-09"), (["2030-03-09", "2030-03-10"], "2030-03-10"), ([], None)
    ):  # fmt: skip
        calendar = WorkCalendar({2030: OFFICIAL}, off, {date.fromisoformat(day): "班" for day in worked})
        frozen = freeze_day(week_of(date(2030, 3, 5)), calendar)
        assert (frozen and frozen.isoformat()) == expected


def test_a_week_without_brief_falls_to_its_neighbours():
    spring = Week(date(2026, 2, 16))
    before, after = Week(date(2026, 2, 9)), Week(date(2026, 2, 23))
    assert (weeks.week_after(before, CALENDAR), weeks.week_before(after, CALENDAR)) == (after, before)
    assert weeks.tasks_of(after, CALENDAR) == (spring.monday, after.sunday)
    assert weeks.tasks_of(before, CALENDAR) == (before.monday, before.sunday)


def test_the_hour_must_have_come():
    after = date(2026, 11, 19)

    def keys(clock, *now):
        return [
            week.key for week, _day in weeks.due_weeks(after, datetime(2026, 11, *now, tzinfo=ZONE), clock, CALENDAR)
        ]

    assert keys(FROZEN_AT, 20, 11, 59) == []
    assert keys(FROZEN_AT, 20, 12, 0) == ["2026-W47"]
    assert keys(PUBLISHED_AT, 20, 16, 59) == []
    assert keys(PUBLISHED_AT, 20, 17, 0) == ["2026-W47"]
    assert keys(FROZEN_AT, 22, 9) == ["2026-W47"]


def test_the_briefs_of_a_spring():
    found = weeks.due_weeks(date(2026, 1, 31), datetime(2026, 3, 1, 18, tzinfo=ZONE), FROZEN_AT, CALENDAR)
    assert [(week.key, day.isoformat()) for week, day in found] == [
        ("2026-W06", "2026-02-06"), ("2026-W07", "2026-02-13"), ("2026-W09", "2026-02-27"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["2026-W47", "2020-W53", "2026-W01"])
def test_keys_are_read_again(text):
    assert weeks.week_from(text).key == text


@pytest.mark.parametrize("text", ["", "2026-47", "2026-W54", "2026-W00", "x-W1", "²-W1", "2026-W-1", "0-W1"])
def test_what_is_no_week(text):
    with pytest.raises(ValueError):
        weeks.week_from(text)


def slow(monday, calendar):
    worked = [monday + timedelta(days=n) for n in range(7) if calendar.is_workday(monday + timedelta(days=n))]
    to_friday = [day for day in worked if day.weekday() <= 4]
    return (to_friday or worked or [None])[-1]


@given(
    st.dates(date(2030, 1, 1), date(2030, 12, 1)),
    st.sets(st.integers(0, 6)),
    st.sets(st.integers(0, 6)),
)
def test_against_a_walk_over_the_days(day, off, made_up):
    week = week_of(day)
    assert (week.monday <= day <= week.sunday, week.monday.weekday(), week.sunday.weekday()) == (True, 0, 6)
    at = [week.monday + timedelta(days=n) for n in range(7)]
    calendar = WorkCalendar(
        {2030: OFFICIAL},
        {at[n]: "假" for n in off - made_up if n < 5},
        {at[n]: "班" for n in made_up if n >= 5},
    )
    assert freeze_day(week, calendar) == slow(week.monday, calendar)
