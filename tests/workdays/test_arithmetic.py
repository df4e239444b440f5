"""The calendar against a slow oracle that walks day by day and shares no code with it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from workdays.arithmetic import MISSING, OFFICIAL, PROVISIONAL, WorkCalendar, missing_years

SEED = Path(__file__).parents[2] / "workdays" / "data" / "holidays_cn.yaml"
DAY = timedelta(days=1)


def seed_calendar():
    years, off, make_up = {}, {}, {}
    for year, table in yaml.safe_load(SEED.read_text(encoding="utf-8")).items():
        years[year] = table["status"]
        off |= {date.fromisoformat(row["date"]): row["name"] for row in table["off"]}
        make_up |= {date.fromisoformat(row["date"]): row["name"] for row in table["make_up"]}
    return WorkCalendar(years, off, make_up)


CALENDAR = seed_calendar()


def oracle_is_workday(day):
    if day in CALENDAR.make_up:
        return True
    return day.weekday() <= 4 and day not in CALENDAR.off


def oracle_add(day, n, step=DAY):
    while n:
        day += step
        n -= oracle_is_workday(day)
    return day


def oracle_count(after, upto):
    return sum(oracle_is_workday(after + DAY * i) for i in range(1, (upto - after).days + 1))


# The tables span 2024 to 2027 and the built range 2023 to 2037: both borders are inside these days.
days = st.dates(date(2022, 6, 1), date(2039, 12, 31))
near_tables = st.dates(date(2023, 12, 1), date(2028, 2, 28))
anyday = st.one_of(days, near_tables)
lengths = st.integers(0, 400)


@given(anyday)
def test_is_workday_equals_oracle(day):
    assert CALENDAR.is_workday(day) == oracle_is_workday(day)


@given(anyday, lengths)
def test_add_equals_oracle(day, n):
    assert CALENDAR.add(day, n) == oracle_add(day, n)


@given(anyday, lengths)
def test_subtract_equals_oracle(day, n):
    assert CALENDAR.subtract(day, n) == oracle_add(day, n, -DAY)


@given(anyday, st.integers(0, 900))
def test_count_equals_oracle(after, span):
    assert CALENDAR.count(after, after + DAY * span) == oracle_count(after, after + DAY * span)


@given(anyday)
def test_rolling_equals_oracle(day):
    assert CALENDAR.roll_forward(day) == oracle_add(day - DAY, 1)
    assert CALENDAR.previous_workday(day) == oracle_add(day + DAY, 1, -DAY)


@given(st.dates(date(2, 1, 1), date(9990, 1, 1)), st.integers(1, 2000))
def test_add_and_count_agree_on_every_date_a_user_can_type(day, n):
    due = CALENDAR.add(day, n)
    assert CALENDAR.is_workday(due)
    assert CALENDAR.count(day, due) == n
    assert CALENDAR.subtract(due + DAY, n + 1) <= day


@given(anyday, anyday)
def test_count_in_negative_order_is_zero(a, b):
    after, upto = max(a, b), min(a, b)
    assert CALENDAR.count(after, upto) == 0


@pytest.mark.parametrize(("year", "workdays"), [(2024, 251), (2025, 248), (2026, 248)])
def test_seed_has_the_known_number_of_workdays(year, workdays):
    assert CALENDAR.count(date(year - 1, 12, 31), date(year, 12, 31)) == workdays


@given(anyday)
def test_number_of_a_day_and_back(day):
    number = CALENDAR.number(day)
    assert CALENDAR.day_of(number) == CALENDAR.previous_workday(day)
    assert CALENDAR.number(CALENDAR.add(day, 3)) == number + 3
    assert number - CALENDAR.number(day - timedelta(days=1)) == CALENDAR.is_workday(day)


def test_number_of_the_first_days():
    assert [CALENDAR.number(date(1, 1, day)) for day in (1, 5, 6, 8)] == [1, 5, 5, 6]
    with pytest.raises(OverflowError):
        CALENDAR.day_of(0)


def test_zero_days_is_the_day_itself_even_when_off():
    assert CALENDAR.add(date(2026, 2, 18), 0) == date(2026, 2, 18)
    assert CALENDAR.subtract(date(2026, 2, 18), 0) == date(2026, 2, 18)


@pytest.mark.parametrize("method", ["add", "subtract"])
def test_negative_number_of_days_is_refused(method):
    with pytest.raises(ValueError, match="negative"):
        getattr(CALENDAR, method)(date(2026, 2, 18), -1)


def test_ends_of_time():
    assert CALENDAR.is_workday(date.min)
    assert CALENDAR.is_workday(date.max)
    assert CALENDAR.roll_forward(date.max) == date.max
    with pytest.raises(OverflowError):
        CALENDAR.add(date.max, 1)
    with pytest.raises(OverflowError):
        CALENDAR.subtract(date.min, 1)


def test_calendar_without_any_table_is_monday_to_friday():
    bare = WorkCalendar()
    assert bare.add(date(2026, 10, 2), 1) == date(2026, 10, 5)
    assert bare.year_status(2026) == MISSING


def test_year_without_table_between_two_tables_is_monday_to_friday():
    gap = WorkCalendar({2024: OFFICIAL, 2026: OFFICIAL}, {date(2026, 1, 1): "元旦"})
    assert gap.is_workday(date(2025, 1, 1))
    assert gap.is_provisional(date(2025, 1, 1))
    assert not gap.is_workday(date(2026, 1, 1))


def test_year_status():
    assert CALENDAR.year_status(2026) == OFFICIAL
    assert CALENDAR.year_status(2027) == PROVISIONAL
    assert CALENDAR.year_status(2028) == MISSING
    assert [CALENDAR.is_provisional(date(y, 6, 1)) for y in (2023, 2026, 2027, 2028)] == [True, False, True, True]


@pytest.mark.parametrize(
    ("after", "upto", "provisional"),
    [
        (date(2026, 12, 1), date(2026, 12, 31), False),
        (date(2026, 12, 31), date(2027, 1, 4), True),
        (date(2026, 12, 28), date(2027, 1, 1), True),
        (date(2023, 12, 31), date(2024, 1, 5), False),
        (date(2023, 12, 30), date(2024, 1, 5), True),
        (date(2027, 1, 5), date(2027, 1, 5), False),
        (date(2025, 1, 1), date(2030, 1, 1), True),
    ],
)
def test_provisional_between_looks_at_the_days_used(after, upto, provisional):
    assert CALENDAR.provisional_between(after, upto) is provisional


def test_workday_name():
    assert CALENDAR.workday_name(date(2026, 2, 17)) == "春节"
    assert CALENDAR.workday_name(date(2026, 10, 10)) == "国庆节"
    assert CALENDAR.workday_name(date(2026, 3, 3)) == ""


@pytest.mark.parametrize(
    ("year", "month", "last"),
    [(2026, 1, date(2026, 1, 30)), (2026, 2, date(2026, 2, 28)), (2026, 12, date(2026, 12, 31))],
)
def test_last_workday_of_month(year, month, last):
    assert CALENDAR.last_workday_of_month(year, month) == last


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 11, 30), []),
        (date(2026, 12, 1), [2027]),
        (date(2025, 12, 31), []),
        (date(2027, 1, 1), [2027]),
        (date(2027, 12, 1), [2027, 2028]),
    ],
)
def test_missing_years_warns_from_first_december(today, missing):
    assert missing_years(CALENDAR, today) == missing


def test_calendar_cannot_be_changed():
    with pytest.raises(AttributeError):
        CALENDAR.years = {}
    with pytest.raises(TypeError):
        CALENDAR.off[date(2026, 3, 3)] = "x"


def test_calendar_does_not_follow_the_mappings_it_was_built_from():
    off = {date(2026, 3, 3): "x"}
    calendar = WorkCalendar({2026: OFFICIAL}, off)
    off.clear()
    assert not calendar.is_workday(date(2026, 3, 3))
    assert calendar.workday_name(date(2026, 3, 3)) == "x"


def test_adding_is_a_look_up_not_a_walk():
    """By design, not by timing: a walk over the days would have to ask for each of them."""

    class Counting(WorkCalendar):
        asked = 0

        def _rank_of(self, ordinal):
            Counting.asked += 1
            return super()._rank_of(ordinal)

    calendar = Counting(CALENDAR.years, CALENDAR.off, CALENDAR.make_up)
    calendar.add(date(2026, 2, 10), 250)
    assert Counting.asked == 1
