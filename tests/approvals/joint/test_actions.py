"""Opening, answering, issuing and cancelling: exact results with their history, and a negative twin for every guard."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from approvals import actions as step_actions
from approvals.actions.progress import StepRefused
from approvals.flow import State
from approvals.joint import actions
from approvals.joint.bundles import bundles_of, opening_of
from approvals.models import DocumentRequirement, JointReview, JointReviewStep, StepDocument, StepTransition
from tests import factories
from tests.approvals.cases import finish, move
from tests.approvals.joint.conftest import FIVE, LATER, OPENED, PLAIN, TODAY

pytestmark = pytest.mark.django_db


def states(case, codes=FIVE):
    return {code: State(case.step(code).state) for code in codes}


def untouched(case):
    """Nothing of an attempt has stayed."""
    return (
        set(states(case).values()) == {State.NOT_STARTED}
        and not JointReview.objects.exists()
        and not StepDocument.objects.filter(project_step__code__in=FIVE).exists()
    )


def test_opening_receives_and_accepts_every_step_today(case):
    done = case.open(note="一窗受理")

    review = done.review
    assert set(states(case).values()) == {State.ACCEPTED}
    assert {(s.received_on, s.accepted_on) for s in map(case.step, FIVE)} == {(TODAY, TODAY)}
    assert (review.state, review.opened_at, review.opened_by, review.note) == ("open", OPENED, case.staff, "一窗受理")
    assert review.answer_due_on == date(2026, 3, 3)  # one working day: S16 has the shortest committed limit
    rows = {row.project_step.code: (row.unit, row.answer) for row in review.steps.select_related("project_step")}
    assert rows == {code: (case.units[code], "pending") for code in FIVE}
    for code in FIVE:
        moves = StepTransition.objects.filter(project_step=case.step(code), data__joint=review.pk)
        assert sorted(moves.values_list("verb", flat=True)) == ["accept", "receive"]


def test_papers_are_asked_once_and_recorded_at_every_step_that_wants_them(case):
    papers = opening_of(case.project, case.bundle).papers
    names = [paper.name for paper in papers]
    asked = DocumentRequirement.objects.filter(step__code__in=FIVE, step__catalogue=case.bundle.catalogue, shared=False)
    assert len(names) == len(set(names))
    assert sum(len(paper.asked) for paper in papers) == asked.count()

    case.open()
    supplied = StepDocument.objects.filter(project_step__project=case.project, project_step__code__in=FIVE)
    assert {row.requirement_id for row in supplied} == set(asked.values_list("pk", flat=True))
    assert {(row.state, row.supplied_on) for row in supplied} == {("supplied", TODAY)}


def test_papers_with_the_same_key_are_one_and_count_when_in_elsewhere(case):
    elsewhere = DocumentRequirement.objects.filter(step=case.step("S12").step, shared=False).first()
    wanted = DocumentRequirement.objects.filter(step=case.step("S13").step, shared=False).first()
    for requirement in (elsewhere, wanted):
        requirement.same_as = "total-plan"
        requirement.save()
    step_actions.record_document(
        case.step("S12"), elsewhere, "supplied", on=TODAY, by=None, at=OPENED, today=TODAY, calendar=PLAIN
    )
    papers = opening_of(case.project, case.bundle).papers
    (paper,) = [paper for paper in papers if wanted.pk in paper.keys]
    assert (paper.is_in, paper.supplied_on, paper.codes) == (True, TODAY, ["S13"])

    case.open(present=[p.pk for p in papers if not p.is_in])
    assert StepDocument.objects.get(project_step=case.step("S13"), requirement=wanted).state == "supplied"


def test_a_missing_core_paper_refuses_all_and_names_every_one(case):
    papers = opening_of(case.project, case.bundle).papers
    core = [paper for paper in papers if not paper.may_follow]
    present = [paper.pk for paper in papers if paper not in core[:2]]
    with pytest.raises(StepRefused) as refusal:
        case.open(present=present)
    for paper in core[:2]:
        assert any(paper.name in reason and paper.codes[0] in reason for reason in refusal.value.reasons)
    assert untouched(case)


def test_a_missing_paper_that_may_follow_becomes_a_debt(case):
    papers = opening_of(case.project, case.bundle).papers
    later = next(paper for paper in papers if paper.may_follow)
    done = case.open(present=[paper.pk for paper in papers if paper is not later])

    for step, requirement in later.asked:
        debt = StepDocument.objects.get(project_step=step, requirement=requirement)
        assert (debt.state, debt.promised_on) == ("outstanding", TODAY)
        assert StepTransition.objects.filter(
            project_step=step, verb="accept_with_outstanding", data__joint=done.review.pk
        ).exists()


def test_done_and_unneeded_steps_are_left_out_and_running_ones_join(case):
    finish(case.project, "S10", on=date(2026, 2, 3))
    case.project.steps.filter(code="S11").update(applicability="not_applicable", not_applicable_reason="已有证")
    running = case.step("S14")
    for verb in ("receive", "accept"):
        move(running, verb, date(2026, 2, 20))
    withdrawn = case.step("S13")
    for verb in ("receive", "withdraw_before"):
        move(withdrawn, verb, date(2026, 2, 20))

    review = case.open().review
    assert [row.project_step.code for row in review.steps.select_related("project_step")] == [
        "S13",
        "S14",
        "S16",
        "S17",
    ]
    assert case.step("S14").accepted_on == date(2026, 2, 20)
    assert (case.step("S13").accepted_on, case.step("S13").round) == (TODAY, 2)


def test_one_open_review_for_a_bundle_and_none_for_a_step_in_another(case):
    review = case.open().review
    with pytest.raises(Refused):
        case.open()
    whole = bundles_of(case.project).get(code="LAND_TO_START")
    with pytest.raises(StepRefused) as refusal:
        actions.open_review(case.project, whole, by=case.staff, at=OPENED, today=TODAY, calendar=PLAIN)
    assert len(refusal.value.reasons) == 6
    actions.cancel(review, reason="材料有误", by=case.staff, at=LATER)
    assert opening_of(case.project, case.bundle).open_review is None
    assert case.open().review != review  # the steps run already and join


def test_two_at_once_open_one_review(case, monkeypatch):
    """Both have looked before either wrote: the database lets one through."""
    case.open()
    opening = opening_of(case.project, case.bundle)
    opening.open_review = None
    monkeypatch.setattr(actions, "opening_of", lambda *args, **kwargs: opening)
    with pytest.raises(Conflict):
        case.open(present=[])
    assert JointReview.objects.count() == 1


def test_an_open_question_and_a_bundle_without_work_are_refused(case):
    case.project.steps.filter(code="S17").update(applicability="undetermined")
    with pytest.raises(StepRefused) as refusal:
        case.open()
    assert len(refusal.value.reasons) == 1 and "S17" in refusal.value.reasons[0]
    assert untouched(case)
    case.project.steps.filter(code="S17").update(applicability="applies")
    finish(case.project, *FIVE, on=date(2026, 2, 3))
    with pytest.raises(Refused):
        case.open()


def test_one_step_that_cannot_be_accepted_refuses_all(case):
    future = case.step("S11")
    move(future, "receive", date(2026, 3, 2))
    case.project.steps.filter(code="S11").update(received_on=date(2026, 3, 9))
    with pytest.raises(StepRefused) as refusal:
        case.open()
    assert all(reason.startswith("S11") for reason in refusal.value.reasons)
    assert not JointReview.objects.exists() and case.step("S10").state == State.NOT_STARTED


def test_only_the_park_opens_issues_and_cancels(case):
    stranger = factories.user(factories.park())
    leader = factories.user(case.project.park, "leader")
    for person in (case.person("S10"), stranger, leader):
        with pytest.raises(PermissionDenied):
            case.open(by=person)
    review = case.open().review
    case.agree(review)
    review.refresh_from_db()
    for person in (case.person("S10"), stranger, leader):
        with pytest.raises(PermissionDenied):
            case.issue(review, by=person)
        with pytest.raises(PermissionDenied):
            actions.cancel(review, reason="x", by=person, at=LATER)


def test_a_department_answers_for_its_own_step_alone(case):
    review = case.open().review
    person = case.person("S13")
    actions.answer(case.row(review, "S13"), "agreed", note="同意", result_number="建字第1号", by=person, at=LATER)

    row = case.row(review, "S13")
    assert (row.answer, row.note, row.result_number, row.answered_by, row.answered_at) == (
        "agreed", "同意", "建字第1号", person, LATER
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        actions.answer(case.row(review, "S14"), "agreed", by=person, at=LATER)
    assert case.row(review, "S14").answer == "pending"


def test_two_departments_at_once_both_count(case):
    review = case.open().review
    first, second = case.row(review, "S13"), case.row(review, "S14")  # both read before either writes
    actions.answer(first, "agreed", by=None, at=LATER)
    actions.answer(second, "agreed", by=None, at=LATER)
    assert JointReviewStep.objects.filter(review=review, answer="agreed").count() == 2
    with pytest.raises(Conflict):
        actions.answer(case_copy(case, review, "S13", answered_at=None), "objected", note="迟到", by=None, at=LATER)
    assert case.row(review, "S13").answer == "agreed"


def case_copy(case, review, code, **seen):
    """The row as somebody saw it before."""
    row = case.row(review, code)
    for name, value in ({"answer": "pending"} | seen).items():
        setattr(row, name, value)
    return row


def test_answers_change_until_the_end_and_earlier_ones_stay(case):
    review = case.open().review
    person = case.person("S13")
    with pytest.raises(Refused):
        actions.answer(case.row(review, "S13"), "objected", note="  ", by=person, at=LATER)
    with pytest.raises(Refused):
        actions.answer(case.row(review, "S13"), "pending", by=person, at=LATER)
    actions.answer(case.row(review, "S13"), "objected", note="退线不足", by=person, at=LATER)
    with pytest.raises(StepRefused) as refusal:
        case.agree(review, "S10", "S11", "S14", "S16", "S17")
        case.issue(review)
    assert any("S13" in reason for reason in refusal.value.reasons)
    actions.answer(case.row(review, "S13"), "agreed", by=person, at=LATER + timedelta(hours=1))
    row = case.row(review, "S13")
    assert row.note == "" and [(e["answer"], e["note"], e["by"]) for e in row.earlier] == [
        ("objected", "退线不足", person.pk)
    ]
    case.issue(review)
    with pytest.raises(Refused):
        actions.answer(case.row(review, "S13"), "objected", note="后悔", by=person, at=LATER)


def test_issue_decides_everything_on_one_day_in_order(case):
    review = case.open().review
    case.agree(review)
    case.issue(review)

    review.refresh_from_db()
    assert (review.state, review.issued_at, review.issued_by) == ("issued", LATER, case.staff)
    for code in FIVE:
        step = case.step(code)
        assert (step.state, step.decided_on, step.result_number) == (State.APPROVED, TODAY, f"证-{code}")
    decided = StepTransition.objects.filter(verb="decide_approve", data__joint=review.pk).order_by("pk")
    assert [t.project_step.code for t in decided.select_related("project_step")] == FIVE
    with pytest.raises(Refused):
        case.issue(review)


def test_issue_waits_for_all_and_for_what_comes_before(case):
    review = case.open().review
    with pytest.raises(StepRefused) as refusal:
        case.issue(review)
    assert len(refusal.value.reasons) == 7
    case.agree(review)
    case.project.steps.filter(code="S09").update(state=State.HANDLING, decided_on=None)
    with pytest.raises(StepRefused) as refusal:
        case.issue(review)
    assert [reason[:3] for reason in refusal.value.reasons] == ["S10", "S11"]  # not those that only wait for these
    review.refresh_from_db()
    assert review.state == "open" and set(states(case).values()) == {State.ACCEPTED}


def test_issue_leaves_a_step_alone_that_was_approved_meanwhile_and_keeps_debts(case):
    papers = opening_of(case.project, case.bundle).papers
    later = next(paper for paper in papers if paper.may_follow)
    review = case.open(present=[paper.pk for paper in papers if paper is not later]).review
    move(case.step("S10"), "decide_approve_outstanding" if "S10" in later.codes else "decide_approve", TODAY)
    number = case.step("S10").result_number
    case.agree(review, *FIVE[1:])
    case.issue(review)
    assert case.step("S10").result_number == number
    owing = {step.code for step, _requirement in later.asked}
    assert all(
        state is (State.APPROVED_OUTSTANDING if code in owing else State.APPROVED)
        for code, state in states(case).items()
    )


def test_a_step_decided_by_itself_is_left_out(case):
    review = case.open().review
    move(case.step("S10"), "decide_approve", TODAY, result_number="自办1号")
    case.project.steps.filter(code="S11").update(applicability="not_applicable", not_applicable_reason="无需办理")
    for code in ("S10", "S11"):
        with pytest.raises(Refused):
            actions.answer(case.row(review, code), "agreed", by=None, at=LATER)
    with pytest.raises(StepRefused) as refusal:
        case.issue(review)
    assert len(refusal.value.reasons) == 5  # the four others

    case.agree(review, *FIVE[2:])
    case.issue(review)

    assert set(states(case, ["S10", *FIVE[2:]]).values()) == {State.APPROVED}
    assert (case.step("S10").result_number, case.step("S11").state) == ("自办1号", State.ACCEPTED)


def test_a_review_of_which_nothing_is_left_is_cancelled(case):
    review = case.open().review
    for code in FIVE:
        move(case.step(code), "decide_approve", TODAY)
    with pytest.raises(Refused):
        case.issue(review)
    review.refresh_from_db()
    assert actions.cancel(review, reason="各自办结", by=case.staff, at=LATER).state == "cancelled"


def test_issue_sees_an_answer_that_came_in_between(case):
    review = case.open().review
    case.agree(review)
    review.refresh_from_db()
    seen = review.version
    actions.answer(case.row(review, "S13"), "objected", note="等等", by=None, at=LATER + timedelta(minutes=1))
    with pytest.raises(Conflict):
        actions.issue(review, version=seen, by=case.staff, at=LATER, today=TODAY, calendar=PLAIN)
    assert set(states(case).values()) == {State.ACCEPTED}


def test_cancel_needs_a_reason_and_leaves_the_steps_running(case):
    review = case.open().review
    with pytest.raises(Refused):
        actions.cancel(review, reason=" ", by=case.staff, at=LATER)
    actions.cancel(review, reason="企业调整方案", by=case.staff, at=LATER)
    review.refresh_from_db()
    assert (review.state, review.cancelled_at, review.cancelled_by, review.cancel_reason) == (
        "cancelled", LATER, case.staff, "企业调整方案"
    )  # fmt: skip
    assert set(states(case).values()) == {State.ACCEPTED}
    for again in (lambda: case.issue(review), lambda: actions.cancel(review, reason="x", by=case.staff, at=LATER)):
        with pytest.raises(Refused):
            again()
    with pytest.raises(Refused):
        actions.answer(case.row(review, "S13"), "agreed", by=None, at=LATER)
