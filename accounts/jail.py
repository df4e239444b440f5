"""Runs one of our modules on a file in a child process that may use little and reach nothing.

Address space 768 MiB, processor time 20 s, wall clock 30 s, no new files but the one named, no network, no programs.
A parser that breaks, hangs or eats memory takes the child with it, never the site. Source: reliability rules 3.12 (2).
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATHS = (str(ROOT),)  # where the child finds modules
MEMORY = 768 * 1024 * 1024  # bytes
CPU = 20  # seconds
WALL = 30  # seconds
LARGEST_RESULT = 256 * 1024 * 1024  # bytes of the file written
FORBIDDEN = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.forkpty",
    "pty.spawn",
    "ctypes.dlopen",
)


class Broke(Exception):
    """The child died, took too long, or said nothing that can be read."""


def run(module: str, arguments: list[str], *, wall: float = WALL) -> dict[str, Any]:
    """What ``python -m module arguments`` answers as JSON on its standard output. Raises Broke."""
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(PATHS),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
    }
    environment["OMP_NUM_THREADS"] = "1"
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=wall, check=False,
        )  # fmt: skip
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise Broke("took too long") from error
    except ValueError as error:
        raise Broke(f"ended with {done.returncode}: {done.stderr[-300:]!r}") from error
    if done.returncode or not isinstance(answer, dict):
        raise Broke(f"ended with {done.returncode}")
    return answer


def lock(writable: str) -> None:
    """Called by the child when its modules are loaded and before it opens the file: from here on the limits hold."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU),
        (resource.RLIMIT_FSIZE, LARGEST_RESULT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(limit, (value, value))
    sys.addaudithook(_guard(writable))


def _guard(writable: str) -> Callable[[str, tuple[Any, ...]], None]:
    def guard(event: str, arguments: tuple[Any, ...]) -> None:
        if event in FORBIDDEN:
            raise PermissionError(event)
        if event == "open" and _writes(arguments) and str(arguments[0]) != writable:
            raise PermissionError("open")

    return guard


def _writes(arguments: tuple[Any, ...]) -> bool:
    flags = arguments[2] if len(arguments) > 2 and isinstance(arguments[2], int) else 0
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
