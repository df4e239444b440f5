"""The job queue: planning, claiming, leases, attempts, order, missed periods."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from dispatch import tasks
from dispatch.jobs import actions
from dispatch.jobs.actions import LeaseLost
from dispatch.jobs.registry import JOBS, Job, daily, monthly, resweeps
from dispatch.models import JobRun
from tests import factories
from tests.harness import oracle, seeding
from workdays.arithmetic import WorkCalendar

CALENDAR = WorkCalendar()
FRIDAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
BEFORE_SIX = datetime(2026, 11, 19, 21, 59, tzinfo=UTC)  # 05:59 on the 20th
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def jobs(monkeypatch):
    """An empty registry for the test to fill."""
    monkeypatch.setattr("dispatch.jobs.registry.resweeps", [])
    saved = dict(JOBS)
    JOBS.clear()
    yield JOBS
    JOBS.clear()
    JOBS.update(saved)


@pytest.fixture
def calls(jobs):
    """One daily job that writes down the days it has worked."""
    done = []
    jobs["count"] = Job(daily, lambda run, at, fence: done.append(run.as_of) or {"days": 1})
    return done


def days(job="count"):
    return list(JobRun.objects.filter(job=job).order_by("as_of").values_list("period_key", "is_late"))


def clock_at(moment):
    return lambda: moment


class TestPeriods:
    def test_a_day_begins_at_six(self):
        yesterday = date(2026, 11, 18)
        assert [p.key for p in daily(yesterday, BEFORE_SIX, CALENDAR)] == ["2026-11-19"]
        assert [p.key for p in daily(yesterday, BEFORE_SIX + 60 * SECOND, CALENDAR)] == ["2026-11-19", "2026-11-20"]

    def test_nothing_when_the_clock_has_gone_back(self):
        assert list(daily(date(2026, 11, 21), FRIDAY, CALENDAR)) == []
        assert list(monthly(date(2026, 11, 30), FRIDAY, CALENDAR)) == []

    def test_a_month_is_due_on_its_last_workday(self):
        after = date(2026, 9, 30)
        at = [datetime(2026, 10, 30, 21, 59, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)]
        assert [(p.key, p.as_of) for p in monthly(after, at[0], CALENDAR)] == [("2026-10", date(2026, 10, 30))]
        assert [p.key for p in monthly(after, at[1], CALENDAR)] == ["2026-10", "2026-11"]

    def test_a_wild_clock_plans_a_year_at_most(self):
        assert len(list(daily(date(2026, 11, 20), datetime(2099, 1, 1, tzinfo=UTC), CALENDAR))) == 366


class TestPlan:
    def test_the_first_plan_is_for_the_latest_day(self, calls):
        assert actions.plan(now=FRIDAY) == 1
        assert days() == [("2026-11-20", False)]

    def test_before_six_it_is_still_yesterday(self, calls):
        actions.plan(now=BEFORE_SIX)
        assert days() == [("2026-11-19", True)]

    def test_planning_again_plans_nothing(self, calls):
        assert [actions.plan(now=FRIDAY) for _ in range(3)] == [1, 0, 0]

    def test_missed_days_are_planned_late(self, calls):
        actions.plan(now=FRIDAY)
        actions.plan(now=FRIDAY + timedelta(days=3))
        assert days() == [("2026-11-20", False), ("2026-11-21", True), ("2026-11-22", True), ("2026-11-23", False)]

    def test_a_missed_month_end_is_made_up(self, jobs, calls):
        jobs["monthly"] = Job(monthly, lambda run, at, fence: {})
        actions.plan(now=FRIDAY)
        assert days("monthly") == []
        actions.plan(now=datetime(2026, 12, 3, 1, tzinfo=UTC))
        actions.plan(now=datetime(2026, 12, 4, 1, tzinfo=UTC))
        assert days("monthly") == [("2026-11", True)]
        assert JobRun.objects.get(job="monthly").as_of == date(2026, 11, 30)


class TestRun:
    def test_a_run_is_done_once(self, calls):
        actions.plan(now=FRIDAY)
        run = JobRun.objects.get()
        assert actions.run_one(run.pk, now=clock_at(FRIDAY)) is True
        assert actions.run_one(run.pk, now=clock_at(FRIDAY)) is False
        run.refresh_from_db()
        assert (run.state, run.attempts, run.counts, run.lease_token) == ("done", 1, {"days": 1}, "")
        assert calls == [date(2026, 11, 20)]

    def test_missed_days_are_worked_in_order(self, calls):
        actions.plan(now=FRIDAY)
        actions.plan(now=FRIDAY + timedelta(days=3))
        newest = JobRun.objects.latest("as_of")
        assert actions.claim(newest.pk, now=FRIDAY) is None
        assert actions.run_open(now=clock_at(FRIDAY)) == 4
        assert calls == [date(2026, 11, d) for d in (20, 21, 22, 23)]

    def test_only_one_claims(self, calls):
        actions.plan(now=FRIDAY)
        run_id = JobRun.objects.get().pk
        won = [actions.claim(run_id, now=FRIDAY) for _ in range(3)]
        assert [bool(run) for run in won] == [True, False, False]

    def test_a_lease_that_ran_out_may_be_claimed_and_the_first_holder_stops(self, calls):
        actions.plan(now=FRIDAY)
        run_id = JobRun.objects.get().pk
        first = actions.claim(run_id, now=FRIDAY)
        assert actions.claim(run_id, now=FRIDAY + actions.LEASE) is None
        second = actions.claim(run_id, now=FRIDAY + actions.LEASE + SECOND)
        with pytest.raises(LeaseLost):
            actions.renew(first, now=FRIDAY)
        assert actions.finish(first, now=FRIDAY, counts={"wrong": 1}) is False
        assert actions.finish(second, now=FRIDAY, counts={}) is True

    def test_a_renewed_lease_holds(self, calls):
        actions.plan(now=FRIDAY)
        run = actions.claim(JobRun.objects.get().pk, now=FRIDAY)
        actions.renew(run, now=FRIDAY + actions.LEASE)
        assert actions.claim(run.pk, now=FRIDAY + actions.LEASE + SECOND) is None

    def test_three_failures_and_the_error_is_kept(self, jobs):
        def work(run, at, fence):
            raise ValueError("no calendar")

        jobs["count"] = Job(daily, work)
        actions.plan(now=FRIDAY)
        states = []
        for _ in range(4):
            actions.run_open(now=clock_at(FRIDAY))
            states.append(JobRun.objects.values_list("state", "attempts").get())
        assert states == [("due", 1), ("due", 2), ("dead", 3), ("dead", 3)]
        assert "no calendar" in JobRun.objects.get().error

    def test_a_process_that_dies_three_times_is_given_up(self, calls):
        actions.plan(now=FRIDAY)
        run_id, now = JobRun.objects.get().pk, FRIDAY
        for attempt in range(1, 4):
            assert actions.claim(run_id, now=now).attempts == attempt
            now += actions.LEASE + SECOND
            assert actions.bury(now=now) == (attempt == 3)
        assert actions.claim(run_id, now=now) is None
        assert JobRun.objects.get().state == "dead"

    def test_a_dead_run_does_not_hold_up_the_next_day(self, calls):
        actions.plan(now=FRIDAY)
        JobRun.objects.update(state="dead", attempts=3)
        actions.plan(now=FRIDAY + timedelta(days=1))
        actions.run_open(now=clock_at(FRIDAY))
        assert calls == [date(2026, 11, 21)]

    def test_a_lost_lease_stops_the_work_and_is_no_failure(self, jobs):
        done = []

        def work(run, at, fence):
            fence()
            JobRun.objects.update(lease_token="somebody else")
            fence()
            done.append("never")

        jobs["count"] = Job(daily, work)
        actions.plan(now=FRIDAY)
        assert actions.run_open(now=clock_at(FRIDAY)) == 0
        run = JobRun.objects.get()
        assert (done, run.state, run.lease_token) == ([], "running", "somebody else")

    def test_a_run_of_an_unknown_job_is_left_alone(self, jobs):
        run = JobRun.objects.create(job="gone", period_key="1", as_of=FRIDAY.date(), created_at=FRIDAY)
        assert actions.claim(run.pk, now=FRIDAY) is None


class TestWarningsJob:
    def test_three_missed_days_equal_an_unbroken_run(self, monkeypatch):
        seeding.fill(15)

        def everything():
            events = oracle.fetch("SELECT warning_id, kind, level, as_of FROM dispatch_warningevent")
            keys = dict(
                oracle.fetch("SELECT id, CAST(object_id AS VARCHAR(20)) || rule || due_on FROM dispatch_warning")
            )
            return sorted(oracle.stored()), sorted((keys[pk], *map(str, rest)) for pk, *rest in events)

        def days_on(*offsets):
            with transaction.atomic():
                for offset in offsets:
                    now = FRIDAY + timedelta(days=offset)
                    actions.plan(now=now)
                    actions.run_open(now=clock_at(now))
                found = everything(), oracle.faults(date(2026, 11, 24))
                transaction.set_rollback(True)
            return found

        unbroken, broken = days_on(0, 1, 2, 3, 4), days_on(0, 4)
        assert unbroken == broken
        assert broken[1] == {}

    def test_commands(self, monkeypatch, capsys):
        monkeypatch.setattr("accounts.clock.now", clock_at(FRIDAY))
        factories.project(factories.park())
        call_command("tick", "--quiet-bell")
        due = JobRun.objects.count()  # not the bulletin and others that come with a day of the month or an hour
        assert set(JobRun.objects.values_list("job", flat=True)) >= {"debts", "warnings", "response", "papers"}
        call_command("run_jobs")
        call_command("run_jobs")
        out = capsys.readouterr().out
        assert out.splitlines() == [
            f"planned {due}, rung 0",
            f"planned 0, finished {due}",
            "planned 0, finished 0",
        ]


class TestTasks:
    def test_the_tick_rings_and_asks_who_else_has_work_lying_about(self, calls, monkeypatch):
        rung, swept = [], []
        monkeypatch.setattr("accounts.clock.now", clock_at(FRIDAY))
        monkeypatch.setattr(tasks.run_job, "delay", rung.append)
        resweeps.append(swept.append)
        try:
            tasks.tick()
        finally:
            resweeps.remove(swept.append) if swept.append in resweeps else resweeps.pop()
        assert rung == [JobRun.objects.get().pk]
        assert swept == [FRIDAY]

    def test_without_a_broker_the_tick_still_plans(self, calls, monkeypatch):
        def unreachable(_run_id):
            raise tasks.run_job.OperationalError("connection refused")

        monkeypatch.setattr("accounts.clock.now", clock_at(FRIDAY))
        monkeypatch.setattr(tasks.run_job, "delay", unreachable)
        tasks.tick()
        assert JobRun.objects.get().state == "due"


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestRealProcesses:
    """A real Redis, a real worker and, once, a real beat; today's real date, since the processes read the clock."""

    @staticmethod
    def wait_for_the_run() -> JobRun:
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            if run := JobRun.objects.filter(job="warnings", state="done").first():
                return run
            time.sleep(0.2)
        return pytest.fail(f"no run was finished: {list(JobRun.objects.values())}")

    def test_a_worker_runs_the_job_when_the_tick_is_sent(self, celery_worker_process):
        seeding.fill(20)
        worker = celery_worker_process()
        tasks.tick.delay()
        run = self.wait_for_the_run()
        assert oracle.faults(run.as_of) == {}, worker.log
        assert JobRun.objects.filter(job="warnings").count() == 1

    def test_beat_makes_the_worker_run_the_job(self, celery_worker_process, celery_process):
        seeding.fill(20)
        celery_worker_process()
        celery_process("beat", "--loglevel", "INFO", env={"DJANGO_SETTINGS_MODULE": "tests.harness.beat_settings"})
        run = self.wait_for_the_run()
        assert (run.attempts, oracle.faults(run.as_of)) == (1, {})
