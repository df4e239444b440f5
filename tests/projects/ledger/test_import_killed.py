"""SIGKILL while a file is read or a confirmed import is written: all or nothing, and the next try finishes the work."""

import os
import random
import time

import pytest
from django.db import connection

from projects.ledger import actions
from projects.models import ImportBatch, ImportRow, Milestone, Project, ProjectChange
from tests.factories import park, user
from tests.harness import processes
from tests.projects.ledger.importing import AT, book, uploaded

ROWS = 2000
KILLS = int(os.environ.get("IMPORT_KILLS", "10"))  # of reading and writing together
WORK = (
    "from accounts import clock; from projects.ledger import actions; print('ready', flush=True); "
    "actions.work({pk}, now=clock.now)"
)
NAIVE = (
    "from contextlib import nullcontext; from django.db import transaction; "
    "transaction.atomic = lambda *args, **options: args[0] if args and callable(args[0]) else nullcontext(); "
)
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def counts():
    return {model: model.objects.count() for model in (Project, Milestone, ProjectChange)}


def worker(batch, first=""):
    process = processes.manage("shell", "-c", first + WORK.format(pk=batch.pk))
    while (line := process.stdout.readline()) != "ready\n":
        assert line, process.communicate()[1]
    return process


def killed(batch, seconds, first=""):
    """Whether the process was still at it."""
    ImportBatch.objects.filter(pk=batch.pk).update(attempts=0)  # this is about the rows, not about the tries
    connection.close()
    process = worker(batch, first)
    time.sleep(seconds)
    alive = process.poll() is None
    process.kill()
    process.communicate()
    return alive


def ledger():
    return book([{"项目名称": f"项目{n}", "签约": "2025-01-02", "建设单位": f"企业{n}"} for n in range(ROWS)])


def test_killed_while_reading(transactional_db, monkeypatch):
    staff = user(park())
    monkeypatch.setattr(actions, "work", lambda *_args, **_options: None)
    batch = uploaded(ledger(), staff)
    monkeypatch.undo()
    chance, died = random.Random(20261123), 0
    for _kill in range(KILLS // 2):
        died += killed(batch, chance.uniform(0.2, 4))
        state, kept = ImportBatch.objects.get(pk=batch.pk).state, ImportRow.objects.count()
        assert (state, kept) in (("uploaded", 0), ("ready", ROWS))
        if state == "ready":
            ImportRow.objects.all().delete()
            ImportBatch.objects.filter(pk=batch.pk).update(state="uploaded")
    assert died
    actions.work(batch.pk, now=lambda: AT)
    assert (ImportBatch.objects.get(pk=batch.pk).state, ImportRow.objects.count()) == ("ready", ROWS)
    assert set(counts().values()) == {0}


def test_killed_while_writing(transactional_db):
    staff = user(park())
    batch = uploaded(ledger(), staff)
    actions.confirm(batch, valid_rows_only=False, by=staff, at=AT)
    chance, died = random.Random(20261122), 0
    for _kill in range(KILLS - KILLS // 2):
        if set(counts().values()) == {ROWS}:
            break
        died += killed(batch, chance.uniform(0.1, 0.9))
        assert set(counts().values()) in ({0}, {ROWS})
    assert died
    actions.work(batch.pk, now=lambda: AT)
    batch = ImportBatch.objects.get()
    assert batch.state == "done"
    assert counts() == {Project: ROWS, Milestone: ROWS, ProjectChange: ROWS}
    assert not batch.rows.filter(project=None).exists()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="elsewhere rows are locked, which needs a transaction")
def test_without_a_transaction_a_part_remains(transactional_db):
    """The twin: the same kills find half an import when writing is not one transaction."""
    staff = user(park())
    batch = uploaded(ledger(), staff)
    actions.confirm(batch, valid_rows_only=False, by=staff, at=AT)
    connection.close()
    process = worker(batch, NAIVE)
    deadline = time.monotonic() + 60
    while not any(counts().values()) and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert set(counts().values()) not in ({0}, {ROWS})
