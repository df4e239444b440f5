"""What a definition may say, and what is left out of a hostile or an old one. Days against a slow oracle."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.own_reports.definitions import (
    MOST_COLUMNS,
    MOST_FILTERS,
    MOST_LEVELS,
    Kind,
    Span,
    Trait,
    checked,
    moved,
    span_days,
)  # fmt: skip

TRAITS = {
    "name": Trait(Kind.TEXT), "unit": Trait(Kind.CHOICE, groups=True), "light": Trait(Kind.CHOICE, groups=True),
    "stage": Trait(Kind.CHOICE, groups=True), "plan": Trait(Kind.MONEY, sums=True), "due_on": Trait(Kind.DAY),
}  # fmt: skip
GOOD = {
    "columns": ["name", "plan"], "filters": {"unit": {"in": ["a"]}, "plan": {"min": "1", "max": "2.5"}},
    "grouping": ["unit"], "order": "-plan", "limit": 10,
}  # fmt: skip


def codes(raw):
    found, problems = checked(raw, TRAITS)
    assert set(found.used) <= set(TRAITS)
    assert 0 < len(found.columns) <= MOST_COLUMNS
    return [(problem.code, problem.name) for problem in problems]


def test_what_fits_stays():
    found, problems = checked(GOOD, TRAITS)
    assert problems == []
    assert (found.columns, found.grouping, found.order, found.limit) == (("name", "plan"), ("unit",), "-plan", 10)
    assert found.filters == GOOD["filters"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"columns": ["name", "park__name"]}, ("column", "park__name")),
        ({"columns": ["name", "password"]}, ("column", "password")),
        ({"columns": ["name", ["plan"]]}, ("column", "['plan']")),
        ({"columns": []}, ("empty", "")),
        ({"columns": "name"}, ("empty", "")),
        ({"columns": ["name"] * 10_000}, ("many", "column")),
        ({"filters": {"park__name": {"contains": "x"}}}, ("filter", "park__name")),
        ({"filters": {"unit__park__secret": {"in": ["x"]}}}, ("filter", "unit__park__secret")),
        ({"filters": {"name": {"regex": "(a+)+$"}}}, ("value", "name")),
        ({"filters": {"plan": {"min": "NaN"}}}, ("value", "plan")),
        ({"filters": {"plan": {"min": "1e999"}}}, ("value", "plan")),
        ({"filters": {"plan": {"min": "1e999999999"}}}, ("value", "plan")),
        ({"filters": {"plan": {"min": "1e-999999999"}}}, ("value", "plan")),
        ({"filters": {"plan": {"min": "0e999999"}}}, ("value", "plan")),
        ({"filters": {"plan": {"min": "1); DROP TABLE"}}}, ("value", "plan")),
        ({"filters": {"due_on": {"span": "1 OR 1"}}}, ("value", "due_on")),
        ({"filters": {"due_on": {"span": ["today"]}}}, ("value", "due_on")),
        ({"filters": {"due_on": {"from": "2026-02-30"}}}, ("value", "due_on")),
        ({"filters": {"unit": {"in": []}}}, ("value", "unit")),
        ({"filters": {"unit": ["a"]}}, ("value", "unit")),
        ({"filters": {f"x{n}": 1 for n in range(999)}}, ("many", "filter")),
        ({"grouping": ["plan"]}, ("grouping", "plan")),
        ({"grouping": ["unit", "light", "stage"]}, ("many", "grouping")),
        ({"order": "park__name"}, ("order", "park__name")),
        ({"order": "--plan"}, ("order", "--plan")),
        ({"order": {"x": 1}}, ("order", "{'x': 1}")),
        ({"limit": 0}, ("limit", "0")),
        ({"limit": 10**9}, ("limit", str(10**9))),
        ({"limit": True}, ("limit", "True")),
    ],
)
def test_what_does_not_fit_is_named_and_left_out(change, said):
    assert said in codes(GOOD | change)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([*TRAITS, "in", "min", "span"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(st.fixed_dictionaries(dict.fromkeys(GOOD, JUNK)))
def test_nothing_breaks_it(raw):
    codes(raw)
    found, _problems = checked(raw, TRAITS)
    assert len(found.grouping) <= MOST_LEVELS
    assert len(found.filters) <= MOST_FILTERS
    assert (
        checked({**raw, "columns": list(found.columns), "filters": dict(found.filters)}, TRAITS)[0].filters
        == found.filters
    )


WITHIN = {
    Span.OVERDUE: lambda day, today: day < today,
    Span.TODAY: lambda day, today: day == today,
    Span.NEXT_7: lambda day, today: 0 <= (day - today).days <= 7,
    Span.NEXT_30: lambda day, today: 0 <= (day - today).days <= 30,
    Span.LAST_7: lambda day, today: 0 <= (today - day).days <= 7,
    Span.LAST_30: lambda day, today: 0 <= (today - day).days <= 30,
    Span.THIS_MONTH: lambda day, today: months(day) == months(today),
    Span.NEXT_MONTH: lambda day, today: months(day) == months(today) + 1,
    Span.LAST_MONTH: lambda day, today: months(day) == months(today) - 1,
    Span.THIS_YEAR: lambda day, today: day.year == today.year,
}


def months(day: date) -> int:
    return day.year * 12 + day.month


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(-400, 400))
def test_spans_of_days(today, away):
    day = today + timedelta(days=away)
    for span, inside in WITHIN.items():
        first, last = span_days(span, today)
        assert ((first is None or first <= day) and (last is None or day <= last)) == inside(day, today), span


@given(st.permutations(["a", "b", "c", "d"]), st.sampled_from(["a", "b", "c", "d", "x"]), st.sampled_from([-1, 1]))
def test_a_column_moves_one_place(columns, name, by):
    found = moved(columns, name, by)
    assert sorted(found) == sorted(columns)
    if name in columns:
        wanted = min(max(columns.index(name) + by, 0), 3)
        assert found.index(name) == wanted
        assert [each for each in found if each != name] == [each for each in columns if each != name]
