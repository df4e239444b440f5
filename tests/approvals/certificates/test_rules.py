"""The end of a life by table and against a slow oracle, and what a certificate is on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.certificates.rules import LIGHTS, Facts, Fate, fate, latest_renewal, life_end, remind_on

ONE = timedelta(days=1)
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
MONTHS = st.integers(1, 120)


@pytest.mark.parametrize(
    ("issued_on", "months", "end"),
    [
        (date(2026, 8, 12), 3, date(2026, 11, 12)),
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2024, 2, 29), 60, date(2029, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 1, 31), 12, date(2027, 1, 31)),
        (date(2026, 12, 1), 24, date(2028, 12, 1)),
    ],
)
def test_the_end_of_a_life(issued_on, months, end):
    assert life_end(issued_on, months) == end


def walked(day: date, months: int) -> date:
    """Month by month on the calendar: the first of the month moves on, then as far as the day or the month goes."""
    first = day.replace(day=1)
    for _month in range(months):
        first = (first + timedelta(days=32)).replace(day=1)
    end = first
    while end.day < day.day and (end + ONE).month == first.month:
        end += ONE
    return end


@given(DAYS, MONTHS)
def test_the_end_of_a_life_equals_walking_there(day, months):
    assert life_end(day, months) == walked(day, months)


@given(DAYS, DAYS, MONTHS)
def test_a_later_issue_never_ends_earlier_and_more_months_never_sooner(one, other, months):
    first, second = sorted((one, other))
    assert life_end(first, months) <= life_end(second, months) < life_end(second, months + 1)


def test_a_renewal_counts_from_the_end_before():
    assert latest_renewal(date(2026, 11, 30), 3) == date(2027, 2, 28)


END = date(2026, 11, 12)


@pytest.mark.parametrize(
    ("state", "start_by", "started_on", "today", "expected"),
    [
        ("valid", True, None, END - 61 * ONE, Fate.VALID),
        ("valid", True, None, END - 60 * ONE, Fate.ENDING),
        ("valid", True, None, END, Fate.ENDING),
        ("valid", True, None, END + ONE, Fate.EXPIRED),
        ("valid", True, END, END + ONE, Fate.FULFILLED),
        ("valid", True, END + ONE, END + ONE, Fate.LAPSED),
        ("valid", True, END + ONE, END, Fate.ENDING),
        ("fulfilled", True, END - ONE, END + 900 * ONE, Fate.FULFILLED),
        ("valid", False, END - ONE, END + ONE, Fate.EXPIRED),
        ("void", True, END - ONE, END, Fate.VOID),
        ("void", False, None, END + ONE, Fate.VOID),
    ],
)
def test_what_it_is_on_a_day(state, start_by, started_on, today, expected):
    assert fate(Facts(state, END, start_by, 60, started_on), today) is expected


def test_every_fate_has_a_light_and_the_reminder_starts_so_many_days_before():
    assert set(LIGHTS) == set(Fate)
    assert remind_on(END, 60) == date(2026, 9, 13)
