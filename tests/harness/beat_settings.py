"""The tests' settings with a tick every second instead of every minute."""

from tests.settings import *  # noqa: F403
from tests.settings import TEST_DIR

CELERY_BEAT_SCHEDULE = {"tick": {"task": "dispatch.tick", "schedule": 1.0}}
CELERY_BEAT_SCHEDULE_FILENAME = str(TEST_DIR / "fast-beat-schedule")
