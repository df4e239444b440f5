"""Median, p80 and best of finished tasks, against a slow oracle."""

import math
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.planning.learning import as_json, from_counts, from_json, learned

DURATIONS = st.lists(st.integers(0, 400), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("durations", "expected"),
    [
        ([7], (1, 7, 7, 7)),
        ([3, 9], (2, 6, 9, 3)),
        ([1, 2], (2, 1.5, 2, 1)),
        ([1, 2, 3, 4, 5], (5, 3, 4, 1)),  # four of five within 4 days
        ([1, 2, 3, 4, 5, 6], (6, 3.5, 5, 1)),
        ([10, 10, 10, 10, 99], (5, 10, 10, 10)),
        ([0, 0, 0, 0, 0], (5, 0, 0, 0)),
    ],
)
def test_examples(durations, expected):
    one = learned(durations)
    assert (one.n, one.median, one.p80, one.best) == expected


def test_nothing_finished_teaches_nothing():
    assert learned([]) is None
    assert from_counts({3: 0}) is None


@pytest.mark.parametrize("counts", [{-1: 1}, {3: -1}])
def test_negative_is_refused(counts):
    with pytest.raises(ValueError, match="negative"):
        from_counts(counts)


def test_four_are_not_enough_and_five_are():
    assert not learned([1, 2, 3, 4]).is_enough(5)
    assert learned([1, 2, 3, 4, 5]).is_enough(5)


def test_kept_limits_count_only_those_with_one():
    one = learned([1, 2, 3], [True, False])
    assert (one.within, one.with_limit) == (1, 2)


@given(DURATIONS)
def test_agrees_with_a_slow_oracle(durations):
    one, ordered = learned(durations), sorted(durations)
    assert one.median == median(durations)
    assert one.p80 == ordered[math.ceil(len(durations) * 0.8 - 1e-9) - 1]
    assert one.best == ordered[0]
    assert {days: durations.count(days) for days in ordered} == one.counts


@given(DURATIONS)
def test_at_least_four_of_five_within_p80_and_fewer_below(durations):
    p80 = learned(durations).p80
    assert 5 * sum(days <= p80 for days in durations) >= 4 * len(durations)
    assert 5 * sum(days < p80 for days in durations) < 4 * len(durations)


@given(DURATIONS, st.lists(st.booleans()))
def test_is_stored_and_read_again(durations, kept):
    one = learned(durations, kept)
    assert from_json(as_json(one)) == one
