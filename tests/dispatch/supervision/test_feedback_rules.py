"""When the next report is due: a table over weekends, a holiday and a make-up workday, and an independent slow walk."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.supervision import rules
from workdays.arithmetic import WorkCalendar

# Thursday 1 to Wednesday 7 October are off, Saturday 10 October and Sunday 27 September are worked.
OFF = {date(2026, 10, day): "国庆节" for day in (1, 2, 5, 6, 7)}
MADE_UP = {date(2026, 9, 27): "国庆节", date(2026, 10, 10): "国庆节"}
CALENDAR = WorkCalendar({2026: "official"}, OFF, MADE_UP)


def d(month, day):
    return date(2026, month, day)


@pytest.mark.parametrize(
    ("issued", "every", "last", "due", "wanted"),
    [
        (d(3, 2), 5, None, d(3, 31), d(3, 9)),
        (d(3, 2), 5, d(3, 9), d(3, 31), d(3, 16)),
        (d(3, 2), 5, d(3, 5), d(3, 31), d(3, 12)),  # an early report moves the next one
        (d(3, 2), 5, None, d(3, 4), d(3, 4)),  # the deadline comes first
        (d(3, 2), 5, None, d(3, 9), d(3, 9)),
        (d(3, 2), 5, d(3, 3), d(3, 4), d(3, 4)),
        (d(3, 2), 5, d(3, 4), d(3, 4), d(3, 11)),  # reported on the deadline, still not closed: the rhythm goes on
        (d(3, 2), 5, d(3, 6), d(3, 4), d(3, 13)),
        (d(3, 2), 0, None, d(3, 31), d(3, 31)),
        (d(3, 2), 0, d(3, 9), d(3, 31), d(3, 31)),  # a report in between is not the one at the deadline
        (d(3, 2), 0, d(3, 31), d(3, 31), None),
        (d(3, 2), 0, d(4, 1), d(3, 31), None),
        (d(9, 25), 1, None, d(12, 1), d(9, 27)),  # a Friday: the Sunday after it is worked
        (d(9, 30), 1, None, d(12, 1), d(10, 8)),  # over the holiday
        (d(9, 30), 3, None, d(12, 1), d(10, 10)),  # the make-up Saturday counts
        (d(10, 8), 2, d(10, 9), d(12, 1), d(10, 12)),
        (d(3, 2), 5, d(2, 27), d(3, 31), d(3, 9)),  # a report from before the issue does not count backwards
    ],
)
def test_next_report(issued, every, last, due, wanted):
    found = rules.next_report(issued_on=issued, every_wd=every, last_report_on=last, due_on=due, calendar=CALENDAR)
    assert found == wanted


def is_workday(day):
    return day in MADE_UP or (day.weekday() < 5 and day not in OFF)


def walk(since, every, due):
    """Day by day: the first day that is either the n-th workday or the deadline."""
    day, worked = since, 0
    while True:
        day += timedelta(days=1)
        worked += is_workday(day)
        if worked == every or day == due:
            return day


DAYS = st.integers(0, 60).map(lambda n: d(9, 1) + timedelta(days=n))


@given(DAYS, st.integers(1, 12), st.integers(0, 40), st.integers(0, 60))
def test_the_slow_walk_agrees(issued, every, after, to_deadline):
    due, last = issued + timedelta(days=to_deadline), issued + timedelta(days=after)
    said = {"issued_on": issued, "every_wd": every, "due_on": due, "calendar": CALENDAR}
    assert rules.next_report(**said, last_report_on=None) == walk(issued, every, due)
    assert rules.next_report(**said, last_report_on=last) == walk(last, every, due)


@pytest.mark.parametrize(
    ("due", "today", "days"),
    [
        (d(3, 9), d(3, 9), 0),
        (d(3, 9), d(3, 6), 1),
        (d(3, 9), d(3, 10), -1),
        (d(3, 6), d(3, 7), -1),  # passed by a Saturday only
        (d(9, 26), d(9, 27), -1),
        (d(9, 30), d(10, 9), -2),
    ],
)
def test_days_left(due, today, days):
    assert rules.days_left(due, today, CALENDAR) == days


def test_number():
    assert rules.number(2026, 12) == "督〔2026〕12号"
