"""A test database is migrated once and copied after that: the same tables in a fraction of the time.

The copy is taken from a template that carries the fingerprint of everything a migration may depend on; it lies with the
tests' other files, so that the stages of one ./test share it.
"""

import contextlib
import fcntl
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "workdays", "projects", "approvals", "dispatch")
LIKE = "navigator_template_"


def fingerprint() -> str:
    """Changes with every migration of ours and with every version of the packages that bring their own."""
    found = hashlib.sha256(repr(sorted(apps.app_configs)).encode())
    for name in (*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "requirements.txt", ROOT / "accounts/permissions.py"):
        found.update(name.read_bytes())
    for name in sorted((ROOT / "workdays" / "data").glob("*")):
        found.update(name.read_bytes())
    return found.hexdigest()[:16]


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """One process of the machine at a time: the first one migrates, the others wait and copy."""
    with (settings.TEST_DIR / "template.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Template:
    """The migrated database without contents, for the kind of server in use."""

    def __init__(self):
        self.name = f"{LIKE}{fingerprint()}"
        self.on_sqlite = connection.vendor == "sqlite"
        self.file = settings.TEST_DIR / f"{self.name}.sqlite3"
        self.target = str(connection.creation._get_test_db_name())

    def copy(self) -> bool:
        """Makes the test database from the template; False when there is none yet."""
        self.remove_copy()
        if self.on_sqlite:
            if self.file.exists():
                shutil.copyfile(self.file, self.target)
            return self.file.exists()
        with self._server() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name])
            if cursor.fetchone() is None:
                return False
            cursor.execute(f'CREATE DATABASE "{self.target}" TEMPLATE "{self.name}"')
        return True

    def remove_copy(self) -> None:
        """Removes the test database, whoever left it."""
        connection.close()
        if self.on_sqlite:
            for end in ("", "-wal", "-shm"):
                Path(self.target + end).unlink(missing_ok=True)
            return
        with self._server() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.target}" WITH (FORCE)')

    def keep(self) -> None:
        """Makes the template from the test database as it has just been migrated."""
        connection.close()
        if self.on_sqlite:
            for old in settings.TEST_DIR.glob(f"{LIKE}*.sqlite3"):
                old.unlink(missing_ok=True)
            with contextlib.closing(sqlite3.connect(self.target)) as made:
                made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copyfile(self.target, self.file.with_suffix(".new"))
            self.file.with_suffix(".new").rename(self.file)
            return
        with self._server() as cursor:
            cursor.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.target}"')

    def _server(self):
        return connection.creation._nodb_cursor()
