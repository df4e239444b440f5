"""The ladder as a pure rule: every row of domain.md 3.4 with its boundaries, its guards, and a slow oracle."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.response import ladder, policy, words
from dispatch.response.ladder import Facts, State, advance, limits, replay
from dispatch.response.policy import DEFAULT, PolicyError, as_params, check, policy_from
from dispatch.response.sessions import next_session, sessions_between, tier_of
from dispatch.response.triggers import kind_of, measured, trigger_level
from tests.dispatch.response import response_oracle as oracle
from workdays.arithmetic import WorkCalendar

PLAIN = WorkCalendar({2026: "official"})
MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def days(n: int, first: date = MONDAY) -> list[date]:
    return [first + k * DAY for k in range(n)]


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("step", {0: None, 1: 3, 3: 3, 4: 2, 10: 2, 11: 1, 99: 1}),
        ("statutory", {0: None, 1: 1}),
        ("milestone", {0: None, 1: 3, 7: 3, 8: 2, 30: 2, 31: 1}),
        ("start", {1: 3, 7: 3, 8: 2, 90: 2, 91: 1}),
        ("investment", {Decimal("9.99"): None, Decimal(10): 3, Decimal(15): 3, Decimal("15.01"): 2, Decimal(30): 2,
                        Decimal("30.01"): 1}),
        ("enrolment", {0: None, 1: 2, 30: 2, 31: 1}),  # days past the 30th day: 31–60 and more than 60 after the start
        ("issue", {0: None, 1: 3, 2: 3, 3: 2, 5: 2, 6: 2, 99: 2}),
        ("returned", {0: None, 1: 2, 99: 2}),
        ("commitment", {0: None, 1: 3, 2: 3, 3: 2, 99: 2}),
        ("stale", {0: None, 1: 3, 10: 3, 11: 2, 99: 2}),
        ("certificate", {0: None, 1: 3, 7: 3, 8: 2, 30: 2, 31: 1}),
    ],
)  # fmt: skip
def test_every_row_of_the_table(kind, table):
    assert {value: trigger_level(kind, value, DEFAULT) for value in table} == table


def test_kinds_and_measures():
    assert kind_of("STEP_DUE_SOON") is None and kind_of("PAPER_OWED_LATE") is None
    assert kind_of("MILESTONE_LATE", "L08") == "start" and kind_of("MILESTONE_LATE", "L10") == "milestone"
    friday, monday = date(2026, 3, 6), date(2026, 3, 9)
    assert measured("step", friday, None, monday, PLAIN) == 1
    assert measured("milestone", friday, None, monday, PLAIN) == 3
    assert measured("step", friday, None, date(2026, 3, 8), PLAIN) == 0
    assert measured("investment", friday, Decimal("12.50"), monday, PLAIN) == Decimal("12.50")
    assert measured("certificate", monday, None, friday, PLAIN) == 0


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (3, (date(2026, 3, 3), None, None, date(2026, 3, 5))),
        (2, (date(2026, 3, 3), date(2026, 3, 4), None, date(2026, 3, 9))),
        (1, (MONDAY, date(2026, 3, 5), date(2026, 3, 9), date(2026, 3, 16))),
    ],
)
def test_deadlines_of_every_level(level, expected):
    state = State(level, MONDAY, MONDAY, MONDAY, MONDAY, cause_level=level)
    due = limits(state, PLAIN, DEFAULT)
    assert (due.acknowledge_by, due.act_by, due.report_by, due.clear_by) == expected


def test_who_is_told_at_every_level():
    assert DEFAULT.told_at(0) == ("handler", "specialist")
    assert DEFAULT.told_at(3) == ("handler", "window_head", "specialist")
    assert DEFAULT.told_at(2) == (*DEFAULT.told_at(3), "unit_head", "centre_head", "deputy_leader")
    assert DEFAULT.told_at(1) == (*DEFAULT.told_at(2), "project_leader", "chief_leader")


def history(causes, *, answered=False, calendar=PLAIN, first=MONDAY):
    moves = replay(
        days(len(causes), first), dict(zip(days(len(causes), first), causes, strict=True)), DEFAULT, calendar,
        answered=answered,
    )  # fmt: skip
    return [(day, move.kind, move.to_level, move.reason) for day, move in moves]


def test_nobody_answers_one_level_a_day_at_most():
    assert history([3] * 8) == [
        (date(2026, 3, 2), "opened", 3, "trigger"),
        (date(2026, 3, 4), "raised", 2, "acknowledge_missed"),
        (date(2026, 3, 6), "raised", 1, "acknowledge_missed"),
        (date(2026, 3, 9), "overdue", 1, "acknowledge_missed"),
    ]


def test_everybody_answers_but_the_cause_stays():
    assert history([3] * 30, answered=True)[:3] == [
        (date(2026, 3, 2), "opened", 3, "trigger"),
        (date(2026, 3, 6), "raised", 2, "clear_missed"),
        (date(2026, 3, 16), "raised", 1, "clear_missed"),
    ]


def test_the_worst_trigger_too_climbs_one_level_a_day_and_on_workdays_only():
    friday = date(2026, 3, 6)
    assert history([1] * 5, first=friday) == [
        (friday, "opened", 3, "trigger"),
        (date(2026, 3, 9), "raised", 2, "trigger"),
        (date(2026, 3, 10), "raised", 1, "trigger"),
    ]
    assert history([1, 1], first=date(2026, 3, 7)) == []


def test_two_evaluations_without_cause_close_and_one_does_not():
    assert history([3, None, None], answered=True)[-1] == (date(2026, 3, 4), "closed", None, "no_cause")
    came_back = history([2, 2, None, 2, None, None], answered=True)
    assert [row[1:3] for row in came_back] == [("opened", 3), ("raised", 2)]  # the fifth and sixth day are a weekend
    assert history([2, 2, None, 2, None, None, None, None], answered=True)[-1][0] == date(2026, 3, 9)


def test_a_milder_cause_lowers_by_one_after_two_evaluations_but_a_missed_deadline_does_not_fall_by_itself():
    assert [row[1:3] for row in history([1, 1, 1, 3, 3], answered=True)] == [
        ("opened", 3), ("raised", 2), ("raised", 1), ("lowered", 2),
    ]  # fmt: skip
    climbed = history([3] * 5)
    assert climbed[-1][1:3] == ("raised", 1)
    assert "lowered" not in [row[1] for row in history([3] * 40)]


def test_held_nothing_moves_and_the_deadlines_start_again():
    state, _moves = advance(None, Facts(3), MONDAY, PLAIN, DEFAULT)
    for day in days(9)[1:]:
        state, moves = advance(state, Facts(None, held="suspended"), day, PLAIN, DEFAULT)
        assert [move.kind for move in moves] == (["held"] if day == MONDAY + DAY else [])
    state, moves = advance(state, Facts(3), date(2026, 3, 11), PLAIN, DEFAULT)
    assert [move.kind for move in moves] == ["released"]
    assert (state.level, state.clock_from_on) == (3, date(2026, 3, 11))
    assert limits(state, PLAIN, DEFAULT).acknowledge_by == date(2026, 3, 12)
    state, moves = advance(state, Facts(3), date(2026, 3, 12), PLAIN, DEFAULT)
    assert moves == []
    state, moves = advance(state, Facts(3), date(2026, 3, 13), PLAIN, DEFAULT)
    assert [move.kind for move in moves] == ["raised"]


def test_a_day_is_worked_once_and_a_closed_case_stays():
    state, _moves = advance(None, Facts(2), MONDAY, PLAIN, DEFAULT)
    assert advance(state, Facts(1), MONDAY, PLAIN, DEFAULT) == (state, [])
    closed = replace(state, closed_on=MONDAY)
    assert advance(closed, Facts(1), MONDAY + 9 * DAY, PLAIN, DEFAULT) == (closed, [])


def test_an_answer_counts_from_the_next_morning_on_and_survives_a_day_worked_late():
    state, _moves = advance(None, Facts(3), MONDAY, PLAIN, DEFAULT)
    late = replace(state, acknowledged_on=date(2026, 3, 4))  # one day too late
    raised, moves = advance(late, Facts(3), date(2026, 3, 4), PLAIN, DEFAULT)
    assert [move.reason for move in moves] == ["acknowledge_missed"]
    assert raised.acknowledged_on == date(2026, 3, 4)  # it answers the new level
    in_time = replace(state, acknowledged_on=date(2026, 3, 3))
    assert advance(in_time, Facts(3), date(2026, 3, 4), PLAIN, DEFAULT)[1] == []


# settings ---------------------------------------------------------------------------------------------------------


def test_settings_are_read_back_as_they_were_written():
    assert policy_from(as_params(DEFAULT)) == DEFAULT == policy_from({})


@pytest.mark.parametrize(
    ("params", "where", "code"),
    [
        ({"triggers": {"step": {"2": 0}}}, "triggers.step", policy.ORDER),
        ({"triggers": {"step": {"2": "x"}}}, "triggers.step.2", policy.NUMBER),
        ({"triggers": {"step": {"2": 3.5}}}, "triggers.step.2", policy.NUMBER),
        ({"triggers": {"step": {"4": 3}}}, "triggers.step.4", policy.UNKNOWN),
        ({"triggers": {"moon": {}}}, "triggers.moon", policy.UNKNOWN),
        ({"triggers": {"milestone": {"3": -1}}}, "triggers.milestone.3", policy.RANGE),
        ({"deadlines": {"3": {"clear_wd": 0}}}, "deadlines.3.clear_wd", policy.RANGE),
        ({"deadlines": {"2": {"act_wd": 6}}}, "deadlines.2", policy.ORDER),
        ({"deadlines": {"2": {"acknowledge_wd": None}}}, "deadlines.2.acknowledge_wd", policy.NUMBER),
        ({"told": {"1": ["pope"]}}, "told.1", policy.OFFICE),
        ({"rhythm": {"weekly_on": 7}}, "rhythm.weekly_on", policy.RANGE),
        ({"clean_evaluations": 0}, "clean_evaluations", policy.RANGE),
        ({"unknown": 1}, "unknown", policy.UNKNOWN),
    ],
)
def test_wrong_settings_are_named(params, where, code):
    assert [(fault.where, fault.code) for fault in check(params)] == [(where, code)]
    with pytest.raises(PolicyError):
        policy_from(params)


# rhythm -----------------------------------------------------------------------------------------------------------

AUTUMN = WorkCalendar(
    {2026: "official"},
    {date(2026, 10, 1) + n * DAY: "国庆节" for n in range(7)},
    {date(2026, 9, 20): "国庆节", date(2026, 10, 10): "国庆节"},
)


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        (1, ["2026-09-28", "2026-10-08", "2026-10-12", "2026-10-19", "2026-10-26"]),  # Monday 5th is a holiday
        (2, ["2026-09-30", "2026-10-15", "2026-10-30"]),
        (3, ["2026-10-13"]),  # 8, 9, 10 (make-up), 12, 13
        (4, ["2026-10-20"]),
    ],
)
def test_sessions_around_a_long_holiday(tier, expected):
    found = sessions_between(tier, date(2026, 9, 25), date(2026, 10, 31), AUTUMN)
    assert [day.isoformat() for day in found] == expected


def test_the_fifteenth_on_a_sunday_is_called_in_before():
    assert sessions_between(2, date(2026, 11, 1), date(2026, 11, 30), PLAIN) == [date(2026, 11, 13), date(2026, 11, 30)]
    assert next_session(2, date(2026, 11, 13), PLAIN) == date(2026, 11, 13)
    assert next_session(2, date(2026, 11, 14), PLAIN) == date(2026, 11, 30)


def test_which_tier_takes_a_case():
    def tier(level, since, today, late=False):
        return tier_of(level, since, is_overdue=late, today=today, calendar=PLAIN)

    monday = date(2026, 11, 16)
    assert tier(3, date(2026, 1, 5), monday) == 1
    assert tier(2, monday, date(2026, 11, 30)) == 2  # the session is today
    assert tier(2, monday, date(2026, 12, 1)) == 3
    assert tier(1, monday, date(2026, 12, 7)) == 3
    assert tier(1, monday, date(2026, 12, 8)) == 4
    assert tier(1, monday, date(2026, 11, 17), late=True) == 4


# oracle -----------------------------------------------------------------------------------------------------------


@st.composite
def lives(draw):
    n = draw(st.integers(5, 70))
    first = MONDAY + draw(st.integers(0, 6)) * DAY
    found = days(n, first)
    off = draw(st.sets(st.sampled_from(found), max_size=8))
    make_up = {day for day in draw(st.sets(st.sampled_from(found), max_size=3)) if day.weekday() > 4} - off
    cause, held, at = {}, set(), 0
    while at < n:  # in stretches, as life is
        length, asks = draw(st.integers(1, 12)), draw(st.sampled_from([None, None, 3, 3, 2, 1]))
        hold = draw(st.integers(0, 9)) == 0
        for day in found[at : at + length]:
            cause[day] = asks
            if hold:
                held.add(day)
        at += length
    often = draw(st.integers(1, 9))
    answers = {
        kind: {day for day in found if draw(st.integers(0, often)) == 0} for kind in ("acknowledge", "act", "report")
    }
    calendar = WorkCalendar({2026: "official"}, dict.fromkeys(off, "假"), dict.fromkeys(make_up, "班"))
    works = {day: calendar.is_workday(day) for day in days(n + 90, first)}
    return oracle.Life(cause, held, answers, lambda day: works[day]), calendar


def walked(life, calendar):
    state, log = None, []
    for day in sorted(life.cause):
        facts = Facts(life.cause[day], "suspended" if day in life.held else "")
        state, moves = advance(state, facts, day, calendar, DEFAULT)
        log += [(day, move.kind, move.to_level) for move in moves]
        if state is not None and state.closed_on is not None:
            state = None
        if state is not None:
            state = with_answers(state, life, day)
    return log


def with_answers(state, life, day):
    given = {
        "acknowledged_on": state.acknowledged_on or (day if day in life.answers["acknowledge"] else None),
        "acted_on": state.acted_on or (day if day in life.answers["act"] else None),
        "reported_on": day if day in life.answers["report"] else state.reported_on,
    }
    return replace(state, **given)


@pytest.mark.once
@pytest.mark.slow
@settings(max_examples=1000)
@given(lives())
def test_a_thousand_random_calendars_agree_with_the_oracle(case):
    life, calendar = case
    log = walked(life, calendar)
    assert log == oracle.log_of(life)
    assert repr(log) == repr(walked(life, calendar))  # R8: run twice, the same to the letter


@settings(max_examples=100)
@given(lives())
def test_one_level_a_day_and_only_on_workdays(case):
    life, calendar = case
    log = walked(life, calendar)
    moved = [day for day, what, _level in log if what in ("opened", "raised", "lowered", "closed")]
    assert len(moved) == len(set(moved))
    assert all(calendar.is_workday(day) for day in moved)


def test_the_oracle_notices_a_ladder_that_jumps():
    life = oracle.Life(dict.fromkeys(days(3), 1))
    jumps = [(MONDAY, "opened", 1)]
    assert oracle.log_of(life) != jumps
    assert walked(replace(life, answers={"acknowledge": set(), "act": set(), "report": set()}), PLAIN) == [
        (MONDAY, "opened", 3), (MONDAY + DAY, "raised", 2), (MONDAY + 2 * DAY, "raised", 1),
    ]  # fmt: skip
    assert ladder.OPENED == "opened"


def test_what_was_measured_is_said_as_it_was_measured():
    stale = ngettext("not updated for %(n)s working day", "not updated for %(n)s working days", 6)
    assert words.how_far("stale", 6) == stale % {"n": 6}
    assert words.how_far("returned", 3) == _("returned again, %(value)s days ago") % {"value": 3}
    assert words.how_far("issue", 3) == _("%(value)s working days past the limit") % {"value": 3}
    assert words.how_far("", 3) == words.how_far("issue", None) == ""
