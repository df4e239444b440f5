"""``./test``: every check of the project, one after the other, and one line that sums them up.

Last line: ``N passed, N failed, N skipped`` over all pytest runs; any other check that fails counts as one failed.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tools import browsers, debian
from tools.servers import Unavailable, free_port, postgres_server, temporary_folder

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
WORKERS = os.environ.get("TEST_WORKERS") or str(min(os.cpu_count() or 2, 8))
# Neighbours stay together, so what a module sets up is set up once; who has finished takes from the others.
PARALLEL = ("-n", WORKERS, "--dist", "worksteal")
# These wait for other processes (a browser, a worker) more than they work: two at once, whatever the machine.
WAITING = ("-n", "2", "--dist", "loadscope")
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DJANGO_SECRET_KEY": "check-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "DATABASE_URL": "sqlite://:memory:",
    "DJANGO_DEBUG": "false",
    "DJANGO_HTTPS": "true",
    "DJANGO_ALLOWED_HOSTS": "navigator.example.com",
    "DJANGO_CSRF_TRUSTED_ORIGINS": "https://navigator.example.com",
}


@dataclass
class Outcome:
    """What a stage gave: pytest counts, and whether it went well."""

    name: str
    good: bool
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    broken: list[str] = field(default_factory=list)


@dataclass
class Suite:
    """Runs stages in order and remembers their outcomes and everything that was missing."""

    scratch: Path
    outcomes: list[Outcome] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def stage(self, name: str, work: Callable[[], Outcome | bool]) -> None:
        """Runs one stage; whatever goes wrong in it is its failure, not ours."""
        print(f"\n=== {name}", flush=True)
        begun = time.monotonic()
        try:
            result = work()
        except Unavailable as error:
            self.missing.append(f"{name}: {error}")
            result = Outcome(name, good=not IN_CI, skipped=1)
        except Exception as error:
            print(f"{type(error).__name__}: {error}", flush=True)
            result = False
        outcome = result if isinstance(result, Outcome) else Outcome(name, good=result)
        outcome.seconds = time.monotonic() - begun
        self.outcomes.append(outcome)
        print(f"--- {name}: {'ok' if outcome.good else 'FAILED'}, {outcome.seconds:.1f} s", flush=True)

    def command(self, name: str, *command: str | Path, env: dict[str, str] | None = None) -> None:
        """A stage that is one program; its exit code decides."""
        self.stage(name, lambda: run(*command, env=env) == 0)

    def pytest(self, name: str, *arguments: str, env: dict[str, str] | None = None) -> None:
        """A stage that is one pytest run."""
        self.stage(name, lambda: self.run_pytest(name, *arguments, env=env))

    def run_pytest(self, name: str, *arguments: str, env: dict[str, str] | None = None) -> Outcome:
        """One pytest run with its counts read from the report it writes."""
        report = self.scratch / f"report-{len(self.outcomes)}.xml"
        # What a test logged is left out: the refusals that a walk over all addresses provokes bury what failed.
        brief = ("-q", "--durations=8", "--durations-min=2", "--tb=short", "--show-capture=no")
        command = [PYTHON, "-m", "pytest", *brief, f"--junit-xml={report}"]
        command += arguments
        code = run(*command, env={"TEST_DIR": str(self.scratch)} | (env or {}))
        if not report.exists():
            return Outcome(name, good=False)
        passed, failed, skipped = counts(report)
        nothing_to_run = code == 5 and not failed
        good = code == 0 or nothing_to_run
        return Outcome(name, good, passed=passed, failed=failed, skipped=skipped, broken=broken(report))

    def summary(self) -> int:
        """Prints times, what was missing and the totals; the exit code."""
        print("\n=== summary")
        for outcome in self.outcomes:
            print(f"{'ok    ' if outcome.good else 'FAILED'} {outcome.seconds:7.1f} s  {outcome.name}")
            for test in outcome.broken:
                print(f"                   {test}")
        print(f"       {sum(outcome.seconds for outcome in self.outcomes):7.1f} s  in all")
        for line in self.missing:
            print(f"MISSING {line}{' (a failure, because CI is set)' if IN_CI else ''}")
        failed = sum(outcome.failed or (0 if outcome.good else 1) for outcome in self.outcomes)
        passed, skipped = (sum(getattr(outcome, name) for outcome in self.outcomes) for name in ("passed", "skipped"))
        print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
        return 1 if failed else 0


def run(*command: str | Path, env: dict[str, str] | None = None, cwd: Path = ROOT) -> int:
    """Runs a program in the foreground; its exit code."""
    full = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | (env or {})
    return subprocess.run([str(part) for part in command], check=False, env=full, cwd=cwd).returncode


def counts(report: Path) -> tuple[int, int, int]:
    """(passed, failed, skipped) of a junit report; an error counts as failed."""
    total = failed = skipped = 0
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return max(total - failed - skipped, 0), failed, skipped


def broken(report: Path) -> list[str]:
    """Names of the tests of a junit report that failed or could not be set up."""
    cases = ElementTree.parse(report).getroot().iter("testcase")
    bad = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return sorted({f"{case.get('classname')}::{case.get('name')}" for case in bad})


def pure_files() -> list[str]:
    """Files of the modules that the import contract calls pure."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    modules = next(contract for contract in contracts if contract["id"] == "pure")["source_modules"]
    return [f"{module.replace('.', '/')}.py" for module in modules]


