"""Dates of a step: order, future, predecessors, pre-review, documents handed in later."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.date_rules import PROBLEM_TEXTS, OutstandingDocument, Predecessor, Problem, Severity, blocks, check_dates
from approvals.flow import State

TODAY = date(2026, 11, 20)
MON, TUE, WED = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)
TOMORROW = date(2026, 11, 21)
DONE, OPEN = State.APPROVED, State.HANDLING


def found(**given: Any) -> list[tuple[str, str]]:
    facts: dict[str, Any] = {"received_on": None, "accepted_on": None, "decided_on": None, "today": TODAY} | given
    return [(problem.code, str(problem.severity)) for problem in check_dates(**facts)]


@pytest.mark.parametrize(
    ("received", "accepted", "decided", "expected"),
    [
        (None, None, None, []),
        (MON, None, None, []),
        (MON, MON, MON, []),
        (MON, TUE, WED, []),
        (None, TUE, WED, []),
        (TODAY, TODAY, TODAY, []),
        (TUE, MON, None, ["accepted_before_received"]),
        (MON, WED, TUE, ["decided_before_accepted"]),
        (TUE, None, MON, ["decided_before_received"]),
        (WED, TUE, MON, ["accepted_before_received", "decided_before_received", "decided_before_accepted"]),
        (TOMORROW, None, None, ["received_in_future"]),
        (MON, TOMORROW, None, ["accepted_in_future"]),
        (MON, TUE, TOMORROW, ["decided_in_future"]),
    ],
)
def test_order_of_dates(received: date, accepted: date, decided: date, expected: list[str]) -> None:
    problems = found(received_on=received, accepted_on=accepted, decided_on=decided)
    assert problems == [(code, "block") for code in expected]


@pytest.mark.parametrize(
    ("predecessor", "expected"),
    [
        (Predecessor("S10", DONE, TUE), []),
        (Predecessor("S10", State.APPROVED_OUTSTANDING, MON), []),
        (Predecessor("S10", DONE, WED), [("predecessor_later", "block")]),
        (Predecessor("S10", DONE, None), [("predecessor_undated", "warn")]),
        (Predecessor("S10", OPEN), [("predecessor_not_done", "block")]),
        (Predecessor("S10", State.REFUSED, MON), [("predecessor_not_done", "block")]),
        (Predecessor("S10", State.REVOKED, MON), [("predecessor_not_done", "block")]),
        (Predecessor("S10", State.NOT_STARTED, applicable=False), []),
        (Predecessor("S10", DONE, WED, hard=False), [("usual_order_later", "warn")]),
        (Predecessor("S10", OPEN, hard=False), [("usual_order_not_done", "warn")]),
        (Predecessor("S10", OPEN, hard=False, applicable=False), []),
    ],
)
def test_result_waits_for_predecessors(predecessor: Predecessor, expected: list[tuple[str, str]]) -> None:
    assert found(decided_on=TUE, predecessors=[predecessor], pre_review=True) == expected


def test_refusal_waits_for_nobody() -> None:
    facts = {"decided_on": TUE, "predecessors": [Predecessor("S10", OPEN)], "pre_review": True}
    assert found(**facts, outcome=State.REFUSED) == []
    assert found(**facts, outcome=State.APPROVED_OUTSTANDING) == [("predecessor_not_done", "block")]


@pytest.mark.parametrize("pre_review", [True, False])
@pytest.mark.parametrize(
    ("predecessor", "warned"),
    [
        (Predecessor("S09", OPEN), True),
        (Predecessor("S09", DONE, WED), True),
        (Predecessor("S09", DONE, TUE), False),
        (Predecessor("S09", DONE, None), False),
        (Predecessor("S09", OPEN, applicable=False), False),
        (Predecessor("S09", OPEN, hard=False), False),
    ],
)
def test_acceptance_before_a_predecessor_warns_unless_pre_review(
    predecessor: Predecessor, warned: bool, pre_review: bool
) -> None:
    expected = [("accepted_before_predecessor", "warn")] if warned and not pre_review else []
    assert found(accepted_on=TUE, predecessors=[predecessor], pre_review=pre_review) == expected


def test_only_deferrable_documents_may_be_outstanding_at_acceptance() -> None:
    papers = [OutstandingDocument("S10-D4", True), OutstandingDocument("S10-D1", False)]
    assert check_dates(received_on=MON, accepted_on=TUE, decided_on=None, today=TODAY, outstanding=papers) == [
        Problem("document_not_deferrable", Severity.BLOCK, {"document": "S10-D1"})
    ]
    assert found(received_on=MON, outstanding=papers) == []


def test_five_certificates_on_one_day_are_in_order() -> None:
    chain = [Predecessor(code, DONE, TUE) for code in ("S08", "S13", "S14", "S16")]
    assert found(received_on=MON, accepted_on=MON, decided_on=TUE, predecessors=chain, pre_review=True) == []


def test_blocks_leaves_the_warnings_out() -> None:
    problems = check_dates(
        received_on=MON,
        accepted_on=MON,
        decided_on=TUE,
        today=TODAY,
        predecessors=[Predecessor("S09", DONE, WED), Predecessor("S01", OPEN, hard=False)],
    )
    assert [problem.code for problem in problems] == [
        "accepted_before_predecessor",
        "predecessor_later",
        "usual_order_not_done",
    ]
    assert [problem.code for problem in blocks(problems)] == ["predecessor_later"]


@given(
    days=st.lists(st.none() | st.dates(MON, TOMORROW), min_size=3, max_size=3),
    before=st.lists(
        st.builds(
            Predecessor,
            st.just("S01"),
            st.sampled_from(State),
            st.none() | st.dates(MON, TOMORROW),
            st.booleans(),
            st.booleans(),
        ),
        max_size=3,
    ),
    outcome=st.sampled_from([State.APPROVED, State.REFUSED]),
    pre_review=st.booleans(),
)
def test_every_message_can_be_written_and_blocking_equals_the_plain_rules(
    days: list[date | None], before: list[Predecessor], outcome: State, pre_review: bool
) -> None:
    received, accepted, decided = days
    problems = check_dates(
        received_on=received,
        accepted_on=accepted,
        decided_on=decided,
        today=TODAY,
        outcome=outcome,
        predecessors=before,
        pre_review=pre_review,
    )
    assert all("%" not in problem.text % problem.params for problem in problems)
    known = [day for day in days if day is not None]
    wrong = known != sorted(known) or any(day > TODAY for day in known)
    if decided is not None and outcome is State.APPROVED:
        wrong = wrong or any(
            step.hard and step.applicable and (step.state not in (11, 12) or (step.decided_on or decided) > decided)
            for step in before
        )
    assert bool(blocks(problems)) == wrong


@pytest.mark.parametrize(
    ("accepted", "deemed", "warned"), [(2, 1, True), (1, 1, False), (2, None, False), (None, 1, False)]
)
def test_another_day_than_the_one_of_silent_acceptance_is_warned_of(accepted, deemed, warned) -> None:
    received, days = date(2026, 3, 2), {None: None, 1: date(2026, 3, 2), 2: date(2026, 3, 12)}
    problems = check_dates(
        received_on=received,
        accepted_on=days[accepted],
        decided_on=None,
        today=date(2026, 3, 20),
        deemed_accepted_on=days[deemed],
    )
    assert [(p.code, p.severity) for p in problems] == ([("deemed_accepted", "warn")] if warned else [])


def test_every_text_is_used_by_some_rule() -> None:
    assert len(PROBLEM_TEXTS) == len(set(PROBLEM_TEXTS.values())) == 14
