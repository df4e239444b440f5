"""The forecasts kept: in bulk, right on the day, gone for projects that rest; and the job of the morning."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch.jobs.registry import JOBS
from dispatch.plan import building, forecasting, job, policies
from dispatch.plan.models import LearnedDurations, Plan, PlanForecast, PlanLink
from projects.models import Milestone, Project, ProjectChange
from projects.stages import Stage
from tests import factories
from tests.approvals.cases import PLAIN, finish, move, project, step_of
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 2, 6, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
EDGE = {"today": TODAY, "at": AT, "calendar": PLAIN}


def targeted(one, target: date, goal="L08") -> Plan:
    return Plan.objects.create(project=one, goal=goal, target_on=target, created_at=AT, updated_at=AT)


@pytest.fixture
def one():
    return project(factories.park(), stage=Stage.FILED)


class TestRefresh:
    def test_writes_what_the_engine_says(self, one):
        finish(one, "S01")
        targeted(one, date(2026, 6, 1))
        forecasting.refresh_one(one, **EDGE)
        row = one.forecast
        found = building.read_one(one, today=TODAY, calendar=PLAIN).schedule(today=TODAY, calendar=PLAIN)
        assert (row.goal, row.target_on, row.goal_on) == ("L08", date(2026, 6, 1), found.goal_on)
        assert (row.short_wd, row.spare_wd) == (found.short_wd, found.spare_wd)
        assert row.short_wd > 0
        assert (row.chain, row.is_reached, row.as_of) == (list(found.chain), False, TODAY)
        stored = {entry["key"]: entry for entry in row.rows}
        assert set(stored) == set(found.tasks)
        place = found["S09"]
        assert stored["S09"] == {
            "key": "S09",
            "start": place.start.isoformat(),
            "finish": place.finish.isoformat(),
            "latest": place.latest_finish.isoformat(),
            "float": place.total_float_wd,
            "standing": "waiting",
            "critical": True,
        }

    def test_a_second_time_it_is_the_same_row(self, one):
        forecasting.refresh_one(one, **EDGE)
        before = PlanForecast.objects.values().get()
        forecasting.refresh_one(one, today=TODAY, at=AT + timedelta(hours=1), calendar=PLAIN)
        after = PlanForecast.objects.values().get()
        assert after | {"computed_at": None} == before | {"computed_at": None}

    def test_the_next_day_it_has_moved_on(self, one):
        forecasting.refresh_one(one, **EDGE)
        first = PlanForecast.objects.get().goal_on
        forecasting.refresh_one(one, today=TODAY + timedelta(days=1), at=AT, calendar=PLAIN)
        row = PlanForecast.objects.get()
        assert (row.as_of, PLAIN.count(first, row.goal_on)) == (TODAY + timedelta(days=1), 1)

    def test_without_a_target_nothing_is_short(self, one):
        forecasting.refresh_one(one, **EDGE)
        assert (one.forecast.short_wd, one.forecast.spare_wd, one.forecast.target_on) == (None, None, None)

    def test_a_target_that_is_kept_is_short_by_nothing(self, one):
        targeted(one, date(2027, 6, 1))
        forecasting.refresh_one(one, **EDGE)
        assert one.forecast.short_wd == 0
        assert one.forecast.spare_wd > 0

    def test_a_reached_goal_has_its_day_and_is_late_for_nothing(self, one):
        targeted(one, date(2025, 6, 2))
        one.stage = Stage.STARTED
        one.save()
        Milestone.objects.create(project=one, stage="L08", actual_on=date(2025, 9, 1))
        forecasting.refresh_one(one, **EDGE)
        row = one.forecast
        assert (row.is_reached, row.goal_on, row.short_wd) == (True, date(2025, 9, 1), None)

    @pytest.mark.parametrize("status", ["suspended", "terminated"])
    def test_a_project_that_rests_has_none(self, one, status):
        other = project(one.park)
        forecasting.refresh([one, other], **EDGE)
        one.status = status
        one.save()
        assert forecasting.refresh([one, other], **EDGE) == 1
        assert list(PlanForecast.objects.values_list("project", flat=True)) == [other.pk]

    def test_links_left_out_count_as_conflicts(self, one):
        plan = targeted(one, date(2027, 6, 1))
        forecasting.refresh_one(one, **EDGE)
        before = PlanForecast.objects.get().conflicts
        PlanLink.objects.create(plan=plan, before="S17", after="S01")
        forecasting.refresh_one(one, **EDGE)
        assert PlanForecast.objects.get().conflicts == before + 1

    def test_as_many_queries_for_forty_projects_as_for_two(self, one):
        others = [project(one.park) for _ in range(39)]

        def queries(projects) -> int:
            with CaptureQueriesContext(connection) as caught:
                forecasting.refresh(projects, **EDGE)
            return len(caught)

        assert queries([one, *others]) == queries([one, others[0]]) <= 20


class TestRisk:
    def test_off_by_default(self, one):
        forecasting.refresh_one(one, **EDGE)
        assert (one.forecast.p50_on, one.forecast.p80_on) == (None, None)

    def test_switched_on_with_enough_data(self, one):
        policies.save_rules({"risk_on": True, "runs": 200}, note="x", base_version=0, by=None, at=AT, park=one.park)
        codes = [f"S{number:02}" for number in range(1, 23)]
        row = {"n": 10, "median": 20, "p80": 40, "best": 10, "counts": {"10": 4, "20": 4, "40": 2}}
        LearnedDurations.objects.create(park=one.park, as_of=TODAY, rows=dict.fromkeys(codes, row), computed_at=AT)
        forecasting.refresh_one(one, **EDGE)
        assert TODAY < one.forecast.p50_on < one.forecast.p80_on

    def test_switched_on_without_enough_data_there_is_none(self, one):
        policies.save_rules({"risk_on": True, "runs": 200}, note="x", base_version=0, by=None, at=AT, park=one.park)
        forecasting.refresh_one(one, **EDGE)
        assert (one.forecast.p50_on, one.forecast.p80_on) == (None, None)


class TestJob:
    def run(self, as_of=TODAY, at=MORNING) -> tuple[dict, int]:
        fences = []
        return job.refresh_all(SimpleNamespace(as_of=as_of), at, lambda: fences.append(1)), len(fences)

    def test_every_active_project_of_every_park(self, one):
        other = project(factories.park())
        Project.objects.filter(pk=project(one.park).pk).update(status="suspended")
        found, fences = self.run()
        assert found["forecasts"] == 2
        assert set(PlanForecast.objects.values_list("project", "as_of")) == {(one.pk, TODAY), (other.pk, TODAY)}
        assert set(LearnedDurations.objects.values_list("park", flat=True)) >= {one.park_id, other.park_id}
        assert fences >= 3  # in the transaction of every park and batch

    def test_again_writes_the_same(self, one):
        self.run()
        before = PlanForecast.objects.values().get()
        self.run()
        assert PlanForecast.objects.values().get() == before

    def test_a_day_that_is_over_is_not_made_good(self, one):
        found, _fences = self.run(as_of=TODAY - timedelta(days=1))
        assert found == {"too_late": 1}
        assert not PlanForecast.objects.exists()

    def test_a_lost_lease_leaves_its_batch_unwritten(self, one):
        def lost():
            raise RuntimeError("lost")

        with pytest.raises(RuntimeError, match="lost"):
            job.refresh_all(SimpleNamespace(as_of=TODAY), MORNING, lost)
        assert not PlanForecast.objects.exists()

    def test_is_planned_after_the_debts_and_comes_before_the_warnings(self):
        """Not held back by the debts: a chain of three lets debts of the next day pass the warnings of this one."""
        assert list(JOBS).index("debts") < list(JOBS).index("plans") and JOBS["plans"].after == ()
        assert "plans" in JOBS["warnings"].after


@pytest.mark.parametrize("status", ["suspended", "terminated"])
def test_the_api_has_no_forecast_of_a_project_that_rests_since_the_morning(one, client, status):
    forecasting.refresh_one(one, **EDGE)
    client.force_login(factories.user(one.park, "staff"))
    pk, ids = one.forecast.pk, lambda: [row["id"] for row in client.get("/api/v1/plan-forecasts/").json()["results"]]
    assert ids() == [pk]
    Project.objects.filter(pk=one.pk).update(status=status)
    assert ids() == []
    assert client.get(f"/api/v1/plan-forecasts/{pk}/").status_code == 404


class TestBetweenMornings:
    def test_what_has_happened_since_is_in_the_forecast_within_minutes(self, one):
        forecasting.refresh([one], today=TODAY, at=AT, calendar=PLAIN)
        before = PlanForecast.objects.get(project=one)
        assert job.refresh_changed(AT + timedelta(minutes=1)) == 0
        later = AT + timedelta(minutes=5)
        move(step_of(one, "S01"), "receive", TODAY, at=later)
        move(step_of(one, "S01"), "accept", TODAY, at=later)
        assert job.refresh_changed(later + timedelta(minutes=1)) == 1
        after = PlanForecast.objects.get(project=one)
        standing = {row["key"]: row["standing"] for row in after.rows}
        assert (standing["S01"], after.computed_at) == ("running", later + timedelta(minutes=1))
        assert before.computed_at < after.computed_at
        assert job.refresh_changed(later + timedelta(minutes=2)) == 0

    def test_a_project_that_was_halted_since_has_none_any_more(self, one):
        forecasting.refresh([one], today=TODAY, at=AT, calendar=PLAIN)
        later = AT + timedelta(minutes=5)
        ProjectChange.objects.create(project=one, verb="status", at=later)
        Project.objects.filter(pk=one.pk).update(status="suspended")
        job.refresh_changed(later)
        assert not PlanForecast.objects.filter(project=one).exists()
