"""The days of the windows of 2026, by table and against a slow count."""

from datetime import date, timedelta

import pytest

from dispatch.filing import windows
from dispatch.filing.windows import Reminder, State
from tests.factories import AT
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar
from workdays.seed import SEED_FILE, load_seed

pytestmark = pytest.mark.django_db

# month: closes, locks. The 25th is no workday in January, April, July, September and October; 28 February is one.
YEAR = {
    1: (26, 30), 2: (25, 28), 3: (25, 31), 4: (27, 30), 5: (25, 29), 6: (25, 30), 7: (27, 31), 8: (25, 31), 9: (28, 30),
    10: (26, 30), 11: (25, 30), 12: (25, 31),
}  # fmt: skip


@pytest.fixture
def calendar():
    load_seed(SEED_FILE, at=AT)
    return load_calendar()


def test_the_windows_of_a_year(calendar):
    found = {month: windows.window(2026, month, calendar) for month in range(1, 13)}
    assert {m: (w.closes_on.day, w.locks_on.day) for m, w in found.items()} == YEAR
    assert {w.opens_on for w in found.values()} == {date(2026, month, 16) for month in range(1, 13)}


def test_every_day_of_a_year_has_one_state_and_they_come_in_order(calendar):
    for month in range(1, 13):
        window, seen = windows.window(2026, month, calendar), []
        day = date(2026, month, 1)
        while day.month == month:
            state = window.state_on(day)
            assert (state == State.OPEN) == (window.opens_on <= day <= window.closes_on)
            assert (state == State.CHECKING) == (window.closes_on < day <= window.locks_on)
            seen += [state] if state not in seen else []
            day += timedelta(days=1)
        assert seen == [State.BEFORE, State.OPEN, State.CHECKING, State.LOCKED][: len(seen)]
        assert window.state_on(window.locks_on + timedelta(days=1)) == State.LOCKED


def test_reminders_on_four_days_and_made_up_for_later(calendar):
    window = windows.window(2026, 3, calendar)  # closes Wednesday 25, three workdays before: Friday 20
    said = {
        day: windows.reminder_on(window.opens_on, window.closes_on, date(2026, 3, day), calendar)
        for day in range(15, 32)
    }
    assert said[15] is None
    assert {day for day, kind in said.items() if kind == Reminder.OPENED} == {16, 17, 18, 19}
    assert {day for day, kind in said.items() if kind == Reminder.SOON} == {20, 21, 22, 23, 24}
    assert {day for day, kind in said.items() if kind == Reminder.LAST} == {25}
    assert {day for day, kind in said.items() if kind == Reminder.LATE} == set(range(26, 32))


def test_a_month_whose_last_workday_comes_early_is_locked_with_its_close():
    off = {date(2026, 1, day): "假" for day in range(24, 32)}
    window = windows.window(2026, 1, WorkCalendar({2026: "official"}, off, {}))
    assert (window.closes_on, window.locks_on) == (date(2026, 1, 23), date(2026, 1, 23))
    assert windows.months_to_open(date(2026, 1, 15)) == [] and windows.months_to_open(date(2026, 1, 16)) == [(2026, 1)]
