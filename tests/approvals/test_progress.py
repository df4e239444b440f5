"""Recording what happens to a step: states, dates, both clocks, pauses, history, undo, races."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from approvals import actions, flow
from approvals.actions.progress import StepRefused
from approvals.flow import State, Verb
from approvals.models import ProjectStep, StepPause
from tests import factories
from tests.approvals.cases import AT, PLAIN, TODAY, days, finish, move, project, step_of
from workdays.arithmetic import WorkCalendar

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 2, 2)  # four Mondays before TODAY


@pytest.fixture
def made():
    return project(factories.park(), eia_class="form", works_investment_10k=Decimal(3000), floor_area_m2=Decimal(9000))


@pytest.fixture
def staff(made):
    return factories.user(made.park)


def clocks_of(step) -> tuple:
    step.refresh_from_db()
    return (step.committed_due_on, step.committed_runs, step.statutory_due_on, step.statutory_runs)


def accepted(made, code="S10", on=MONDAY):
    step = step_of(made, code)
    move(step, "receive", on)
    move(step, "accept", on)
    return step


def test_receive_opens_the_case_without_a_clock(made, staff):
    step = step_of(made, "S10")

    done = move(step, "receive", MONDAY, by=staff, note=" 窗口收件 ")

    assert clocks_of(step) == (None, False, None, False)
    assert (step.state, step.received_on, step.version, step.updated_at) == (State.RECEIVED, MONDAY, 2, AT)
    record = step.history.get()
    assert record == done.transition
    assert (record.verb, record.from_state, record.to_state, record.on, record.note, record.by, record.at) == (
        "receive", 0, 1, MONDAY, "窗口收件", staff, AT,
    )  # fmt: skip
    assert record.data["before"]["step"]["state"] == 0


def test_accept_starts_both_clocks_on_the_next_workday(made):
    step = accepted(made)  # S10: committed 3, statutory 20 working days

    assert clocks_of(step) == (MONDAY + days(3), True, MONDAY + days(28), True)
    assert (step.due_on, step.is_provisional) == (date(2026, 2, 5), False)


def test_clock_from_receipt_runs_before_acceptance(made):
    finish(made, "S01")
    step = step_of(made, "S02")  # from receipt: 7 working days, 30 calendar days

    move(step, "receive", MONDAY)

    assert clocks_of(step) == (date(2026, 2, 11), True, date(2026, 3, 4), True)
    move(step, "notify_correction", MONDAY + days(1), note="缺总量指标来源说明")
    assert clocks_of(step)[1::2] == (False, True)
    move(step, "accept", MONDAY + days(8))
    assert clocks_of(step) == (date(2026, 2, 18), True, date(2026, 3, 4), True)


def test_correction_before_acceptance_is_the_enterprises_time(made, staff):
    step = step_of(made, "S10")
    move(step, "receive", MONDAY)
    move(step, "notify_correction", MONDAY + days(2), by=staff, note="缺红线图")

    pause = step.pauses.get()
    assert (pause.kind, pause.party, pause.started_on, pause.ended_on, pause.reason, pause.started_by) == (
        "correction", "enterprise", MONDAY + days(2), None, "缺红线图", staff,
    )  # fmt: skip
    with pytest.raises(Refused):
        move(step, "notify_correction", MONDAY + days(3), note="还缺")
    move(step, "accept", MONDAY + days(7), by=staff)
    pause.refresh_from_db()
    assert (pause.ended_on, pause.ended_by) == (MONDAY + days(7), staff)
    assert clocks_of(step)[0] == MONDAY + days(10)


def test_pause_of_the_committed_clock_leaves_the_statutory_one_running(made):
    step = accepted(made)
    move(step, "pause", MONDAY + days(1), pause_kind="public_notice", note="公示")

    step.refresh_from_db()
    assert step.state == State.SPECIAL_STARTED
    assert (step.committed_runs, step.statutory_runs) == (False, True)
    move(step, "resume", MONDAY + days(8))
    assert clocks_of(step) == (MONDAY + days(10), True, MONDAY + days(28), True)  # 5 working days more
    assert step.state == State.SPECIAL_ENDED


def test_pause_of_both_clocks_stops_both(made):
    step = accepted(made)
    move(step, "pause", MONDAY + days(1), pause_kind="expert_review", note="会期已定")

    assert clocks_of(step)[1::2] == (False, False)


def test_pause_by_the_enterprise_is_a_correction(made):
    step = accepted(made)
    move(step, "pause", MONDAY + days(1), pause_kind="correction", note="补图")

    assert step.state == State.CORRECTION_STARTED
    with pytest.raises(Refused):
        move(step, "decide_approve", MONDAY + days(2))
    move(step, "resume", MONDAY + days(2))
    assert step.state == State.CORRECTION_ENDED


def test_decide_ends_both_clocks_and_keeps_the_due_days(made):
    finish(made, "S01", "S06", "S07", "S08", "S09")
    step = accepted(made)
    due = clocks_of(step)

    done = move(step, "decide_approve", MONDAY + days(2), result_number="地字第1号", delivered_on=MONDAY + days(3))

    assert clocks_of(step) == (due[0], False, due[2], False)
    assert (step.state, step.decided_on, step.delivered_on, step.result_number) == (
        State.APPROVED, MONDAY + days(2), MONDAY + days(3), "地字第1号",
    )  # fmt: skip
    assert done.transition.data["result_number"] == "地字第1号"
    assert done.warnings == ()


def test_decide_is_refused_with_every_reason_at_once(made):
    step = accepted(made)

    with pytest.raises(StepRefused) as refusal:
        move(step, "decide_approve", MONDAY - days(1))

    before = clocks_of(step)
    assert step.state == State.ACCEPTED and before[1]
    assert step.history.count() == 2
    reasons = refusal.value.reasons
    assert len(reasons) == 4  # before receipt, before acceptance, S01 and S09 not done
    assert {reason.split()[0] for reason in reasons[2:]} == {"S01", "S09"}


def test_predecessor_that_does_not_apply_counts_as_done(made, staff):
    finish(made, "S01")
    actions.set_not_applicable(step_of(made, "S09"), reason="已有土地", by=staff, at=AT)
    step = accepted(made)

    move(step, "decide_approve", MONDAY + days(1))

    assert step.state == State.APPROVED


def test_soft_predecessor_warns_and_may_need_acknowledgement(made):
    finish(made, "S01", "S06", "S07", "S08", "S09")
    step = step_of(made, "S11")  # usually after S10
    move(step, "receive", MONDAY)
    move(step, "accept", MONDAY)

    with pytest.raises(actions.NeedsAcknowledgement) as needed:
        move(step, "decide_approve", MONDAY + days(1), acknowledge=[])
    assert needed.value.codes == ("usual_order_not_done",)
    assert step_of(made, "S11").state == State.ACCEPTED

    done = move(step, "decide_approve", MONDAY + days(1), acknowledge=["usual_order_not_done"])
    assert (done.codes, len(done.warnings), step.state) == (("usual_order_not_done",), 1, State.APPROVED)


def test_acceptance_before_the_predecessor_only_warns_where_there_is_no_pre_review(made):
    finish(made, "S01")
    no_review, review = step_of(made, "S11"), step_of(made, "S13")
    for step in (no_review, review):
        move(step, "receive", MONDAY)

    assert move(no_review, "accept", MONDAY).codes == ("accepted_before_predecessor",)
    assert move(review, "accept", MONDAY).codes == ()


@pytest.mark.parametrize("verb", [Verb.REJECT_APPLICATION, Verb.REFUSE_ACCEPTANCE, Verb.NOTIFY_CORRECTION])
def test_reason_is_asked_for(made, verb):
    step = step_of(made, "S10")
    move(step, "receive", MONDAY)

    with pytest.raises(Refused):
        move(step, verb, MONDAY, note="  ")

    assert step_of(made, "S10").state == State.RECEIVED


@pytest.mark.parametrize("on", [TODAY + days(1), MONDAY - days(1)])
def test_day_in_the_future_or_before_the_record_is_refused(made, on):
    step = accepted(made)

    for verb, more in (
        ("begin_handling", {}),
        ("withdraw", {}),
        ("pause", {"pause_kind": "hearing", "note": "听证会"}),
    ):
        with pytest.raises(Refused):
            move(step, verb, on, **more)

    assert step.history.count() == 2


def test_decision_inside_a_closed_pause_is_refused(made):
    finish(made, "S01", "S06", "S07", "S08", "S09")
    step = accepted(made)
    move(step, "pause", MONDAY + days(1), pause_kind="hearing", note="会期已定")
    move(step, "resume", MONDAY + days(9))

    with pytest.raises(Refused):
        move(step, "decide_approve", MONDAY + days(8))

    assert move(step, "decide_approve", MONDAY + days(9)).step.state == State.APPROVED


@pytest.mark.parametrize("on", [MONDAY, TODAY + days(1)])
def test_delivery_lies_between_decision_and_today(made, on):
    finish(made, "S01", "S06", "S07", "S08", "S09")
    step = accepted(made)

    with pytest.raises(Refused):
        move(step, "decide_approve", MONDAY + days(1), delivered_on=on)
    move(step, "decide_approve", MONDAY + days(1))
    with pytest.raises(Refused):
        actions.record_delivery(step, on=on, by=None, at=AT, today=TODAY)
    actions.record_delivery(step, on=MONDAY + days(2), by=None, at=AT, today=TODAY)

    assert step_of(made, "S10").delivered_on == MONDAY + days(2)
    assert step.history.first().verb == "deliver"


@pytest.mark.parametrize(
    ("verb", "more"), [("pause", {}), ("pause", {"pause_kind": "nap"}), ("resume", {}), ("reopen", {}), ("revoke", {})]
)
def test_impossible_verbs_are_refused(made, verb, more):
    step = accepted(made)

    with pytest.raises(Refused):
        move(step, verb, MONDAY + days(1), note="x", **more)

    assert step_of(made, "S10").version == step.version == 3


def test_withdrawal_closes_the_pause_and_reopening_starts_afresh(made):
    step = accepted(made)
    move(step, "pause", MONDAY + days(1), pause_kind="hearing", note="会期已定")
    move(step, "withdraw", MONDAY + days(2), note="企业撤回")

    assert clocks_of(step)[1::2] == (False, False)
    assert step.pauses.get().ended_on == MONDAY + days(2)
    move(step, "reopen", MONDAY + days(7))
    assert clocks_of(step) == (None, False, None, False)
    assert (step.state, step.round, step.received_on, step.accepted_on) == (1, 2, MONDAY + days(7), None)
    move(step, "accept", MONDAY + days(7))
    assert clocks_of(step)[0] == MONDAY + days(10)


def test_revoked_approval_waits_again(made):
    (step,) = finish(made, "S01")

    move(step, "revoke", MONDAY, note="材料虚假")

    assert (step.state, step.decided_on) == (State.REVOKED, date(2026, 1, 5))
    assert [flow.State(row.to_state).name for row in step.history.order_by("pk")][-1] == "REVOKED"


def test_undetermined_step_applies_once_it_is_received(made):
    step = step_of(made, "S04")
    assert step.applicability == "undetermined"

    move(step, "receive", MONDAY)

    assert step_of(made, "S04").applicability == "applies"


# Versions and people --------------------------------------------------------------------------------------------------


def test_second_of_two_people_gets_a_conflict(made):
    first, second = step_of(made, "S10"), step_of(made, "S10")
    move(first, "receive", MONDAY)

    with pytest.raises(Conflict):
        move(second, "receive", MONDAY + days(1))

    step = step_of(made, "S10")
    assert (step.received_on, step.version, step.history.count()) == (MONDAY, 2, 1)
    assert (second.state, second.version) == (State.NOT_STARTED, 1)


def test_version_the_person_saw_must_be_the_present_one(made):
    step = accepted(made)

    with pytest.raises(Conflict):
        move(step, "begin_handling", MONDAY, version=2)

    assert move(step, "begin_handling", MONDAY, version=3).step.version == 4


def test_naive_write_without_the_version_would_lose_the_first_record(made):
    """What the compare-and-swap prevents: the same race written naively ends with the second record alone."""
    first, second = step_of(made, "S10"), step_of(made, "S10")
    move(first, "receive", MONDAY)

    ProjectStep.objects.filter(pk=second.pk).update(received_on=MONDAY + days(1), version=second.version + 1)

    assert step_of(made, "S10").received_on != MONDAY


def test_unit_works_on_its_own_steps_only(made):
    worker = factories.user(made.park, "unit")
    child = factories.organization(made.park, parent=worker.organization)
    own, below, foreign = (step_of(made, code) for code in ("S10", "S11", "S12"))
    actions.assign_unit(own, worker.organization, by=None, at=AT)
    actions.assign_unit(below, child, by=None, at=AT)

    for step in (own, below):
        assert move(step, "receive", MONDAY, by=worker).step.state == State.RECEIVED
    with pytest.raises(PermissionDenied):
        move(foreign, "receive", MONDAY, by=worker)

    assert step_of(made, "S12").state == State.NOT_STARTED


@pytest.mark.parametrize("role", ["enterprise", "leader"])
def test_people_without_the_verb_record_nothing(made, role):
    with pytest.raises(PermissionDenied):
        move(step_of(made, "S10"), "receive", MONDAY, by=factories.user(made.park, role))


def test_staff_of_another_park_record_nothing(made):
    with pytest.raises(PermissionDenied):
        move(step_of(made, "S10"), "receive", MONDAY, by=factories.user(factories.park()))


def test_revoking_takes_its_own_verb(made):
    (step,) = finish(made, "S01")
    worker = factories.user(made.park, "unit")
    actions.assign_unit(step, worker.organization, by=None, at=AT)

    with pytest.raises(PermissionDenied):
        move(step, "revoke", MONDAY, note="x", by=worker)


# Undo -----------------------------------------------------------------------------------------------------------------


def fields_of(step) -> dict:
    names = [field.attname for field in ProjectStep._meta.fields if field.name not in ("version", "updated_at")]
    return ProjectStep.objects.filter(pk=step.pk).values(*names).get()


@pytest.mark.parametrize("verb", ["pause", "decide_refuse", "withdraw"])
def test_undo_restores_everything_but_the_history(made, staff, verb):
    step = accepted(made)
    move(step, "pause", MONDAY, pause_kind="testing", note="会期已定")
    move(step, "resume", MONDAY + days(1))
    before, pauses = fields_of(step), list(StepPause.objects.values())
    move(step, verb, MONDAY + days(2), note="记错", pause_kind="hearing" if verb == "pause" else None)

    record = actions.undo_last(step, by=staff, at=AT, today=TODAY, calendar=PLAIN, note="记错了")

    assert fields_of(step) == before
    assert list(StepPause.objects.values()) == pauses
    assert (record.verb, record.note, record.data["undone_verb"]) == ("undo", "记错了", verb)
    assert record.to_state == State.SPECIAL_ENDED
    assert step.history.count() == 6


def test_undo_is_possible_once(made, staff):
    step = accepted(made)
    actions.undo_last(step, by=staff, at=AT, today=TODAY)

    with pytest.raises(Refused):
        actions.undo_last(step, by=staff, at=AT, today=TODAY)
    with pytest.raises(Refused):
        actions.undo_last(step_of(made, "S22"), by=staff, at=AT, today=TODAY)

    assert step_of(made, "S10").state == State.RECEIVED


def test_undo_by_a_unit_is_for_its_own_record_of_the_same_day(made):
    worker, colleague = factories.user(made.park, "unit"), None
    step = step_of(made, "S10")
    actions.assign_unit(step, worker.organization, by=None, at=AT)
    colleague = factories.user(made.park, "unit", worker.organization)
    move(step, "receive", TODAY, by=worker)

    with pytest.raises(PermissionDenied):
        actions.undo_last(step, by=colleague, at=AT, today=TODAY)
    with pytest.raises(PermissionDenied):
        actions.undo_last(step, by=worker, at=AT + timedelta(days=1), today=TODAY + days(1))
    actions.undo_last(step, by=worker, at=AT, today=TODAY)

    assert step_of(made, "S10").state == State.NOT_STARTED


def test_undo_of_a_stale_version_is_a_conflict(made, staff):
    step = accepted(made)
    stale = step_of(made, "S10")
    move(step, "begin_handling", MONDAY)

    with pytest.raises(Conflict):
        actions.undo_last(stale, by=staff, at=AT, today=TODAY)


# Extension and recomputing --------------------------------------------------------------------------------------------


def extend(step, days=5, today=MONDAY, by=None, reason="情况复杂"):
    return actions.extend(step, days=days, reason=reason, by=by, at=AT, today=today, calendar=PLAIN)


def test_extend_once_while_on_time(made):
    step = accepted(made)

    record = extend(step)

    assert clocks_of(step) == (MONDAY + days(10), True, MONDAY + days(35), True)
    assert (record.verb, record.note, record.data["days"]) == ("extend", "情况复杂", 5)
    with pytest.raises(Refused):
        extend(step)


@pytest.mark.parametrize("wrong", [{"days": 0}, {"days": 11}, {"reason": " "}, {"today": MONDAY + timedelta(days=4)}])
def test_extend_is_refused(made, wrong):
    step = accepted(made)

    with pytest.raises(Refused):
        extend(step, **wrong)
    with pytest.raises(Refused):
        extend(step_of(made, "S12"))

    assert step_of(made, "S10").extension_wd == 0


def test_extension_in_working_days_leaves_a_calendar_day_limit(made):
    finish(made, "S01")
    step = step_of(made, "S02")
    move(step, "receive", MONDAY)
    move(step, "accept", MONDAY)
    before = clocks_of(step)

    extend(step, 10)

    assert clocks_of(step) == (before[0] + days(14), True, before[2], True)


def test_recompute_all_follows_the_calendar_and_open_pauses(made):
    running, paused, closed = accepted(made), accepted(made, "S12"), accepted(made, "S13")
    move(paused, "pause", MONDAY + days(1), pause_kind="hearing", today=MONDAY + days(1), note="会期已定")
    move(closed, "withdraw", MONDAY + days(1))
    holiday = WorkCalendar(years={2026: "provisional"}, off={MONDAY + days(2): "假"})
    frozen = clocks_of(closed)
    versions = list(ProjectStep.objects.values_list("pk", "version"))

    assert actions.recompute_all(holiday, TODAY) == 2

    assert clocks_of(running) == (MONDAY + days(4), True, MONDAY + days(29), True)
    assert running.is_provisional is True
    paused.refresh_from_db()
    assert paused.committed_due_on == date(2026, 3, 10)  # 6 of 7 days left, counted from TODAY
    assert clocks_of(closed) == frozen
    assert actions.recompute_all(holiday, TODAY) == 0
    assert list(ProjectStep.objects.values_list("pk", "version")) == versions
