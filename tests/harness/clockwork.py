"""An app for other processes of a test: sets clock, lease and batches, and registers jobs that go wrong.

HARNESS_SHIFT: seconds added to the clock. HARNESS_LEASE: seconds of a lease. HARNESS_BATCH: projects in a batch of the
evaluation; with HARNESS_RESPONSE also of the response to it. HARNESS_POISON=how:file: a daily job "poison" that writes
a line into the file and then dies so, and one called "neighbour" that works. HARNESS_NAIVE: the queue without its guard
against poison.
"""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path

from django.apps import AppConfig


class Clockwork(AppConfig):
    name = "tests.harness.clockwork"
    label = "clockwork"
    path = str(Path(__file__).parent)

    def ready(self):
        if shift := os.environ.get("HARNESS_SHIFT"):
            shift_clock(timedelta(seconds=float(shift)))
        if lease := os.environ.get("HARNESS_LEASE"):
            quicken(float(lease))
        if batch := os.environ.get("HARNESS_BATCH"):
            work_in_batches(int(batch))
        if poison := os.environ.get("HARNESS_POISON"):
            poison_jobs(*poison.split(":", 1))
        if os.environ.get("HARNESS_NAIVE"):
            let_poison_live()


def shift_clock(by: timedelta) -> None:
    from accounts import clock
    from dispatch.jobs.registry import ZONE

    real = clock.now
    clock.now = lambda: real() + by
    clock.today = lambda: clock.now().astimezone(ZONE).date()


def quicken(seconds: float) -> None:
    from dispatch.jobs import actions

    actions.LEASE = timedelta(seconds=seconds)
    actions.BEAT = seconds / 4


def work_in_batches(size: int) -> None:
    from dispatch.jobs.registry import JOBS, Job, daily
    from dispatch.response import evaluate as response
    from dispatch.warnings.evaluate import evaluate

    def warn(run, at, fence):
        return evaluate(as_of=run.as_of, at=at, batch=size, fence=fence).as_dict()

    def respond(run, at, fence):
        return response.evaluate(as_of=run.as_of, at=at, batch=size, fence=fence)

    asked = dict(JOBS)
    JOBS.clear()
    JOBS["warnings"] = Job(daily, warn)
    if os.environ.get("HARNESS_RESPONSE"):
        JOBS["response"] = Job(asked["response"].periods, respond, after=("warnings",))


def poison_jobs(how: str, file: str) -> None:
    from dispatch.jobs.registry import JOBS, Job, daily

    def work(run, at, fence):
        with Path(file).open("a") as lines:
            lines.write(f"{run}\n")
        DEATHS[how]()
        return {}

    JOBS.clear()
    JOBS["poison"] = Job(daily, work)
    JOBS["neighbour"] = Job(daily, lambda run, at, fence: {"days": 1})


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)  # what the kernel does to a process that takes too much memory


def left() -> None:
    raise SystemExit(1)


def hung() -> None:
    time.sleep(3600)


def stubborn() -> None:
    """Hangs and lets nothing but SIGKILL end it."""
    until = time.monotonic() + 3600
    while time.monotonic() < until:
        try:
            time.sleep(3600)
        except BaseException:
            continue


DEATHS = {"killed": killed, "left": left, "hung": hung, "stubborn": stubborn}


def let_poison_live() -> None:
    from dispatch.jobs import actions

    actions.ATTEMPTS = 10_000
