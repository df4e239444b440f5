"""SIGKILL of the worker in the middle of a file: another one makes it, and there is one file."""

from pathlib import Path

import pytest

from accounts import clock
from dispatch.exports import making, tasks, work
from dispatch.models import FileJob
from tests import factories
from tests.harness.fleet import wait_until

pytestmark = [pytest.mark.broker, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_killed_in_the_middle_it_is_made_by_another(celery_worker_process, settings, tmp_path):
    person, log = factories.user(factories.park()), tmp_path / "begun"
    env = {"DJANGO_SETTINGS_MODULE": "tests.dispatch.exports.kill_settings", "MADE_FILES": str(settings.MEDIA_ROOT)}
    first = celery_worker_process(env=env, concurrency=1)
    job = making.ask("t_slow", {"log": str(log), "seconds": 3}, title="慢", by=person, at=clock.now())
    wait_until(lambda: log.exists() and FileJob.objects.get().done > 3, seconds=30)
    first.kill()
    celery_worker_process(env=env, concurrency=1)

    def done() -> bool:
        tasks.sweep(clock.now())  # as the tick does every minute
        return FileJob.objects.get().state == FileJob.State.DONE

    wait_until(done, seconds=40, every=0.5)
    job.refresh_from_db()
    begun = log.read_text().split()
    assert (len(begun), len(set(begun)), job.attempts) == (2, 2, 2)
    assert job.file.read() == b"done"
    assert len(list(Path(settings.MEDIA_ROOT, work.FOLDER).iterdir())) == 1
