"""Fate of steps, due day of answers, order of results, and how long things took."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.flow import ENDED, PAUSED, RUNNING, State
from approvals.joint.rules import Fate, answers_due, between, fate, in_order, lasted
from tests.approvals.cases import PLAIN

FRIDAY, MONDAY = date(2026, 2, 27), date(2026, 3, 2)


@pytest.mark.parametrize("state", State)
def test_fate_of_a_step_that_applies(state):
    expected = (
        Fate.DONE
        if state in (State.APPROVED, State.APPROVED_OUTSTANDING)
        else Fate.NOT_NEEDED
        if state is State.NOT_ACCEPTED
        else Fate.RUNS
        if state in RUNNING | PAUSED
        else Fate.OPENS
    )
    assert fate(state, "applies") is expected
    assert (expected is Fate.OPENS) == (state in {State.NOT_STARTED, State.RECEIVED} | ENDED - {
        State.APPROVED, State.APPROVED_OUTSTANDING, State.NOT_ACCEPTED
    })  # fmt: skip


def test_fate_of_a_step_that_does_not_apply_or_is_undetermined():
    assert fate(State.NOT_STARTED, "not_applicable") is Fate.NOT_NEEDED
    assert fate(State.NOT_STARTED, "undetermined") is Fate.UNDETERMINED
    assert fate(State.RECEIVED, "undetermined") is Fate.OPENS  # somebody has begun: it is needed
    assert fate(State.APPROVED, "not_applicable") is Fate.DONE


@pytest.mark.parametrize(
    ("target", "limits", "due"),
    [
        (10, [3, 7], date(2026, 3, 4)),  # the shortest committed limit
        (1, [3, 7], MONDAY),  # the bundle's target is shorter
        (None, [7, None], date(2026, 3, 10)),
        (0, [3], MONDAY),  # on the spot, opened on Friday evening … on Friday itself
        (None, [None], None),
        (None, [], None),
    ],
)
def test_answers_are_due_by_target_or_shortest_limit(target, limits, due):
    expected = FRIDAY if target == 0 else due
    assert answers_due(FRIDAY, target, limits, PLAIN) == expected


def test_opened_on_a_day_off_is_due_on_a_workday():
    assert answers_due(date(2026, 2, 28), 0, [], PLAIN) == MONDAY


def test_order_respects_what_waits_for_what():
    before = {17: {13, 14}, 13: {10, 11, 12}, 14: {12}}
    assert in_order([17, 14, 13, 11, 10], before) == [14, 11, 10, 13, 17]
    with pytest.raises(ValueError, match="wait for each other"):
        in_order([1, 2], {1: {2}, 2: {1}})


@given(st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.permutations(range(n)), st.data())))
def test_every_order_is_a_right_one(drawn):
    n, steps, data = drawn
    edges = {b: {a for a in range(b) if data.draw(st.booleans())} for b in range(n)}
    found = in_order(steps, edges)
    assert sorted(found) == list(range(n))
    assert all(found.index(a) < found.index(b) for b in edges for a in edges[b])


def test_lasted_counts_hours_and_working_days():
    took = lasted(
        datetime(2026, 2, 27, 6, 30, tzinfo=UTC), datetime(2026, 3, 2, 1, 0, tzinfo=UTC), FRIDAY, MONDAY, PLAIN
    )
    assert (took.hours, took.workdays) == (Decimal("66.5"), 1)


def test_what_lies_between_comes_along():
    before = {13: {10, 11, 12}, 14: {12}, 16: {14}, 17: {8, 13, 14, 16}, 18: {17}, 12: {7}}
    assert between([10, 11, 13, 14, 17], before) == {16}
    assert between([10, 17], before) == {13}
    assert between([10, 13], before) == set()
    assert between([], before) == set()
