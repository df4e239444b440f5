"""Papers of a step: handed in, owed under 容缺受理, and what becomes of the debts."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Refused
from approvals import actions
from approvals.flow import State
from approvals.models import StepDocument
from tests import factories
from tests.approvals.cases import AT, PLAIN, TODAY, days, finish, move, project, step_of

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 2, 2)


@pytest.fixture
def made():
    made = project(factories.park())
    finish(made, "S01", "S06", "S07", "S08", "S09", "S10", "S11", "S12")
    return made


@pytest.fixture
def step(made):
    step = step_of(made, "S13")  # committed 4 working days; S13-D5 and D6 may follow later
    move(step, "receive", MONDAY)
    return step


def paper(step, n):
    return step.step.documents.get(code=f"{step.code}-D{n}")


def record(step, n, state, on=MONDAY, **more):
    options = {"by": None, "at": AT, "today": TODAY, "calendar": PLAIN} | more
    return actions.record_document(step, paper(step, n), state, on=on, **options)


def accept_owing(step, *numbers):
    wanted = [paper(step, n).pk for n in numbers]
    return move(step, "accept_with_outstanding", MONDAY, outstanding=wanted)


def test_acceptance_with_outstanding_papers_dates_the_debts(step):
    done = accept_owing(step, 5, 6)

    assert step.state == State.ACCEPTED
    debts = StepDocument.objects.filter(project_step=step)
    assert [(debt.requirement.code, debt.state, debt.promised_on, debt.due_on) for debt in debts] == [
        ("S13-D5", "outstanding", MONDAY, MONDAY + days(4)),
        ("S13-D6", "outstanding", MONDAY, MONDAY + days(4)),
    ]
    assert done.transition.data["outstanding"] == ["S13-D5", "S13-D6"]


def test_core_papers_cannot_follow_later(step):
    with pytest.raises(Refused, match=paper(step, 1).name):
        accept_owing(step, 1, 5)

    assert step_of(step.project, "S13").state == State.RECEIVED
    assert not StepDocument.objects.exists()


def test_outstanding_papers_and_the_verb_go_together(step, made):
    foreign = step_of(made, "S14").step.documents.get(code="S14-D3")

    for verb, outstanding in (
        ("accept_with_outstanding", []),
        ("accept", [paper(step, 5).pk]),
        ("accept_with_outstanding", [foreign.pk]),
    ):
        with pytest.raises(Refused):
            move(step, verb, MONDAY, outstanding=outstanding)

    assert step_of(made, "S13").state == State.RECEIVED


def test_approval_names_whether_papers_are_outstanding(step):
    accept_owing(step, 5)
    with pytest.raises(Refused):
        move(step, "decide_approve", MONDAY + days(1))

    move(step, "decide_approve_outstanding", MONDAY + days(1))

    assert step.state == State.APPROVED_OUTSTANDING
    assert step.documents.get().state == "outstanding"


def test_approval_with_outstanding_papers_needs_one(step):
    move(step, "accept", MONDAY)

    with pytest.raises(Refused):
        move(step, "decide_approve_outstanding", MONDAY + days(1))

    assert step_of(step.project, "S13").state == State.ACCEPTED


def test_handing_in_settles_the_debt_and_writes_history(step):
    accept_owing(step, 5)
    staff = factories.user(step.project.park)

    row = record(step, 5, "supplied", MONDAY + days(2), by=staff, note="原件")

    assert (row.state, row.supplied_on, row.promised_on, row.due_on, row.note, row.by) == (
        "supplied", MONDAY + days(2), MONDAY, MONDAY + days(4), "原件", staff,
    )  # fmt: skip
    history = step.history.first()
    assert (history.verb, history.from_state, history.to_state) == ("document", 3, 3)
    assert (history.data["document"], history.data["document_state"]) == ("S13-D5", "supplied")
    assert move(step, "decide_approve", MONDAY + days(3)).step.state == State.APPROVED


def test_promised_paper_that_is_sent_back_is_owed_again(step):
    accept_owing(step, 5)
    record(step, 5, "supplied", MONDAY + days(1))

    row = record(step, 5, "returned", MONDAY + days(2), note="缺章")

    assert (row.state, row.due_on) == ("outstanding", MONDAY + days(4))
    assert record(step, 1, "returned").state == "returned"


def test_owed_papers_by_hand_need_deferral_and_acceptance(step):
    with pytest.raises(Refused):
        record(step, 5, "outstanding")
    move(step, "accept", MONDAY)
    with pytest.raises(Refused):
        record(step, 1, "outstanding")

    assert record(step, 5, "outstanding").due_on == MONDAY + days(4)


def test_recording_a_paper_is_guarded(step, made):
    foreign = step_of(made, "S14").step.documents.first()
    with pytest.raises(Refused):
        record(step, 1, "supplied", TODAY + days(1))
    with pytest.raises(Refused):
        actions.record_document(step, foreign, "supplied", on=MONDAY, by=None, at=AT, today=TODAY)
    for outsider in (factories.user(made.park, "enterprise"), factories.user(made.park, "unit")):
        with pytest.raises(PermissionDenied):
            record(step, 1, "supplied", by=outsider)

    assert not StepDocument.objects.exists()


@pytest.mark.parametrize("verb", ["withdraw", "decide_refuse"])
def test_debts_end_with_the_case(step, verb):
    accept_owing(step, 5)

    move(step, verb, MONDAY + days(1), note="结束")

    assert step.documents.get().state == "returned"


def test_undo_takes_the_debts_back(step):
    accept_owing(step, 5)
    actions.undo_last(step, by=None, at=AT, today=TODAY)
    assert not StepDocument.objects.exists()

    accept_owing(step, 5)
    before = StepDocument.objects.values().get()
    move(step, "withdraw", MONDAY + days(1))
    actions.undo_last(step, by=None, at=AT, today=TODAY)

    assert StepDocument.objects.values().get() == before
