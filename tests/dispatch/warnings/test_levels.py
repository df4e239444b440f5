"""Levels by number and by cut-off date against each other, and against values worked out by hand (domain.md 3.3)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.warnings import levels
from dispatch.warnings.levels import Level
from workdays.arithmetic import WorkCalendar

# Spring Festival and National Day 2026, with weekend days worked.
OFF = {date(2026, 2, d): "春节" for d in range(15, 24)} | {date(2026, 10, d): "国庆节" for d in range(1, 8)}
MAKE_UP = {date(2026, 2, 14): "春节", date(2026, 2, 28): "春节", date(2026, 10, 10): "国庆节"}
CALENDAR = WorkCalendar({2026: "official"}, OFF, MAKE_UP)
DAYS = st.dates(date(2026, 1, 5), date(2026, 12, 20))
LIMITS = st.integers(0, 40)


@given(DAYS, DAYS, LIMITS)
def test_workday_cutoffs_agree_with_counting(due, as_of, red_after):
    late = CALENDAR.count(due, as_of)
    expected = levels.late_level(late, red_after=red_after) if due < as_of else None
    assert levels.late_by_workdays(as_of, CALENDAR, red_after=red_after).level(due) == expected


@given(DAYS, DAYS, LIMITS, LIMITS)
def test_calendar_cutoffs_agree_with_counting(due, as_of, yellow_after, more):
    days, red_after = (as_of - due).days, yellow_after + more
    expected = levels.late_level(days, red_after=red_after) if days > yellow_after else None
    cutoffs = levels.late_by_days(as_of, red_after=red_after, yellow_after=yellow_after)
    assert cutoffs.level(due) == expected


@given(DAYS, DAYS, st.integers(0, 12))
def test_the_soon_window_agrees_with_counting(due, as_of, within):
    left = CALENDAR.count(as_of, due) if due >= as_of else -1
    window = levels.due_soon(as_of, CALENDAR, within_wd=within)
    assert window.level(due) == levels.soon_level(left, within_wd=within)


@given(DAYS, st.integers(0, 12))
def test_soon_since_is_the_first_day_of_the_window(due, within):
    since = levels.soon_since(due, CALENDAR, within_wd=within)

    def holds(day):
        return levels.due_soon(day, CALENDAR, within_wd=within).level(due) is Level.BLUE

    assert holds(since)
    assert not holds(since - timedelta(days=1))


@given(DAYS, st.integers(0, 12))
def test_the_window_says_since_when_for_each_of_its_days(as_of, within):
    window = levels.due_soon(as_of, CALENDAR, within_wd=within)
    assert set(window.since) == {as_of + timedelta(days=n) for n in range((window.last - as_of).days + 1)}
    assert all(window.since[day] == levels.soon_since(day, CALENDAR, within_wd=within) for day in window.since)


@pytest.mark.parametrize(
    ("days", "expected"), [(1, "yellow"), (10, "yellow"), (11, "red")]
)  # workdays after the committed due day
def test_step_boundaries(days, expected):
    due = date(2026, 3, 2)
    as_of = CALENDAR.add(due, days)
    assert levels.late_by_workdays(as_of, CALENDAR, red_after=10).level(due) == expected


def test_a_weekend_after_the_due_day_is_late_but_not_red():
    friday = date(2026, 3, 6)
    cutoffs = levels.late_by_workdays(friday + timedelta(days=1), CALENDAR, red_after=0)
    assert cutoffs.level(friday) is Level.YELLOW


@pytest.mark.parametrize(
    ("days", "red_after", "expected"),
    [(0, 30, None), (1, 30, "yellow"), (30, 30, "yellow"), (31, 30, "red"), (90, 90, "yellow"), (91, 90, "red")],
)
def test_milestone_boundaries(days, red_after, expected):
    as_of = date(2026, 11, 20)
    assert levels.late_by_days(as_of, red_after=red_after).level(as_of - timedelta(days=days)) == expected


@pytest.mark.parametrize(
    ("behind", "expected"),
    [("-3", None), ("9.99", None), ("10.0", "yellow"), ("30.0", "yellow"), ("30.01", "red")],
)
def test_investment_boundaries(behind, expected):
    level = levels.investment_level(Decimal(behind), yellow_from_pp=Decimal(10), red_above_pp=Decimal(30))
    assert level == expected


@pytest.mark.parametrize(
    ("present", "active", "expected"),
    [
        ([], True, "green"),
        (["blue"], True, "blue"),
        (["blue", "yellow"], True, "yellow"),
        (["yellow", "red", "blue"], True, "red"),
        (["red"], False, "grey"),
        ([], False, "grey"),
    ],
)
def test_the_light_is_the_worst_level(present, active, expected):
    assert levels.light(present, active=active) == expected


@given(DAYS)
def test_month_ends(day):
    last = levels.month_end(day)
    assert (last + timedelta(days=1)).day == 1
    assert (last.year, last.month) == (day.year, day.month)
    assert levels.closed_month(last) == last
    assert levels.closed_month(last + timedelta(days=1)) == last
    assert levels.closed_month(last - timedelta(days=1)) == last.replace(day=1) - timedelta(days=1)
