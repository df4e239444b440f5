from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.investment import ahead_of_calendar, calendar_progress, latest_ytd, month_amount, percent, round_half_up


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(129, 270, "47.8"), (10, 12, "83.3"), (206, 255, "80.8"), (D("629.0"), D("647.4"), "97.2"), (3, 2, "150.0")],
)
def test_percent_of_real_notices(numerator, denominator, expected):
    assert round_half_up(percent(numerator, denominator)) == D(expected)


@pytest.mark.parametrize(("numerator", "denominator"), [(1, 0), (1, None), (None, 5), (0, D(0))])
def test_percent_without_a_denominator_is_unknown(numerator, denominator):
    assert percent(numerator, denominator) is None


@pytest.mark.parametrize(
    ("rate", "month", "expected"),
    [("74", 8, "7.33"), ("97.1610", 10, "13.83"), ("30.90", 3, "5.90"), ("41.9", 4, "8.57")],
)
def test_ahead_of_calendar_as_in_real_notices(rate, month, expected):
    assert round_half_up(ahead_of_calendar(D(rate), D(100), month), 2) == D(expected)


def test_ahead_of_calendar_without_plan_or_report():
    assert ahead_of_calendar(None, D(100), 3) is None
    assert ahead_of_calendar(D(5), None, 3) is None


def test_half_up_is_not_bankers():
    assert [round_half_up(D(text)) for text in ("33.25", "33.35", "-0.05")] == [D("33.3"), D("33.4"), D("-0.1")]


def test_calendar_ends_at_100():
    assert calendar_progress(12) == 100


@pytest.mark.parametrize(
    ("ytd", "reported", "month", "expected"),
    [
        ({1: D(5)}, {}, 1, D(5)),
        ({1: D(5), 2: D(8)}, {}, 2, D(3)),
        ({1: D(5), 2: D(8)}, {2: D(4)}, 2, D(4)),
        ({1: D(5), 3: D(8)}, {}, 3, None),
        ({1: D(5)}, {}, 2, None),
    ],
)
def test_month_amount(ytd, reported, month, expected):
    assert month_amount(ytd, reported, month) == expected


@given(st.dictionaries(st.integers(1, 12), st.decimals(0, 10**6, places=2)), st.integers(1, 12))
def test_latest_ytd_against_a_walk_backwards(ytd, month):
    found = None
    for m in range(month, 0, -1):
        if m in ytd:
            found = ytd[m]
            break
    assert latest_ytd(ytd, month) == found
