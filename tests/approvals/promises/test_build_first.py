"""先建后验: several steps on one promise, all or none, and acceptance waits until every one is found kept."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict
from approvals import actions
from approvals.actions.progress import StepRefused
from approvals.flow import State
from approvals.models import Commitment, CommittedStep, StepTransition
from approvals.promises import candidates, gates
from approvals.promises.actions import build_first
from projects.models import Enterprise
from tests import factories
from tests.approvals.cases import AT, PLAIN, TODAY, days, move, step_of
from tests.approvals.promises.conftest import MONDAY, PROMISE
from tests.approvals.promises.test_commitments import check

pytestmark = pytest.mark.django_db

CHOSEN = ["S17", "S16", "S13", "S14"]


def promise(made, codes=CHOSEN, *, by=None, signed=PROMISE, **more):
    options = {"check_before": "S18", "on": MONDAY, "condition_confirmed": True} | more
    return build_first(made, codes, signed, by=by, at=AT, today=TODAY, calendar=PLAIN, **options)


def states(made, *codes):
    return [step_of(made, code).state for code in codes]


def test_all_on_one_day_in_the_order_of_the_map(made, staff):
    row = promise(made, by=staff)

    assert states(made, *CHOSEN) == [State.APPROVED] * 4
    assert set(made.steps.filter(code__in=CHOSEN).values_list("received_on", "accepted_on", "decided_on")) == {
        (MONDAY, MONDAY, MONDAY)
    }
    assert (row.kind, row.check_before, row.check_due_on, row.by) == ("build_first", "S18", None, staff)
    assert [step.project_step.code for step in row.steps.order_by("project_step__seq")] == sorted(CHOSEN)
    decided = StepTransition.objects.filter(verb="decide_on_commitment").order_by("pk")
    order = [record.project_step.code for record in decided]
    assert order.index("S14") < order.index("S16") < order.index("S17") > order.index("S13")


def test_an_undo_at_one_step_leaves_the_day_set_at_another(made):
    row, day = promise(made), TODAY + days(10)
    asked = step_of(made, "S13").step.documents.first()
    record = {"on": TODAY, "by": None, "at": AT, "today": TODAY, "calendar": PLAIN}
    actions.record_document(step_of(made, "S13"), asked, "supplied", **record)
    check(step_of(made, "S14"), "broken", then="rectify", check_due_on=day)

    actions.undo_last(step_of(made, "S13"), by=None, at=AT, today=TODAY)
    row.refresh_from_db()
    assert row.check_due_on == day

    check(step_of(made, "S16"), "broken", then="rectify", check_due_on=day + days(5))
    actions.undo_last(step_of(made, "S14"), by=None, at=AT, today=TODAY)
    row.refresh_from_db()
    assert row.check_due_on == day + days(5)


def test_all_or_none_with_every_reason(made):
    with pytest.raises(StepRefused) as refusal:
        promise(made, ["S17", "S16"])  # S13 and S14 are not done and not chosen

    reasons = refusal.value.reasons
    assert [reason.split()[0] for reason in reasons] == ["S16", "S17", "S17", "S17"]
    assert any("S13" in reason for reason in reasons) and any("S14" in reason for reason in reasons)
    assert states(made, "S16", "S17") == [State.NOT_STARTED] * 2
    assert not Commitment.objects.exists() and not StepTransition.objects.filter(project_step__code="S16").exists()


@pytest.mark.parametrize("code", ["S02", "S03", "S04", "S05", "S15", "S18", "S19", "S01", "S99"])
def test_steps_barred_by_law_by_the_catalogue_or_done(made, code):
    with pytest.raises(StepRefused, match=code):
        promise(made, [*CHOSEN, code])
    assert states(made, *CHOSEN) == [State.NOT_STARTED] * 4


def test_without_the_bar_an_assessment_could_be_promised(made, monkeypatch):
    monkeypatch.setattr(candidates, "ASSESSMENTS", "no such line")
    made.steps.filter(code="S02").update(applicability="applies")
    assert promise(made, [*CHOSEN, "S02"])


def test_undetermined_and_paused_steps_cannot_be_chosen(made):
    step = step_of(made, "S13")
    for verb in ("receive", "accept"):
        move(step, verb, MONDAY)
    move(step, "pause", MONDAY, pause_kind="public_notice", note="公示")
    made.steps.filter(code="S14").update(applicability="undetermined")
    bars = {choice.step.code: choice.bar for choice in candidates.of(made).steps}
    assert bars["S13"] and bars["S14"]
    assert bars["S16"] == bars["S17"] == ""


def test_steps_at_any_point_before_the_decision(made):
    move(step_of(made, "S13"), "receive", MONDAY - days(3))
    step = step_of(made, "S14")
    for verb in ("receive", "accept", "begin_handling"):
        move(step, verb, MONDAY - days(3))
    step = step_of(made, "S16")
    move(step, "receive", MONDAY - days(3))
    move(step, "withdraw_before", MONDAY - days(3))

    promise(made)

    assert states(made, *CHOSEN) == [State.APPROVED] * 4
    assert step_of(made, "S14").accepted_on == MONDAY - days(3)
    assert CommittedStep.objects.get(project_step__code="S16").round == 2


@pytest.mark.parametrize(
    "more",
    [
        {"codes": []},
        {"check_before": ""},
        {"check_before": "S17"},
        {"condition_confirmed": False},
        {"signed": replace(PROMISE, text="")},
        {"signed": replace(PROMISE, signed_on=MONDAY + days(1))},
    ],
)
def test_the_promise_has_to_be_complete(made, more):
    with pytest.raises(StepRefused):
        promise(made, **more)
    assert not Commitment.objects.exists()


def test_rights_versions_and_credit(made):
    for role in ("leader", "enterprise", "unit"):
        with pytest.raises(PermissionDenied):
            promise(made, by=factories.user(made.park, role))
    with pytest.raises(Conflict):
        promise(made, versions={"S13": 7})
    Enterprise.objects.update(credit_bar_reason="失信")
    made.refresh_from_db()
    with pytest.raises(StepRefused, match="失信"):
        promise(made)
    assert not Commitment.objects.exists()


# the gate ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def acceptance(made):
    promise(made)
    step = step_of(made, "S18")
    for verb in ("receive", "accept"):
        move(step, verb, MONDAY + days(30 - 2))
    return step


def approve(step):
    return move(step, "decide_approve", TODAY)


def test_acceptance_waits_for_every_check(acceptance, made):
    with pytest.raises(StepRefused) as refusal:
        approve(acceptance)
    assert len(refusal.value.reasons) == 4
    assert all(any(code in reason for reason in refusal.value.reasons) for code in CHOSEN)

    for code in ("S13", "S14", "S16"):
        check(step_of(made, code), "kept")
    check(step_of(made, "S17"), "broken", then="later")
    with pytest.raises(StepRefused, match="S17"):
        approve(acceptance)
    check(step_of(made, "S17"), "broken", then="rectify", check_due_on=TODAY + days(3))
    with pytest.raises(StepRefused, match="S17"):
        approve(acceptance)
    check(step_of(made, "S17"), "kept")
    assert approve(acceptance).step.state == State.APPROVED


def test_without_the_gate_acceptance_goes_through(acceptance, monkeypatch):
    monkeypatch.setattr(gates, "checks_before", lambda step: [])
    assert approve(acceptance).step.state == State.APPROVED


def test_other_steps_and_a_refusal_do_not_wait(acceptance, made):
    step = step_of(made, "S15")
    for verb in ("receive", "accept", "decide_approve"):
        move(step, verb, TODAY)
    assert move(acceptance, "decide_refuse", TODAY, note="不符").step.state == State.REFUSED


def test_undone_one_by_one_nothing_is_left(made):
    promise(made)
    for code in ("S17", "S16", "S14", "S13"):
        assert Commitment.objects.exists()
        actions.undo_last(step_of(made, code), by=None, at=AT, today=TODAY)
    assert not Commitment.objects.exists() and not CommittedStep.objects.exists()
    assert states(made, *CHOSEN) == [State.RECEIVED] * 4
