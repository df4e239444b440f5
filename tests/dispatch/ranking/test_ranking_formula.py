"""Score formulas: by tables, and against a slow oracle that does every step by hand."""

from decimal import Decimal
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.ranking.formula import (
    CONTEST,
    DEFAULTS,
    HALF_MONTH,
    SOURCES,
    Empty,
    Formula,
    Item,
    Kind,
    UnitFacts,
    Value,
    check,
    formula_from,
    key_of,
    score,
)


def rate(weight=100, **more) -> Item:
    return Item("investment", "投资完成率", Kind.RATE, "investment", weight, **more)


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
shapes = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def unit(pk: int, numerator=None, denominator=None, *, source="investment", tie=None, invested=0) -> UnitFacts:
    values = {
        source: Value(None if numerator is None else F(numerator), None if denominator is None else F(denominator))
    }
    return UnitFacts(pk, f"单位{pk:02d}", values, tie, Decimal(invested))


def totals(formula: Formula, *units: UnitFacts) -> dict[int, F]:
    return {one.unit.unit_id: one.total for one in score(formula, units)}


def ranks(formula: Formula, *units: UnitFacts) -> list[tuple[int, int]]:
    return [(one.rank, one.unit.unit_id) for one in score(formula, units)]


class TestScore:
    def test_published_case_ten_of_twelve_is_83_point_3(self):
        assert totals(Formula((rate(),)), unit(1, 10, 12)) == {1: F(250, 3)}

    def test_a_ratio_counts_up_to_its_cap(self):
        (one,) = score(Formula((rate(),)), [unit(1, 15, 10)])
        assert (one.total, one.items[0].ratio, one.items[0].why) == (100, F(3, 2), "capped")
        assert totals(Formula((rate(cap=120),)), unit(1, 15, 10)) == {1: 120}

    @pytest.mark.parametrize(
        ("empty", "points", "why"),
        [(Empty.AVERAGE, 75, "empty_average"), (Empty.ZERO, 0, "empty_zero"), (Empty.FULL, 100, "empty_full")],
    )
    def test_an_empty_denominator(self, empty, points, why):
        found = score(Formula((rate(empty=empty),)), [unit(1, 1, 2), unit(2, 7, 5), unit(3, 0, 0)])
        third = next(one for one in found if one.unit.unit_id == 3)
        assert (third.total, third.items[0].why, third.items[0].ratio) == (points, why, None)

    def test_the_average_of_nobody_is_nothing(self):
        (one,) = score(Formula((rate(),)), [unit(1, 0, 0)])
        assert (one.total, one.items[0].why) == (0, "empty_nobody")

    def test_a_counter_is_measured_by_the_best_unit(self):
        item = Item("attraction", "项目招引", Kind.COUNTER, "entry", 15, empty=Empty.ZERO)
        units = [unit(pk, n, source="entry/attraction") for pk, n in ((1, 4), (2, 8), (3, None))]
        assert totals(Formula((item,)), *units) == {1: F(15, 2), 2: 15, 3: 0}

    def test_a_counter_that_is_nought_for_all_gives_nothing(self):
        item = Item("attraction", "项目招引", Kind.COUNTER, "entry", 15, empty=Empty.ZERO)
        assert totals(Formula((item,)), unit(1, 0, source="entry/attraction")) == {1: 0}

    def test_a_penalty_takes_points_off_up_to_its_cap(self):
        item = Item("late", "逾期未办", Kind.PENALTY, "tasks_overdue", 2, cap=5)
        units = [unit(pk, n, source="tasks_overdue") for pk, n in ((1, 0), (2, 2), (3, 9))]
        assert totals(Formula((item,)), *units) == {1: 0, 2: -4, 3: -5}

    def test_ties_by_investment_rate_then_by_money_and_equal_units_share_a_rank(self):
        ties = {"tie": F(1, 2), "invested": 10}
        units = [
            unit(1, 1, 2, **ties), unit(2, 1, 2, **ties), unit(3, 1, 2, tie=F(1, 2), invested=11),
            unit(4, 1, 2, tie=F(3, 4)), unit(5, 1, 2, tie=None, invested=99), unit(6, 3, 4),
        ]  # fmt: skip
        assert ranks(Formula((rate(),)), *units) == [(1, 6), (2, 4), (3, 3), (4, 1), (4, 2), (6, 5)]

    def test_domain_weights_of_the_five_rates_reproduce(self):
        items = tuple(
            Item(s, s, Kind.RATE, s, w) for s, w in zip(SOURCES[Kind.RATE], (20, 20, 20, 30, 10), strict=True)
        )
        values = {"formalities": (9, 10), "starts": (10, 12), "enrolment": (0, 0), "investment": (129, 270),
                  "quarter": (1, 4)}  # fmt: skip
        facts = UnitFacts(1, "甲", {key: Value(F(n), F(d)) for key, (n, d) in values.items()})
        expected = 20 * F(9, 10) + 20 * F(10, 12) + 0 + 30 * F(129, 270) + 10 * F(1, 4)
        assert totals(Formula(items), facts) == {1: expected}


