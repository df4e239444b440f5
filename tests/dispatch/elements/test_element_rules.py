"""Pure rules of elements: tables, published cases and properties against a slow oracle."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.elements import balance, kinds, per_mu, states
from dispatch.elements.balance import Need
from dispatch.elements.per_mu import Facts, Indicator
from dispatch.elements.states import Plot
from tests.approvals.cases import PLAIN

D = Decimal
DAY = date(2026, 3, 2)
amounts = st.decimals(0, 500, places=2)


@st.composite
def needs(draw):
    rows = []
    for key in range(draw(st.integers(0, 8))):
        amount = draw(st.decimals("0.01", 300, places=2))
        day = draw(st.none() | st.integers(0, 5).map(lambda n: DAY + timedelta(days=n)))
        secured = draw(st.decimals(0, amount, places=2))
        rows.append(Need(key, amount, secured, day, draw(st.sampled_from([1, 2, 3, 9]))))
    return rows


def test_the_elements_are_those_of_the_tables():
    from dispatch.elements.models import Element

    assert list(kinds.KINDS) == Element.values
    assert kinds.KINDS["land"].unit_zh == "亩" and kinds.KINDS["labour"].decimals == 0


@pytest.mark.parametrize(
    ("element", "amount", "problem"),
    [
        ("land", "18.1234", None), ("land", "18.12345", "decimals"), ("land", "-1", "negative"),
        ("labour", "12", None), ("labour", "12.5", "decimals"), ("funds", "NaN", "number"), ("funds", "1e11", "large"),
        ("funds", "Infinity", "number"), ("land", "0", None),
    ],
)  # fmt: skip
def test_what_an_amount_may_be(element, amount, problem):
    assert kinds.problem_of(D(amount), kinds.KINDS[element]) == problem


def test_a_shortage_and_its_day():
    rows = [
        Need(1, D(40), D(30), DAY), Need(2, D(50), D(0), DAY + timedelta(days=9), 2),
        Need(3, D(20), D(0), DAY + timedelta(days=9), 1), Need(4, D(5)),
    ]  # fmt: skip
    sums = balance.balance(D(90), rows)
    assert (sums.needed, sums.secured, sums.open, sums.left, sums.surplus, sums.shortage) == (115, 30, 85, 60, -25, 25)
    assert sums.cover == Fraction(90, 115) and sums.is_short
    lines = balance.lines(D(90), rows)
    assert [(line.need.key, line.given, line.short, line.missing) for line in lines] == [
        (1, 10, 0, 0), (3, 20, 0, 0), (2, 30, 20, 20), (4, 0, 5, 25),
    ]  # fmt: skip
    assert balance.short_from(lines) == DAY + timedelta(days=9)


def test_nothing_known_and_nothing_needed():
    unknown = balance.balance(None, [Need(1, D(5))])
    assert (unknown.left, unknown.surplus, unknown.shortage, unknown.cover, unknown.is_short) == (*[None] * 4, False)
    assert balance.lines(None, [Need(1, D(5))])[0].short is None
    empty = balance.balance(D(7), [])
    assert (empty.surplus, empty.shortage, empty.cover) == (7, 0, None) and balance.short_from([]) is None


def test_more_promised_than_there_is_is_missing_from_the_first_line():
    lines = balance.lines(D(10), [Need(1, D(15), D(15), DAY), Need(2, D(4), D(0), DAY)])
    assert [(line.short, line.missing) for line in lines] == [(0, 5), (4, 9)]


@given(st.none() | amounts, needs())
def test_a_balance_adds_up(supply, rows):
    sums = balance.balance(supply, rows)
    assert sums.open == sum(n.amount for n in rows) - sum(n.secured for n in rows) == sum(n.open for n in rows)
    lines = balance.lines(supply, rows)
    assert sorted(line.need.key for line in lines) == [n.key for n in rows]
    if supply is None:
        return
    assert sums.left - sums.open == sums.surplus == supply - sums.needed
    over = max(D(0), sums.secured - supply)
    assert sum(line.short for line in lines) + over == (sums.shortage if rows else over)
    assert all(0 <= line.given <= line.need.open and line.given + line.short == line.need.open for line in lines)
    assert not lines or lines[-1].missing == sums.shortage


@given(amounts, needs())
def test_handing_out_unit_by_unit_gives_the_same(supply, rows):
    """Slow oracle: cent by cent to the first in turn that still needs one."""
    left = int(max(D(0), supply - sum((n.secured for n in rows), D(0))) * 100)
    got = {}
    for need in sorted(
        rows, key=lambda n: (n.needed_on or date.max, n.needed_on is None, n.priority, -n.amount, n.key)
    ):
        wanted = int(need.open * 100)
        got[need.key] = min(left, wanted)
        left -= got[need.key]
    assert {line.need.key: int(line.given * 100) for line in balance.lines(supply, rows)} == got


@given(amounts, needs())
def test_needs_of_a_day_as_one_are_short_on_the_same_day(supply, rows):
    days = {}
    for need in rows:
        old = days.get(need.needed_on, Need(len(days), D(0), D(0), need.needed_on))
        days[need.needed_on] = replace(old, amount=old.amount + need.amount, secured=old.secured + need.secured)
    one, many = (balance.lines(supply, found) for found in (list(days.values()), rows))
    assert balance.short_from(one) == balance.short_from(many)


# Per mu -------------------------------------------------------------------------------------------------------------


def figure(indicator, **facts):
    return per_mu.shown(indicator, per_mu.value_of(indicator, Facts(1, **facts)))


@pytest.mark.parametrize(
    ("investment", "land", "result"),
    [("200000", "243.82", "820.3"), ("650000", "900", "722.2"), ("50000", "100", "500.0")],
)
def test_published_cases_of_investment_per_mu(investment, land, result):
    assert figure(Indicator.INVESTMENT, investment_10k=D(investment), land_mu=D(land)) == D(result)


def test_published_case_of_tax_and_the_size_of_a_mu():
    assert figure(Indicator.TAX, tax_10k=D(40000), land_mu=D(100)) == 400
    assert per_mu.MU_PER_HECTARE == 15 and 15 * per_mu.M2_PER_MU == 10_000
    assert round(float(per_mu.M2_PER_MU), 2) == 666.67


def test_the_other_indicators():
    facts = {
        "land_mu": D(15), "floor_area_m2": D(12345), "output_10k": D(900), "revenue_10k": D(1000),
        "value_added_10k": D(333), "energy_tce": D(400), "employees": 70,
    }  # fmt: skip
    found = {indicator: figure(indicator, **facts) for indicator in Indicator}
    assert found == {
        Indicator.INVESTMENT: None, Indicator.TAX: None, Indicator.OUTPUT: D("60.0"), Indicator.REVENUE: D("66.7"),
        Indicator.VALUE_ADDED: D("22.2"), Indicator.PLOT_RATIO: D("1.23"), Indicator.ENERGY: D("2.5"),
        Indicator.LABOUR: D("4.8"),
    }  # fmt: skip


@pytest.mark.parametrize("land", [None, D(0)])
def test_an_empty_denominator_has_no_value(land):
    assert figure(Indicator.TAX, tax_10k=D(5), land_mu=land) is None
    assert figure(Indicator.LABOUR, value_added_10k=D(5), employees=0) is None


def test_half_up_from_the_exact_value():
    assert figure(Indicator.TAX, tax_10k=D("0.25"), land_mu=D(1)) == D("0.3")
    assert figure(Indicator.TAX, tax_10k=D("-0.25"), land_mu=D(1)) == D("-0.3")


def test_shared_ranks_and_the_average():
    rows = [
        Facts(1, D(10), tax_10k=D(100)), Facts(2, D(20), tax_10k=D(200)), Facts(3, D(10), tax_10k=D(40)),
        Facts(4, None, tax_10k=D(900)), Facts(5, D(10)),
    ]  # fmt: skip
    found = per_mu.ranking(Indicator.TAX, rows)
    assert [(one.facts.key, one.rank) for one in found] == [(1, 1), (2, 1), (3, 3), (4, None), (5, None)]
    assert per_mu.total_of(Indicator.TAX, rows) == Fraction(340, 40)
    assert found[0].against == Fraction(10) / Fraction(340, 40) and found[3].against is None


@given(st.lists(st.tuples(st.none() | st.integers(0, 4), st.none() | st.integers(-3, 6)), max_size=9))
def test_ranking_against_counting_the_better_ones(pairs):
    rows = [
        Facts(key, None if land is None else D(land), tax_10k=None if tax is None else D(tax))
        for key, (land, tax) in enumerate(pairs)
    ]
    values = {n: Fraction(tax, land) for n, (land, tax) in enumerate(pairs) if land and tax is not None}
    expected = {n: 1 + sum(other > value for other in values.values()) for n, value in values.items()}
    found = per_mu.ranking(Indicator.TAX, rows)
    assert {one.facts.key: one.rank for one in found if one.rank} == expected and len(found) == len(rows)
    ranks = [one.rank or 99 for one in found]
    assert ranks == sorted(ranks)


# States -------------------------------------------------------------------------------------------------------------


def test_every_move_leads_to_a_state_that_exists():
    from dispatch.elements.models import FundingApplication

    assert set(states.MOVES) == set(FundingApplication.State)
    assert {after for moves in states.MOVES.values() for after in moves.values()} <= set(states.MOVES)
    assert set(states.MOVES["granted"]) == {"reopen"} and "grant" not in states.MOVES["preparing"]


@pytest.mark.parametrize(
    ("plot", "percent", "complete"),
    [
        (Plot(D(25), D(18)), "72.0", False),
        (Plot(D(25), D(18), 14, 12), "78.9", False),
        (Plot(D(25), D(25), 14, 14, 2, 1), "83.3", False),
        (Plot(D(25), D(25), 14, 14, 2, 2), "100.0", True),
        (Plot(D(25), D("24.9999")), "99.9", False),
        (Plot(D(25), D(0)), "0.0", False),
    ],
)
def test_how_far_a_plot_is(plot, percent, complete):
    assert (plot.percent, plot.is_complete) == (D(percent), complete)


def test_what_has_fallen_and_what_is_too_much():
    before = Plot(D(25), D(18), 14, 12, 2, 1)
    after = replace(before, acquired_mu=D(17), plants_moved=0)
    assert states.fallen(before, after) == ["acquired_mu", "plants_moved"] and states.fallen(before, before) == []
    assert states.beyond(replace(before, households_moved=15, acquired_mu=D("25.1"))) == [
        "acquired_mu",
        "households_moved",
    ]
    assert states.beyond(replace(before, acquired_mu=D(-1))) == ["acquired_mu"]


@pytest.mark.parametrize(
    ("due", "cleared", "light"),
    [
        (None, None, "green"), (DAY, DAY, "green"), (DAY + timedelta(days=10), None, "green"), (DAY, None, "blue"),
        (date(2026, 3, 5), None, "blue"), (date(2026, 3, 6), None, "green"), (DAY - timedelta(days=1), None, "yellow"),
        (DAY - timedelta(days=30), None, "yellow"), (DAY - timedelta(days=31), None, "red"),
        (DAY - timedelta(days=31), DAY, "green"), (date(2031, 1, 1), None, "green"),
    ],
)  # fmt: skip
def test_the_light_of_a_plot(due, cleared, light):
    assert states.plot_light(due, cleared, DAY, PLAIN) == light
