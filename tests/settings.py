"""The site's settings for tests: the same, but quick to hash and without HTTPS."""

import os
import tempfile
from pathlib import Path

TEST_DIR = Path(os.environ.get("TEST_DIR") or tempfile.gettempdir()) / f"navigator-test-{os.getuid()}"
TEST_DIR.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("DJANGO_SECRET_KEY", "for tests only")
os.environ.setdefault("DATA_DIR", str(TEST_DIR))
os.environ.setdefault("DJANGO_HTTPS", "false")
os.environ.setdefault("CELERY_BROKER_URL", "memory://")
os.environ.setdefault("LOG_LEVEL", "WARNING")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The live server knows no hashed names; the manifest is tested by itself.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
MEDIA_ROOT = TEST_DIR / "media"
AXES_ENABLED = False
# The clock of many tests stands still, and all they ask for would fall into one window.
API_RATE_READ = API_RATE_WRITE = API_RATE_FAILURES = "1000000/m"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in life: other processes can open it and the locks are the real ones.
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_DIR / f"test-{os.getpid()}.sqlite3")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
