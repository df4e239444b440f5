"""Services and browsers for the tests. Factories stand in tests/factories.py."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from pytest_django.plugin import blocking_manager_key

from tools import browsers, messages
from tools.processes import dies_with_parent
from tools.servers import Unavailable, redis_server

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
# Playwright keeps an event loop running in the thread of the tests.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# HYPOTHESIS_PROFILE=deep for a long search. No deadline: a busy machine is not a fault.
hypothesis.settings.register_profile("quick", deadline=None, derandomize=IN_CI, print_blob=True)
hypothesis.settings.register_profile("brief", deadline=None, print_blob=True, max_examples=20)  # ./test fast
hypothesis.settings.register_profile("deep", deadline=None, print_blob=True, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def unavailable(reason: str) -> None:
    """Skips the test, or fails it where everything must be there (CI=true)."""
    if IN_CI:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests marked long as well")
    parser.addoption("--rest-follows", action="store_true", help="leave to PostgreSQL what is slow and uses a database")


def pytest_configure(config: pytest.Config) -> None:
    """The texts as they stand in the catalogues now; written once, before any worker of xdist starts."""
    if not hasattr(config, "workerinput"):
        messages.compile_all()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what says nothing on the database in use: no line in the report for it."""
    from django.conf import settings

    on_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    follows = config.getoption("--rest-follows")
    kept, idle = [], []
    for item in items:
        left_out = item.get_closest_marker("postgres") if on_sqlite else says_the_same(item)
        left_out = left_out or (item.get_closest_marker("long") and not config.getoption("--long"))
        left_out = left_out or (follows and item.get_closest_marker("slow") and not says_the_same(item))
        (idle if left_out else kept).append(item)
    config.hook.pytest_deselected(items=idle)
    items[:] = kept


def says_the_same(item: pytest.Item) -> bool:
    """Whether PostgreSQL can add nothing to what SQLite said: marked so, or without a database."""
    if item.get_closest_marker("once"):
        return True
    uses = {"db", "transactional_db", "django_db_setup"} & set(getattr(item, "fixturenames", ()))
    return not (uses or item.get_closest_marker("django_db") or item.get_closest_marker("broker"))


@pytest.fixture(scope="session")
def ready_database(django_db_modify_db_settings_parallel_suffix, django_db_blocker) -> Iterator[tuple]:
    """The test database, copied where another process has migrated one already; (template or None, lock)."""
    from tests.ready_database import Template, only_one

    with contextlib.ExitStack() as lock, django_db_blocker.unblock():
        lock.enter_context(only_one())
        template = Template()
        copied = template.copy()
        if copied:
            lock.close()
        yield (None if copied else template), lock
        template.remove_copy()


@pytest.fixture(scope="session")
def django_db_keepdb(ready_database) -> bool:
    """What ``ready_database`` has made is used, and removed by it."""
    return True


@pytest.fixture(scope="session")
def django_db_setup(ready_database, django_db_setup, django_db_blocker):
    """Every test finds what an installation holds from its first start."""
    template, lock = ready_database
    with django_db_blocker.unblock():
        if template:
            template.keep()
            lock.close()
        install()


def install() -> None:
    """The roles and the shipped catalogue."""
    from accounts.actions import load_roles
    from tests.approvals import cases

    load_roles()
    cases.catalogue()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test that commits empties all tables behind it."""
    result = yield
    marker = item.get_closest_marker("django_db")
    commits = (marker and marker.kwargs.get("transaction")) or "transactional_db" in getattr(item, "fixturenames", ())
    if commits and nextitem is not None:
        with item.config.stash[blocking_manager_key].unblock():
            install()
    return result


@pytest.fixture(autouse=True)
def own_language():
    """A page asked for in English leaves that language on in the test's process; the next test begins in its own."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture
