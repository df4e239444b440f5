"""The page of the jobs, the health check, restarts and alarms."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import Conflict, Refused
from accounts.models import Role
from dispatch import tasks
from dispatch.jobs import actions, health, queries
from dispatch.jobs.alarms import kind_of
from dispatch.jobs.beats import beat
from dispatch.jobs.registry import JOBS, Job, daily, monthly
from dispatch.models import Heartbeat, JobRestart, JobRun, Notice
from tests import factories

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # Friday 09:00 in Shanghai
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

pytestmark = pytest.mark.django_db


def explode(run, at, fence):
    raise ValueError(f"secret figure {run.period_key}")


@pytest.fixture
def jobs(monkeypatch):
    """One job that works and no other sweeps, at NOW."""
    monkeypatch.setattr("dispatch.tasks.resweeps", [])
    saved = dict(JOBS)
    JOBS.clear()
    JOBS["count"] = Job(daily, lambda run, at, fence: {"raised": 2, "rule": {"raised": 1, "cleared": 0}})
    yield JOBS
    JOBS.clear()
    JOBS.update(saved)


@pytest.fixture
def at(monkeypatch):
    """Sets the clock."""

    def put(moment):
        monkeypatch.setattr("accounts.clock.now", lambda: moment)
        return moment

    put(NOW)
    return put


@pytest.fixture
def staff(client):
    person = factories.user(factories.park(), "staff")
    client.force_login(person)
    return person


def run_day(moment):
    actions.plan(now=moment)
    actions.run_open(now=lambda: moment)
    beat("tick", now=moment, facts={"errors": {}, "broker": ""})
    beat("worker", now=moment)


def given_up(jobs, moment=NOW) -> JobRun:
    jobs["bad"] = Job(daily, explode)
    for _ in range(actions.ATTEMPTS):
        run_day(moment)
    return JobRun.objects.get(job="bad", state="dead")


def state(client) -> tuple[int, str]:
    answer = client.get(reverse("healthz_jobs"))
    return answer.status_code, answer.json()["state"]


class TestHealth:
    def test_nothing_ever_ran_is_red(self, client, jobs, at):
        assert state(client) == (503, "red")

    def test_everything_runs_is_green(self, client, jobs, at):
        run_day(NOW)
        assert state(client) == (200, "green")

    def test_red_within_five_minutes_of_the_last_tick(self, client, jobs, at):
        run_day(NOW)
        at(NOW + 2 * MINUTE)
        assert state(client) == (200, "green")
        at(NOW + 3 * MINUTE)
        assert state(client) == (503, "red")

    def test_a_silent_job_is_red_with_its_third_period(self, client, jobs, at, staff):
        run_day(NOW)
        for days, expected in ((1, "green"), (2, "green"), (3, "red")):
            moment = at(NOW + days * DAY - timedelta(hours=2, minutes=59))
            beat("tick", now=moment)
            beat("worker", now=moment)
            assert state(client)[1] == expected, days
        found = client.get(reverse("healthz_jobs")).json()
        assert found["jobs"]["count"] == {"state": "red", "reason": "silent", "done": "2026-11-20"}

    def test_a_run_that_waits_for_a_day_is_red(self, client, jobs, at):
        jobs["later"] = Job(monthly, lambda run, at, fence: {})
        run_day(NOW)
        JobRun.objects.create(job="later", period_key="2026-10", as_of=NOW.date(), created_at=NOW - 25 * DAY / 24)
        assert state(client) == (503, "red")

    def test_a_dead_run_is_red_until_a_later_one_has_made_it_good(self, client, jobs, at):
        given_up(jobs)
        assert state(client) == (503, "red")
        jobs["bad"] = Job(daily, lambda run, at, fence: {})
        run_day(at(NOW + DAY))
        assert state(client) == (200, "green")

    def test_a_dead_month_stays_red(self, client, jobs, at):
        given_up(jobs)
        jobs["bad"] = Job(daily, lambda run, at, fence: {}, standalone=True)
        run_day(at(NOW + DAY))
        assert state(client) == (503, "red")

    def test_a_broker_that_does_not_answer_is_red(self, client, jobs, at):
        run_day(NOW)
        beat("tick", now=NOW, facts={"errors": {}, "broker": "OperationalError"})
        assert state(client) == (503, "red")

    def test_a_tick_with_an_error_is_red_and_goes_on(self, client, jobs, at, monkeypatch):
        swept = []

        def broken(now):
            raise ValueError

        run_day(NOW)
        monkeypatch.setattr(tasks, "resweeps", [broken, swept.append])
        monkeypatch.setattr(tasks, "broker_fault", lambda: "")
        tasks.tick()
        assert swept == [NOW]
        assert list(Heartbeat.objects.get(part="tick").facts["errors"].values()) == ["ValueError"]
        assert state(client) == (503, "red")

    def test_cron_alone_needs_neither_tick_nor_worker(self, client, jobs, at):
        run_day(NOW)
        Heartbeat.objects.all().delete()
        beat("embedded", now=NOW - 9 * MINUTE)
        assert state(client) == (200, "green")
        at(NOW + 2 * MINUTE)
        assert state(client) == (503, "red")

    @pytest.mark.parametrize(("role", "told"), [(None, False), ("unit", False), ("leader", False), ("staff", True)])
    def test_only_who_may_see_the_jobs_learns_more_than_the_state(self, client, jobs, at, role, told):
        run_day(NOW)
        if role:
            client.force_login(factories.user(factories.park(), role))
        answer = client.get(reverse("healthz_jobs"))
        assert ("jobs" in answer.json()) == told
        assert set(answer.json()) == ({"state", "parts", "jobs", "open", "given_up"} if told else {"state"})

    def test_a_superuser_learns_more(self, client, jobs, at):
        boss = factories.user(factories.park(), "unit", is_superuser=True)
        client.force_login(boss)
        assert "jobs" in client.get(reverse("healthz_jobs")).json()
        assert client.get(reverse("dispatch:job_list")).status_code == 200


def test_health_without_a_period_or_a_sign():
    assert health.of_part(MINUTE, None, NOW).is_red
    assert not health.of_part(MINUTE, NOW + DAY, NOW).is_red  # a clock that was moved back
    assert health.of_job(missed=1, dead=0, oldest_open=NOW, now=NOW).state == "waiting"


class TestPage:
    def test_it_shows_what_was_done_and_what_was_given_up(self, client, jobs, at, staff):
        run = given_up(jobs)
        text = client.get(reverse("dispatch:job_list")).content.decode()
        assert 'data-job="count" data-state="green"' in text
        assert 'data-job="bad" data-state="red"' in text
        assert reverse("dispatch:job_again", args=[run.pk]) in text
        assert "2026-11-21" in text  # the next period

    def test_queries_stay_the_same(self, client, jobs, at, staff):
        run = given_up(jobs)
        address, counts = reverse("dispatch:job_list"), []
        client.get(address)
        for more in (1, 20):
            for n in range(more):
                key = f"{more}-{n}"
                old = {"job": "bad", "as_of": NOW.date() - DAY, "created_at": NOW, "finished_at": NOW}
                JobRun.objects.create(**old, period_key=f"dead{key}", state="dead")
                done = JobRun.objects.create(**old, period_key=f"done{key}", state="done")
                JobRestart.objects.create(run=done, attempts=3, by=staff, at=NOW)
            with CaptureQueriesContext(connection) as found:
                client.get(address)
            counts.append(len(found))
        assert counts[0] == counts[1], run

    def test_errors_with_contents_are_for_one_park_or_the_operator(self, client, jobs, at, staff):
        given_up(jobs)
        assert "secret figure" in client.get(reverse("dispatch:job_list")).content.decode()
        factories.park()
        text = client.get(reverse("dispatch:job_list")).content.decode()
        assert "secret figure" not in text
        assert "ValueError" in text

    @pytest.mark.parametrize("role", ["unit", "leader"])
    def test_others_may_not(self, client, jobs, at, role):
        client.force_login(factories.user(factories.park(), role))
        assert client.get(reverse("dispatch:job_list")).status_code == 403

    def test_counts_are_summed_over_rules(self, jobs, at):
        run_day(NOW)
        [line] = queries.overview(NOW).jobs
        assert "3" in line.last.counts
        assert "0" not in line.last.counts


class TestAgain:
    def test_it_is_asked_about_and_then_done_and_remembered(self, client, jobs, at, staff):
        run = given_up(jobs)
        address = reverse("dispatch:job_again", args=[run.pk])
        assert client.get(address).status_code == 200
        run.refresh_from_db()
        assert run.state == "dead"
        jobs["bad"] = Job(daily, lambda run, at, fence: {})
        client.post(address)
        run_day(NOW)
        run.refresh_from_db()
        assert (run.state, run.attempts) == ("done", 1)
        kept = JobRestart.objects.get()
        assert (kept.by, kept.attempts, kept.given_up_at, "secret figure" in kept.error) == (staff, 3, NOW, True)
        assert staff.display_name in client.get(reverse("dispatch:job_list")).content.decode()

    def test_only_what_was_given_up(self, client, jobs, at, staff):
        run_day(NOW)
        run = JobRun.objects.get()
        assert client.post(reverse("dispatch:job_again", args=[run.pk])).status_code == 409
        assert not JobRestart.objects.exists()

    def test_what_a_later_run_made_good_is_not_done_again(self, jobs, at):
        run = given_up(jobs)
        jobs["bad"] = Job(daily, lambda run, at, fence: {})
        run_day(NOW + DAY)
        with pytest.raises(Refused):
            actions.restart(run, by=None, at=NOW)

    def test_the_second_of_two_loses(self, jobs, at):
        run = given_up(jobs)
        twin = JobRun.objects.get(pk=run.pk)
        actions.restart(run, by=None, at=NOW)
        with pytest.raises(Conflict):
            actions.restart(twin, by=None, at=NOW)
        assert JobRestart.objects.count() == 1


class TestAlarm:
    def test_who_may_see_the_jobs_is_told_once(self, jobs, at, staff):
        factories.user(staff.park, "unit")
        run = given_up(jobs)
        notice = Notice.objects.get()
        assert (notice.recipient, notice.event, notice.is_mandatory, notice.is_urgent) == (
            staff, "machine_alarm", True, True,
        )  # fmt: skip
        assert notice.facts["what"] == f"bad/{run.period_key}"
        assert notice.facts["attempts"] == 3
        assert notice.facts["error"].startswith("ValueError (")
        assert "secret" not in notice.facts["error"]

    def test_dying_without_a_word_is_told_too(self, jobs, at, staff):
        actions.plan(now=NOW)
        moment, run_id = NOW, JobRun.objects.get().pk
        for _ in range(actions.ATTEMPTS):
            actions.claim(run_id, now=moment)
            moment += actions.LEASE + MINUTE
        assert [actions.bury(now=moment) for _ in range(2)] == [1, 0]
        assert Notice.objects.get().recipient == staff

    def test_given_up_again_is_told_again(self, jobs, at, staff):
        run = given_up(jobs)
        actions.restart(run, by=staff, at=NOW)
        assert Notice.objects.get().settled_at == NOW
        given_up(jobs)
        assert Notice.objects.count() == 2

    def test_without_the_verb_nobody_is_told(self, jobs, at, staff):
        Role.objects.filter(pk=staff.role_id).update(verbs=[])
        given_up(jobs)
        assert not Notice.objects.exists()

    def test_the_kind_of_an_error_leaves_out_what_it_says(self):
        trace = (
            'Traceback (most recent call last):\n  File "/x/dispatch/reports/job.py", line 22, in draft\nKeyError: 张三'
        )
        assert kind_of(trace) == "KeyError (reports/job.py:22)"
        assert kind_of("The process died.") == "The process died."
        assert kind_of("") == ""


class TestLease:
    def test_a_clock_moved_back_an_hour_does_not_hold_a_run_for_an_hour(self, jobs, at):
        actions.plan(now=NOW)
        run_id = JobRun.objects.get().pk
        first = actions.claim(run_id, now=NOW + timedelta(hours=1))
        assert actions.open_runs(now=NOW) == [run_id]
        assert actions.claim(run_id, now=NOW) is not None
        with pytest.raises(actions.LeaseLost):
            actions.renew(first, now=NOW)

    def test_sys_exit_is_a_failure(self, jobs, at):
        def leave(run, at, fence):
            raise SystemExit(1)

        jobs["count"] = Job(daily, leave)
        actions.plan(now=NOW)
        assert actions.run_open(now=lambda: NOW) == 0
        assert JobRun.objects.values_list("state", "attempts").get() == ("due", 1)
