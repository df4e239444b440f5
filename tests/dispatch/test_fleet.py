"""Real beats, workers and brokers that are killed, wiped, poisoned, doubled and stopped (reliability.md R1–R3, R5, R7).

In the normal suite leases and ticks are seconds; the tests marked ``long`` keep the lease of 45 seconds and the tick of
a minute, and kill fifty times. Each guard has a twin without it that fails.
"""

import os
import random
import time
from datetime import date, timedelta
from functools import partial

import pytest
from django.urls import reverse

from accounts import clock
from accounts.models import Organization, Park
from dispatch import tasks
from dispatch.jobs.actions import ATTEMPTS
from dispatch.models import Heartbeat, JobRun, Notice, ResponseEvent, Warning, WarningEvent
from tests import factories
from tests.conftest import CeleryProcess, database_url
from tests.harness import oracle, processes, seeding
from tests.harness.fleet import Redis, kill_child, wait_until

PROJECTS = 910  # × 22 = 20,020 steps
QUICK = {"DJANGO_SETTINGS_MODULE": "tests.harness.settings", "HARNESS_LEASE": "3", "HARNESS_BATCH": "100"}
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")

LONG = pytest.mark.long
pytestmark = [pytest.mark.broker, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Fleet:
    """Everything that runs beside the test, on its database."""

    def __init__(self, redis: Redis, env: dict[str, str]):
        own = {"DATABASE_URL": database_url(), "CELERY_BROKER_URL": redis.url, "PYTHONUNBUFFERED": "1"}
        self.redis, self.env = redis, os.environ | own | {"LOG_LEVEL": "INFO"} | QUICK | env
        self.started: list[CeleryProcess] = []

    def _start(self, *arguments: str, **env: str) -> CeleryProcess:
        self.started.append(CeleryProcess(list(arguments), self.env | env))
        return self.started[-1]

    def worker(self, *, concurrency: int = 1, **env: str) -> CeleryProcess:
        found = self._start("worker", "--concurrency", str(concurrency), "--loglevel", "INFO", *QUIET, **env)
        found.wait_for(" ready.", seconds=60)
        return found

    def beat(self, **env: str) -> CeleryProcess:
        return self._start("beat", "--loglevel", "INFO", "--pidfile=", **env)

    def stop(self) -> None:
        for process in self.started:
            process.kill()
            process.reader.join(timeout=5)
            process.process.stdout.close()


@pytest.fixture
def fleet(transactional_db):
    """Factory: ``fleet(HARNESS_…="…")`` brings up a Redis of its own for what is started through it."""
    made: list[Fleet] = []
    with Redis.running() as redis:

        def make(**env: str) -> Fleet:
            made.append(Fleet(redis, env))
            return made[-1]

        yield make
        for one in made:
            one.stop()


def fill(projects: int = PROJECTS) -> date:
    """Projects around tomorrow; the day itself. The tick plans up to today, so later days are the test's own."""
    tomorrow = clock.today() + timedelta(days=1)
    seeding.fill(projects, as_of=tomorrow)
    return tomorrow


def plan_day(day: date, job: str = "warnings") -> JobRun:
    """The job's run for this day, as the tick would plan it."""
    return JobRun.objects.create(job=job, period_key=day.isoformat(), as_of=day, created_at=clock.now())


def told_and_noticed() -> tuple[set, set]:
    """(case, level) for which events say that somebody was told, and for which there are notices."""
    rises = ResponseEvent.objects.filter(kind__in=["opened", "raised"]).exclude(told=[])
    notices = Notice.objects.filter(event="response").values_list("key", flat=True)
    keys = (key.split("/") for key in notices)
    return set(rises.values_list("case_id", "to_level")), {(int(case), int(level)) for _r, case, level, _to in keys}


def done(run: JobRun) -> bool:
    run.refresh_from_db()
    return run.state == "done"


def under_way(run: JobRun) -> bool:
    run.refresh_from_db()
    return run.state != "due"


class TestKills:
    """R1: two copies at once, one of them a real worker; SIGKILL at random moments of the job over 20,000 steps."""

    def kill_and_finish(self, fleet, deaths: list[str], seed: int) -> dict[str, float]:
        first, chance, slowest, hits = fill(), random.Random(seed), 0.0, 0
        ships = fleet()
        ships.beat()
        worker = ships.worker()
        for n, death in enumerate(deaths):
            day = first + timedelta(days=n)
            copy = processes.worker("real", day.isoformat())
            run = plan_day(day)
            wait_until(partial(under_way, run), seconds=60, every=0.01)
            processes.go(copy)
            time.sleep(chance.random() * 0.6)
            hits += not done(run)
            killed_at = time.monotonic()
            worker = self.kill(ships, worker, death)
            if chance.random() < 0.5:
                copy.kill()
            copy.communicate()
            wait_until(partial(done, run), seconds=60)
            slowest = max(slowest, time.monotonic() - killed_at)
            assert oracle.faults(day) == {}, (n, death)
            print(n + 1, death, f"at work {hits}, slowest recovery {slowest:.1f} s", flush=True)
        return {"kills": len(deaths), "at work": hits, "slowest recovery, s": round(slowest, 1)}

    @staticmethod
    def kill(ships: Fleet, worker: CeleryProcess, death: str) -> CeleryProcess:
        """The worker that is there afterwards."""
        kill_child(worker.process.pid)
        if death == "child":
            return worker
        worker.kill()
        if death == "all":
            ships.redis.kill()
            ships.redis.start()
        return ships.worker()

    def test_ten_kills_lose_and_double_nothing(self, fleet, record_testsuite_property):
        deaths = ["child", "group", "child", "group", "all"] * 2
        figures = self.kill_and_finish(fleet, deaths, seed=20261120)
        record_testsuite_property(f"{len(deaths)} kills", str(figures))
        assert figures["at work"] >= 5
        assert Warning.objects.count() > 5000

    def respond_and_kill(self, fleet, deaths: list[str], seed: int) -> None:
        first, chance = fill(60), random.Random(seed)
        park = Park.objects.get()
        for role in ("staff", "leader"):
            factories.user(park, role)
        factories.user(park, "unit", Organization.objects.get(name="测试审批局"))
        ships = fleet(HARNESS_RESPONSE="1", HARNESS_BATCH="5")
        ships.beat()
        worker = ships.worker()
        for n, death in enumerate(deaths):
            runs = [plan_day(first + timedelta(days=n), job) for job in ("warnings", "response")]
            wait_until(partial(under_way, chance.choice(runs)), seconds=60, every=0.01)
            time.sleep(chance.random() * 0.3)
            worker = self.kill(ships, worker, death)
            wait_until(lambda runs=runs: all(map(done, runs)), seconds=90)
            told, noticed = told_and_noticed()
            assert told == noticed, (n, death)
            assert oracle.faults(runs[0].as_of) == {}, (n, death)
        assert len(told) > 20

    @LONG
    def test_every_rise_is_told_once_however_often_the_worker_dies(self, fleet):
        self.respond_and_kill(fleet, ["child", "group", "all", "child"], seed=1)

    @LONG
    def test_twenty_deaths_of_the_worker_that_tells(self, fleet):
        self.respond_and_kill(fleet, ["child", "group", "child", "all"] * 5, seed=2)

    @LONG
    def test_fifty_kills_lose_and_double_nothing(self, fleet, record_testsuite_property):
        deaths = ["child", "group", "child", "group", "all"] * 10
        figures = self.kill_and_finish(fleet, deaths, seed=20261121)
        record_testsuite_property(f"{len(deaths)} kills", str(figures))
        print(figures)
        assert figures["at work"] >= 25


class TestRecovery:
    """R2: what a dead worker or a wiped broker costs is a delay."""

    def recover(self, fleet, harm, **env) -> float:
        """Seconds from the harm until the run is done."""
        day = fill(300)
        ships = fleet(**env)
        ships.beat()
        worker = ships.worker()
        run = plan_day(day)
        wait_until(lambda: under_way(run), seconds=130, every=0.01)
        begun = time.monotonic()
        harm(ships, worker)
        wait_until(lambda: done(run), seconds=130)
        assert oracle.faults(run.as_of) == {}
        return time.monotonic() - begun

    @staticmethod
    def kill_group(ships: Fleet, worker: CeleryProcess) -> None:
        worker.kill()
        ships.worker()

    @staticmethod
    def wipe(ships: Fleet, worker: CeleryProcess) -> None:
        """Messages gone while the only child that could remember them is gone too."""
        kill_child(worker.process.pid)
        ships.redis.wipe()

    def test_a_wiped_broker_is_a_delay(self, fleet, record_testsuite_property):
        seconds = self.recover(fleet, self.wipe, HARNESS_BATCH="10")
        record_testsuite_property("recovery, s", str(round(seconds, 1)))
        assert seconds < 30

    @LONG
    @pytest.mark.parametrize("harm", ["kill_group", "wipe"])
    def test_within_120_seconds_with_the_lease_and_tick_of_every_day(self, fleet, harm, record_testsuite_property):
        slow = {"HARNESS_LEASE": "45", "HARNESS_TICK": "60", "HARNESS_BATCH": "2"}
        seconds = self.recover(fleet, getattr(self, harm), **slow)
        record_testsuite_property("recovery, s", str(round(seconds, 1)))
        print(harm, round(seconds, 1))
        assert seconds <= 120

    def test_the_twin_without_a_tick_never_recovers(self, fleet):
        day = fill(100)
        ships = fleet(HARNESS_BATCH="5")
        worker = ships.worker()
        run = plan_day(day)
        from config.celery import app

        with app.connection_for_write(ships.redis.url) as broker:
            tasks.run_job.apply_async([run.pk], connection=broker)
        wait_until(lambda: under_way(run), seconds=60, every=0.01)
        self.wipe(ships, worker)
        time.sleep(8)
        assert not done(run)


class TestDoubles:
    """R3: two beats, ten ticks at once, a clock that goes back an hour: one run, one flag, one notice."""

    def test_nothing_is_doubled(self, fleet):
        fill(100)
        factories.user(Park.objects.get(), "staff")
        ships = fleet(HARNESS_BATCH="20")
        ships.beat(HARNESS_NAME="one")
        ships.beat(HARNESS_NAME="two")
        ships.worker(concurrency=2)
        for shift in ("0", "-3600"):
            ten = [
                processes.manage("tick", **{**QUICK, "CELERY_BROKER_URL": ships.redis.url, "HARNESS_SHIFT": shift})
                for _ in range(10 if shift == "0" else 3)
            ]
            for status, _out, errors in processes.finish(*ten):
                assert status == 0, errors
        run = JobRun.objects.get(job="warnings")
        wait_until(lambda: done(run), seconds=60)
        ships.worker(HARNESS_SHIFT="-3600")
        time.sleep(3)
        run.refresh_from_db()
        assert (JobRun.objects.filter(job="warnings").count(), run.attempts) == (1, 1)
        assert oracle.faults(run.as_of) == {}
        raised = WarningEvent.objects.filter(kind="raised").values_list("warning", "as_of")
        assert len(raised) == len(set(raised))
        keys = Notice.objects.values_list("key", flat=True)
        assert len(keys) == len(set(keys))


class TestPoison:
    """R5: a run that kills or hangs its process every time is given up after three attempts; the others go on."""

    def poison(self, fleet, tmp_path, how: str, **env) -> tuple[Fleet, object]:
        factories.user(factories.park(), "staff")
        lines = tmp_path / "attempts"
        ships = fleet(HARNESS_POISON=f"{how}:{lines}", HARNESS_LIMITS="2,4", **env)
        ships.beat()
        ships.worker(concurrency=2)
        wait_until(lambda: JobRun.objects.filter(job="neighbour", state="done").exists(), seconds=30)
        return ships, lines

    @pytest.mark.parametrize("how", ["killed", "hung", *(pytest.param(h, marks=LONG) for h in ("left", "stubborn"))])
    def test_three_attempts_then_an_alarm(self, fleet, tmp_path, how):
        _ships, lines = self.poison(fleet, tmp_path, how)
        wait_until(lambda: JobRun.objects.filter(job="poison", state="dead").exists(), seconds=90)
        time.sleep(2)
        run = JobRun.objects.get(job="poison")
        assert (run.state, run.attempts, len(lines.read_text().splitlines())) == ("dead", ATTEMPTS, ATTEMPTS)
        neighbour = JobRun.objects.get(job="neighbour")
        assert (neighbour.finished_at - neighbour.created_at).total_seconds() <= 30
        assert [notice.event for notice in Notice.objects.filter(about_id=run.pk)] == ["machine_alarm"]

    def test_the_twin_without_the_guard_goes_on_for_ever(self, fleet, tmp_path):
        _ships, lines = self.poison(fleet, tmp_path, "left", HARNESS_NAIVE="1")
        wait_until(lambda: len(lines.read_text().splitlines()) > ATTEMPTS + 2, seconds=60)


class TestStopped:
    """R7: whoever falls silent is red for the monitoring program and on the page."""

    def test_a_stopped_beat_is_red_within_five_minutes(self, fleet, client, monkeypatch):
        staff = factories.user(factories.park(), "staff")
        client.force_login(staff)
        ships = fleet()
        beat = ships.beat()
        ships.worker()
        wait_until(lambda: Heartbeat.objects.filter(part="tick").exists(), seconds=30)
        wait_until(lambda: not JobRun.objects.exclude(state="done").exists() and JobRun.objects.exists(), seconds=60)
        address = reverse("healthz_jobs")
        assert client.get(address).json()["parts"]["tick"]["state"] == "green"
        beat.stop()
        real = clock.now
        for minutes, expected in ((1, "green"), (4, "red")):
            monkeypatch.setattr("accounts.clock.now", lambda later=minutes: real() + timedelta(minutes=later))
            assert client.get(address).json()["parts"]["tick"]["state"] == expected
        assert client.get(address).status_code == 503
        assert 'data-part="tick" data-state="red"' in client.get(reverse("dispatch:job_list")).content.decode()
