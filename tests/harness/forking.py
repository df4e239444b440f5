"""Processes of ours forked from one that has loaded the site already: a start costs milliseconds, a SIGKILL is real.

``serve`` is their side. Every line "MODE MINUTES" on stdin starts one, which prints "pid N", a "." (``dot``) where it
may be killed, and "ended STATUS". `processes.Forks` is the test's side.
"""

import os
import sys
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta

import django

Now = Callable[[], datetime]


def set_up() -> None:
    """Loads the site. What the modes need is best imported before ``serve``, once for all."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()


def serve(begin: datetime, **modes: Callable[[Now], None]) -> None:
    """A mode's clock runs from ``begin``, MINUTES ahead."""
    print("ready", flush=True)
    for line in iter(sys.stdin.readline, ""):
        mode, minutes = line.split()
        child = os.fork()
        if child == 0:
            os._exit(_work(modes[mode], begin + timedelta(minutes=int(minutes))))
        print(f"pid {child}", flush=True)
        print(f"ended {os.waitpid(child, 0)[1]}", flush=True)


def _work(mode: Callable[[Now], None], begin: datetime) -> int:
    started = time.monotonic()
    try:
        mode(lambda: begin + timedelta(seconds=time.monotonic() - started))
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def dot() -> None:
    print(".", flush=True)
