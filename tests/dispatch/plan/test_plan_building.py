"""From the tables to the network: facts, durations, links, goal, and always the same number of queries."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ProjectStep, StepDependency, StepPause
from dispatch.plan import building, policies
from dispatch.plan.models import Plan, PlanBaseline, PlanLever, PlanLink, PlanTask, PlanTemplate
from dispatch.plan.values import DurationFrom
from projects.models import Milestone, TeamMember
from projects.planning.network import Link, LinkKind
from projects.stages import Stage
from tests import factories
from tests.approvals.cases import PLAIN, finish, move, project, step_of
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db


def read(one, **more):
    return building.read_one(one, today=TODAY, calendar=PLAIN, **more)


def plan_of(one, **fields) -> Plan:
    return Plan.objects.create(project=one, created_at=AT, updated_at=AT, **fields)


def task(plan, key, kind="step", **fields) -> PlanTask:
    return PlanTask.objects.create(plan=plan, key=key, kind=kind, **fields)


@pytest.fixture
def one():
    return project(factories.park(), stage=Stage.FILED)


class TestQueries:
    @pytest.mark.slow
    def test_as_many_for_one_project_as_for_sixty(self, one):
        def queries(projects) -> int:
            with CaptureQueriesContext(connection) as caught:
                building.read(projects, today=TODAY, calendar=PLAIN)
            return len(caught)

        def planned(park):
            made = project(park)
            plan = plan_of(made, target_on=date(2026, 9, 1))
            task(plan, "T1", "own", name="自有", unit=factories.organization(park))
            PlanLink.objects.create(plan=plan, before="T1", after="L08")
            PlanLever.objects.create(plan=plan, kind="overlap", keys=["S13", "S12"], at=AT)
            PlanBaseline.objects.create(plan=plan, number=1, goal="L08", rows=[], sha256="", reason="初", at=AT)
            return made

        projects = [planned(one.park) for _ in range(3)]
        first = queries(projects[:1])
        assert queries(projects) == first <= 16
        copies = [planned(one.park) for _ in range(57)]
        assert queries([*projects, *copies]) == first

    def test_nothing_at_all(self):
        assert building.read([], today=TODAY, calendar=PLAIN) == {}


class TestFacts:
    def test_every_task_stands_once_in_the_order_of_pages(self, one):
        found = read(one)
        assert set(found.info) == set(found.network.tasks)
        keys = list(found.info)
        assert keys[:4] == ["L03", "L04", "S01", "L05"]
        assert keys.index("S17") < keys.index("L08") < keys.index("W1") < keys.index("L09") < keys.index("S18")
        assert [info.seq for info in found.info.values()] == sorted(info.seq for info in found.info.values())

    def test_a_finished_step_is_a_fact(self, one):
        finish(one, "S01", on=date(2026, 1, 5))
        found = read(one).network.tasks["S01"]
        assert (found.started_on, found.finished_on, found.is_done) == (date(2026, 1, 5), date(2026, 1, 5), True)

    def test_a_running_step_has_used_days_without_its_pauses(self, one):
        step = step_of(one, "S02")
        step.clock_start = "accepted"
        step.save()
        finish(one, "S01", on=date(2026, 1, 5))
        step = step_of(one, "S02")
        move(step, "receive", date(2026, 2, 2))
        move(step, "accept", date(2026, 2, 3))
        assert read(one).network.tasks["S02"].used_wd == 19
        StepPause.objects.create(
            project_step=step, kind="expert_review", party="third_party", started_on=date(2026, 2, 6),
            ended_on=date(2026, 2, 13),
        )  # fmt: skip
        assert read(one).network.tasks["S02"].used_wd == 14
        StepPause.objects.create(
            project_step=step, kind="expert_review", party="third_party", started_on=date(2026, 2, 27)
        )
        found = read(one)
        assert (found.network.tasks["S02"].used_wd, found.network.tasks["S02"].started_on) == (13, date(2026, 2, 3))
        assert [(span.start, span.end) for span in found.info["S02"].pauses] == [
            (date(2026, 2, 6), date(2026, 2, 13)),
            (date(2026, 2, 27), None),
        ]

    def test_a_pause_of_the_statutory_clock_alone_counts_on(self, one):
        ProjectStep.objects.filter(project=one, code="S02").update(
            state=8, received_on=date(2026, 2, 2), accepted_on=date(2026, 2, 2), clock_start="accepted"
        )
        StepPause.objects.create(
            project_step=step_of(one, "S02"), kind="x", party="upper", started_on=date(2026, 2, 9),
            stops_committed=False, stops_statutory=True,
        )  # fmt: skip
        assert read(one).network.tasks["S02"].used_wd == 20

    def test_received_but_not_accepted_has_started_and_used_nothing(self, one):
        ProjectStep.objects.filter(project=one, code="S02").update(
            state=1, received_on=date(2026, 2, 2), clock_start="accepted"
        )
        found = read(one).network.tasks["S02"]
        assert (found.started_on, found.used_wd, found.is_running) == (date(2026, 2, 2), 0, True)

    @pytest.mark.parametrize("state", [2, 4, 5, 13, 14, 15])
    def test_ended_without_success_waits_again(self, one, state):
        ProjectStep.objects.filter(project=one, code="S02").update(
            state=state, received_on=date(2026, 2, 2), accepted_on=date(2026, 2, 3), decided_on=date(2026, 2, 20)
        )
        found = read(one).network.tasks["S02"]
        assert (found.started_on, found.finished_on, found.is_done) == (None, None, False)

    def test_not_applicable_is_skipped(self, one):
        ProjectStep.objects.filter(project=one, code="S04").update(
            applicability="not_applicable", not_applicable_reason="无"
        )
        assert read(one).network.tasks["S04"].is_skipped

    def test_an_extension_lengthens_a_running_step(self, one):
        ProjectStep.objects.filter(project=one, code="S02").update(
            state=8, received_on=date(2026, 3, 2), accepted_on=date(2026, 3, 2), extension_wd=10, committed_limit_wd=7
        )
        assert read(one).network.tasks["S02"].duration_wd == 17

    def test_passed_by_the_stage_is_reached_on_an_unknown_day(self, one):
        found = read(one).network.tasks
        assert (found["L05"].is_done, found["L05"].finished_on) == (True, None)
        assert not found["L06"].is_done

    def test_a_reported_date_still_to_come_holds_the_milestone(self, one):
        Milestone.objects.create(project=one, stage="L08", forecast_on=date(2026, 12, 1))
        Milestone.objects.create(project=one, stage="L06", forecast_on=TODAY)
        found = read(one)
        assert found.network.tasks["L08"].not_before == date(2026, 12, 1)
        assert found.info["L08"].reported_on == date(2026, 12, 1)
        assert found.network.tasks["L06"].not_before is None
        assert found.schedule(today=TODAY, calendar=PLAIN)["L08"].finish == date(2026, 12, 1)

    def test_once_planned_the_network_speaks_and_the_reported_date_is_shown(self, one):
        Milestone.objects.create(project=one, stage="L08", forecast_on=date(2027, 12, 1))
        Plan.objects.create(project=one, created_at=AT, updated_at=AT)
        found = read(one)
        assert found.network.tasks["L08"].not_before is None
        assert found.info["L08"].reported_on == date(2027, 12, 1)
        assert found.schedule(today=TODAY, calendar=PLAIN)["L08"].finish < date(2027, 12, 1)

    def test_works_take_their_facts_from_the_milestones(self, one):
        one.stage = Stage.TOPPED_OUT
        one.save()
        for stage, day in (("L08", date(2025, 6, 2)), ("L09", date(2026, 2, 16))):
            Milestone.objects.create(project=one, stage=stage, actual_on=day)
        found = read(one).network.tasks
        assert (found["W1"].started_on, found["W1"].finished_on) == (date(2025, 6, 2), date(2026, 2, 16))
        assert (found["W2"].started_on, found["W2"].is_done, found["W2"].used_wd) == (date(2026, 2, 16), False, 10)

    def test_fitting_out_is_over_once_an_acceptance_is_passed(self, one):
        Milestone.objects.create(project=one, stage="L09", actual_on=date(2026, 1, 5))
        one.stage = Stage.TOPPED_OUT
        one.save()
        ProjectStep.objects.filter(project=one, code="S18").update(
            state=11, received_on=date(2026, 2, 9), accepted_on=date(2026, 2, 9), decided_on=date(2026, 2, 13)
        )
        found = read(one)
        assert found.network.tasks["W2"].finished_on == date(2026, 2, 9)
        assert "W2" not in [one.other for one in found.schedule(today=TODAY, calendar=PLAIN).conflicts]


class TestDurations:
    def test_own_value_before_template_before_limit_before_default(self, one):
        rows = [{"key": "S03", "name": "", "duration_wd": 6, "preparation_wd": 2}]
        template = PlanTemplate.objects.create(park=one.park, name="甲", rows=rows, updated_at=AT)
        plan = plan_of(one, template=template)
        task(plan, "S02", duration_wd=4, preparation_wd=3)
        task(plan, "S03", duration_wd=6, preparation_wd=2)
        task(plan, "W1", "works", duration_wd=80)
        info = read(one).info
        assert (info["S02"].duration_wd, info["S02"].preparation_wd) == (7, 3)
        sources = {key: info[key].duration_from for key in ("S02", "S03", "S05", "W1", "W2")}
        assert sources == {
            "S02": DurationFrom.OWN,
            "S03": DurationFrom.TEMPLATE,
            "S05": DurationFrom.LIMIT,
            "W1": DurationFrom.OWN,
            "W2": DurationFrom.DEFAULT,
        }

    def test_preparation_is_over_once_the_papers_are_in(self, one):
        task(plan_of(one), "S02", duration_wd=5, preparation_wd=3)
        ProjectStep.objects.filter(project=one, code="S02").update(
            state=8, received_on=TODAY, accepted_on=TODAY, clock_start="accepted"
        )
        found = read(one)
        assert (found.network.tasks["S02"].duration_wd, found.info["S02"].preparation_wd) == (5, 0)

    def test_without_a_committed_limit_the_statutory_one_in_working_days(self, one):
        ProjectStep.objects.filter(project=one, code="S02").update(
            committed_limit_wd=None, statutory_value=30, statutory_unit="cd"
        )
        found = read(one).info["S02"]
        assert (found.duration_wd, found.duration_from, found.limit_wd) == (22, DurationFrom.DEFAULT, None)

    def test_works_last_as_the_park_has_chosen(self, one):
        policies.save_rules(
            {"works": {"W3": 11}, "with_soft": True}, note="x", base_version=0, by=None, at=AT, park=one.park
        )
        found = read(one)
        assert (found.network.tasks["W3"].duration_wd, found.with_soft) == (11, True)


class TestPlans:
    def test_own_tasks_and_links(self, one):
        plan = plan_of(one)
        task(plan, "T1", "own", name="杆线迁改", duration_wd=9, seq=1)
        task(plan, "T2", "own", name="不要了", duration_wd=9, is_dropped=True)
        PlanLink.objects.create(plan=plan, before="T1", after="S08", kind="ss", lag_wd=2, is_hard=False)
        PlanLink.objects.create(plan=plan, before="T2", after="S08")
        found = read(one)
        assert (found.network.tasks["T1"].duration_wd, found.info["T1"].name) == (9, "杆线迁改")
        assert "T2" not in found.network.tasks
        own = [link for link in found.network.links if link.before[0] == "T"]
        assert own == [Link("T1", "S08", LinkKind.SS, 2, is_hard=False)]

    def test_a_removed_link_is_gone_and_a_changed_one_is_changed(self, one):
        plan = plan_of(one)
        PlanLink.objects.create(plan=plan, before="L11", after="W4", is_removed=True)
        PlanLink.objects.create(plan=plan, before="S13", after="S17", lag_wd=3)
        links = {(link.before, link.after): link for link in read(one).network.links}
        assert ("L11", "W4") not in links
        assert links["S13", "S17"].lag_wd == 3

    def test_dropped_works_are_bridged(self, one):
        task(plan_of(one), "W1", "works", is_dropped=True)
        found = read(one)
        assert "W1" not in found.network.tasks
        assert Link("L08", "L09") in found.network.links

    def test_wishes_of_open_tasks(self, one):
        plan = plan_of(one)
        task(plan, "S02", planned_on=date(2026, 4, 1), not_before_on=date(2026, 4, 7), not_before_reason="听证")
        task(plan, "L08", "milestone", fixed_on=date(2026, 9, 1), fixed_reason="集中开工")
        found = read(one)
        assert (found.network.tasks["S02"].planned_on, found.info["S02"].not_before_reason) == (
            date(2026, 4, 1),
            "听证",
        )
        assert (found.network.tasks["L08"].fixed_on, found.info["L08"].fixed_reason) == (date(2026, 9, 1), "集中开工")

    def test_levers_change_the_network_and_not_the_plain_one(self, one):
        plan = plan_of(one)
        PlanLever.objects.create(plan=plan, kind="shorten", keys=["S06"], wd=20, at=AT)
        PlanLever.objects.create(plan=plan, kind="shorten", keys=["S09"], wd=1, at=AT, withdrawn_at=AT)
        found = read(one)
        assert (found.plain.tasks["S06"].duration_wd, found.network.tasks["S06"].duration_wd) == (60, 20)
        assert found.network.tasks["S09"].duration_wd == found.plain.tasks["S09"].duration_wd
        assert found.info["S06"].duration_from is DurationFrom.LEVER
        assert [lever.code for lever in found.levers] == ["shorten:S06:20"]

    def test_the_newest_baseline_counts(self, one):
        plan = plan_of(one)
        for number, day in ((1, "2026-05-01"), (2, "2026-06-01")):
            rows = [{"key": "S02", "start": "2026-04-01", "finish": day}]
            PlanBaseline.objects.create(plan=plan, number=number, goal="L08", rows=rows, sha256="", reason="x", at=AT)
        Milestone.objects.create(project=one, stage="L10", baseline_on=date(2027, 1, 4))
        info = read(one).info
        assert (info["S02"].baseline_start, info["S02"].baseline_finish) == (date(2026, 4, 1), date(2026, 6, 1))
        assert info["L10"].baseline_finish == date(2027, 1, 4)

    def test_units_and_people(self, one):
        unit, other, third = (factories.organization(one.park) for _ in range(3))
        one.responsible_unit = unit
        one.save()
        TeamMember.objects.create(project=one, role="specialist", person_name="林专员")
        ProjectStep.objects.filter(project=one, code="S02").update(unit=other, handler_name="周")
        task(plan_of(one), "L08", "milestone", unit=third, person_name="何")
        info = read(one).info
        assert (info["S02"].unit_name, info["S02"].person) == (other.name, "周")
        assert (info["W1"].unit_name, info["W1"].person) == (unit.name, "林专员")
        assert (info["L08"].unit_id, info["L08"].person) == (third.pk, "何")
        assert (info["S03"].unit_id, bool(info["S03"].unit_name)) == (None, True)

    @pytest.mark.parametrize(
        ("stage", "goal"), [("L05", "L08"), ("L08", "L10"), ("L09", "L10"), ("L10", "L13"), ("L13", "L13")]
    )
    def test_without_a_plan_the_next_goal_and_its_baseline(self, one, stage, goal):
        one.stage = stage
        one.save()
        Milestone.objects.create(project=one, stage=goal, baseline_on=date(2026, 12, 15))
        found = read(one)
        assert (found.plan, found.goal, found.target_on) == (None, goal, date(2026, 12, 15))

    def test_a_plan_says_its_goal_itself(self, one):
        Milestone.objects.create(project=one, stage="L08", baseline_on=date(2026, 12, 15))
        plan_of(one, goal="L13", target_on=date(2027, 6, 1))
        found = read(one)
        assert (found.goal, found.target_on) == ("L13", date(2027, 6, 1))

    def test_a_project_without_steps_has_milestones_and_works(self):
        found = read(factories.project(factories.park(), stage=Stage.SIGNED))
        assert not [key for key in found.network.tasks if key[0] == "S"]
        assert found.schedule(today=TODAY, calendar=PLAIN).goal == "L08"

    def test_an_enterprise_sees_none_of_it(self, one):
        organization = factories.organization(one.park, "enterprise")
        one.enterprise = factories.enterprise(one.park, organization)
        one.save()
        plan = plan_of(one)
        task(plan, "S02", duration_wd=3)
        person = factories.user(one.park, "enterprise", organization)
        assert not Plan.objects.visible_to(person).exists()
        assert not PlanTask.objects.visible_to(person).exists()
        assert Plan.objects.visible_to(factories.user(one.park)).count() == 1


class TestCircles:
    def test_own_links_that_make_a_circle_are_left_out_and_named(self, one):
        """The catalogue has changed since the link was made; its page must still open."""
        PlanLink.objects.create(plan=plan_of(one), before="S17", after="S01")
        found = read(one)
        assert found.dropped_links == (Link("S17", "S01"),)
        assert Link("S17", "S01") not in found.network.links

    def test_a_circle_of_the_catalogue_breaks_at_a_soft_link(self, one):
        steps = {step.code: step for step in one.steps.get(code="S01").step.catalogue.steps.all()}
        StepDependency.objects.create(step=steps["S01"], predecessor=steps["S17"], is_hard=False)
        try:
            assert read(one).dropped_links == (Link("S17", "S01", is_hard=False),)
        finally:
            StepDependency.objects.filter(step=steps["S01"]).delete()

    def test_without_a_circle_nothing_is_left_out(self, one):
        PlanLink.objects.create(plan=plan_of(one), before="S01", after="S22")
        assert read(one).dropped_links == ()


def test_completion_waits_for_the_works_where_its_filing_does_not_apply(one):
    ProjectStep.objects.filter(project=one, code__in=["S18", "S19", "S20", "S21"]).update(
        applicability=ProjectStep.Applicability.NOT_APPLICABLE, not_applicable_reason="利用现有厂房"
    )
    placed = read(one).schedule(today=TODAY, calendar=PLAIN)
    assert placed["L10"].finish == placed["W2"].finish > placed["L09"].finish > TODAY


def test_without_a_catalogue_completion_still_waits_for_the_works(one):
    ProjectStep.objects.filter(project=one).delete()
    placed = read(one).schedule(today=TODAY, calendar=PLAIN)
    assert placed["L10"].finish == placed["W2"].finish > TODAY
