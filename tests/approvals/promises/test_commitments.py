"""告知承诺: decided on a promise, checked later, revoked or put right; undo leaves no promise behind."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from approvals import actions
from approvals.actions.progress import StepRefused
from approvals.flow import State
from approvals.models import Commitment, CommittedStep, Step
from approvals.promises.actions import decide_on_commitment, record_check
from projects.models import Enterprise
from tests import factories
from tests.approvals.cases import AT, PLAIN, TODAY, days, finish, move, step_of
from tests.approvals.promises.conftest import MONDAY, PROMISE

pytestmark = pytest.mark.django_db

LATER = MONDAY + days(7)


@pytest.fixture
def s16(made):
    """S16, received: may be decided on a promise without a condition."""
    finish(made, "S14", on=MONDAY)
    step = step_of(made, "S16")
    move(step, "receive", MONDAY)
    return step


def decide(step, promise=PROMISE, *, on=MONDAY, by=None, **more):
    return decide_on_commitment(step, promise, on=on, by=by, at=AT, today=TODAY, calendar=PLAIN, **more)


def check(step, outcome, *, on=LATER, note="现场核查", by=None, **more):
    committed = CommittedStep.objects.select_related("project_step__step", "project_step__project", "commitment").get(
        project_step=step, round=step.round
    )
    committed.project_step = step_of(step.project, step.code)
    return record_check(committed, outcome, on=on, note=note, by=by, at=AT, today=TODAY, calendar=PLAIN, **more)


def test_the_step_is_decided_at_once_and_the_check_is_dated(s16, staff):
    row = decide(s16, by=staff, result_number="质监第1号")

    assert (s16.state, s16.accepted_on, s16.decided_on, s16.result_number) == (
        State.APPROVED, MONDAY, MONDAY, "质监第1号",
    )  # fmt: skip
    assert not (s16.committed_runs or s16.statutory_runs)
    assert (row.kind, row.text, row.signed_by_name, row.signed_on, row.check_before, row.by) == (
        "single", PROMISE.text, "王某", MONDAY, "", staff,
    )  # fmt: skip
    assert row.check_due_on == PLAIN.add(MONDAY, s16.step.commitment_check_days)
    promised = row.steps.get()
    assert (promised.project_step, promised.round, promised.outcome) == (s16, 1, "pending")
    record = s16.history.first()
    assert (record.verb, record.from_state, record.to_state) == ("decide_on_commitment", 1, 11)
    assert record.data["promise"] == {
        "text": PROMISE.text, "signed_by": "王某", "signed_on": "2026-02-02", "commitment": row.pk,
        "check_before": "", "check_due_on": row.check_due_on.isoformat(),
    }  # fmt: skip


def test_a_day_beyond_the_calendar_is_refused(s16):
    with pytest.raises(Refused):
        decide(s16, on=date.max)
    assert not Commitment.objects.exists()


@pytest.mark.parametrize("verbs", [("accept",), ("accept", "begin_handling")])
def test_a_case_under_way_keeps_its_day_of_acceptance(s16, verbs):
    for verb in verbs:
        move(s16, verb, MONDAY)
    decide(s16, on=MONDAY + days(1))
    assert (s16.state, s16.accepted_on, s16.decided_on) == (State.APPROVED, MONDAY, MONDAY + days(1))


def test_the_catalogue_says_which_steps(s16):
    Step.objects.filter(pk=s16.step_id).update(commitment="no", commitment_note="直接涉及公共安全")
    step = step_of(s16.project, "S16")

    with pytest.raises(StepRefused, match="直接涉及公共安全"):
        decide(step)

    assert not Commitment.objects.exists()
    Step.objects.filter(pk=s16.step_id).update(commitment="yes")
    assert decide(step_of(s16.project, "S16"))


def test_a_condition_has_to_be_confirmed(s16):
    Step.objects.filter(pk=s16.step_id).update(commitment="conditional", commitment_note="简易低风险项目")
    step = step_of(s16.project, "S16")

    with pytest.raises(StepRefused, match="简易低风险项目"):
        decide(step)

    assert decide(step, condition_confirmed=True)


def test_bad_credit_bars_commitments(s16):
    Enterprise.objects.update(credit_bar_reason="列入失信名单")
    with pytest.raises(StepRefused, match="列入失信名单"):
        decide(step_of(s16.project, "S16"))
    Enterprise.objects.update(credit_bar_reason="")
    assert decide(step_of(s16.project, "S16"))


def test_predecessors_hold_as_for_any_approval(made):
    step = step_of(made, "S16")
    move(step, "receive", MONDAY)
    with pytest.raises(StepRefused, match="S14"):
        decide(step)
    finish(made, "S14", on=MONDAY)
    with pytest.raises(StepRefused, match="2026-02-01"):
        decide(step, replace(PROMISE, signed_on=date(2026, 1, 30)), on=MONDAY - days(1))
    assert decide(step)


@pytest.mark.parametrize(
    "promise",
    [replace(PROMISE, text=" "), replace(PROMISE, signed_by_name=""), replace(PROMISE, signed_on=MONDAY + days(1))],
)
def test_a_promise_is_written_signed_and_not_later_than_the_decision(s16, promise):
    with pytest.raises(StepRefused):
        decide(s16, promise)
    assert not Commitment.objects.exists()


def test_owed_papers_and_a_promise_do_not_mix(s16):
    asked = s16.step.documents.get(code="S16-D5")
    move(s16, "accept_with_outstanding", MONDAY, outstanding=[asked.pk])
    with pytest.raises(StepRefused):
        decide(s16)
    actions.record_document(s16, asked, "supplied", on=MONDAY, by=None, at=AT, today=TODAY, calendar=PLAIN)
    assert decide(s16)


def test_the_verb_alone_is_not_enough(s16):
    with pytest.raises(StepRefused):
        move(s16, "decide_on_commitment", MONDAY)
    assert step_of(s16.project, "S16").state == State.RECEIVED


def test_who_may(s16, made):
    for role in ("leader", "enterprise", "unit"):
        with pytest.raises(PermissionDenied):
            decide(s16, by=factories.user(made.park, role))
    with pytest.raises(Conflict):
        decide(s16, version=1)
    unit = factories.user(made.park, "unit")
    made.steps.filter(code="S16").update(unit=unit.organization)
    assert decide(step_of(made, "S16"), by=unit)


# checks -----------------------------------------------------------------------------------------------------------


def test_kept(s16, staff):
    decide(s16)
    record = check(s16, "kept", by=staff)

    row = CommittedStep.objects.get()
    assert (row.outcome, row.checked_on, row.checked_by, row.note) == ("kept", MONDAY + days(7), staff, "现场核查")
    assert (record.verb, record.from_state, record.to_state, record.data["check"]) == (
        "check_commitment", 11, 11, {"outcome": "kept"},
    )  # fmt: skip
    with pytest.raises(Refused):
        check(s16, "broken")


def test_broken_and_revoked(s16, staff):
    decide(s16)
    record = check(s16, "broken", then="revoke", by=staff, note="未按图施工")

    assert (record.verb, record.to_state, record.note) == ("revoke", 15, "未按图施工")
    row = CommittedStep.objects.get()
    assert (row.outcome, row.checked_by, row.note) == ("broken", staff, "未按图施工")
    assert step_of(s16.project, "S16").state == State.REVOKED
    assert not CommittedStep.objects.live().exists()
    with pytest.raises(Refused):  # nothing rests on it any more
        check(s16, "kept")


def test_undo_of_a_revocation_puts_the_promise_back(s16):
    decide(s16)
    check(s16, "broken", then="revoke")
    actions.undo_last(step_of(s16.project, "S16"), by=None, at=AT, today=TODAY)

    row = CommittedStep.objects.live().get()
    assert (row.outcome, row.checked_on, row.note) == ("pending", None, "")


def test_broken_and_to_be_put_right(s16):
    before = decide(s16).check_due_on
    record = check(s16, "broken", then="rectify", check_due_on=TODAY + days(10), note="缺围挡")

    row = CommittedStep.objects.select_related("commitment").get()
    assert (row.outcome, row.checked_on, row.note) == ("pending", MONDAY + days(7), "缺围挡")
    assert row.commitment.check_due_on == TODAY + days(10) != before
    assert record.data["check"] == {"outcome": "broken", "check_due_on": (TODAY + days(10)).isoformat()}
    assert step_of(s16.project, "S16").state == State.APPROVED
    check(s16, "kept", on=MONDAY + days(9))
    assert CommittedStep.objects.get().outcome == "kept"
    assert [row.note for row in s16.history.filter(verb="check_commitment").order_by("pk")] == ["缺围挡", "现场核查"]


def test_undo_of_a_rectification_puts_the_day_back(s16):
    before = decide(s16).check_due_on
    check(s16, "broken", then="rectify", check_due_on=TODAY + days(10))
    actions.undo_last(step_of(s16.project, "S16"), by=None, at=AT, today=TODAY)
    row = CommittedStep.objects.select_related("commitment").get()
    assert (row.outcome, row.checked_on, row.commitment.check_due_on) == ("pending", None, before)


def test_broken_and_left_to_who_may_revoke(s16, made):
    unit = factories.user(made.park, "unit")
    made.steps.filter(code="S16").update(unit=unit.organization)
    decide(step_of(made, "S16"), by=unit)
    with pytest.raises(PermissionDenied):
        check(s16, "broken", then="revoke", by=unit)
    assert CommittedStep.objects.get().outcome == "pending"

    check(s16, "broken", then="later", by=unit)
    assert CommittedStep.objects.live().get().outcome == "broken"
    check(s16, "broken", then="revoke", by=factories.user(made.park))
    assert step_of(made, "S16").state == State.REVOKED


def test_checks_are_guarded(s16, made):
    decide(s16)
    for refused in (
        {"outcome": "pending"},
        {"outcome": "broken", "note": " "},
        {"outcome": "kept", "on": MONDAY - days(1)},
        {"outcome": "kept", "on": TODAY + days(1)},
        {"outcome": "broken", "then": "rectify"},
        {"outcome": "broken", "then": "rectify", "check_due_on": TODAY},
    ):
        with pytest.raises(Refused):
            check(s16, **refused)
    with pytest.raises(Conflict):
        check(s16, "kept", version=1)
    for role in ("leader", "enterprise", "unit"):
        with pytest.raises(PermissionDenied):
            check(s16, "kept", by=factories.user(made.park, role))
    assert CommittedStep.objects.get().outcome == "pending"


# undo -------------------------------------------------------------------------------------------------------------


def test_undo_of_the_decision_leaves_no_promise(s16):
    decide(s16)
    actions.undo_last(step_of(s16.project, "S16"), by=None, at=AT, today=TODAY)

    step = step_of(s16.project, "S16")
    assert (step.state, step.accepted_on, step.decided_on) == (State.RECEIVED, None, None)
    assert not CommittedStep.objects.exists() and not Commitment.objects.exists()
    assert step.history.filter(verb="decide_on_commitment").get().data["promise"]["text"] == PROMISE.text
    assert decide(step)  # and it can be decided so again


def test_undo_of_something_else_keeps_the_promise(s16):
    decide(s16)
    actions.record_delivery(step_of(s16.project, "S16"), on=MONDAY, by=None, at=AT, today=TODAY)
    actions.undo_last(step_of(s16.project, "S16"), by=None, at=AT, today=TODAY)
    assert CommittedStep.objects.live().get().outcome == "pending"


def test_a_new_application_needs_a_new_promise(s16):
    decide(s16)
    check(s16, "broken", then="revoke")
    step = step_of(s16.project, "S16")
    move(step, "reopen", MONDAY + days(8))
    move(step, "accept", MONDAY + days(8))
    move(step, "decide_approve", MONDAY + days(8))
    assert not CommittedStep.objects.live().exists()
    assert CommittedStep.objects.get().outcome == "broken"
