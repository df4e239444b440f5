"""Papers owed: when they are due, who may not owe any, the one renewal, and the gate that waits for them."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from approvals import actions
from approvals.actions.progress import StepRefused
from approvals.flow import State, Verb
from approvals.models import ApprovalPolicy, ProjectStep, StepDocument
from approvals.promises import gates
from approvals.promises.actions import renew_debt
from projects.models import Enterprise
from tests import factories
from tests.approvals.cases import AT, PLAIN, TODAY, days, finish, move, step_of
from tests.approvals.promises.conftest import MONDAY

pytestmark = pytest.mark.django_db

TUESDAY = MONDAY + days(1)


def paper(step, n):
    return step.step.documents.get(code=f"{step.code}-D{n}")


def accept_owing(step, *numbers, on=MONDAY):
    move(step, "accept_with_outstanding", on, outstanding=[paper(step, n).pk for n in numbers])
    return [step.documents.get(requirement=paper(step, n)) for n in numbers]


def record(step, n, state, on=MONDAY, **more):
    options = {"by": None, "at": AT, "today": TODAY, "calendar": PLAIN} | more
    return actions.record_document(step, paper(step, n), state, on=on, **options)


def renew(debt, *, today=TUESDAY, by=None, reason="图纸送审中", **more):
    return renew_debt(debt, reason=reason, by=by, at=AT, today=today, calendar=PLAIN, **more)


# due days ---------------------------------------------------------------------------------------------------------


def test_the_park_may_set_its_own_number_of_days(step):
    ApprovalPolicy.objects.create(park=step.project.park, supplement_wd=8)

    (debt,) = accept_owing(step, 5)

    assert (debt.promised_on, debt.due_on, debt.due_before) == (MONDAY, date(2026, 2, 12), "")


def before_the_permit(made):
    """S08 accepted anew with a paper that is due before S17."""
    step = step_of(made, "S08")
    move(step, "revoke", MONDAY, note="重新核验")
    move(step, "reopen", MONDAY)
    accept_owing(step, 2)
    move(step, "decide_approve_outstanding", MONDAY)
    return step


def test_a_paper_due_before_a_step_has_no_day(made):
    debt = before_the_permit(made).documents.get()

    assert (debt.state, debt.due_on, debt.due_before) == ("outstanding", None, "S17")


@pytest.mark.parametrize("change", [{"applicability": "not_applicable", "not_applicable_reason": "无"}, {"state": 11}])
def test_a_step_that_will_not_be_decided_cannot_wait_for_a_paper(made, change):
    made.steps.filter(code="S17").update(**change)

    debt = before_the_permit(made).documents.get()

    assert (debt.due_on, debt.due_before) == (date(2026, 2, 9), "")  # the general rule, five working days


# who may not ------------------------------------------------------------------------------------------------------


def test_bad_credit_bars_outstanding_papers(step):
    Enterprise.objects.update(credit_bar_reason="列入失信名单")
    step = step_of(step.project, "S13")

    with pytest.raises(Refused, match="列入失信名单"):
        accept_owing(step, 5)
    move(step, "accept", MONDAY)  # with everything there it is nobody's business
    with pytest.raises(Refused, match="列入失信名单"):
        record(step, 5, "outstanding")
    assert not StepDocument.objects.exists()

    Enterprise.objects.update(credit_bar_reason="")
    assert record(step_of(step.project, "S13"), 5, "outstanding").state == "outstanding"


@pytest.mark.parametrize("code", ["S11", "S22"])
def test_registrations_take_no_incomplete_papers(made, code):
    step = step_of(made, code)
    ProjectStep.objects.filter(pk=step.pk).update(
        state=State.RECEIVED, received_on=MONDAY, accepted_on=None, decided_on=None
    )
    asked = step.step.documents.first()
    type(asked).objects.filter(pk=asked.pk).update(deferrable=True)
    step = step_of(made, code)

    with pytest.raises(StepRefused, match=step.step.deferral_note):
        move(step, "accept_with_outstanding", MONDAY, outstanding=[asked.pk])

    type(step.step).objects.filter(pk=step.step_id).update(allows_deferral=True)
    assert move(step_of(made, code), "accept_with_outstanding", MONDAY, outstanding=[asked.pk])


def test_core_papers_are_refused_with_all_other_reasons(step):
    Enterprise.objects.update(credit_bar_reason="失信")

    with pytest.raises(StepRefused) as refusal:
        accept_owing(step_of(step.project, "S13"), 1, 5)

    assert len(refusal.value.reasons) == 2
    assert paper(step, 1).name in refusal.value.reasons[0]


def test_a_paper_is_not_owed_after_the_time_for_it(step):
    move(step, "accept", MONDAY)

    with pytest.raises(Refused, match="2026-02-06"):
        record(step, 5, "outstanding", on=date(2026, 2, 9))

    assert record(step, 5, "outstanding", on=date(2026, 2, 6)).due_on == date(2026, 2, 6)


def test_a_case_that_has_ended_owes_nothing(step):
    move(step, "accept", MONDAY)
    move(step, "withdraw", MONDAY)

    with pytest.raises(Refused):
        record(step, 5, "outstanding")


# supplying --------------------------------------------------------------------------------------------------------


def test_accepting_a_paper_names_who_verified_it_and_when_it_came(step, staff):
    accept_owing(step, 5, 6)
    record(step, 5, "supplied", MONDAY + days(2))
    five = record(step, 5, "accepted", MONDAY + days(3), by=staff)
    six = record(step, 6, "accepted", MONDAY + days(3), by=staff)  # handed over the counter and accepted at once

    assert (five.supplied_on, five.verified_by) == (MONDAY + days(2), staff)
    assert (six.supplied_on, six.verified_by) == (MONDAY + days(3), staff)
    again = record(step, 5, "returned", MONDAY + days(4), note="缺章")
    assert (again.state, again.supplied_on, again.verified_by, again.due_on) == (
        "outstanding", None, None, MONDAY + days(4),
    )  # fmt: skip


def test_a_new_application_owes_nothing_of_the_old_one(step):
    accept_owing(step, 5)
    move(step, "withdraw", MONDAY + days(1))
    move(step, "reopen", MONDAY + days(2))

    row = step.documents.get()
    assert (row.state, row.promised_on, row.due_on, row.due_before) == ("returned", None, None, "")
    record(step, 5, "supplied", MONDAY + days(2))
    assert record(step, 5, "returned", MONDAY + days(2)).state == "returned"  # not owed under the old day


# renewal ----------------------------------------------------------------------------------------------------------


def test_the_due_day_moves_once_with_a_reason(step, staff):
    (debt,) = accept_owing(step, 5)  # due on Friday 6 February

    row = renew(debt, by=staff)

    debt.refresh_from_db()
    assert (debt.due_on, debt.renewed_on, debt.by) == (date(2026, 2, 13), MONDAY + days(1), staff)
    assert (row.verb, row.from_state, row.to_state, row.note) == ("renew_debt", 3, 3, "图纸送审中")
    kept = {name: row.data[name] for name in ("document", "due_from", "due_on")}
    assert kept == {"document": "S13-D5", "due_from": "2026-02-06", "due_on": "2026-02-13"}
    with pytest.raises(Refused, match="2026-02-03"):
        renew(StepDocument.objects.get(), today=MONDAY + days(2))
    debt.refresh_from_db()
    assert debt.due_on == date(2026, 2, 13)


def test_the_park_sets_how_long_a_renewal_lasts(step):
    ApprovalPolicy.objects.create(park=step.project.park, renewal_wd=2)
    (debt,) = accept_owing(step, 5)
    renew(debt)
    debt.refresh_from_db()
    assert debt.due_on == date(2026, 2, 10)


def test_renewal_is_guarded(step, made):
    (debt,) = accept_owing(step, 5)

    with pytest.raises(Refused):
        renew(debt, reason=" ")
    with pytest.raises(Refused, match="2026-02-13"):
        renew(debt, today=date(2026, 2, 14))  # the new day would be over, too
    with pytest.raises(Conflict):
        renew(debt, version=1)
    for role in ("leader", "enterprise", "unit"):
        with pytest.raises(PermissionDenied):
            renew(debt, by=factories.user(made.park, role))
    with pytest.raises(Refused):
        renew(before_the_permit(made).documents.get())  # has no day
    record(step, 5, "supplied")
    with pytest.raises(Refused):
        renew(debt)

    assert not StepDocument.objects.filter(renewed_on__isnull=False).exists()


def test_two_renewals_at_once_move_the_day_once(step):
    accept_owing(step, 5)
    one, other = (
        StepDocument.objects.select_related("project_step__step", "project_step__project").get() for _ in "ab"
    )
    renew(one)
    with pytest.raises((Conflict, Refused)):
        renew(other)
    assert StepDocument.objects.get().due_on == date(2026, 2, 13)


def test_undo_takes_the_renewal_back(step):
    (debt,) = accept_owing(step, 5)
    before = StepDocument.objects.values().get()
    renew(debt)
    actions.undo_last(step_of(step.project, "S13"), by=None, at=AT, today=TODAY)
    assert StepDocument.objects.values().get() == before


# the gate ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def permit(made):
    """S17 handled, with a paper of S08 due before it and papers of S13 owed by a day."""
    before_the_permit(made)
    s13 = step_of(made, "S13")
    move(s13, "receive", MONDAY)
    accept_owing(s13, 5, 6)
    move(s13, "decide_approve_outstanding", MONDAY)
    finish(made, "S14", "S16", on=MONDAY)
    step = step_of(made, "S17")
    for verb in ("receive", "accept"):
        move(step, verb, MONDAY)
    return step


def test_its_own_gate_waits_and_names_paper_and_step(permit, made):
    with pytest.raises(StepRefused) as refusal:
        move(permit, "decide_approve", MONDAY)

    (reason,) = refusal.value.reasons  # the papers of S13 with a day block nothing
    assert paper(step_of(made, "S08"), 2).name in reason
    assert str(step_of(made, "S08")) in reason
    record(step_of(made, "S08"), 2, "supplied")
    assert move(permit, "decide_approve", MONDAY).step.state == State.APPROVED


def test_nothing_else_waits(permit, made):
    for code in ("S15", "S14"):
        row = step_of(made, code)
        assert gates.refusals(row, Verb.DECIDE_APPROVE) == []
    assert move(permit, "decide_refuse", MONDAY, note="不符合").step.state == State.REFUSED  # a refusal needs no paper


def test_without_the_gate_the_decision_goes_through(permit, monkeypatch):
    monkeypatch.setattr(gates, "papers_before", lambda step: [])
    assert move(permit, "decide_approve", MONDAY).step.state == State.APPROVED


def test_a_gate_at_the_own_step_and_other_papers_outstanding(permit, made):
    """Approve with documents outstanding stays possible where only papers with a day are owed."""
    record(step_of(made, "S08"), 2, "supplied")
    record(permit, 7, "outstanding")
    assert move(permit, "decide_approve_outstanding", MONDAY).step.state == State.APPROVED_OUTSTANDING
