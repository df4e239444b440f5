"""Runs one of our modules on a file in a child process that may use little and reach nothing.

Address space 768 MiB, processor time 20 s, wall clock 30 s, no new files but the one named, no network, no programs.
A parser that breaks, hangs or eats memory takes the child with it, never the site. Source: reliability rules 3.12 (2).

`run` waits for one answer; `converse` hands over lines as they come, for results that are large or take a while.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
PATHS = (str(ROOT),)  # where the child finds modules
MEMORY = 768 * 1024 * 1024  # bytes
CPU = 20  # seconds
WALL = 30  # seconds
LARGEST_RESULT = 256 * 1024 * 1024  # bytes of the file written
LARGEST_LINE = 8 * 1024 * 1024  # bytes of one line of a conversation
READY = b"ready\n"  # first line of a conversation: the limits hold
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


class TookTooLong(Broke):
    """Its time, on the clock or on the processor, was up."""


class SaidTooMuch(Broke):
    """More, or longer lines, than the parent wants to hear."""


class NotStarted(Broke):
    """The machine could not start a child, or its modules did not load: no fault of the file."""


def run(module: str, arguments: list[str], *, wall: float = WALL) -> dict[str, Any]:
    """What ``python -m module arguments`` answers as JSON on its standard output. Raises Broke."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=wall, check=False,
        )  # fmt: skip
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise TookTooLong("took too long") from error
    except ValueError as error:
        raise Broke(f"ended with {done.returncode}: {done.stderr[-300:]!r}") from error
    if done.returncode or not isinstance(answer, dict):
        raise Broke(f"ended with {done.returncode}")
    return answer


def converse(
    module: str, arguments: list[str], *, stdin: IO[bytes], wall: float = WALL, largest: int = LARGEST_RESULT
) -> Generator[bytes]:
    """The lines that ``python -m module arguments`` writes, as they come, without their ends.

    `stdin` is an open file; `largest`: bytes heard before it is broken off. The child's first line is `READY`, written
    after `lock`. It is ended when the generator is closed. Raises NotStarted, TookTooLong, SaidTooMuch, Broke.
    """
    with tempfile.TemporaryFile() as complaints:
        try:
            child = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT, env=_environment(), stdin=stdin, stdout=subprocess.PIPE, stderr=complaints,
            )  # fmt: skip
        except OSError as error:
            raise NotStarted(str(error)) from error
        late = threading.Event()

        def end() -> None:
            late.set()
            child.kill()

        clock = threading.Timer(wall, end)
        clock.daemon = True
        assert child.stdout is not None
        try:
            clock.start()
            began = child.stdout.readline(len(READY)) == READY
            yield from _lines(child.stdout, largest) if began else ()
            _judge(child.wait(), late.is_set(), began, complaints)
        finally:
            clock.cancel()
            child.kill()
            child.wait()
            child.stdout.close()


def _lines(pipe: IO[bytes], largest: int) -> Generator[bytes]:
    heard = 0
    while line := pipe.readline(LARGEST_LINE):
        heard += len(line)
        if heard > largest or (len(line) == LARGEST_LINE and not line.endswith(b"\n")):
            raise SaidTooMuch(f"after {heard} bytes")
        yield line.rstrip(b"\n")


def _judge(code: int, late: bool, began: bool, complaints: IO[bytes]) -> None:
    """Nothing, when the child has ended as it should."""
    if late or code == -signal.SIGXCPU:
        raise TookTooLong("took too long")
    if not code and began:
        return
    complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - 600))
    what = f"ended with {code}: {complaints.read()!r}"
    raise Broke(what) if began else NotStarted(what)


def _environment() -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(PATHS),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
    }


def lock(writable: str, *, memory: int = MEMORY, cpu: int = CPU, output: int = LARGEST_RESULT) -> None:
    """Called by the child when its modules are loaded and before it opens the file: from here on the limits hold.

    `memory` and `output` in bytes, `cpu` in seconds; where the machine allows less, that holds.
    """
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        most = resource.getrlimit(limit)[1]
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        spare = 1 if limit == resource.RLIMIT_CPU and most != value else 0  # first SIGXCPU, which tells why
        resource.setrlimit(limit, (value, value + spare))
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
