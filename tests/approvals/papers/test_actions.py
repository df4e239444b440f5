"""Papers as files: who hands in what, versions, quota, papers used at several steps."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from pypdf.generic import TextStringObject

from accounts.errors import Conflict, Refused
from approvals.models import ApprovalPolicy, StepDocument, StepFile
from approvals.papers import actions, queries
from approvals.papers.sweep import sweep
from tests import factories
from tests.approvals.cases import AT, TODAY, move, step_of
from tests.approvals.papers import files
from tests.approvals.papers.conftest import THURSDAY, hand_in, paper, review, upload
from tests.approvals.papers.test_checks import HOSTILE

LATER = AT + timedelta(hours=1)


# Handing in ---------------------------------------------------------------------------------------------------------


def test_a_file_is_kept_with_its_version_and_history(case, store):
    file = hand_in(case.step, by=case.owner)

    document = file.document
    assert (document.state, document.supplied_on, document.by) == ("supplied", TODAY, case.owner)
    assert (file.version_no, file.original_name, file.content_type) == (1, "申请表.pdf", "application/pdf")
    assert (file.review, file.scan, file.uploaded_by, file.uploader_name) == (
        "pending", "available", case.owner, str(case.owner),
    )  # fmt: skip
    assert store() == [file.file.name.removeprefix("papers/")] and "申请" not in file.file.name
    history = case.step.history.first()
    assert (history.verb, history.by, history.data["document"], history.data["file_version"]) == (
        "document", case.owner, "S13-D1", 1,
    )  # fmt: skip


def test_stored_files_are_for_the_owner_and_group_only(case, settings):
    file = hand_in(case.step, by=case.owner)
    place = settings.MEDIA_ROOT / file.file.name

    assert place.stat().st_mode & 0o777 == 0o640
    assert place.parent.stat().st_mode & 0o777 == 0o750


def test_versions_are_never_overwritten(case, store):
    first = hand_in(case.step, by=case.owner)
    review(first, "returned", "缺章", by=case.staff)
    second = hand_in(case.step, by=case.owner, file=upload("补正.pdf"))

    assert [(f.version_no, f.review) for f in first.document.files.all()] == [(2, "pending"), (1, "returned")]
    assert len(store()) == 2 and first.file.name != second.file.name
    assert second.document.state == "supplied"


def test_the_holder_of_a_link_hands_in(case):
    file = hand_in(case.step, link=case.link, name="王经办")

    assert (file.uploaded_by, file.uploaded_link, file.uploader_name) == (None, case.link, "王经办")
    history = case.step.history.first()
    assert (history.by, history.note, history.data["link"]) == (None, "王经办", case.link.pk)


def test_a_link_that_does_not_allow_it_is_refused(case, store):
    other = factories.project(case.park)
    for changes in (
        {"may_upload": False}, {"withdrawn_at": AT}, {"expires_at": AT}, {"project": other},
    ):  # fmt: skip
        link = case.link
        was = {name: getattr(link, name) for name in changes}
        for name, value in changes.items():
            setattr(link, name, value)
        with pytest.raises(PermissionDenied):
            hand_in(case.step, link=link)
        for name, value in was.items():
            setattr(link, name, value)

    assert (StepFile.objects.count(), store()) == (0, [])


@pytest.mark.parametrize("who", ["other", "leader", "unit", "stranger"])
def test_nobody_else_hands_in(case, store, who):
    people = {
        "other": case.other, "leader": factories.user(case.park, "leader"), "unit": factories.user(case.park, "unit"),
        "stranger": factories.user(factories.park()),
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        hand_in(case.step, by=people[who])

    assert (StepFile.objects.count(), store()) == (0, [])


def test_the_enterprise_is_not_asked_for_what_is_shared_accepted_or_over(case):
    with pytest.raises(Refused):
        hand_in(case.step, 2, by=case.owner)  # the departments fetch it
    assert hand_in(case.step, 2, by=case.staff).version_no == 1
    review(hand_in(case.step, by=case.owner), "accepted", by=case.staff)
    with pytest.raises(Refused):
        hand_in(case.step, by=case.owner)
    assert hand_in(case.step, by=case.staff).version_no == 2
    done = step_of(case.made, "S01")
    with pytest.raises(Refused):
        actions.add_file(
            done, done.step.documents.filter(shared=False).first(), upload(), by=case.owner, at=AT, today=TODAY
        )


def test_owed_papers_may_still_come_after_the_approval(case):
    move(case.step, "accept_with_outstanding", THURSDAY, outstanding=[paper(case.step, 5).pk])
    move(case.step, "decide_approve_outstanding", THURSDAY)

    file = hand_in(case.step, 5, by=case.owner)

    assert (file.document.state, file.document.due_on is not None) == ("supplied", True)


def test_another_step_or_one_that_does_not_apply_is_refused(case, store):
    with pytest.raises(Refused):
        actions.add_file(
            case.step, step_of(case.made, "S14").step.documents.first(), upload(), by=case.staff, at=AT, today=TODAY
        )
    case.step.applicability = "not_applicable"
    with pytest.raises(Refused):
        hand_in(case.step, by=case.staff)
    assert store() == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_refused_file_leaves_nothing_behind(case, store, kind):
    name, content, _code = HOSTILE[kind]
    history = case.step.history.count()
    file = upload("x", content)
    file._name = name
    with pytest.raises(Refused):
        hand_in(case.step, by=case.owner, file=file)

    assert store() == []
    assert (StepFile.objects.count(), StepDocument.objects.count(), case.step.history.count()) == (0, 0, history)


def test_a_record_that_fails_leaves_no_file(case, store):
    case.step.version -= 1
    with pytest.raises(Conflict):
        hand_in(case.step, by=case.staff)

    assert (StepFile.objects.count(), StepDocument.objects.count(), store()) == (0, 0, [])


def test_an_older_version_of_the_step_is_a_conflict(case, store):
    with pytest.raises(Conflict):
        hand_in(case.step, by=case.staff, version=case.step.version - 1)
    assert store() == []


def test_the_quota_of_a_project_counts_every_file_once(case, store):
    ApprovalPolicy.objects.create(park=case.park, project_quota_mb=1)
    big = files.pdf(Note=TextStringObject("a" * 700_000))
    hand_in(case.step, by=case.owner, file=upload("大.pdf", big))
    with pytest.raises(Refused, match="1 MB"):
        hand_in(case.step, 4, by=case.owner, file=upload("大.pdf", big))

    assert len(store()) == 1 and queries.used_bytes(case.made.pk) == len(big)
    assert hand_in(case.step, 4, by=case.owner).version_no == 1


# One paper, several steps -------------------------------------------------------------------------------------------


@pytest.fixture
def twice(case):
    """The contracts are asked for at S16 and S17: (S16, its paper, S17, its paper)."""
    first, second = step_of(case.made, "S16"), step_of(case.made, "S17")
    return first, first.step.documents.get(code="S16-D2"), second, second.step.documents.get(code="S17-D5")


def add(step, requirement, by, **more):
    return actions.add_file(step, requirement, upload(**more), by=by, at=AT, today=TODAY)


def offered(step, by):
    return {view.asked.code: [f.pk for f in view.offers] for view in queries.papers_of(step, by) if view.offers}


def test_a_paper_handed_in_once_is_offered_and_used_at_the_other_step(case, twice, store):
    first, asked, second, same = twice
    assert offered(second, case.owner) == {}
    file = add(first, asked, case.owner)

    assert offered(second, case.owner) == offered(second, case.staff) == {"S17-D5": [file.pk]}
    assert offered(second, case.other) == {}
    used = actions.use_file(second, same, file, by=case.owner, at=AT, today=TODAY)

    assert (used.file.name, used.sha256, used.review, used.document.state) == (
        file.file.name, file.sha256, "pending", "supplied",
    )  # fmt: skip
    assert len(store()) == 1 and queries.used_bytes(case.made.pk) == file.size
    assert second.history.first().data["source"] == "S16"
    assert sweep(at=AT + timedelta(days=9), delete=True).as_dict()["orphans"] == 0 and len(store()) == 1


def test_only_the_newest_good_version_of_the_same_paper_is_used(case, twice):
    first, asked, second, same = twice
    old = add(first, asked, case.owner)
    review(old, "returned", "缺章", by=case.staff)
    assert offered(second, case.owner) == {}
    new = add(first, asked, case.owner)
    assert offered(second, case.owner) == {"S17-D5": [new.pk]}
    elsewhere = hand_in(case.step, by=case.owner)
    for source in (StepFile.objects.get(pk=old.pk), elsewhere):
        with pytest.raises(Refused):
            actions.use_file(second, same, source, by=case.owner, at=AT, today=TODAY)
    with pytest.raises(PermissionDenied):
        actions.use_file(second, same, new, by=case.other, at=AT, today=TODAY)
    assert second.documents.count() == 0


def test_a_paper_handed_in_elsewhere_is_not_missing(case, twice):
    first, asked, second, _same = twice
    codes = {view.asked.code for view in queries.papers_of(second, case.staff) if view.as_rule().is_missing}
    assert "S17-D5" in codes and "S17-D2" not in codes  # S17-D2 is fetched by the departments
    add(first, asked, case.owner)
    codes = {view.asked.code for view in queries.papers_of(second, case.staff) if view.as_rule().is_missing}
    assert "S17-D5" not in codes


def test_two_senders_at_once_get_a_conflict_and_no_file_stays(case, store, monkeypatch):
    """Another request takes the version's number in the moment before ours is written."""
    hand_in(case.step, by=case.owner)
    create = StepFile.objects.create

    def first_the_other(**values):
        with transaction.atomic():
            create(**values | {"file": "papers/other.pdf"})
        return create(**values)

    monkeypatch.setattr(StepFile.objects, "create", first_the_other)
    with pytest.raises(Conflict):
        hand_in(case.step, by=case.owner)

    assert StepFile.objects.count() == 1 and len(store()) == 1
