"""Breaking a year down and putting projects in order: tables, and properties against a slow way."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.programme import rules

pytestmark = pytest.mark.once
MONEY = st.decimals(0, 10**9, places=4, allow_nan=False)


@given(MONEY, st.integers(1, 12), st.integers(1, 12))
def test_spread_adds_up_to_the_cent(total, one, other):
    first, last = min(one, other), max(one, other)
    months = rules.spread(total, first, last)
    assert sum(months.values()) == total and set(months) == set(range(1, 13))
    inside = [months[m] for m in range(first, last)]
    assert all(months[m] == 0 for m in range(1, 13) if not first <= m <= last)
    assert len(set(inside)) <= 1 and all(0 <= part <= months[last] for part in inside)
    assert months[last] - (inside[0] if inside else months[last]) < Decimal("0.01") * 13


@pytest.mark.parametrize(("first", "last"), [(0, 5), (5, 4), (1, 13)])
def test_months_out_of_order_are_a_mistake(first, last):
    with pytest.raises(ValueError, match="months"):
        rules.spread(Decimal(1), first, last)


@given(st.dictionaries(st.integers(1, 12), st.none() | MONEY))
def test_quarters_are_sums_of_their_months(months):
    slow = [sum((months.get(m) or 0 for m in range(3 * q + 1, 3 * q + 4)), Decimal(0)) for q in range(4)]
    assert rules.quarters(months) == slow
    assert rules.whole(months) == sum(slow)


@given(st.lists(st.integers(), unique=True, min_size=1), st.data())
def test_moved_keeps_the_others_in_order(order, data):
    one, place = data.draw(st.sampled_from(order)), data.draw(st.integers(-3, len(order) + 3))
    new = rules.moved(order, one, place)
    assert [key for key in new if key != one] == [key for key in order if key != one]
    assert new.index(one) == min(max(place, 1), len(order)) - 1


def test_the_first_year_falls_off():
    assert rules.rolled([Decimal(1), Decimal(2), None]) == (Decimal(2), None, None)
