"""When an enterprise may urge, and how long links, visits and ratings last."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.portal import rules
from approvals.portal.rules import NoUrge
from tests.approvals.cases import PLAIN

MONDAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("own_turn", "is_open", "due_on", "is_done", "expected"),
    [
        (False, True, None, False, None),
        (False, True, date(2026, 3, 10), False, None),
        (True, True, date(2026, 2, 1), False, NoUrge.OWN_TURN),
        (False, False, None, False, NoUrge.NOT_OPEN),
        (False, False, MONDAY, False, NoUrge.NOT_OPEN),
        (False, False, date(2026, 3, 1), False, None),
        (False, False, date(2026, 3, 1), True, NoUrge.NOT_OPEN),
    ],
)
def test_a_step_is_urged_while_somebody_else_has_it(own_turn, is_open, due_on, is_done, expected):
    found = rules.why_no_urge(own_turn=own_turn, is_open=is_open, due_on=due_on, is_done=is_done, today=MONDAY)
    assert found == expected


@pytest.mark.parametrize(
    ("last", "every", "expected"),
    [
        (date(2026, 3, 2), 2, date(2026, 3, 4)),
        (date(2026, 3, 6), 2, date(2026, 3, 10)),
        (date(2026, 3, 7), 1, date(2026, 3, 9)),
        (date(2026, 3, 2), 0, date(2026, 3, 3)),
    ],
)
def test_the_next_urging_is_so_many_working_days_later(last, every, expected):
    assert rules.next_urge_on(last, every, PLAIN) == expected


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 30))
def test_the_next_urging_agrees_with_counting_by_hand(last, every):
    day, left = last, every
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    assert rules.next_urge_on(last, every, PLAIN) == max(day, last + timedelta(days=1))


def test_a_visit_ends_with_the_link_or_after_eight_hours():
    assert rules.visit_ends(AT, AT + timedelta(days=9)) == AT + timedelta(hours=8)
    assert rules.visit_ends(AT, AT + timedelta(minutes=5)) == AT + timedelta(minutes=5)
