"""SIGKILL at random moments of the daily job over 20,000 steps: nothing lost, nothing doubled. The naive twin fails."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection

from dispatch.models import Warning, WarningEvent
from tests.harness import oracle, processes, seeding

KILLS = 10
PROJECTS = 910  # × 22 = 20,020 steps
FEW = 100  # enough for a job that loses something at every second or third kill

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def fill(projects: int) -> None:
    seeding.fill(projects)
    connection.close()


def start_and_kill(mode: str, as_of: date, chance: random.Random, *, dots: int, pause: float) -> bool:
    """Whether the job died at work."""
    died = processes.kill_in_the_middle(processes.worker(mode, as_of.isoformat()), chance, dots=dots, pause=pause)
    connection.close()
    return died


def finish(mode: str, as_of: date) -> None:
    last = processes.worker(mode, as_of.isoformat())
    processes.go(last)
    [(status, _out, errors)] = processes.finish(last)
    assert status == 0, errors


@pytest.mark.once  # on PostgreSQL with real workers: test_fleet.py
def test_killed_ten_times_nothing_is_lost_and_nothing_doubled(transactional_db):
    fill(PROJECTS)
    chance, days = random.Random(20261120), [seeding.AS_OF + timedelta(days=n) for n in range(KILLS)]
    assert sum(start_and_kill("real", day, chance, dots=25, pause=0.02) for day in days) >= KILLS // 2
    finish("real", days[-1])
    assert oracle.faults(days[-1]) == {}
    assert Warning.objects.count() > 5000


def test_the_naive_twin_loses_events(transactional_db):
    fill(FEW)
    chance, lost = random.Random(20261120), "flags without event"
    for _ in range(2 * KILLS):
        WarningEvent.objects.all().delete()
        Warning.objects.all().delete()
        start_and_kill("naive", seeding.AS_OF, chance, dots=3, pause=0.05)
        if oracle.faults(seeding.AS_OF).get(lost):
            break
    finish("naive", seeding.AS_OF)
    assert oracle.faults(seeding.AS_OF).get(lost, 0) > 0
