"""What each of the fifteen codes does to a step in each state: a table written by hand from domain.md 2.4."""

from datetime import date

import pytest

from approvals.exchange import rules
from approvals.exchange.rules import Past
from approvals.flow import State

DAY, BEFORE = date(2026, 3, 2), date(2026, 2, 2)
# Columns: code told 1 … 15. "." a person has to look; "=" the same state on another day, a person has to look.
TABLE = """
 0  receive . . . . . . . . . . . . . .
 1  = withdraw_before accept reject_application refuse_acceptance notify_correction . . . . . . . . .
 2  reopen = . . . . . . . . . . . . .
 3  . . = . . pause:correction . begin_handling pause:expert_review . decide_approve decide_approve_outstanding decide_refuse withdraw .
 4  reopen . . = . . . . . . . . . . .
 5  reopen . . . = . . . . . . . . . .
 6  . . . . . = resume . . . . . . withdraw .
 7  . . . . . pause:correction = begin_handling pause:expert_review . decide_approve decide_approve_outstanding decide_refuse withdraw .
 8  . . . . . pause:correction . = pause:expert_review . decide_approve decide_approve_outstanding decide_refuse withdraw .
 9  . . . . . . . . = resume . . . withdraw .
10  . . . . . pause:correction . begin_handling pause:expert_review = decide_approve decide_approve_outstanding decide_refuse withdraw .
11  . . . . . . . . . . = . . . revoke
12  . . . . . . . . . . . = . . revoke
13  reopen . . . . . . . . . . . = . .
14  reopen . . . . . . . . . . . . = .
15  reopen . . . . . . . . . . . . . =
"""  # noqa: E501
CASES = [
    (int(state), code, told)
    for state, *row in (line.split() for line in TABLE.strip().splitlines())
    for code, told in enumerate(row, 1)
]


@pytest.mark.parametrize(("state", "code", "told"), CASES)
def test_every_state_and_code(state, code, told):
    past = [Past(State(state), BEFORE)] if state else []
    plan = rules.plan(code, State(state), DAY, past=past, open_pause=False, remark="组织专家评审")
    made = "." if plan.why else f"{plan.verb}{':' if plan.pause_kind else ''}{plan.pause_kind or ''}"
    assert made == told or (told == "=" and plan.why == rules.OTHER_DAY)
    assert len(CASES) == 16 * 15


@pytest.mark.parametrize("code", rules.CODES)
def test_the_same_state_of_the_same_day_is_nothing_new(code):
    past = [Past(State(code), DAY), Past(State.HANDLING, DAY)]
    assert rules.plan(code, State.HANDLING, DAY, past=past, open_pause=False, remark="") == rules.KNOWN


def test_a_correction_before_acceptance_ends_once_it_has_begun():
    begun = rules.plan(7, State.RECEIVED, DAY, past=[], open_pause=True, remark="")
    assert begun.verb == "resubmit"
    assert rules.plan(7, State.RECEIVED, DAY, past=[], open_pause=False, remark="").why == rules.NOT_PAUSED


@pytest.mark.parametrize(
    ("remark", "chosen", "kind"),
    [
        ("进入听证程序", "", "hearing"), ("公示5日", "", "public_notice"), ("现场检测", "", "testing"),
        ("", "appraisal", "appraisal"), ("", "", None), ("先公示后听证", "", None), ("", "correction", None),
    ],
)  # fmt: skip
def test_which_special_procedure(remark, chosen, kind):
    plan = rules.plan(9, State.HANDLING, DAY, past=[], open_pause=False, remark=remark, pause_kind=chosen)
    assert plan.pause_kind == kind and (plan.why == rules.WHICH) == (kind is None)


@pytest.mark.parametrize(
    ("text", "states", "code"),
    [
        ("3", {}, 3), ("03", {}, 3), ("15", {}, 15), ("0", {}, None), ("16", {}, None), ("", {}, None), ("x", {}, None),
        ("SL", {"SL": 3}, 3), ("1", {"1": "11"}, 11), ("办结（通过）", {}, 11), ("未开始", {}, None), ("３", {}, None),
        ("99999999999999999999", {}, None),
    ],
)  # fmt: skip
def test_codes(text, states, code):
    assert rules.code_of(text, states) == code
