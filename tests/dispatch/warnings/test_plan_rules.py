"""Warnings from forecasts: a target that will be missed, a finish at risk; guards, and what they must never become."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import override

from approvals.models import Step
from dispatch.models import JobRun, LedgerItem, PlanForecast, ResponseCase, Warning, WarningEvent, WarningRule
from dispatch.notices.models import Notice
from dispatch.plan.forecasting import refresh_one
from dispatch.plan.models import Plan, PlanEntry
from dispatch.response.evaluate import evaluate as respond
from dispatch.response.triggers import kind_of
from dispatch.warnings import job, rules
from dispatch.warnings.evaluate import evaluate
from dispatch.warnings.reading import lines, reasons
from dispatch.warnings.refresh import refresh
from dispatch.warnings.rule_forms import RuleForm
from dispatch.warnings.rules import check_params, load_rules, rules_in_force
from dispatch.warnings.trial import try_out
from projects.models import Milestone, Project
from tests import factories
from tests.approvals.cases import project as steps_of
from tests.harness import oracle, seeding
from workdays.arithmetic import WorkCalendar

AT = factories.AT
DAY = date(2026, 11, 20)  # a Friday
ONE = timedelta(days=1)
TARGET = date(2027, 3, 8)
CALENDAR = WorkCalendar()

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    park = factories.park()
    return factories.project(park, responsible_unit=factories.organization(park), stage="L07")


def forecast(project, short_wd=0, **fields):
    defaults = {
        "as_of": DAY, "goal": "L08", "target_on": TARGET, "goal_on": date(2027, 4, 2), "short_wd": short_wd,
        "computed_at": AT,
    }  # fmt: skip
    Plan.objects.get_or_create(project=project, defaults={"target_on": TARGET, "created_at": AT, "updated_at": AT})
    return PlanForecast.objects.update_or_create(project=project, defaults=defaults | fields)[0]


def run(as_of=DAY, **kwargs):
    return evaluate(as_of=as_of, at=AT, **kwargs)


def rows(*fields, rule="PLAN_SHORT"):
    return list(Warning.objects.active().filter(rule=rule).values_list(*fields).order_by("pk"))


def switch_on(code="PLAN_RISK", **params):
    load_rules()
    values = rules.DEFAULTS[code]
    WarningRule.objects.create(
        code=code, version=2, name_zh=values[0], name_en=values[1], params=params, is_enabled=True
    )


class TestShort:
    @pytest.mark.parametrize(
        ("short", "expected"),
        [(None, None), (0, None), (1, "yellow"), (20, "yellow"), (21, "red"), (400, "red")],
    )
    def test_levels(self, project, short, expected):
        forecast(project, short)
        run()
        assert [level for (level,) in rows("level")] == ([expected] if expected else [])
        project.refresh_from_db()
        assert project.light == (expected or "green")

    def test_nobody_has_planned_it_so_nothing_is_promised(self, project):
        forecast(project, 30)
        Plan.objects.all().delete()
        run()
        assert rows("level") == []

    def test_what_it_says(self, project):
        forecast(project, 18, as_of=DAY - ONE)
        run()
        fields = ("object_type", "object_id", "project", "unit", "label", "due_on", "since_on", "party")
        assert rows(*fields) == [
            ("project", project.pk, project.pk, project.responsible_unit_id, "L08", TARGET, DAY - ONE, "unit")
        ]
        assert oracle.faults(DAY) == {}

    def test_the_parks_own_limits(self, project):
        switch_on("PLAN_SHORT", yellow_from_wd=5, red_above_wd=8)
        for short, expected in ((4, []), (5, [("yellow",)]), (8, [("yellow",)]), (9, [("red",)])):
            forecast(project, short)
            run()
            assert rows("level") == expected

    @pytest.mark.parametrize("status", ["suspended", "terminated"])
    def test_resting_projects_are_silent(self, project, status):
        forecast(project, 30)
        Project.objects.filter(pk=project.pk).update(status=status)
        run()
        assert rows("level") == []
        project.refresh_from_db()
        assert project.light == "grey"

    @pytest.mark.parametrize("fields", [{"is_reached": True}, {"target_on": None}])
    def test_reached_or_without_a_target_it_is_silent(self, project, fields):
        forecast(project, 30, **fields)
        run()
        assert rows("level") == []

    def test_it_clears_the_moment_the_goal_is_reached(self, project):
        """Though the forecast has not been worked out anew."""
        forecast(project, 30)
        run()
        assert rows("level") == [("red",)]
        Milestone.objects.update_or_create(project=project, stage="L08", defaults={"actual_on": DAY})
        run()
        assert rows("level") == []

    def test_reached_by_the_stage_without_a_date(self, project):
        forecast(project, 30)
        Project.objects.filter(pk=project.pk).update(stage="L08")
        run()
        assert rows("level") == []
        forecast(project, 30, goal="L10")
        run()
        assert rows("label") == [("L10",)]

    def test_it_clears_when_the_target_can_be_kept_again_and_comes_back(self, project):
        forecast(project, 3)
        run()
        forecast(project, 0, as_of=DAY + ONE)
        assert run(DAY + ONE).rules["PLAN_SHORT"] == {"cleared": 1}
        forecast(project, 2, as_of=DAY + 2 * ONE)
        assert run(DAY + 2 * ONE).rules["PLAN_SHORT"] == {"reopened": 1}
        assert rows("since_on", "cleared_on") == [(DAY, None)]

    def test_another_target_is_another_warning(self, project):
        forecast(project, 3)
        run()
        forecast(project, 1, target_on=TARGET + ONE)
        assert run().rules["PLAN_SHORT"] == {"cleared": 1, "raised": 1}
        assert rows("due_on") == [(TARGET + ONE,)]

    def test_it_rises_with_the_days_and_keeps_its_first_day(self, project):
        forecast(project, 3)
        run()
        forecast(project, 25, as_of=DAY + 3 * ONE)
        assert run(DAY + 3 * ONE).rules["PLAN_SHORT"] == {"level": 1}
        assert rows("level", "since_on") == [("red", DAY)]
        assert list(WarningEvent.objects.values_list("kind", "level", "as_of")) == [
            ("raised", "yellow", DAY),
            ("level", "red", DAY + 3 * ONE),
        ]

    def test_a_second_run_writes_nothing(self, project):
        forecast(project, 3)
        run()
        assert run().total == 0
        assert run(DAY + ONE).total == 0

    def test_missed_days_are_made_good(self, project):
        """A stale forecast counts as of its day, so one run after nine days finds what ten runs found."""
        forecast(project, 3, as_of=DAY - ONE)
        for shift in range(10):
            run(DAY + shift * ONE)
        found = rows("due_on", "level", "since_on")
        Warning.objects.all().delete()
        run(DAY + 9 * ONE)
        assert rows("due_on", "level", "since_on") == found == [(TARGET, "yellow", DAY - ONE)]

    def test_a_forecast_of_a_later_day_was_not_known_yet(self, project):
        forecast(project, 3, as_of=DAY + 2 * ONE)
        run()
        assert rows("since_on") == []
        run(DAY + ONE)  # changed after midnight, before the morning's run
        assert rows("since_on") == [(DAY + ONE,)]

    def test_after_the_target_it_stands_until_the_goal_is_reached(self, project):
        forecast(project, 60, target_on=DAY - 30 * ONE)
        run()
        assert rows("level", "due_on") == [("red", DAY - 30 * ONE)]

    @pytest.mark.parametrize(
        ("baseline", "expected"),
        [(-ONE, ["MILESTONE_LATE"]), (0 * ONE, ["MILESTONE_LATE"]), (ONE, ["MILESTONE_LATE", "PLAN_SHORT"])],
    )
    def test_after_the_target_the_late_milestone_speaks_for_it(self, project, baseline, expected):
        """With its own levels: 30 days after its day the start of construction is yellow, not red."""
        target = DAY - 30 * ONE
        Milestone.objects.update_or_create(
            project=project, stage="L08", defaults={"baseline_on": target + baseline, "baseline_precision": "day"}
        )
        forecast(project, 60, target_on=target)
        run()
        assert sorted(Warning.objects.active().values_list("rule", flat=True)) == expected
        assert oracle.faults(DAY) == {}

    def test_only_its_own_park(self, project):
        other = factories.project(factories.park(), stage="L07")
        forecast(project, 3)
        forecast(other, 3)
        run(park=other.park)
        assert rows("project") == [(other.pk,)]


class TestRisk:
    def test_off_until_a_park_switches_it_on(self, project):
        forecast(project, 0, p80_on=TARGET + ONE)
        run()
        assert rows("level", rule="PLAN_RISK") == []
        assert not next(rule for rule in rules_in_force() if rule.code == "PLAN_RISK").enabled
        assert next(rule for rule in rules_in_force() if rule.code == "PLAN_SHORT").enabled

    @pytest.mark.parametrize(
        ("short", "p80", "expected"),
        [
            (0, TARGET, []),
            (0, TARGET + ONE, [("blue", TARGET)]),
            (0, None, []),  # not enough data
            (4, TARGET + 90 * ONE, []),  # the plan itself says so already
            (None, TARGET + ONE, []),
        ],
    )
    def test_p80_against_the_target(self, project, short, p80, expected):
        switch_on()
        forecast(project, short, p80_on=p80)
        run()
        assert rows("level", "due_on", rule="PLAN_RISK") == expected

    def test_it_is_a_reminder(self, project):
        switch_on()
        forecast(project, 0, p80_on=TARGET + 90 * ONE)
        run()
        project.refresh_from_db()
        assert project.light == "blue"
        Project.objects.filter(pk=project.pk).update(status="suspended")
        run()
        assert rows("level", rule="PLAN_RISK") == []


class TestWhatItNeverBecomes:
    def test_no_response_case_however_short(self, project):
        assert kind_of("PLAN_SHORT", "L08") is None and kind_of("PLAN_RISK", "L08") is None
        forecast(project, 400)
        for shift in range(12):
            run(DAY + shift * ONE)
            respond(as_of=DAY + shift * ONE, at=AT + timedelta(days=shift))
        assert rows("level") == [("red",)]
        assert not ResponseCase.objects.exists()

    def test_it_is_told_once_as_a_reminder_on_a_workday(self, project):
        factories.user(project.park)
        forecast(project, 40, chain=["L08"])
        for day in (DAY, DAY + ONE, DAY + 3 * ONE):
            run(day)
            respond(as_of=day, at=AT)
        notices = list(Notice.objects.all())
        assert {notice.event for notice in notices} == {"reminder"}
        assert len({(notice.recipient_id, notice.about_id) for notice in notices}) == len(notices) > 0

    def test_the_case_is_opened_by_the_milestone_once_its_day_has_passed(self, project):
        Milestone.objects.update_or_create(project=project, stage="L08", defaults={"baseline_on": DAY})
        forecast(project, 15, target_on=DAY)
        run()
        respond(as_of=DAY, at=AT)
        assert not ResponseCase.objects.exists()
        monday = DAY + 3 * ONE
        run(monday)
        respond(as_of=monday, at=AT + timedelta(days=3))
        assert [case.warning.rule for case in ResponseCase.objects.select_related("warning")] == ["MILESTONE_LATE"]

    def test_no_month_of_yellow_in_a_row(self, project):
        """Early for months is not late for months."""
        forecast(project, 15, as_of=date(2026, 7, 1))
        for end in (date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31), DAY):
            run(end)
        assert rows("level") == [("yellow",)] and rows("level", rule="HISTORY") == []
        assert oracle.faults(DAY) == {}


class TestWords:
    def chained(self, project, **fields):
        step = Step.objects.filter(code="S01").first() or seeding.catalogue()[0]
        project.steps.create(step=step, code=step.code, seq=step.seq, applicability="applies")
        forecast(project, 18, chain=[step.code, "W1", "L08"], **fields)
        run()
        return step, list(Warning.objects.filter(rule="PLAN_SHORT").select_related("project", "unit"))

    def test_how_short_by_when_over_which_chain_since_when(self, project):
        step, found = self.chained(project)
        with override("en"):
            (line,) = lines(found, today=DAY, calendar=CALENDAR)
        assert line.amount == "18 working days short"
        assert "since 2026-11-20" in line.sentence and line.amount in line.sentence
        assert line.detail.startswith(
            f"{line.about} expected on 2027-04-02 (forecast of 2026-11-20) over: {step.code} "
        )
        assert line.detail.endswith(f" → {line.about}") and line.detail.count(" → ") == 2
        assert line.is_early and f"/{project.pk}/" in line.url
        with override("zh-hans"):
            assert reasons(found) == [f"开工 {rules.DEFAULTS['PLAN_SHORT'][0]} 2027-03-08"]

    def test_a_forecast_of_another_target_lends_no_figures(self, project):
        _step, found = self.chained(project)
        forecast(project, 40, target_on=TARGET - ONE)
        with override("en"):
            (line,) = lines(found, today=DAY, calendar=CALENDAR)
        assert line.amount == "the target is not kept" and line.detail == ""

    def test_long_chains_are_cut_in_the_middle(self, project):
        _step, found = self.chained(project)
        forecast(project, 18, chain=["L03", "L04", "W1", "W2", "W3", "W4", "W5", "L08"])
        (line,) = lines(found, today=DAY, calendar=CALENDAR)
        assert line.detail.count(" → ") == 6 and "…" in line.detail

    def test_four_queries_for_any_number(self, project, django_assert_num_queries):
        self.chained(project)
        for _n in range(3):
            self.chained(factories.project(project.park, stage="L07"))
        found = list(Warning.objects.filter(rule="PLAN_SHORT").select_related("project", "unit"))
        assert len(found) == 4
        with django_assert_num_queries(4):
            lines(found, today=DAY, calendar=CALENDAR)
        with django_assert_num_queries(1):
            lines([], today=DAY, calendar=CALENDAR)

    def test_on_the_pages(self, project, client):
        step, _found = self.chained(project)
        client.force_login(factories.user(project.park))
        page = client.get("/warnings/?rule=PLAN_SHORT").content.decode()
        assert "2027-04-02" in page and f"{step.code} " in page and f"/plans/{project.pk}/levers/" in page
        page = client.get(f"/projects/{project.pk}/?tab=warnings").content.decode()
        assert "2027-04-02" in page


class TestRulePages:
    def test_thresholds(self):
        assert check_params("PLAN_SHORT", {"yellow_from_wd": 0}) == ["yellow_from_wd"]
        assert check_params("PLAN_SHORT", {"yellow_from_wd": 1, "red_above_wd": 0}) == []
        assert check_params("PLAN_RISK", {"yellow_from_wd": 1}) == ["yellow_from_wd"]

    @pytest.mark.parametrize(("yellow", "red", "is_right"), [(5, 20, True), (20, 20, True), (21, 20, False)])
    def test_red_does_not_come_before_yellow(self, yellow, red, is_right):
        data = {"yellow_from_wd": yellow, "red_above_wd": red, "seen": 1, "first": "2026-07-01", "last": "2026-09-30"}
        form = RuleForm(data, code="PLAN_SHORT", today=DAY)
        assert form.is_valid() is is_right
        assert ("red_above_wd" in form.errors) is not is_right

    @pytest.mark.parametrize("code", ["PLAN_SHORT", "PLAN_RISK"])
    def test_a_dry_run_leaves_out_what_no_day_is_recorded_of(self, project, code):
        """What a forecast was on a past day is not kept."""
        forecast(project, 400, p80_on=TARGET + ONE)
        found = try_out(
            park=project.park, code=code, params=rules.DEFAULTS[code][2], is_enabled=True,
            first=date(2026, 7, 1), last=date(2026, 9, 30), calendar=CALENDAR,
        )  # fmt: skip
        assert (found.proposed.total, found.proposed.before, found.in_force.total) == (0, 0, 0)

    @pytest.mark.parametrize("code", ["PLAN_SHORT", "PLAN_RISK"])
    def test_pages_open(self, project, client, code):
        load_rules()
        client.force_login(factories.user(project.park))
        for path in ("", f"{code}/", f"{code}/edit/", f"{code}/switch/"):
            assert client.get(f"/warnings/rules/{path}").status_code == 200


def test_a_change_of_a_plan_counts_before_the_next_morning(project):
    """After a target has been set the warning comes within minutes."""
    morning = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)
    evaluate(as_of=DAY, at=morning)
    JobRun.objects.create(
        job=job.NAME, period_key=DAY.isoformat(), as_of=DAY, state=JobRun.State.DONE,
        created_at=morning, started_at=morning, finished_at=morning,
    )  # fmt: skip
    assert refresh(morning + timedelta(hours=1)) is False
    later = morning + timedelta(hours=2)
    plan = Plan.objects.create(project=project, target_on=TARGET, created_at=later, updated_at=later)
    PlanEntry.objects.create(plan=plan, verb="target", at=later)
    forecast(project, 7)
    assert refresh(later + timedelta(minutes=1)) is True
    assert rows("level") == [("yellow",)]
    assert not LedgerItem.objects.exists()


def test_from_the_tables_to_the_light():
    """A real network, a target too near, and the engine's own count of the days."""
    one = steps_of(factories.park(), stage="L03")
    Plan.objects.create(project=one, target_on=DAY + 7 * ONE, created_at=AT, updated_at=AT)
    refresh_one(one, today=DAY, at=AT, calendar=CALENDAR)
    short = PlanForecast.objects.get(project=one).short_wd
    assert short > 20
    run()
    (warning,) = Warning.objects.filter(rule="PLAN_SHORT").select_related("project", "unit")
    assert (warning.level, warning.due_on, warning.since_on) == ("red", DAY + 7 * ONE, DAY)
    with override("en"):
        (line,) = lines([warning], today=DAY, calendar=CALENDAR)
    assert line.amount == f"{short} working days short" and line.detail
    Plan.objects.update(target_on=date(2029, 1, 31))
    refresh_one(one, today=DAY, at=AT, calendar=CALENDAR)
    run()
    assert rows("level") == []
