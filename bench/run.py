"""python -m bench.run [--projects 2000] [--repeat 5] [--database-url …] [--only list,export]

Fills a throw-away database (PostgreSQL unless told otherwise) with the example park, measures every workload beside
its limit and writes bench/RESULTS.md, one section for each database and size. Give only a database you can lose.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.results import write_results
from tools.servers import postgres_server

ROOT = Path(__file__).resolve().parent.parent


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Measures the workloads and their limits.")
    parser.add_argument("--projects", type=int, default=2000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--database-url", help="an empty database; 'sqlite' for a throw-away file")
    parser.add_argument("--only", help="names of workloads, with commas")
    parser.add_argument("--dry", action="store_true", help="print, and leave RESULTS.md alone")
    return parser.parse_args()


@contextlib.contextmanager
def database(wanted: str | None, folder: Path):
    if wanted == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
    elif wanted:
        yield wanted
    else:
        with postgres_server() as url:
            yield url


def manage(env: dict[str, str], *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def fill(env: dict[str, str], projects: int) -> float:
    """Seconds that seeding took."""
    for command in (("migrate", "-v0"), ("load_catalogue",), ("load_calendar",)):
        manage(env, *command)
    begun = time.monotonic()
    manage(env, "seed_demo", "--if-empty", "--projects", str(projects))
    return time.monotonic() - begun


def analyse(env: dict[str, str]) -> None:
    """Statistics as a database in use has them."""
    code = "from django.db import connection as c; c.cursor().execute('ANALYZE')"
    manage(env, "shell", "-v0", "-c", code)


def measure(env: dict[str, str], name: str, repeat: int) -> dict:
    command = [sys.executable, "-m", "bench.one", name, str(repeat)]
    done = subprocess.run(command, env=env, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no message"])[-1][:300]}
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    options = arguments()
    from bench.workloads import WORKLOADS

    names = options.only.split(",") if options.only else list(WORKLOADS)
    with (
        tempfile.TemporaryDirectory(prefix="navigator-bench-") as folder,
        database(options.database_url, Path(folder)) as url,
    ):
        env = os.environ | {"DATABASE_URL": url, "DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "bench.settings"}
        seconds = fill(env, options.projects)
        print(f"{options.projects} projects seeded in {seconds:.1f} s", flush=True)
        analyse(env)
        found = {}
        for name in names:
            found[name] = measure(env, name, options.repeat)
            print(name, brief(found[name]), flush=True)
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    if not options.dry:
        write_results(kind, options.projects, options.repeat, seconds, found, WORKLOADS)
    return 0


def brief(row: dict) -> str:
    if "error" in row:
        return f"not run: {row['error']}"
    ratio = f"  {row['ratio']:.1f}× {row['limit']['name']}" if row["ratio"] else ""
    return f"{row['ours']['median']:.1f} ms, {row['ours']['queries']} queries{ratio}, peak {row['peak_mib']:.0f} MiB"


if __name__ == "__main__":
    sys.exit(main())
