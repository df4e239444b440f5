"""Starts real processes of ours on the database of the running test, and kills them."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import database_url
from tools.processes import dies_with_parent

ROOT = Path(__file__).resolve().parent.parent.parent


def environment(**extra: str) -> dict[str, str]:
    own = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    return os.environ | own | extra


def manage(*arguments: str, **env: str) -> subprocess.Popen:
    """``manage.py …`` in a process of its own."""
    return _start([str(ROOT / "manage.py"), *arguments], env)


def worker(mode: str, argument: str, **env: str) -> subprocess.Popen:
    """The harness's worker, ready and waiting for ``go``."""
    process = _start(["-m", "tests.harness.worker", mode, argument], env)
    line = process.stdout.readline()
    assert line == "ready\n", line + process.communicate()[1]
    return process


def go(*processes: subprocess.Popen) -> None:
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()


def finish(*processes: subprocess.Popen) -> list[tuple[int, str, str]]:
    """(exit status, output, errors) of each process once it has ended."""
    ended = []
    for process in processes:
        out, err = process.communicate(timeout=300)
        ended.append((process.returncode, out, err))
    return ended


def kill_in_the_middle(process: subprocess.Popen, chance: random.Random, *, dots: int, pause: float) -> bool:
    """SIGKILL a random moment after a random dot; False when the process had already ended."""
    go(process)
    for _ in range(chance.randint(1, dots)):
        if process.stdout.readline() != ".\n":
            break
    time.sleep(chance.random() * pause)
    alive = process.poll() is None
    process.kill()
    process.communicate()
    return alive


def _start(arguments: list[str], env: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=dies_with_parent(),
    )


class Forks:
    """A process running ``module``, which serves as tests.harness.forking says; its forks work one after the other."""

    def __init__(self, module: str, **env: str):
        self.process = _start(["-m", module], env)
        line = self.process.stdout.readline()
        assert line == "ready\n", line + self.process.communicate()[1]

    def go(self, mode: str, minutes: int) -> None:
        self.process.stdin.write(f"{mode} {minutes}\n")
        self.process.stdin.flush()

    def kill(self, chance: random.Random, *, dots: int) -> bool:
        """SIGKILL a random moment after a random dot; False when the fork had already ended."""
        wanted, pid, seen = chance.randint(1, dots), 0, 0
        while not pid or seen < wanted:
            line = self.process.stdout.readline()
            if line.startswith("ended") or not line:
                return False
            pid = int(line.split()[1]) if line.startswith("pid") else pid
            seen += line == ".\n"
        time.sleep(chance.random() * 0.005)
        os.kill(pid, signal.SIGKILL)
        return self.end() == signal.SIGKILL

    def end(self) -> int:
        """The status of the fork once it has ended."""
        for line in iter(self.process.stdout.readline, ""):
            if line.startswith("ended"):
                return int(line.split()[1])
        raise AssertionError(self.process.communicate()[1])

    def finish(self, mode: str, minutes: int) -> None:
        """Runs one to its end."""
        self.go(mode, minutes)
        assert self.end() == 0

    def stop(self) -> None:
        self.process.communicate(timeout=30)
