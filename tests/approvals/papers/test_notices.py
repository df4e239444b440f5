"""One pass of reviews, one notice for everything, the answer to it, and undo that never loses a file."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.errors import Conflict, Refused
from approvals import actions as steps
from approvals import enterprise
from approvals.flow import State
from approvals.models import CorrectionNotice, StepDocument, StepFile
from approvals.papers import actions, queries
from approvals.queries import steps_of
from tests import factories
from tests.approvals.cases import AT, PLAIN, TODAY, move
from tests.approvals.papers.conftest import THURSDAY, hand_in, paper, review

LATER = AT + timedelta(hours=1)


def notify(case, **more):
    edge = {"by": case.staff, "at": AT, "today": TODAY, "calendar": PLAIN}
    return actions.issue_notice(case.step, **(edge | more))


def resubmit(case, **more):
    edge = {"by": case.owner, "at": LATER, "today": TODAY, "calendar": PLAIN}
    return actions.resubmit(case.step, **(edge | more))


# Review -------------------------------------------------------------------------------------------------------------


def test_accepting_and_returning(case):
    good, bad = hand_in(case.step, by=case.owner), hand_in(case.step, 4, by=case.owner)
    edge = {"by": case.staff, "at": AT, "today": TODAY, "calendar": PLAIN}

    actions.review_files(case.step, {good.pk: ("accepted", ""), bad.pk: ("returned", " 图纸缺签字 ")}, **edge)

    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.review, good.document.state, good.reviewed_by, good.reviewed_at) == (
        "accepted", "accepted", case.staff, AT,
    )  # fmt: skip
    assert (bad.review, bad.review_reason, bad.document.state) == ("returned", "图纸缺签字", "returned")
    assert [row.data["document_state"] for row in case.step.history.order_by("-pk")[:2]] == ["returned", "accepted"]


def test_reviewing_is_guarded(case):
    first = hand_in(case.step, by=case.owner)
    for outsider in (case.owner, case.other, factories.user(case.park, "leader"), factories.user(case.park, "unit")):
        with pytest.raises(PermissionDenied):
            review(first, "accepted", by=outsider)
    for outcome, reason in (("returned", " "), ("pending", "x")):
        with pytest.raises(Refused):
            review(first, outcome, reason, by=case.staff)
    hand_in(case.step, by=case.owner)
    with pytest.raises(Conflict):
        review(first, "accepted", by=case.staff)
    first.refresh_from_db()
    assert (first.review, first.document.state) == ("pending", "supplied")


def test_one_bad_decision_undoes_the_whole_pass(case):
    good, bad = hand_in(case.step, by=case.owner), hand_in(case.step, 4, by=case.owner)
    with pytest.raises(Refused):
        actions.review_files(
            case.step, {good.pk: ("accepted", ""), bad.pk: ("returned", "")}, by=case.staff, at=AT, today=TODAY
        )
    good.refresh_from_db()
    assert good.review == "pending" and good.document.state == "supplied"


def test_a_file_in_quarantine_is_not_reviewed(case):
    file = hand_in(case.step, by=case.owner)
    StepFile.objects.update(scan="quarantined")
    file.refresh_from_db()
    with pytest.raises(Refused):
        review(file, "accepted", by=case.staff)


# One notice, one answer ---------------------------------------------------------------------------------------------


def test_one_notice_names_everything(case):
    bad = hand_in(case.step, by=case.owner)
    review(bad, "returned", "缺章", by=case.staff)

    notice = notify(case, remarks="请一并更正")

    assert [(p["code"], p["reason"], p["missing"]) for p in notice.points] == [
        ("S13-D1", "缺章", False), ("S13-D4", "", True),
    ]  # fmt: skip
    assert (notice.issued_on, notice.round, notice.answered_on) == (TODAY, 1, None)
    pause = case.step.pauses.get()
    assert pause.kind == "correction" and pause.party == "enterprise"
    assert [line[:2] for line in pause.reason.splitlines()] == ["1.", "2.", "3."] and "缺章" in pause.reason
    assert case.step.state == State.RECEIVED


def test_missing_papers_can_be_left_out_of_the_notice(case):
    bad = hand_in(case.step, by=case.owner)
    review(bad, "returned", "缺章", by=case.staff)

    assert [point["code"] for point in notify(case, missing=[]).points] == ["S13-D1"]


def test_after_acceptance_the_notice_is_a_pause(case):
    move(case.step, "accept", THURSDAY)
    review(hand_in(case.step, by=case.owner), "returned", "缺章", by=case.staff)

    notify(case)

    assert case.step.state == State.CORRECTION_STARTED


def test_no_notice_before_everything_is_reviewed_or_about_nothing(case):
    first, second = hand_in(case.step, by=case.owner), hand_in(case.step, 4, by=case.owner)
    review(first, "returned", "缺章", by=case.staff)
    with pytest.raises(Refused, match=paper(case.step, 4).name_zh):
        notify(case)
    review(second, "accepted", by=case.staff)
    review(hand_in(case.step, by=case.owner), "accepted", by=case.staff)
    with pytest.raises(Refused):
        notify(case)
    for outsider in (case.owner, factories.user(case.park, "leader")):
        with pytest.raises(PermissionDenied):
            notify(case, by=outsider)

    assert not CorrectionNotice.objects.exists() and not case.step.pauses.exists()


@pytest.mark.parametrize("accepted", [False, True])
def test_the_answer_closes_the_notice_and_the_case_goes_on(case, accepted):
    if accepted:
        move(case.step, "accept", THURSDAY)
    review(hand_in(case.step, by=case.owner), "returned", "缺章", by=case.staff)
    notify(case)
    with pytest.raises(Refused, match=paper(case.step, 1).name_zh):
        resubmit(case)
    hand_in(case.step, by=case.owner, at=LATER)
    with pytest.raises(Refused, match=paper(case.step, 4).name_zh):
        resubmit(case)
    hand_in(case.step, 4, link=case.link, at=LATER)

    notice = resubmit(case)

    assert notice.answered_on == TODAY and case.step.pauses.get().ended_on == TODAY
    assert case.step.state == (State.CORRECTION_ENDED if accepted else State.RECEIVED)
    assert str(case.owner) in case.step.history.first().note
    with pytest.raises(Refused):
        resubmit(case)


def test_a_paper_handed_in_over_the_counter_answers_too(case):
    review(hand_in(case.step, by=case.owner), "returned", "缺章", by=case.staff)
    notify(case, missing=[])
    steps.record_document(
        case.step, paper(case.step, 1), "supplied", on=TODAY, by=case.staff, at=LATER, today=TODAY, calendar=PLAIN
    )

    with pytest.raises(Refused):  # its newest file is still the returned one
        resubmit(case, by=case.staff)
    hand_in(case.step, by=case.staff, at=LATER)
    assert resubmit(case, by=case.staff).answered_on == TODAY


@pytest.mark.parametrize("again", [("withdraw_before", "reopen"), ("resubmit",)])
def test_a_notice_that_ended_without_an_answer_is_not_to_be_answered_later(case, again):
    review(hand_in(case.step, by=case.owner), "returned", "缺章", by=case.staff)
    notice = notify(case, missing=[])
    for verb in again:
        move(case.step, verb, TODAY)
    assert queries.open_notice(case.step) is None
    tomorrow = TODAY + timedelta(days=1)
    for verb, more in (("accept", {}), ("pause", {"pause_kind": "correction", "note": "另有补正"})):
        move(case.step, verb, tomorrow, today=tomorrow, **more)

    assert queries.open_notice(case.step) is None
    view = next(v for v in steps_of(case.made, case.owner, today=tomorrow, calendar=PLAIN) if v.row == case.step)
    assert not enterprise.returned([notice], [view], case.owner).notices
    with pytest.raises(Refused):
        resubmit(case)


def test_the_handlers_note_on_an_owed_paper_is_no_reason_for_the_enterprise(case):
    owed = case.step.step.documents.get(code="S13-D5")
    edge = {"on": TODAY, "by": case.staff, "at": AT, "today": TODAY, "calendar": PLAIN}
    move(case.step, "accept_with_outstanding", TODAY, outstanding=[owed.pk])
    steps.record_document(case.step, owed, "outstanding", note="内部：老板口头答应", **edge)
    move(case.step, "withdraw", TODAY)

    rule = next(view.as_rule() for view in queries.papers_of(case.step) if view.asked == owed)
    assert (rule.state, rule.reason) == ("returned", "")


def test_nobody_else_answers(case):
    review(hand_in(case.step, by=case.owner), "returned", "缺章", by=case.staff)
    notify(case, missing=[])
    hand_in(case.step, by=case.owner, at=LATER)
    for outsider in (case.other, factories.user(case.park, "leader")):
        with pytest.raises(PermissionDenied):
            resubmit(case, by=outsider)
    assert resubmit(case, by=None, link=case.link).answered_on == TODAY


# Undo ---------------------------------------------------------------------------------------------------------------


def undo(case, by=None):
    return steps.undo_last(case.step, by=by, at=LATER, today=TODAY, calendar=PLAIN)


def test_undo_never_loses_a_file(case, store):
    file = hand_in(case.step, by=case.staff)
    undo(case)

    file.refresh_from_db()
    assert (file.review, file.document.state) == ("returned", "returned") and file.review_reason
    assert len(store()) == 1


def test_undo_takes_a_review_back(case, store):
    file = hand_in(case.step, by=case.owner)
    review(file, "returned", "缺章", by=case.staff)
    undo(case, case.staff)

    file.refresh_from_db()
    assert (file.review, file.review_reason, file.reviewed_by, file.reviewed_at) == ("pending", "", None, None)
    assert file.document.state == "supplied" and len(store()) == 1


def test_undo_of_a_second_version_keeps_both(case, store):
    move(case.step, "accept_with_outstanding", THURSDAY, outstanding=[paper(case.step, 5).pk])
    first = hand_in(case.step, 5, by=case.staff)
    review(first, "returned", "不清", by=case.staff)
    case.step.refresh_from_db()
    hand_in(case.step, 5, by=case.staff)
    undo(case)

    document = StepDocument.objects.get(requirement=paper(case.step, 5))
    assert [(f.version_no, f.review) for f in document.files.all()] == [(2, "returned"), (1, "returned")]
    assert (document.state, document.files.get(version_no=1).review_reason) == ("outstanding", "不清")
    assert len(store()) == 2


def test_undo_takes_a_notice_and_its_answer_back(case):
    review(hand_in(case.step, by=case.owner), "returned", "缺章", by=case.staff)
    notice = notify(case, missing=[])
    hand_in(case.step, by=case.owner, at=LATER)
    resubmit(case)
    undo(case)
    notice.refresh_from_db()
    assert notice.answered_on is None and queries.open_notice(case.step) == notice
    case.step.history.filter(at=LATER).delete()  # as if the notice were the last record
    undo(case)
    assert not CorrectionNotice.objects.exists() and not case.step.pauses.exists()
