"""Counting a dry run: what began within the period, by month, light and response level; the period offered."""

from datetime import date, timedelta

import pytest

from dispatch.response.policy import DEFAULT
from dispatch.warnings.dryrun import Ladder, last_quarter, outcome
from dispatch.warnings.replay import Dated, Thing, late_by_workdays, spans
from workdays.arithmetic import WorkCalendar

CALENDAR = WorkCalendar()
FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)


def step(pk, due, over=None, silent=()):
    fact = Dated(Thing("step", pk, 1, "S01", silent), due, over=over)
    [case] = late_by_workdays(fact, {"red_after_wd": 10}, CALENDAR)
    return case


def count(*cases, rule="STEP_LATE"):
    return outcome(cases, first=FIRST, last=LAST, ladder=Ladder(rule, FIRST, LAST, DEFAULT, CALENDAR))


def test_only_what_began_within_the_period_is_counted():
    found = count(
        step(1, date(2026, 6, 15)),
        step(2, date(2026, 6, 1), over=date(2026, 6, 20)),
        step(3, date(2026, 6, 30), over=date(2026, 7, 3)),
        step(4, date(2026, 9, 29)),
        step(5, date(2026, 9, 30)),
    )
    assert [one.case.thing.object_id for one in found.fired] == [3, 4]
    assert found.before == 1
    assert found.by_month == {"2026-07": {"yellow": 1}, "2026-09": {"yellow": 1}}


@pytest.mark.parametrize(
    ("days", "level", "nobody", "everybody"),
    [(2, "yellow", 3, 3), (4, "yellow", 2, 3), (12, "yellow", 1, 2), (40, "red", 1, 1)],
)
def test_nobody_answers_and_everybody_answers(days, level, nobody, everybody):
    """Due on Monday 6 July; over so many days later."""
    [one] = count(step(1, date(2026, 7, 6), over=date(2026, 7, 6) + timedelta(days=days))).fired
    assert (one.level, one.response, one.answered) == (level, nobody, everybody)


def test_the_chief_leader_is_told_of_level_one():
    found = count(step(1, date(2026, 7, 6)), step(2, date(2026, 7, 6), over=date(2026, 7, 8)))
    assert (found.total, found.chief, found.chief_answered) == (2, 1, 1)
    assert found.by_response == {1: 1, 3: 1}


def test_a_paused_clock_is_silent_and_does_not_climb():
    pause = ((date(2026, 7, 8), None),)
    [one] = count(step(1, date(2026, 7, 6), silent=pause)).fired
    assert spans(one.case) == [(date(2026, 7, 7), date(2026, 7, 8))]
    assert (one.level, one.response) == ("yellow", 3)


def test_a_clock_paused_before_the_due_day_never_fires():
    pause = ((date(2026, 7, 1), None),)
    assert count(step(1, date(2026, 7, 6), silent=pause)).total == 0


def test_a_rule_that_opens_no_case_has_no_response_level():
    found = count(step(1, date(2026, 7, 6)), rule="PAPER_OWED_LATE")
    assert (found.total, found.chief, found.by_response) == (1, 0, {})


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 22), (date(2026, 7, 1), date(2026, 9, 30))),
        (date(2026, 1, 1), (date(2025, 10, 1), date(2025, 12, 31))),
        (date(2026, 3, 31), (date(2025, 10, 1), date(2025, 12, 31))),
        (date(2026, 4, 1), (date(2026, 1, 1), date(2026, 3, 31))),
    ],
)
def test_the_latest_quarter_that_is_over(today, expected):
    assert last_quarter(today) == expected
