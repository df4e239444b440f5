"""Rates, score and ranking against a slow oracle that knows nothing of the implementation."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.figures.rates import WEIGHTS, Rate, RateKey, UnitRates, ranking, round_half_up, scores
from dispatch.reports.response import lit_months, response_level, worst


def unit(pk, pairs, invested=0):
    rates = {key: Rate(Decimal(n), Decimal(d), key.value) for key, (n, d) in zip(RateKey, pairs, strict=True)}
    return UnitRates(pk, f"单位{pk:03d}", rates, Decimal(invested))


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        ("10", "12", "83.3"),  # Zhenjiang
        ("206", "255", "80.8"),  # Jiangmen, yearly
        ("206", "223", "92.4"),  # Jiangmen, to date
        ("129", "270", "47.8"),
        ("56", "185", "30.3"),
        ("0", "5", "0.0"),
        ("6", "5", "120.0"),
        ("1", "8", "12.5"),
        ("13325", "100000", "13.3"),
        ("13350", "100000", "13.4"),
    ],
)
def test_percent(numerator, denominator, shown):
    rate = Rate(Decimal(numerator), Decimal(denominator), "starts")
    assert str(round_half_up(rate.ratio * 100, 1)) == shown


def test_an_empty_denominator_has_no_percentage():
    rate = Rate(Decimal(0), Decimal(0), "starts")
    assert rate.percent is None
    assert rate.ratio is None


def test_the_weights_make_a_hundred():
    assert sum(WEIGHTS.values()) == 100


def test_an_empty_item_gets_the_average_of_the_others():
    full, half, none = (1, 1), (1, 2), (0, 0)
    units = [unit(1, [full] * 5), unit(2, [half] * 5), unit(3, [none] + [full] * 4)]
    assert scores(units) == [100, 50, 80 + 20 * Fraction(3, 4)]


def test_an_item_nobody_has_gives_nothing():
    assert scores([unit(1, [(0, 0)] * 5)]) == [0]


def test_more_than_a_hundred_per_cent_counts_as_a_hundred():
    assert scores([unit(1, [(7, 5)] * 5)]) == [100]


def test_ties_go_by_investment_rate_then_amount_and_equal_units_share_a_rank():
    same = [(1, 2)] * 3
    # 30 × 40 % + 10 × 90 % = 30 × 50 % + 10 × 60 %
    first = unit(1, [*same, (50, 100), (60, 100)], 10)
    second = unit(2, [*same, (40, 100), (90, 100)], 99)
    richer = unit(3, [*same, (50, 100), (60, 100)], 20)
    twin = unit(4, [*same, (50, 100), (60, 100)], 10)
    assert [(r.rank, r.unit.unit_id) for r in ranking([second, first, twin, richer])] == [
        (1, 3),
        (2, 1),
        (2, 4),
        (4, 2),
    ]


counts = st.tuples(st.integers(0, 40), st.integers(0, 30))
many = st.lists(st.tuples(st.lists(counts, min_size=5, max_size=5), st.integers(0, 9)), max_size=7)


@given(many)
def test_scores_and_ranks_against_the_oracle(raw):
    units = [unit(n, pairs, invested) for n, (pairs, invested) in enumerate(raw)]
    expected = []
    for pairs, _invested in raw:
        total = Fraction(0)
        for item, weight in enumerate([20, 20, 20, 30, 10]):
            mine = pairs[item]
            if mine[1]:
                value = min(Fraction(mine[0], mine[1]), Fraction(1))
            else:
                others = [min(Fraction(o[0][item][0], o[0][item][1]), Fraction(1)) for o in raw if o[0][item][1]]
                value = sum(others) / len(others) if others else Fraction(0)
            total += weight * value
        expected.append(total)
    assert scores(units) == expected

    def beats(a, b):
        rate = [Fraction(raw[x][0][3][0], raw[x][0][3][1]) if raw[x][0][3][1] else Fraction(-1) for x in (a, b)]
        return (expected[a], rate[0], raw[a][1]) > (expected[b], rate[1], raw[b][1])

    for row in ranking(units):
        here = row.unit.unit_id
        assert row.rank == 1 + sum(beats(other, here) for other in range(len(raw)) if other != here)


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=10**6), st.integers(0, 3))
def test_rounding_half_up(value, places):
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    assert round_half_up(value, places) == exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("rule", "late", "label", "level"),
    [
        ("STEP_LATE", 3, "", "Ⅲ"), ("STEP_LATE", 4, "", "Ⅱ"), ("STEP_LATE", 11, "", "Ⅰ"),
        ("STEP_STATUTORY", 0, "", "Ⅰ"), ("MILESTONE_LATE", 7, "", "Ⅲ"), ("MILESTONE_LATE", 30, "", "Ⅱ"),
        ("MILESTONE_LATE", 31, "", "Ⅰ"), ("MILESTONE_LATE", 90, "L08", "Ⅱ"), ("MILESTONE_LATE", 91, "L08", "Ⅰ"),
        ("INVESTMENT_BEHIND", Decimal(15), "", "Ⅲ"), ("INVESTMENT_BEHIND", Decimal("15.01"), "", "Ⅱ"),
        ("INVESTMENT_BEHIND", Decimal("30.01"), "", "Ⅰ"), ("ENROLMENT_LATE", 1, "", "Ⅱ"),
        ("ENROLMENT_LATE", 31, "", "Ⅰ"), ("LEDGER_LATE", 2, "", "Ⅲ"), ("LEDGER_LATE", 5, "", "Ⅱ"),
        ("LEDGER_LATE", 6, "", "Ⅱ"), ("INVESTMENT_BEHIND", Decimal("9.99"), "", ""), ("STEP_DUE_SOON", 1, "", ""),
    ],
)  # fmt: skip
def test_response_levels(rule, late, label, level):
    assert response_level(rule, late, label=label) == level


def test_the_worst_level_of_several():
    assert worst(["Ⅲ", "", "Ⅱ"]) == "Ⅱ"
    assert worst([]) == ""


def test_months_in_a_row_count_both_ends_and_years():
    assert [lit_months(2026, 4, 2026, 4), lit_months(2026, 2, 2026, 4), lit_months(2025, 12, 2026, 1)] == [1, 3, 2]
