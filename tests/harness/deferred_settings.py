"""The tests' settings with Django's default transactions: the lock is taken at the first write, too late."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["OPTIONS"] = DATABASES["default"]["OPTIONS"] | {"transaction_mode": "DEFERRED"}
