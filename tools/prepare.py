"""Brings the data folder and the database up to date before the services start. Cheap when nothing has changed."""

import hashlib
import io
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import messages

ROOT = messages.ROOT
UNUSED_STATIC = ["redoc*"]  # comes with the API pages, breaks our content policy, takes seconds to compress


@contextmanager
def step(text: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    print(f" start | {text} ({time.monotonic() - started:.1f} s)", flush=True)


def ensure_secret_key(folder: Path) -> None:
    """Writes a new key once, readable by its owner alone, unless DJANGO_SECRET_KEY is set."""
    path = folder / "secret_key"
    if os.environ.get("DJANGO_SECRET_KEY") or path.exists():
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_urlsafe(50))


def static_fingerprint() -> str:
    """Changes whenever a static file of ours or a package version does."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    digest.update((ROOT / "config" / "vendor.py").read_bytes())
    for folder in (ROOT / "static", *(ROOT / app / "static" for app in messages.APPS)):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def collect_static(call_command, static_root: Path) -> None:
    """Runs collectstatic when the fingerprint differs from that of the last run."""
    marker, wanted = static_root.parent / "static.fingerprint", static_fingerprint()
    if marker.exists() and marker.read_text() == wanted and (static_root / "staticfiles.json").exists():
        return
    with step("static files collected"):
        options = {"interactive": False, "clear": static_root.exists(), "ignore_patterns": UNUSED_STATIC}
        call_command("collectstatic", verbosity=0, **options)
    marker.write_text(wanted)


def load_data(call_command) -> None:
    """Loads catalogue and calendar, and the example park into an empty database (not with DEMO_PARK=no)."""
    unheard = io.StringIO()
    with step("catalogue and calendar loaded"):
        call_command("load_roles", stdout=unheard)
        call_command("load_catalogue", stdout=unheard)
        call_command("load_calendar", stdout=unheard)
    if os.environ.get("DEMO_PARK", "yes").lower() not in {"0", "no", "false"}:
        with step("example park present"):
            call_command("seed_demo", if_empty=True, stdout=unheard)


def main() -> None:
    data_dir = Path(os.environ["DATA_DIR"])
    ensure_secret_key(data_dir)
    messages.compile_all()

    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    collect_static(call_command, Path(settings.STATIC_ROOT))
    with step("database migrated"):
        call_command("migrate", interactive=False, verbosity=0)
    load_data(call_command)
    if "--accounts" in sys.argv:
        call_command("seed_demo", print_accounts=True)


if __name__ == "__main__":
    main()
