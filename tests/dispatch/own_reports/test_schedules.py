"""The days of a schedule, against a day by day oracle."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.own_reports.schedules import is_due, latest_due
from workdays.arithmetic import WorkCalendar

CALENDAR = WorkCalendar()
DAYS = st.dates(date(2026, 1, 5), date(2027, 12, 20))
MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("rhythm", "day", "due"),
    [
        ("never", MONDAY, None),
        ("daily", MONDAY, MONDAY),
        ("daily", date(2026, 11, 22), date(2026, 11, 20)),
        ("weekly", MONDAY, MONDAY),
        ("weekly", date(2026, 11, 27), MONDAY),
        ("weekly", date(2026, 11, 22), date(2026, 11, 16)),
        ("monthly", date(2026, 11, 2), date(2026, 11, 2)),
        ("monthly", date(2026, 11, 1), date(2026, 10, 1)),
    ],
)
def test_the_latest_day(rhythm, day, due):
    assert latest_due(rhythm, day, CALENDAR) == due


def test_a_free_monday_moves_to_the_next_workday():
    calendar = WorkCalendar(off={MONDAY: "假"})
    assert latest_due("weekly", MONDAY, calendar) == date(2026, 11, 16)
    assert latest_due("weekly", MONDAY + timedelta(days=1), calendar) == MONDAY + timedelta(days=1)


@given(DAYS, st.integers(0, 120), st.sampled_from(["daily", "weekly", "monthly"]))
def test_every_period_once_and_missed_ones_once(start, length, rhythm):
    """Run every day: one a period. Run only at the end: at most one."""
    since, sent = start, []
    for away in range(1, length + 1):
        day = start + timedelta(days=away)
        if is_due(rhythm, since, day, CALENDAR):
            sent.append(day)
            since = day
    wanted = [day for away in range(1, length + 1) if _is_day(rhythm, day := start + timedelta(days=away))]
    assert sent == wanted
    end = start + timedelta(days=length)
    assert is_due(rhythm, start, end, CALENDAR) == bool(wanted)
    assert not is_due(rhythm, end, end, CALENDAR)


def _is_day(rhythm: str, day: date) -> bool:
    if not CALENDAR.is_workday(day):
        return False
    if rhythm == "daily":
        return True
    first = day - timedelta(days=day.weekday()) if rhythm == "weekly" else day.replace(day=1)
    return not any(CALENDAR.is_workday(first + timedelta(days=n)) for n in range((day - first).days))
