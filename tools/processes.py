"""Child processes that never outlive us: prefixed log lines, restart with back-off, orderly stop."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
LONGEST_DELAY = 30.0  # seconds between two restarts of one service
SETTLED_AFTER = 60.0  # a service that lived this long starts again without delay


def dies_with_parent(number: int = signal.SIGTERM) -> Callable[[], None]:
    """A preexec_fn: the kernel sends the child this signal when its parent is gone, however it went (Linux)."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def arm() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return arm


class Service:
    """One long-running child. ``ready_text`` in a line of its output marks it ready."""

    def __init__(self, name: str, command: list[str], *, env: dict[str, str], cwd: Path, ready_text: str = ""):
        self.name, self.command, self.env, self.cwd, self.ready_text = name, command, env, cwd, ready_text
        self.process: subprocess.Popen | None = None
        self.ready = threading.Event()
        self.last_lines: deque[str] = deque(maxlen=40)
        self.started_at = 0.0
        self.start_again_at: float | None = None
        self.delay = 0.0
        self.deaths = 0

    def start(self) -> None:
        """Starts the child in a session of its own, so that Ctrl-C reaches it only through us."""
        self.started_at, self.start_again_at = time.monotonic(), None
        self.process = subprocess.Popen(
            self.command,
            env=self.env,
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent(),
        )
        threading.Thread(target=self._relay, args=(self.process.stdout,), daemon=True).start()

    def _relay(self, stream) -> None:
        for raw in stream:
            line = raw.decode(errors="replace").rstrip()
            self.last_lines.append(line)
            if self.ready_text and self.ready_text in line:
                self.ready.set()
            with contextlib.suppress(OSError):
                print(f"{self.name:>6} | {line}", flush=True)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def revive(self) -> None:
        """Called often: schedules and carries out the restart of a dead child, later after every quick death."""
        if self.alive():
            return
        now = time.monotonic()
        if self.start_again_at is None:
            self.deaths += 1
            lived = now - self.started_at
            self.delay = 0.0 if lived > SETTLED_AFTER else min(max(1.0, self.delay * 2), LONGEST_DELAY)
            self.start_again_at = now + self.delay
            code = self.process.returncode if self.process else None
            print(f" start | {self.name} ended (code {code}); again in {self.delay:.0f} s", flush=True)
        elif now >= self.start_again_at:
            self.start()

    def ask_to_stop(self) -> None:
        if self.alive():
            self.process.terminate()

    def kill(self) -> None:
        """Ends the child and everything it started."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def stop_all(services: list[Service], *, patience: float = 35.0) -> None:
    """Stops services in the order given, all at once, and kills what is left after ``patience`` seconds."""
    for service in services:
        service.ask_to_stop()
    deadline = time.monotonic() + patience
    while any(service.alive() for service in services) and time.monotonic() < deadline:
        time.sleep(0.05)
    for service in services:
        service.kill()