def start_in_a_copy(scratch: Path) -> bool:
    """``./start --check`` on a copy of the files that git knows or would take, with nothing set up."""
    copy = scratch / "fresh copy"
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, check=True, capture_output=True, cwd=ROOT).stdout.decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    ours = ("DATABASE_URL", "CELERY_BROKER_URL", "DATA_DIR", "DJANGO_SECRET_KEY", "DJANGO_SETTINGS_MODULE", "PORT")
    env = {name: value for name, value in os.environ.items() if name not in ours} | {"PORT": str(free_port())}
    for attempt in ("first", "second"):
        print(f"{attempt} start", flush=True)
        if subprocess.run([str(copy / "start"), "--check"], check=False, env=env, cwd=copy).returncode:
            return False
    return True


def lint(suite: Suite) -> None:
    suite.command("ruff check", BIN / "ruff", "check", ".")
    suite.command("ruff format", BIN / "ruff", "format", "--check", ".")
    suite.command("import contracts", BIN / "lint-imports", "--no-cache", "--no-logo")


def checks(suite: Suite) -> None:
    suite.command("types of the pure rules", BIN / "mypy", *pure_files())
    suite.command("migrations complete", PYTHON, "manage.py", "makemigrations", "--check", "--dry-run", env=PRODUCTION)
    suite.command("translations complete", PYTHON, "-m", "tools.check_translations")
    deploy = ["check", "--deploy", "--fail-level", "WARNING"]
    suite.command("ready for production", PYTHON, "manage.py", *deploy, env=PRODUCTION)


def on_postgres(suite: Suite) -> None:
    """What uses a database once more on PostgreSQL, then the tests with a real broker and worker on the same."""
    with contextlib.ExitStack() as stack:
        env: dict[str, str] = {}

        def start() -> bool:
            env["DATABASE_URL"] = stack.enter_context(postgres_server())
            return True

        suite.stage("PostgreSQL up", start)
        if env:
            suite.pytest("pytest on PostgreSQL", *PARALLEL, "-m", "not browser and not broker", env=env)
        suite.pytest("pytest with broker and worker", *WAITING, "-m", "broker", env=env)


def in_browser(suite: Suite) -> None:
    suite.missing += [f"browser tests: {line}" for line in browsers.ensure()]
    suite.pytest("pytest in Chromium", *WAITING, "-m", "browser")


def everything(suite: Suite) -> None:
    lint(suite)
    checks(suite)
    suite.missing += debian.ensure_pdf() + debian.ensure_calc()
    # Slow tests with a database run once, on PostgreSQL, what production runs on; all others run on both.
    on_sqlite = "not browser and not broker and not postgres"
    suite.pytest("pytest on SQLite", *PARALLEL, "--rest-follows", "-m", on_sqlite)
    on_postgres(suite)
    in_browser(suite)
    suite.stage("./start from nothing, then again", lambda: start_in_a_copy(suite.scratch))


def main(arguments: list[str]) -> int:
    # Like Ctrl-C: the program under way is ended and the scratch folder removed.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))
    scratch = temporary_folder()
    suite = Suite(scratch)
    try:
        if not arguments:
            everything(suite)
        elif arguments == ["fast"]:
            lint(suite)
            quick = "not slow and not browser and not broker and not postgres"
            suite.pytest("quick tests on SQLite", *PARALLEL, "-m", quick, env={"HYPOTHESIS_PROFILE": "brief"})
        else:
            suite.pytest("pytest", *arguments)
        return suite.summary()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
