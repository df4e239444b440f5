"""A worker, a beat and a Redis of a test, and ways to kill them: a child, the whole group, the group and Redis."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.processes import dies_with_parent
from tools.servers import free_port, redis_command, temporary_folder, wait_for_port


class Redis:
    """A Redis of our own that can be killed, started again (empty) and wiped."""

    def __init__(self):
        self.port, self.folder = free_port(), temporary_folder()
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(redis_command(self.port, self.folder), preexec_fn=dies_with_parent(), **quiet)
        wait_for_port(self.port, self.process)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def wipe(self) -> None:
        import redis

        with redis.Redis.from_url(self.url) as connection:
            connection.flushall()

    @classmethod
    @contextlib.contextmanager
    def running(cls) -> Iterator["Redis"]:
        found = cls()
        try:
            found.start()
            yield found
        finally:
            found.kill()
            shutil.rmtree(found.folder, ignore_errors=True)


def children(pid: int) -> list[int]:
    """Processes that this one has started (Linux)."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(part) for part in found.read_text().split()] if found.exists() else []


def kill_child(pid: int) -> bool:
    """SIGKILL to the processes that do the worker's tasks, not to the worker itself."""
    killed = False
    for child in children(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
            killed = True
    return killed


def wait_until(test: Callable[[], object], *, seconds: float, every: float = 0.05) -> float:
    """How many seconds it took until the test said yes. Raises AssertionError when the time is up."""
    begun = time.monotonic()
    while not test():
        waited = time.monotonic() - begun
        assert waited < seconds, f"not within {seconds} s"
        time.sleep(every)
    return time.monotonic() - begun
