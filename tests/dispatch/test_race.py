"""Several processes at once: evaluators, schedulers, job runners, writers. A guard has a twin without it that fails."""

import pytest
from django.db import connection

from dispatch.models import JobRun, LedgerItem, Warning, WarningEvent
from tests import factories
from tests.harness import oracle, processes, seeding

DAY = seeding.AS_OF.isoformat()
WRITERS, TRANSACTIONS = 8, 40

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def succeed(*started):
    for status, _out, errors in processes.finish(*started):
        assert status == 0, errors


@pytest.mark.parametrize("batch", ["30", "2000"])
def test_four_evaluators_at_once(transactional_db, batch):
    seeding.fill(150)
    connection.close()
    command = ("evaluate_warnings", "--as-of", DAY, "--batch", batch)
    succeed(*[processes.manage(*command) for _ in range(4)])
    assert oracle.faults(seeding.AS_OF) == {}


def test_ten_schedulers_plan_one_run(transactional_db):
    factories.park()
    connection.close()
    succeed(*[processes.manage("tick", "--quiet-bell") for _ in range(10)])
    assert JobRun.objects.filter(job="warnings").count() == 1


def test_three_runners_work_a_run_once(transactional_db):
    seeding.fill(60)
    connection.close()
    succeed(*[processes.manage("run_jobs") for _ in range(3)])
    run = JobRun.objects.get(job="warnings")
    assert (run.state, run.attempts) == ("done", 1)
    assert oracle.faults(run.as_of) == {}


@pytest.mark.postgres
def test_the_naive_twin_doubles_flags(transactional_db):
    seeding.fill(150)
    once = next(c for c in Warning._meta.constraints if c.name == "warning_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Warning, once)
    try:
        pair = [processes.worker("naive", DAY) for _ in range(2)]
        processes.go(*pair)
        succeed(*pair)
        assert oracle.faults(seeding.AS_OF).get("doubled", 0) > 0
    finally:
        WarningEvent.objects.all().delete()
        Warning.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Warning, once)


@pytest.mark.once
class TestSqliteWriters:
    """Eight processes that each read and then write in one transaction, through a real action."""

    @pytest.fixture(autouse=True)
    def sqlite_only(self, transactional_db):
        if connection.vendor != "sqlite":
            pytest.skip("SQLite's lock, so SQLite only")
        factories.park()

    def refused(self, **env) -> int:
        connection.close()
        writers = [processes.worker("writers", str(TRANSACTIONS), **env) for _ in range(WRITERS)]
        processes.go(*writers)
        ended = processes.finish(*writers)
        assert [status for status, _out, _errors in ended] == [0] * WRITERS, ended
        return sum(int(out.split()[-1]) for _status, out, _errors in ended)

    def test_no_database_is_locked(self):
        assert self.refused() == 0
        assert LedgerItem.objects.count() == WRITERS * TRANSACTIONS

    def test_the_twin_with_deferred_transactions_is_locked(self):
        assert self.refused(DJANGO_SETTINGS_MODULE="tests.harness.deferred_settings") > 0