class TestCheck:
    @pytest.mark.parametrize("kind", sorted(DEFAULTS))
    def test_the_defaults_pass_and_weigh_100(self, kind):
        formula = DEFAULTS[kind]
        assert check(formula.as_json(), entries=kind == "contest") == []
        assert sum(item.weight for item in formula.items) == 100
        assert formula_from(formula.as_json()) == formula

    def test_the_contest_has_six_counters_of_15_and_one_of_10(self):
        assert [item.weight for item in CONTEST.items] == [15] * 6 + [10]
        assert {item.kind for item in CONTEST.items} == {Kind.COUNTER}

    def test_entries_are_for_the_contest_only(self):
        assert check(CONTEST.as_json(), entries=False) == ["bad_source"]

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"code": "Ä"}, "bad_code"),
            ({"code": ""}, "bad_code"),
            ({"code": "a/b"}, "bad_code"),
            ({"name_zh": " "}, "bad_name"),
            ({"name_zh": "a\nb"}, "bad_name"),
            ({"kind": "sum"}, "bad_kind"),
            ({"kind": ["rate"]}, "bad_kind"),
            ({"source": "items_closed"}, "bad_source"),
            ({"weight": 99}, "weights_not_100"),
            ({"weight": True}, "bad_weight"),
            ({"weight": 100.0}, "bad_weight"),
            ({"weight": 0}, "bad_weight"),
            ({"cap": 201}, "bad_cap"),
            ({"empty": "nothing"}, "bad_empty"),
            ({"extra": 1}, "unknown_field"),
        ],
    )
    def test_one_wrong_field(self, change, code):
        assert check({"items": [rate().as_json() | change]}) == [code]

    def test_shapes(self):
        item = rate().as_json()
        assert check([]) == check({"items": 3}) == check({"items": [], "x": 1}) == ["not_a_formula"]
        assert check({"items": []}) == ["no_items"]
        assert check({"items": [7]}) == ["bad_item"]
        assert "code_twice" in check({"items": [item | {"weight": 50}] * 2})
        assert check({"items": [item] * 21}) == ["too_many_items"]

    def test_penalties_do_not_count_towards_100(self):
        late = Item("late", "逾期未办", Kind.PENALTY, "tasks_overdue", 1, cap=5)
        assert check({"items": [rate().as_json(), late.as_json()]}) == []

    @given(shapes)
    def test_whatever_comes_is_answered(self, value):
        assert check(value)


def slow(formula: Formula, units: list[UnitFacts]) -> dict[int, tuple[int, F]]:
    """Rank and total by hand: for each unit, how many are better."""
    total: dict[int, F] = {}
    for one in units:
        sum_ = F(0)
        for item in formula.items:
            key = key_of(item)
            mine = one.values.get(key, Value(None))
            if item.kind is Kind.PENALTY:
                sum_ -= min(item.weight * (mine.numerator or 0), F(item.cap))
                continue
            shares = []
            for other in units:
                value = other.values.get(key, Value(None))
                below = value.denominator
                if item.kind is Kind.COUNTER:
                    known = [u.values[key].numerator for u in units if key in u.values]
                    known = [n for n in known if n is not None]
                    below = max(known) if known else None
                if value.numerator is not None and below:
                    shares.append((other.unit_id, min(value.numerator / below, F(item.cap, 100))))
            given_share = dict(shares).get(one.unit_id)
            if given_share is None:
                mean = sum((share for _pk, share in shares), F(0)) / len(shares) if shares else F(0)
                given_share = {Empty.ZERO: F(0), Empty.FULL: F(1), Empty.AVERAGE: mean}[item.empty]
            sum_ += item.weight * given_share
        total[one.unit_id] = sum_

    def better(a, b):
        return (total[a.unit_id], a.investment is not None, a.investment or 0, a.invested_10k) > (
            total[b.unit_id], b.investment is not None, b.investment or 0, b.invested_10k)  # fmt: skip

    return {one.unit_id: (1 + sum(better(other, one) for other in units), total[one.unit_id]) for one in units}


numbers = st.fractions(min_value=0, max_value=50, max_denominator=7)
values = st.builds(Value, st.none() | numbers, st.none() | numbers)
KEYS = sorted({key_of(item) for formula in (HALF_MONTH, CONTEST) for item in formula.items} | {"tasks_overdue"})


@st.composite
def formulas(draw) -> Formula:
    base = draw(st.sampled_from([HALF_MONTH, CONTEST]))
    items = [
        Item(i.code, i.name_zh, i.kind, i.source, draw(st.integers(1, 100)), draw(st.integers(1, 200)),
             draw(st.sampled_from(list(Empty))))
        for i in base.items
    ]  # fmt: skip
    late = Item("late", "逾期未办", Kind.PENALTY, "tasks_overdue", draw(st.integers(1, 9)), draw(st.integers(1, 100)))
    return Formula((*items, late))


@st.composite
def parks(draw) -> list[UnitFacts]:
    return [
        UnitFacts(
            pk, f"单位{pk}", draw(st.dictionaries(st.sampled_from(KEYS), values, max_size=len(KEYS))),
            draw(st.none() | st.sampled_from([F(0), F(1, 2)])), draw(st.sampled_from([Decimal(0), Decimal(1)])),
        )
        for pk in range(1, draw(st.integers(1, 5)) + 1)
    ]  # fmt: skip


@given(formulas(), parks())
def test_ranks_and_totals_are_those_of_the_slow_oracle(formula, units):
    found = score(formula, units)
    assert {one.unit.unit_id: (one.rank, one.total) for one in found} == slow(formula, units)
    assert [one.rank for one in found] == sorted(one.rank for one in found)
    assert all(one.total == sum(points.points for points in one.items) for one in found)


@given(parks())
def test_the_order_of_the_units_does_not_matter(units):
    assert score(HALF_MONTH, units) == score(HALF_MONTH, list(reversed(units)))
