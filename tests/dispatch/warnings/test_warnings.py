"""The daily evaluation: exact rows, clearing, reopening, idempotence, gaps; compared with a slow oracle."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from dispatch.models import LedgerItem, Warning, WarningEvent, WarningRule
from dispatch.warnings import candidates, wanted
from dispatch.warnings.evaluate import evaluate, preview
from dispatch.warnings.rules import DEFAULTS, load_rules
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project
from tests import factories
from tests.harness import oracle, seeding

AT = factories.AT
DAY = date(2026, 11, 20)  # a Friday
ONE = timedelta(days=1)

pytestmark = pytest.mark.django_db


def run(as_of=DAY, **options):
    return evaluate(as_of=as_of, at=AT, **options)


def rows(*fields, **filters):
    """Months in a row have tests of their own."""
    return list(
        Warning.objects.exclude(rule="HISTORY")
        .filter(**filters)
        .order_by("pk")
        .values_list(*(fields or ("rule", "due_on", "level")))
    )


def events():
    return list(WarningEvent.objects.order_by("pk").values_list("warning__rule", "kind", "level", "as_of"))


@pytest.fixture
def park(db):
    return factories.park()


@pytest.fixture
def project(park):
    return factories.project(park, responsible_unit=factories.organization(park))


def milestone(project, due_on, stage="L10", **fields):
    return Milestone.objects.create(project=project, stage=stage, baseline_on=due_on, **fields)


def item(project, due_on, **fields):
    defaults = {"number": "T1", "title": "修路", "raised_on": date(2026, 9, 1), "created_at": AT, "updated_at": AT}
    return LedgerItem.objects.create(park=project.park, project=project, due_on=due_on, **(defaults | fields))


@pytest.fixture
def step(project):
    """Builds a running step with two due days."""
    steps = iter(seeding.catalogue())

    def build(committed=None, statutory=None, **fields):
        copy = next(steps)
        defaults = {
            "code": copy.code,
            "seq": copy.seq,
            "applicability": "applies",
            "committed_due_on": committed,
            "statutory_due_on": statutory,
            "committed_runs": committed is not None,
            "statutory_runs": statutory is not None,
        }
        return project.steps.create(step=copy, **(defaults | fields))

    return build


class TestSteps:
    def test_late_since_the_day_after_with_unit_and_label(self, project, step):
        late = step(date(2026, 11, 18))
        run()
        warning = Warning.objects.get()
        assert (warning.rule, warning.object_id, warning.label) == ("STEP_LATE", late.pk, "S01")
        assert (warning.due_on, warning.since_on, warning.level) == (date(2026, 11, 18), date(2026, 11, 19), "yellow")
        assert (warning.unit, warning.project, warning.park) == (project.responsible_unit, project, project.park)
        assert events() == [("STEP_LATE", "raised", "yellow", DAY)]

    def test_the_handling_unit_comes_before_the_responsible_one(self, project, step):
        unit = factories.organization(project.park)
        step(date(2026, 11, 18), unit=unit)
        run()
        assert Warning.objects.get().unit == unit

    def test_statutory_limit_passed_is_red_beside_the_committed_one(self, project, step):
        step(date(2026, 11, 18), date(2026, 11, 19))
        run()
        assert set(rows()) == {
            ("STEP_LATE", date(2026, 11, 18), "yellow"),
            ("STEP_STATUTORY", date(2026, 11, 19), "red"),
        }
        project.refresh_from_db()
        assert project.light == "red"

    def test_due_soon_names_the_nearer_day_once(self, step):
        step(date(2026, 11, 25), date(2026, 11, 24))
        step(date(2026, 11, 20), date(2026, 11, 20))
        step(date(2026, 11, 26))
        run()
        assert set(rows()) == {
            ("STEP_DUE_SOON", date(2026, 11, 24), "blue"),
            ("STEP_DUE_SOON", date(2026, 11, 20), "blue"),
        }

    @pytest.mark.parametrize(
        "fields",
        [
            {"committed_runs": False},
            {"applicability": "not_applicable", "not_applicable_reason": "无新增用地"},
        ],
    )
    def test_stopped_clocks_and_steps_that_do_not_apply_are_silent(self, step, fields):
        step(date(2026, 11, 18), **fields)
        assert run().total == 0

    def test_level_changes_once_with_an_event(self, project, step):
        step(date(2026, 11, 6))  # ten workdays before the 20th
        run()
        assert rows("level") == [("yellow",)]
        counts = run(date(2026, 11, 23))
        assert counts.as_dict() == {"STEP_LATE": {"level": 1}, "lights": 1}
        assert events()[1:] == [("STEP_LATE", "level", "red", date(2026, 11, 23))]
        project.refresh_from_db()
        assert project.light == "red"

    def test_a_decision_clears_it(self, project, step):
        late = step(date(2026, 11, 18))
        run()
        project.steps.filter(pk=late.pk).update(committed_runs=False, decided_on=DAY)
        run(DAY + ONE)
        assert rows("cleared_on") == [(DAY + ONE,)]
        assert events()[1:] == [("STEP_LATE", "cleared", "yellow", DAY + ONE)]
        project.refresh_from_db()
        assert project.light == "green"

    def test_a_new_due_day_is_a_new_key(self, project, step):
        late = step(date(2026, 11, 17))
        run()
        project.steps.filter(pk=late.pk).update(committed_due_on=date(2026, 11, 18))
        run(DAY + ONE)
        assert rows("due_on", "cleared_on") == [(date(2026, 11, 17), DAY + ONE), (date(2026, 11, 18), None)]

    def test_the_same_cause_again_reopens_the_same_row(self, project, step):
        late = step(date(2026, 11, 18))
        run()
        project.steps.filter(pk=late.pk).update(committed_runs=False)
        run(DAY + ONE)
        project.steps.filter(pk=late.pk).update(committed_runs=True)
        run(DAY + 2 * ONE)
        assert rows("cleared_on") == [(None,)]
        assert [kind for _rule, kind, _level, _as_of in events()] == ["raised", "cleared", "raised"]

    def test_another_handling_unit_moves_the_warning_without_an_event(self, project, step):
        late = step(date(2026, 11, 18))
        run()
        unit = factories.organization(project.park)
        project.steps.filter(pk=late.pk).update(unit=unit)
        assert run().as_dict() == {"STEP_LATE": {"moved": 1}, "lights": 0}
        assert Warning.objects.get().unit == unit
        assert len(events()) == 1


class TestProjects:
    @pytest.mark.parametrize("status", ["suspended", "terminated"])
    def test_a_project_at_rest_has_no_warnings_and_a_grey_light(self, project, status):
        milestone(project, date(2026, 11, 1))
        run()
        Project.objects.filter(pk=project.pk).update(status=status)
        run(DAY + ONE)
        project.refresh_from_db()
        assert (project.light, Warning.objects.active().count()) == ("grey", 0)

    @pytest.mark.parametrize(
        ("stage", "due_on", "expected"),
        [
            ("L08", DAY - 90 * ONE, "yellow"),
            ("L08", DAY - 91 * ONE, "red"),
            ("L10", DAY - 30 * ONE, "yellow"),
            ("L10", DAY - 31 * ONE, "red"),
            ("L10", DAY, "blue"),
            ("L10", date(2026, 11, 25), "blue"),
        ],
    )
    def test_milestones(self, project, stage, due_on, expected):
        milestone(project, due_on, stage)
        run()
        assert rows("level", "label", "due_on") == [(expected, stage, due_on)]

    def test_a_milestone_due_in_a_month_is_late_after_that_month(self, project):
        milestone(project, date(2026, 11, 1), baseline_precision="month")
        assert run().total == 0
        run(date(2026, 11, 30))
        assert rows("rule", "due_on") == [("MILESTONE_DUE_SOON", date(2026, 11, 30))]
        run(date(2026, 12, 1))
        late = {"rule": "MILESTONE_LATE"}
        assert rows("due_on", "since_on", "level", **late) == [(date(2026, 11, 30), date(2026, 12, 1), "yellow")]
        run(date(2026, 12, 30))
        assert rows("level", **late) == [("yellow",)]
        run(date(2026, 12, 31))
        assert rows("level", **late) == [("red",)]

    def test_a_reached_milestone_is_silent(self, project):
        milestone(project, date(2026, 11, 1), actual_on=date(2026, 11, 5))
        milestone(project, date(2026, 11, 1), "L11", is_done=True)
        assert run().total == 0

    @pytest.mark.parametrize(
        ("ytd", "expected"),
        [("73.3334", None), ("73.3333", "yellow"), ("53.3334", "yellow"), ("53.3333", "red"), ("0", "red")],
    )
    def test_investment_against_the_calendar_of_the_closed_month(self, project, ytd, expected):
        """October: 83.33… per cent of the calendar; 10 points behind is 73.33…, 30 behind 53.33…"""
        AnnualPlan.objects.create(project=project, year=2026, planned_10k=Decimal("100"))
        MonthlyInvestment.objects.create(project=project, year=2026, month=9, ytd_10k=Decimal(ytd))
        run()
        assert rows("level", "due_on", "since_on") == (
            [(expected, date(2026, 10, 31), date(2026, 10, 31))] if expected else []
        )

    @pytest.mark.parametrize(
        ("ytd", "expected"), [("880", "yellow"), ("880.0001", None), ("640", "yellow"), ("639.9999", "red")]
    )
    def test_exact_boundaries_of_investment(self, project, ytd, expected):
        AnnualPlan.objects.create(project=project, year=2026, planned_10k=Decimal("1200"))
        MonthlyInvestment.objects.create(project=project, year=2026, month=10, ytd_10k=Decimal(ytd))
        run()
        assert rows("level") == ([(expected,)] if expected else [])

    def test_no_report_or_no_plan_is_no_warning(self, project):
        AnnualPlan.objects.create(project=project, year=2026, planned_10k=Decimal("100"))
        MonthlyInvestment.objects.create(project=project, year=2026, month=11, ytd_10k=Decimal("1"))
        assert run().total == 0

    @pytest.mark.parametrize(("days", "expected"), [(30, None), (31, "yellow"), (60, "yellow"), (61, "red")])
    def test_enrolment_after_the_start(self, project, days, expected):
        milestone(project, None, "L08", actual_on=DAY - days * ONE)
        run()
        assert rows("rule", "level", "due_on") == (
            [("ENROLMENT_LATE", expected, DAY - (days - 30) * ONE)] if expected else []
        )

    def test_enrolled_or_small_projects_need_no_enrolment(self, park):
        enrolled = factories.project(park, enrolled=True)
        small = factories.project(park, total_investment_10k=Decimal("499.9999"))
        for project in (enrolled, small):
            milestone(project, None, "L08", actual_on=date(2026, 1, 5))
        assert run().total == 0


class TestLedger:
    @pytest.mark.parametrize(
        ("due_on", "expected"),
        [
            (date(2026, 11, 26), None),
            (date(2026, 11, 25), "blue"),
            (DAY, "blue"),
            (date(2026, 11, 19), "yellow"),
            (date(2026, 11, 13), "yellow"),
            (date(2026, 11, 12), "red"),
        ],
    )
    def test_levels(self, project, due_on, expected):
        item(project, due_on)
        run()
        assert rows("level", "label") == ([(expected, "T1")] if expected else [])

    def test_an_item_without_a_project_has_a_warning_of_its_park(self, project):
        LedgerItem.objects.filter(pk=item(project, date(2026, 11, 1)).pk).update(project=None)
        run()
        assert rows("project", "park") == [(None, project.park_id)]

    @pytest.mark.parametrize("size", [1, 100])
    def test_an_item_that_changes_its_project_takes_its_warning_along(self, park, size):
        first, second = factories.project(park), factories.project(park)
        moving = item(first, date(2026, 11, 1))
        for there in (second, None, first, second, first, None):
            LedgerItem.objects.filter(pk=moving.pk).update(project=there)
            run(batch=size)
            assert rows("project", "cleared_on") == [(there and there.pk, None)]
            assert run(batch=size).total == 0
            assert oracle.faults(DAY) == {}

    def test_closing_clears(self, project):
        person = factories.user(project.park)
        open_item = item(project, date(2026, 11, 1), unit=factories.organization(project.park))
        run()
        LedgerItem.objects.filter(pk=open_item.pk).update(state="closed", closed_on=DAY, closed_by=person)
        run(DAY + ONE)
        assert Warning.objects.active().count() == 0


class TestRules:
    def test_defaults_are_loaded_once(self):
        assert (load_rules(), load_rules()) == (len(DEFAULTS), 0)
        assert WarningRule.objects.count() == len(DEFAULTS)

    def test_the_newest_version_is_in_force(self, project, step):
        step(date(2026, 11, 18))
        load_rules()
        WarningRule.objects.create(code="STEP_LATE", version=2, name_zh="更严", params={"red_after_wd": 1})
        run()
        assert rows("level", "rule_version") == [("red", 2)]

    def test_a_rule_switched_off_clears_its_warnings(self, project, step):
        step(date(2026, 11, 18))
        run()
        WarningRule.objects.filter(code="STEP_LATE").update(is_enabled=False)
        run(DAY + ONE)
        assert Warning.objects.active().count() == 0


@pytest.mark.slow
class TestManyAtOnce:
    @pytest.mark.slow
    def test_equals_the_oracle_and_the_second_run_writes_nothing(self):
        call_command("load_calendar")
        seeding.fill(60)
        for shift in range(0, 24, 4):
            as_of = DAY + shift * ONE
            run(as_of, batch=25)
            assert oracle.faults(as_of) == {}
            assert run(as_of, batch=7).total == 0
            assert preview(as_of=as_of, at=AT).total == 0

    def test_a_gap_ends_like_an_unbroken_run(self):
        seeding.fill(40)
        for shift in range(10):
            run(DAY + shift * ONE)
        unbroken = sorted(oracle.stored())
        Warning.objects.all().delete()
        Project.objects.update(light="green")
        run(DAY)
        run(DAY + 9 * ONE)
        assert sorted(oracle.stored()) == unbroken
        assert oracle.faults(DAY + 9 * ONE) == {}

    @pytest.mark.parametrize("projects", [60, 120])  # with fewer a rule may have nothing, and then asks less
    def test_an_idle_run_has_the_same_statements_for_any_number_of_rows(self, django_assert_num_queries, projects):
        seeding.fill(projects)
        run()
        with django_assert_num_queries(57):
            run()

    def test_one_park_leaves_the_other_alone(self, park):
        seeding.fill(10)
        other = factories.project(park)
        milestone(other, date(2026, 11, 1))
        run(park=park)
        assert rows("project") == [(other.pk,)]
        run()
        assert oracle.faults(DAY) == {}

    def test_a_failure_leaves_finished_batches_and_half_of_nothing(self, monkeypatch):
        seeding.fill(20)
        calls = iter(range(100))

        def fence():
            if next(calls) == 2:
                raise RuntimeError("taken over")

        with pytest.raises(RuntimeError):
            run(batch=5, fence=fence)
        done = Warning.objects.values("project").distinct().count()
        assert 0 < done <= 10
        run(batch=5)
        assert oracle.faults(DAY) == {}


class TestCommand:
    def test_the_dry_run_says_what_would_change_and_changes_nothing(self, project, step, capsys):
        step(date(2026, 11, 18))
        call_command("evaluate_warnings", "--as-of", "2026-11-20", "--dry-run")
        assert "STEP_LATE: raised 1" in capsys.readouterr().out
        assert (Warning.objects.count(), WarningEvent.objects.count()) == (0, 0)
        project.refresh_from_db()
        assert project.light == "green"

    def test_the_real_run(self, project, step, capsys):
        step(date(2026, 11, 18))
        call_command("evaluate_warnings", "--as-of", "2026-11-20", "--park", project.park.code)
        assert "changes 2" in capsys.readouterr().out
        assert Warning.objects.count() == 1

    def test_an_unknown_park_is_named(self):
        with pytest.raises(CommandError, match="nowhere"):
            call_command("evaluate_warnings", "--park", "nowhere")


def test_columns_are_what_the_insert_names():
    assert len(candidates.EVERYTHING) == len(wanted._COLUMNS.split(", ")) == 10
