"""``./start``: prepares the data folder, then keeps web, worker, beat and their broker running until told to stop."""

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tools import debian
from tools.processes import Service, dies_with_parent, stop_all
from tools.servers import Unavailable, free_port, redis_command

ROOT = Path(__file__).resolve().parent.parent
UP_WITHIN = 90.0  # seconds until the sign-in page must answer
QUIET_WORKER = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


def say(text: str) -> None:
    with contextlib.suppress(OSError):
        print(f" start | {text}", flush=True)


def environment(data_dir: Path) -> dict[str, str]:
    """The children's environment: ours, with the embedded defaults where nothing is set."""
    env = dict(os.environ)
    env["DATA_DIR"] = str(data_dir)
    env.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    env.setdefault("DJANGO_HTTPS", "false")
    env["PYTHONUNBUFFERED"] = "1"
    return env


def own_the_folder(data_dir: Path):
    """A lock that lasts as long as this process: one ./start per data folder. Exits with a message when taken."""
    handle = (data_dir / "start.lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"Another ./start is already running on {data_dir}. Stop it first, or set DATA_DIR.")
    return handle


def own_port(host: str, *, any_port: bool) -> int:
    """PORT (8000), checked to be free; in a trial run without PORT any free one."""
    if any_port and "PORT" not in os.environ:
        return free_port()
    wanted = os.environ.get("PORT", "8000")
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {wanted!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(wanted)))
        except OSError as error:
            sys.exit(f"Port {wanted} on {host} cannot be used ({error.strerror}). Choose another: PORT=8001 ./start")
    return int(wanted)


def services(env: dict[str, str], host: str, port: int, scratch: Path) -> list[Service]:
    """What runs, in the order of starting. Adds the embedded broker and its address to ``env`` when none is set."""
    found = []
    if not env.get("CELERY_BROKER_URL"):
        broker_port = free_port()
        env["CELERY_BROKER_URL"] = f"redis://127.0.0.1:{broker_port}/0"
        found.append(Service("redis", redis_command(broker_port, scratch), env=env, cwd=ROOT))
    python = sys.executable
    web = [python, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{host}:{port}", "--worker-class", "gthread"]
    web += ["--workers", "2", "--threads", "4", "--timeout", "60", "--graceful-timeout", "10"]
    web += ["--worker-tmp-dir", str(scratch), "--no-control-socket"]
    celery = [python, "-m", "celery", "--quiet", "-A", "config"]
    worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO", *QUIET_WORKER]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", str(scratch / "beat-schedule")]
    # The worker lets a running task finish for 30 s, then hands it back to the broker.
    worker_env = env | {"REMAP_SIGTERM": "SIGQUIT", "PYTHONWARNINGS": "ignore:You're running the worker with"}
    return [
        *found,
        Service("web", web, env=env, cwd=ROOT, ready_text="Listening at"),
        Service("worker", worker, env=worker_env, cwd=ROOT, ready_text=" ready."),
        Service("beat", beat, env=env, cwd=ROOT),
    ]


def page_answers(url: str) -> bool:
    """Whether the page that ``url`` leads to (the sign-in page) answers 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with contextlib.suppress(OSError, urllib.error.URLError), opener.open(url, timeout=10) as answer:
        return answer.status == 200
    return False


class Launcher:
    """Runs the services until a signal arrives. ``check`` stops as soon as everything has come up."""

    def __init__(self, running: list[Service], url: str, *, check: bool):
        self.running, self.url, self.check = running, url, check
        self.stop = threading.Event()
        self.up = False

    def hear_signal(self, number, frame) -> None:
        if self.stop.is_set():
            for service in self.running:
                service.kill()
        self.stop.set()

    def run(self, announce) -> int:
        """Exit code: 0 when stopped after having come up, 1 when it never did."""
        begun = time.monotonic()
        for service in self.running:
            service.start()
        while not self.stop.wait(0.2):
            for service in self.running:
                service.revive()
            if not self.up:
                self.up = self._everything_is_up()
                if self.up:
                    announce()
                elif time.monotonic() - begun > UP_WITHIN:
                    say(f"the site did not come up within {UP_WITHIN:.0f} s; the last lines above say why")
                    return 1
            if self.up and self.check:
                break
        return 0 if self.up and not (self.check and self._anything_died()) else 1

    def _everything_is_up(self) -> bool:
        waiting = [service for service in self.running if service.ready_text and not service.ready.is_set()]
        return not waiting and all(service.alive() for service in self.running) and page_answers(self.url)

    def _anything_died(self) -> bool:
        return any(service.deaths for service in self.running)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./start", description="Runs the whole site on this machine.")
    parser.add_argument("--check", action="store_true", help="stop as soon as the sign-in page answers")
    return parser.parse_args()


def prepare(env: dict[str, str]) -> list[str] | None:
    """Brings data folder and database up to date; the lines about the example accounts, None when it failed."""
    command = [sys.executable, "-m", "tools.prepare", "--accounts"]
    process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, preexec_fn=dies_with_parent())
    accounts = []
    for raw in process.stdout:
        line = raw.decode(errors="replace").rstrip()
        if line.startswith(" start |"):
            print(line, flush=True)
        else:
            accounts.append(f"  {line}")
    if process.wait():
        say("the site could not be prepared; the message stands above")
        return None
    return accounts


def keep_running(launcher: Launcher, announce: Callable[[], None]) -> int:
    """Runs until a signal, then stops the broker last, so that the worker can hand back its tasks."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, launcher.hear_signal)
    try:
        return launcher.run(announce)
    finally:
        say("stopping …")
        stop_all([service for service in launcher.running if service.name != "redis"])
        stop_all([service for service in launcher.running if service.name == "redis"])
        say("stopped")


def main() -> int:
    begun, options = time.monotonic(), arguments()
    host = os.environ.get("HOST", "127.0.0.1")
    data_dir = Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = own_the_folder(data_dir)
    port = own_port(host, any_port=options.check)
    env = environment(data_dir)
    accounts = prepare(env)
    if accounts is None:
        return 1
    url = f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}/"

    def announce() -> None:
        say(f"up after {time.monotonic() - begun:.1f} s")
        if missing := debian.pdf_libraries_missing():
            say(f"no PDF files until these are installed: apt-get install {' '.join(missing)}")
        title = f"  Project Navigator · 重点项目导航   {url}"
        print("", title, "", *accounts, "", "  Ctrl-C stops everything.", "", sep="\n", flush=True)

    scratch = data_dir / "run"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        return keep_running(Launcher(services(env, host, port, scratch), url, check=options.check), announce)
    except Unavailable as error:
        say(str(error))
        return 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        lock.close()


if __name__ == "__main__":
    sys.exit(main())
