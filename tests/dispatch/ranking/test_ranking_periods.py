"""The days on which rankings are frozen, by the official calendar of 2026 with its make-up days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dispatch.ranking.periods import CONTEST, HALF_MONTH, Period, due, freezes_on, last_judged, latest, starts_on
from tests.approvals.cases import official

D = date


@pytest.mark.parametrize(
    ("number", "day"),
    [
        (1, D(2026, 1, 15)),
        (2, D(2026, 1, 30)),
        (3, D(2026, 2, 14)),  # the 15th is the first day of the Spring Festival, the Saturday before is worked
        (4, D(2026, 2, 28)),  # a Saturday that is worked
        (9, D(2026, 5, 15)),
        (10, D(2026, 5, 29)),
        (15, D(2026, 8, 14)),  # the 15th is a Saturday
        (16, D(2026, 8, 31)),
        (18, D(2026, 9, 30)),
        (21, D(2026, 11, 13)),  # a Sunday
        (24, D(2026, 12, 31)),
    ],
)
def test_half_months_of_2026(number, day):
    assert freezes_on(Period(2026, number), official()) == day


def test_quarters_of_2026():
    days = [freezes_on(Period(2026, n, CONTEST), official()) for n in (1, 2, 3, 4)]
    assert days == [D(2026, 3, 31), D(2026, 6, 30), D(2026, 9, 30), D(2026, 12, 31)]


def test_names_and_keys():
    assert (Period(2026, 21).key, Period(2026, 21).name_zh) == ("2026-21", "2026年11月上半月")
    assert Period(2026, 22).name_zh == "2026年11月下半月"
    assert (Period(2026, 3, CONTEST).key, Period(2026, 3, CONTEST).name_zh) == ("2026-Q3", "2026年第三季度")


@pytest.mark.parametrize(("kind", "number"), [(HALF_MONTH, 0), (HALF_MONTH, 25), (CONTEST, 5)])
def test_there_is_no_such_period(kind, number):
    with pytest.raises(ValueError, match="no such period"):
        Period(2026, number, kind)


@pytest.mark.parametrize("kind", [HALF_MONTH, CONTEST])
def test_every_day_is_judged_in_exactly_one_period(kind):
    period = Period(2025, 1, kind)
    upto = None
    while period.year < 2028:
        first, last = starts_on(period, official()), last_judged(freezes_on(period, official()))
        assert first <= last
        assert upto is None or first == upto + timedelta(days=1)
        assert official().is_workday(freezes_on(period, official()))
        assert period.after().before() == period
        upto, period = last, period.after()


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=8)


def keys(kind: str, after: date, now: datetime) -> list[tuple[str, date]]:
    return [(one.key, one.as_of) for one in due(kind, after, now, official())]


def test_the_jobs_of_the_first_quarter():
    assert keys(HALF_MONTH, D(2025, 12, 31), at(D(2026, 3, 31), 7)) == [
        ("2026-01", D(2026, 1, 15)), ("2026-02", D(2026, 1, 30)), ("2026-03", D(2026, 2, 14)),
        ("2026-04", D(2026, 2, 28)), ("2026-05", D(2026, 3, 13)), ("2026-06", D(2026, 3, 31)),
    ]  # fmt: skip
    assert keys(CONTEST, D(2025, 12, 31), at(D(2026, 3, 31), 7)) == [("2026-Q1", D(2026, 3, 31))]


def test_a_period_is_due_from_six_in_the_morning_of_its_day():
    before = D(2026, 3, 13)
    assert keys(HALF_MONTH, before, at(D(2026, 3, 31), 5)) == []
    assert keys(HALF_MONTH, before, at(D(2026, 3, 31), 6)) == [("2026-06", D(2026, 3, 31))]
    assert keys(HALF_MONTH, D(2026, 3, 31), at(D(2026, 4, 14), 9)) == []


def test_day_by_day_gives_the_same_as_all_at_once():
    found, after = [], D(2025, 12, 31)
    for n in range(1, 400):
        day = D(2025, 12, 31) + timedelta(days=n)
        found += keys(HALF_MONTH, after, at(day, 6))
        after = day
    assert (
        found
        == [(f"2026-{n:02d}", freezes_on(Period(2026, n), official())) for n in range(1, 25)]
        + [
            ("2027-01", freezes_on(Period(2027, 1), official())),
            ("2027-02", freezes_on(Period(2027, 2), official())),
        ][: len(found) - 24]
    )


def test_the_latest_period():
    assert latest(HALF_MONTH, D(2026, 11, 22), official()) == Period(2026, 21)
    assert latest(HALF_MONTH, D(2026, 11, 12), official()) == Period(2026, 20)
    assert latest(HALF_MONTH, D(2026, 1, 3), official()) == Period(2025, 24)
    assert latest(CONTEST, D(2026, 11, 22), official()) == Period(2026, 3, CONTEST)
    assert latest(CONTEST, D(2026, 9, 30), official()) == Period(2026, 3, CONTEST)
