"""Certificates follow the result of their step: made, void, back again; in bulk and by the start of construction."""

from datetime import date, timedelta

import pytest

from approvals import actions
from approvals.certificates import issuing
from approvals.models import Certificate, ProjectStep, Step, StepTransition
from projects.models import Milestone
from tests.approvals.cases import AT, PLAIN, TODAY, finish, move, step_of
from tests.approvals.cases import project as project_with_steps

pytestmark = pytest.mark.django_db
DECIDED = date(2025, 12, 31)
END = date(2026, 3, 31)


def rows(project, *fields):
    found = Certificate.objects.filter(project_step__project=project).order_by("pk")
    return list(found.values_list(*(fields or ("issued_on", "valid_until", "state", "state_on"))))


def approved(scene, on=DECIDED):
    finish(scene.project, "S01", "S02", on=on)
    return step_of(scene.project, "S02")


def undo(step, by):
    return actions.undo_last(step, by=by, at=AT, today=TODAY, calendar=PLAIN)


def start(project, on):
    Milestone.objects.update_or_create(project=project, stage="L08", defaults={"actual_on": on})
    issuing.settle_starts([project.pk], by=None, at=AT)


def test_an_approval_makes_it(scene):
    step = step_of(scene.project, "S02")
    finish(scene.project, "S01", on=DECIDED)
    for verb in ("receive", "accept"):
        move(step, verb, DECIDED)
    assert rows(scene.project) == []
    move(step, "decide_approve", DECIDED, by=scene.staff, result_number="环审〔2025〕7号")
    certificate = step.certificates.get()
    assert (certificate.kind, certificate.number, certificate.by) == ("start_by", "环审〔2025〕7号", scene.staff)
    assert rows(scene.project) == [(DECIDED, END, "valid", None)]
    assert "certificate" not in step.history.latest("pk").data


def test_a_step_without_a_life_makes_none_and_asks_nothing_more(scene, django_assert_max_num_queries):
    finish(scene.project, "S01", on=DECIDED)
    assert rows(scene.project) == []
    step = step_of(scene.project, "S07")
    for verb in ("receive", "accept"):
        move(step, verb, DECIDED)
    with django_assert_max_num_queries(0):
        assert issuing.follow(step, issuing.result_of(step), on=DECIDED, by=None, at=AT) is None


def test_a_refusal_makes_none(scene):
    step = step_of(scene.project, "S02")
    for verb in ("receive", "accept"):
        move(step, verb, DECIDED)
    move(step, "decide_refuse", DECIDED, note="不符合规划")
    assert rows(scene.project) == []


def test_undoing_the_decision_voids_it_and_a_new_one_follows(scene):
    step = approved(scene)
    undo(step, scene.staff)
    assert rows(scene.project) == [(DECIDED, END, "void", TODAY)]
    move(step, "decide_approve", date(2026, 1, 5))
    assert rows(scene.project)[1] == (date(2026, 1, 5), date(2026, 4, 5), "valid", None)


def test_revoking_voids_it_and_undoing_that_brings_the_same_one_back(scene):
    step = approved(scene)
    pk = step.certificates.get().pk
    move(step, "revoke", date(2026, 2, 2), note="材料虚假")
    assert rows(scene.project) == [(DECIDED, END, "void", date(2026, 2, 2))]
    undo(step, scene.staff)
    assert rows(scene.project, "pk", "state", "state_on") == [(pk, "valid", None)]


def test_reopening_makes_a_new_one_with_the_next_approval(scene):
    step = approved(scene)
    move(step, "revoke", date(2026, 2, 2), note="材料虚假")
    for verb in ("reopen", "accept", "decide_approve"):
        move(step, verb, date(2026, 2, 9))
    assert rows(scene.project) == [
        (DECIDED, END, "void", date(2026, 2, 2)), (date(2026, 2, 9), date(2026, 5, 9), "valid", None)
    ]  # fmt: skip


def test_other_records_leave_it_alone(scene):
    step = approved(scene)
    actions.record_delivery(step, on=DECIDED, by=None, at=AT, today=TODAY)
    assert rows(scene.project, "version", "state") == [(1, "valid")]


@pytest.mark.parametrize(
    ("on", "state"), [(END - timedelta(days=1), "fulfilled"), (END, "fulfilled"), (END + timedelta(days=1), "valid")]
)
def test_construction_in_time_fulfils_it(scene, on, state):
    approved(scene)
    start(scene.project, on)
    assert rows(scene.project, "state", "state_on") == [(state, on if state == "fulfilled" else None)]


