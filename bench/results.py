"""Writes what was measured into bench/RESULTS.md: one section for each database and size, the others stay."""

import os
import platform
import re
import subprocess
import time
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
HEAD = """# Measured

`python -m bench.run --projects 2000` (or 20000, `--database-url sqlite`). Ours and its limit are called in turn in one
process, so compare the ratio, not the milliseconds of different runs. min / median / max of all calls, in ms. Pages are
asked for in-process through Django's test client, signed in, with the full middleware; the bare view has session and
authentication only. Peak is the resident memory of the process that ran the workload, limit included. A verdict is
marked noisy when a median is more than half above its minimum: the machine was busy, so measure again before believing
it. The daily job works nine rules, its plain limit five of them.
"""
UNITS = {"ratio": "× the limit", "queries": " queries", "median_ms": " ms"}
SEED_SECONDS = 120  # for 20,000 projects


def write_results(kind: str, projects: int, repeat: int, seconds: float, found: dict, workloads: dict) -> None:
    title = f"## {kind}, {projects:,} projects"
    lines = [
        title,
        "",
        described(repeat),
        "",
        *table(found, workloads),
        "",
        *verdicts(found, workloads, projects, seconds),
    ]
    sections = _sections()
    sections[title] = "\n".join(lines)
    RESULTS.write_text(HEAD + "\n" + "\n\n".join(sections[name] for name in sorted(sections)) + "\n")


def _sections() -> dict[str, str]:
    text = RESULTS.read_text() if RESULTS.exists() else ""
    parts = re.split(r"(?m)^(?=## )", text)[1:]
    return {part.splitlines()[0]: part.strip() for part in parts}


def described(repeat: int) -> str:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run(["git", "status", "--porcelain", "-uno"], capture_output=True, text=True, check=False)
    mark = " with changes" if changed.stdout.strip() else ""
    load = os.getloadavg()[0]
    return (
        f"{time.strftime('%Y-%m-%d')}, commit {commit.stdout.strip()}{mark}, {os.cpu_count()} cores, Python"
        f" {platform.python_version()}, {repeat} rounds, load of the machine at the end {load:.1f}."
    )


def table(found: dict, workloads: dict) -> list[str]:
    lines = ["| work | calls | ours | limit | ratio | queries | peak MiB |", "|---|---|---|---|---|---|---|"]
    for name, row in found.items():
        title = workloads[name].title
        if "error" in row:
            lines.append(f"| {title} | | not run | {row['error']} | | | |")
            continue
        limit = f"{spread(row['limit'])} ({row['limit']['name']})" if row["limit"] else "–"
        ratio = f"{row['ratio']:.1f}" if row["ratio"] else "–"
        queries = f"{row['ours']['queries']} / {row['limit']['queries'] if row['limit'] else '–'}"
        calls = len(row["ours"]["times"])
        lines.append(
            f"| {title} | {calls} | {spread(row['ours'])} | {limit} | {ratio} | {queries} | {row['peak_mib']:.0f} |"
        )
    return lines


def spread(side: dict) -> str:
    return " / ".join(f"{side[name]:.1f}" for name in ("min", "median", "max"))


def verdicts(found: dict, workloads: dict, projects: int, seconds: float) -> list[str]:
    lines = [f"- no target Seeding: {seconds:.0f} s"]
    if projects >= 20_000:
        lines = [verdict("Seeding", f"{seconds:.0f} s", f"{SEED_SECONDS} s", met=seconds <= SEED_SECONDS)]
    for name, row in found.items():
        if "error" in row:
            lines.append(f"- **not run** {workloads[name].title}")
            continue
        have = {"ratio": row["ratio"], "queries": row["ours"]["queries"], "median_ms": row["ours"]["median"]}
        for what, bound in workloads[name].targets:
            text = f"{have[what]:.1f}{UNITS[what]}"
            noisy = " – noisy" if what != "queries" and is_noisy(row) else ""
            lines.append(
                verdict(workloads[name].title, text, f"{bound:g}{UNITS[what]}", met=have[what] <= bound) + noisy
            )
    return lines


def is_noisy(row: dict) -> bool:
    return any(side["median"] > 1.5 * side["min"] for side in (row["ours"], row["limit"]) if side)


def verdict(title: str, have: str, bound: str, *, met: bool) -> str:
    return f"- {'met' if met else '**missed**'} {title}: {have} (target at most {bound})"
