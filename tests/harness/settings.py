"""The tests' settings with a quick pulse for other processes: a tick and leases of seconds, and what the test asks for
by environment variables (see clockwork.py)."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import TEST_DIR

INSTALLED_APPS = [*INSTALLED_APPS, "tests.harness.clockwork.Clockwork"]  # noqa: F405
CELERY_BEAT_SCHEDULE = {"tick": {"task": "dispatch.tick", "schedule": float(os.environ.get("HARNESS_TICK", "1"))}}
CELERY_BEAT_SCHEDULE_FILENAME = str(TEST_DIR / f"beat-{os.environ.get('HARNESS_NAME', 'schedule')}-{os.getpid()}")
if limits := os.environ.get("HARNESS_LIMITS"):
    CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = map(int, limits.split(","))
