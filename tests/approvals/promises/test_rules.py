"""When owed papers are due and lapse, and in which order steps are promised: tables, and a slow counter of days."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.flow import State, Verb
from approvals.promises import rules
from approvals.promises.rules import AtDeadline, DebtDue
from tests.approvals.cases import PLAIN
from workdays.arithmetic import WorkCalendar

ONE = timedelta(days=1)
MONDAY = date(2026, 2, 2)
DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("committed", "zone", "before", "expected"),
    [
        (0, None, "", DebtDue(MONDAY)),  # decided on the spot
        (1, None, "", DebtDue(MONDAY + ONE)),
        (3, None, "", DebtDue(date(2026, 2, 5))),
        (5, None, "", DebtDue(date(2026, 2, 9))),
        (10, None, "", DebtDue(date(2026, 2, 9))),  # five at most
        (None, None, "", DebtDue(date(2026, 2, 9))),
        (3, 5, "", DebtDue(date(2026, 2, 9))),  # WD-07: the zone has five for a limit of three
        (3, 20, "", DebtDue(date(2026, 3, 2))),
        (3, None, "S21", DebtDue(None, "S21")),
        (3, 5, "S21", DebtDue(None, "S21")),
    ],
)
def test_due_day_of_a_debt(committed, zone, before, expected):
    assert rules.debt_due(MONDAY, committed, PLAIN, zone_days=zone, due_before=before) == expected


@st.composite
def calendars(draw):
    """Any calendar with a workday in every fortnight."""
    start = date(2025, 1, 1)
    off = draw(st.sets(st.integers(0, 800), max_size=60))
    worked = draw(st.sets(st.integers(0, 800), max_size=30)) - off
    days = {start + timedelta(days=n): "假" for n in off}
    made_up = {start + timedelta(days=n): "班" for n in worked if (start + timedelta(days=n)).weekday() > 4}
    return WorkCalendar(years={2025: "official", 2026: "official"}, off=days, make_up=made_up)


def slow(day: date, count: int, calendar: WorkCalendar) -> date:
    """The count-th workday after the day, one day at a time."""
    while count:
        day += ONE
        count -= calendar.is_workday(day)
    return day


def rolled(day: date, calendar: WorkCalendar) -> date:
    while not calendar.is_workday(day):
        day += ONE
    return day


@given(calendars(), DAYS, st.none() | st.integers(0, 30), st.none() | st.integers(0, 30))
def test_due_day_against_a_slow_counter(calendar, accepted, committed, zone):
    days = zone if zone is not None else min(5, 5 if committed is None else committed)
    due = rules.debt_due(accepted, committed, calendar, zone_days=zone)
    assert due == DebtDue(rolled(slow(accepted, days, calendar), calendar))


@given(calendars(), DAYS, st.integers(1, 20))
def test_renewal_and_check_against_a_slow_counter(calendar, day, days):
    assert rules.renewed_due(day, days, calendar) == slow(day, days, calendar) > day
    assert rules.check_due(day, days, calendar) == slow(day, days, calendar)


@given(calendars(), DAYS, st.integers(0, 30))
def test_a_debt_lapses_with_the_first_workday_after_its_due_day(calendar, due, later):
    as_of = due + timedelta(days=later)
    since = sum(calendar.is_workday(due + timedelta(days=n)) for n in range(1, later + 1))
    assert (due < rules.lapsed_before(as_of, calendar)) is (since > 0)


@given(calendars(), DAYS, st.integers(-20, 20))
def test_days_left_are_negative_exactly_when_late(calendar, due, offset):
    today = due + timedelta(days=offset)
    left = rules.days_left(due, today, calendar)
    between = sum(calendar.is_workday(min(due, today) + timedelta(days=n)) for n in range(1, abs(offset) + 1))
    assert left == (between if offset <= 0 else -max(1, between))


UNDER_WAY = (3, 6, 7, 8, 9, 10)


@pytest.mark.parametrize("state", State)
def test_what_happens_at_the_deadline(state):
    expected = (Verb.WITHDRAW, Verb.DECIDE_REFUSE, None) if state in UNDER_WAY else (None, None, None)
    assert tuple(rules.outcome(rule, state) for rule in AtDeadline) == expected


def test_late_supply():
    assert [rules.is_late_supply(MONDAY + n * ONE, MONDAY) for n in (-1, 0, 1)] == [False, False, True]
    assert not rules.is_late_supply(None, MONDAY)
    assert not rules.is_late_supply(MONDAY, None)


BEFORE = {"S13": ["S10", "S12"], "S17": ["S13", "S16"], "S16": ["S14"], "S14": ["S12"], "S12": ["S01"]}


@pytest.mark.parametrize("given_order", list(permutations(["S10", "S12", "S13", "S16", "S17"]))[::7])
def test_steps_come_after_those_they_wait_for(given_order):
    order = rules.in_order(given_order, BEFORE)
    assert sorted(order) == sorted(given_order)
    for earlier, later in (("S10", "S13"), ("S12", "S13"), ("S13", "S17"), ("S16", "S17"), ("S12", "S16")):
        assert order.index(earlier) < order.index(later), order  # S12 → S16 through S14, which is not chosen