def test_a_start_that_moves_is_followed(scene):
    approved(scene)
    start(scene.project, END)
    start(scene.project, END + timedelta(days=9))
    assert rows(scene.project, "state", "state_on") == [("valid", None)]
    start(scene.project, END - timedelta(days=9))
    assert rows(scene.project, "state", "version") == [("fulfilled", 4)]
    assert issuing.settle_starts() == 0


def test_what_expires_is_not_fulfilled_by_a_start(scene):
    Step.objects.filter(code="S02").update(validity_kind="expires")
    approved(scene)
    start(scene.project, DECIDED)
    assert rows(scene.project, "state") == [("valid",)]


def test_an_approval_after_the_start_is_fulfilled_at_once(scene):
    Milestone.objects.create(project=scene.project, stage="L08", actual_on=date(2026, 1, 20))
    approved(scene)
    assert rows(scene.project, "state", "state_on") == [("fulfilled", date(2026, 1, 20))]


def bare(scene, **fields):
    """An approval recorded before there were certificates."""
    values = {"state": 11, "decided_on": DECIDED, "result_number": "7"} | fields
    ProjectStep.objects.filter(project=scene.project, code="S02").update(**values)


class TestMissing:
    def test_are_given_once(self, scene):
        bare(scene)
        assert issuing.give_missing_certificates(at=AT) == 1
        assert rows(scene.project, "number", "valid_until", "by") == [("7", END, None)]
        assert issuing.give_missing_certificates(at=AT) == 0

    @pytest.mark.parametrize("fields", [{"state": 10}, {"state": 15}, {"decided_on": None}, {"code": "S99"}])
    def test_only_for_dated_results_of_steps_with_a_life(self, scene, fields):
        if "code" in fields:
            Step.objects.filter(code="S02").update(validity_kind="")
            fields = {}
        bare(scene, **fields)
        assert issuing.give_missing_certificates(at=AT) == 0

    def test_what_a_person_recorded_as_void_stays_void(self, scene):
        bare(scene)
        issuing.give_missing_certificates(at=AT)
        Certificate.objects.update(state="void", state_on=TODAY)
        assert issuing.give_missing_certificates(at=AT) == 0

    def test_starts_are_settled_as_well(self, scene):
        bare(scene)
        Milestone.objects.create(project=scene.project, stage="L08", actual_on=END)
        issuing.give_missing_certificates(at=AT)
        assert rows(scene.project, "state") == [("fulfilled",)]

    def test_the_fence_stands_before_every_batch(self, scene):
        bare(scene)

        def fence():
            raise RuntimeError("taken over")

        with pytest.raises(RuntimeError):
            issuing.give_missing_certificates(at=AT, fence=fence)
        assert rows(scene.project) == []

    def test_any_number_of_projects_takes_the_same_queries(self, scene, django_assert_num_queries):
        for number in (1, 30):
            for _n in range(number):
                other = project_with_steps(scene.park)
                other.steps.filter(code="S02").update(state=11, decided_on=DECIDED)
            with django_assert_num_queries(10):
                assert issuing.give_missing_certificates(at=AT) == number


def test_an_adopted_milestone_makes_one_and_a_moved_date_replaces_it(scene):
    Step.objects.filter(code="S01").update(validity_kind="expires", validity_months=24)
    filed = Milestone.objects.create(project=scene.project, stage="L05", actual_on=date(2026, 1, 31))
    actions.adopt_milestones([scene.project.pk], by=None, at=AT)
    assert rows(scene.project) == [(date(2026, 1, 31), date(2028, 1, 31), "valid", None)]
    filed.actual_on = date(2026, 2, 2)
    filed.save()
    actions.adopt_milestones([scene.project.pk], by=None, at=AT)
    assert rows(scene.project, "issued_on", "state") == [(date(2026, 1, 31), "void"), (date(2026, 2, 2), "valid")]
    actions.adopt_milestones([scene.project.pk], by=None, at=AT)
    assert len(rows(scene.project)) == 2
    undo(step_of(scene.project, "S01"), scene.staff)
    assert rows(scene.project, "issued_on", "state") == [
        (date(2026, 1, 31), "void"), (date(2026, 2, 2), "void"), (date(2026, 1, 31), "valid")
    ]  # fmt: skip
    assert StepTransition.objects.filter(project_step__project=scene.project).count() == 3
