"""SIGKILL while a confirmed import is being written: all of it or nothing, and the next try finishes the work."""

import random
import time

import pytest
from django.db import connection

from projects.ledger import actions
from projects.models import ImportBatch, Milestone, Project, ProjectChange
from tests.factories import park, user
from tests.harness import processes
from tests.projects.ledger.importing import AT, book, uploaded

ROWS = 2000
WRITE = (
    "from accounts import clock; from projects.ledger import actions; print('ready', flush=True); "
    "actions.work({pk}, now=clock.now)"
)
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def counts():
    return {model: model.objects.count() for model in (Project, Milestone, ProjectChange)}


def writer(batch):
    process = processes.manage("shell", "-c", WRITE.format(pk=batch.pk))
    while (line := process.stdout.readline()) != "ready\n":
        assert line, process.communicate()[1]
    return process


def test_killed_while_writing(transactional_db):
    staff = user(park())
    rows = [{"项目名称": f"项目{n}", "签约": "2025-01-02", "建设单位": f"企业{n}"} for n in range(ROWS)]
    batch = uploaded(book(rows), staff)
    actions.confirm(batch, valid_rows_only=False, by=staff, at=AT)
    connection.close()
    chance, died = random.Random(20261122), 0
    for _kill in range(2):
        process = writer(batch)
        time.sleep(chance.uniform(0.2, 0.9))
        died += process.poll() is None
        process.kill()
        process.communicate()
        assert set(counts().values()) in ({0}, {ROWS})
    assert died
    actions.work(batch.pk, now=lambda: AT)
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.attempts <= actions.ATTEMPTS) == ("done", True)
    assert counts() == {Project: ROWS, Milestone: ROWS, ProjectChange: ROWS}
    assert not batch.rows.filter(project=None).exists()
