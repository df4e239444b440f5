"""SIGKILL at random moments of the daily job over 20,000 steps: nothing lost, nothing doubled. The naive twin fails."""

import random
from datetime import timedelta

import pytest
from django.db import connection

from dispatch.models import Warning
from tests.harness import oracle, processes, seeding

KILLS = 10
PROJECTS = 910  # × 22 = 20,020 steps

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def filled(transactional_db):
    seeding.fill(PROJECTS)
    connection.close()


def kill_often(mode: str, days: int, *, dots: int, pause: float) -> int:
    """Starts and kills the job, a new day each time; then lets it finish. Returns how many died at work."""
    chance = random.Random(20261120)
    died = 0
    for n in range(KILLS):
        as_of = seeding.AS_OF + timedelta(days=n * days)
        process = processes.worker(mode, as_of.isoformat())
        died += processes.kill_in_the_middle(process, chance, dots=dots, pause=pause)
    last = processes.worker(mode, as_of.isoformat())
    processes.go(last)
    [(status, _out, errors)] = processes.finish(last)
    assert status == 0, errors
    return died


def test_killed_ten_times_nothing_is_lost_and_nothing_doubled(filled):
    assert kill_often("real", 1, dots=25, pause=0.02) >= KILLS // 2
    assert oracle.faults(seeding.AS_OF + timedelta(days=KILLS - 1)) == {}
    assert Warning.objects.count() > 5000


def test_the_naive_twin_loses_events(filled):
    assert kill_often("naive", 0, dots=5, pause=0.05) >= KILLS // 2
    assert oracle.faults(seeding.AS_OF).get("flags without event", 0) > 0