def no_catalogue(db):
    """A database before the catalogue is loaded."""
    from tests.approvals import cases

    cases.remove_catalogue()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Address of a throw-away Redis server."""
    if url := os.environ.get("TEST_REDIS_URL"):
        number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
        yield f"{url.rsplit('/', 1)[0]}/{number}" if number != "0" else url
        return
    try:
        with redis_server() as url:
            yield url
    except Unavailable as error:
        unavailable(str(error))


@contextlib.contextmanager
def broker_at(url: str) -> Iterator[str]:
    """Our own Celery app, in this process, sends to the broker at ``url``."""
    import kombu.pools

    from config.celery import app

    def send_to(address: str) -> None:
        app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = address
        kombu.pools.reset()
        app._pool = app.amqp._producer_pool = None

    before = app.conf.broker_url
    send_to(url)
    try:
        yield url
    finally:
        send_to(before)


@pytest.fixture
def broker(redis_url: str) -> Iterator[str]:
    """Our own Celery app, in this process, sends to the throw-away Redis, which is emptied first."""
    import redis

    with redis.Redis.from_url(redis_url) as connection:
        connection.flushdb()
    with broker_at(redis_url):
        yield redis_url


class CeleryProcess:
    """A real ``celery -A config …`` process on the test's database and broker."""

    def __init__(self, arguments: list[str], env: dict[str, str]):
        self.lines: list[str] = []
        command = [sys.executable, "-m", "celery", "-A", "config", *arguments]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=dies_with_parent(),
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, text: str, *, seconds: float = 30.0) -> None:
        """Returns once the log holds the text; fails the test when the process ends or the time is up."""
        deadline = time.monotonic() + seconds
        while text not in self.log:
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{text!r} not seen in the log of celery:\n{self.log}")
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the process and all of its children: nothing gets a chance to tidy up."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, 9)
        self.process.wait()

    def stop(self) -> None:
        """Asks the process to end, then makes it."""
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.kill()
        self.reader.join(timeout=5)
        self.process.stdout.close()


def database_url() -> str:
    """Address of the test database that this process uses, for another process."""
    from django.db import connection

    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    password = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    return f"postgres://{values['USER']}{password}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@pytest.fixture
def service_environment(transactional_db, broker: str) -> dict[str, str]:
    """Environment with which another process of ours works on this test's database and broker."""
    own = {"DATABASE_URL": database_url(), "CELERY_BROKER_URL": broker, "PYTHONUNBUFFERED": "1"}
    return os.environ | own | {"DJANGO_SETTINGS_MODULE": "tests.settings", "LOG_LEVEL": "INFO"}


@pytest.fixture
def celery_process(service_environment: dict[str, str]) -> Iterator:
    """Factory: ``celery_process("beat", "-l", "INFO", env={…})`` starts one; all are stopped after the test."""
    started: list[CeleryProcess] = []

    def start(*arguments: str, env: dict[str, str] | None = None) -> CeleryProcess:
        started.append(CeleryProcess(list(arguments), service_environment | (env or {})))
        return started[-1]

    yield start
    for process in started:
        process.stop()


@pytest.fixture
def celery_worker_process(celery_process) -> Iterator:
    """Factory: starts a real worker, ready to take tasks; keyword ``env`` adds to its environment."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")

    def start(*, env: dict[str, str] | None = None, concurrency: int = 2) -> CeleryProcess:
        options = ("--concurrency", str(concurrency), "--loglevel", "INFO", *quiet)
        worker = celery_process("worker", *options, env=env)
        worker.wait_for(" ready.")
        return worker

    return start


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """The machine's Chromium, with flags that also work for root."""
    try:
        return browser_type_launch_args | {"executable_path": browsers.chromium(), "args": browsers.FLAGS}
    except Unavailable as error:
        unavailable(str(error))


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    """A Chinese user at a desk."""
    local = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": {"width": 1280, "height": 900}}
    return browser_context_args | local


@pytest.fixture
def phone(browser, browser_context_args: dict) -> Iterator:
    """A page on a phone, 390 px wide."""
    screen = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    context = browser.new_context(**(browser_context_args | screen))
    yield context.new_page()
    context.close()
