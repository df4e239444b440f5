"""What the child tells is what the reader reads; whatever happens to the child is a refusal, never a broken parent."""

import json
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import jail
from projects.ledger import jail_reader
from projects.ledger.findings import Refusal
from projects.ledger.jail_lines import packed, put_together, taken_apart, unpacked
from projects.ledger.jail_reader import read_here, read_in_jail, rows_in_jail
from projects.ledger.project_kind import PROJECTS
from projects.ledger.reader import RESPONSIBILITY_LEDGER
from tests.projects.ledger.adapter import SAMPLES
from tests.projects.ledger.books import HEADER, book
from tests.projects.ledger.test_garbage import VALUES

OPTIONS = {"report_year": 2025, "report_month": 4}


def here(data, **options):
    return read_here(data, PROJECTS, others=(RESPONSIBILITY_LEDGER,), **OPTIONS, **options)


def through_lines(found):
    head, *rows = (unpacked(json.loads(json.dumps(each))) for each in taken_apart(found))
    return put_together(head, rows)


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.xls*")), ids=lambda path: path.stem)
def test_the_same_in_the_jail_and_here(path):
    seen = []
    try:
        wanted = here(path.read_bytes())
    except Refusal as refusal:
        with pytest.raises(Refusal) as caught:
            read_in_jail(path, "projects", **OPTIONS)
        assert (caught.value.code, caught.value.params) == (refusal.code, refusal.params)
        return
    found = read_in_jail(path, "projects", progress=lambda *done: seen.append(done), **OPTIONS)
    assert found == wanted
    assert seen[-1][0] == seen[-1][1]
    assert {id(each) for row in found.rows for each in row.findings} <= {id(each) for each in found.findings}


def test_answers_memory_and_csv_reach_the_child():
    data = ",".join(HEADER).encode() + "\n1,,甲项目,乙,0012".encode()
    answers = {"columns": {}, "cells": {"册!C2": "丙项目"}, "rows": {"册!2": "skip"}}
    found = read_in_jail(data, "projects", name="册.csv", answers=answers, memory={"存在问题": ""}, **OPTIONS)
    assert found == here(
        data, name="册.csv", answers={"columns": {}, "cells": answers["cells"]}, memory={"存在问题": ""}
    )
    assert found.rows[0].value("name") == "丙项目"


def test_rows_one_by_one():
    data = book(*[[n, None, f"项目{n}"] for n in range(1, 40)])
    with rows_in_jail(data, "projects") as (head, rows):
        first = next(rows)
    assert (head.rows, first.value("name")) == ((), "项目1")


CELLS = st.lists(st.lists(VALUES.map(lambda value: "" if isinstance(value, float) else value), max_size=9), max_size=6)


@settings(max_examples=60, deadline=None)
@given(CELLS)
def test_any_file_survives_the_lines(rows):
    text = "\n".join(",".join(f'"{str(v).replace(chr(34), "")}"' for v in row) for row in [HEADER, *rows])
    try:
        found = here(text.encode("utf-8", "replace"), name="册.csv")
    except Refusal:
        return
    assert through_lines(found) == found


def test_no_other_class_comes_out():
    with pytest.raises(TypeError):
        packed(object())
    for evil in (["o", "Popen", "x"], ["c", "os.system"], ["o"]):
        with pytest.raises((KeyError, IndexError)):
            unpacked(evil)


@pytest.fixture
def prisoner(tmp_path, monkeypatch):
    """Puts other lines in the place of the child."""

    def put(lines, *, locked=True):
        head = "import sys\nfrom accounts import jail\n"
        head += "jail.lock('', memory=2**29, cpu=1)\nprint('ready', flush=True)\n" if locked else ""
        (tmp_path / "prisoner.py").write_text(head + lines)
        monkeypatch.setattr(jail, "PATHS", (*jail.PATHS, str(tmp_path)))
        monkeypatch.setattr(jail_reader, "CHILD", "prisoner")

    return put


@pytest.mark.parametrize(
    ("lines", "code", "what"),
    [
        ("while True: pass", "TOO_LARGE", "time"),
        ("import time; time.sleep(60)", "TOO_LARGE", "time"),
        ("import os; os.kill(os.getpid(), 9)", "CORRUPT", "broke"),
        ("import os; os.kill(os.getpid(), 11)", "CORRUPT", "broke"),
        ("bytearray(2**30)", "CORRUPT", "broke"),
        ("open('/tmp/out-of-the-jail', 'w')", "CORRUPT", "broke"),
        ("while True: print('x' * 10000)", "CORRUPT", "broke"),
        ("while True: print('[1, 2]')", "TOO_LARGE", "memory"),
    ],
)
def test_what_befalls_the_child_is_a_refusal(prisoner, monkeypatch, lines, code, what):
    prisoner(lines)
    monkeypatch.setattr(jail_reader, "WALL", 5)
    monkeypatch.setattr(jail_reader, "LARGEST", 1_000_000)
    with pytest.raises(Refusal) as caught:
        read_in_jail(b"x", "projects")
    assert (caught.value.code, caught.value.params["what"]) == (code, what)


def test_no_child_no_reading(prisoner, monkeypatch):
    prisoner("import a_module_that_is_not_there", locked=False)
    with pytest.raises(jail.NotStarted, match="a_module_that_is_not_there"):
        read_in_jail(book([1, None, "甲"]), "projects")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(jail.NotStarted):
        read_in_jail(book([1, None, "甲"]), "projects")


def test_the_child_knows_no_django():
    """It loads neither settings nor what only costs time."""
    lines = "import sys, projects.ledger.jail_reader; print(sorted({'django', 'rest_framework'} & set(sys.modules)))"
    import subprocess

    assert subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True).stdout == "[]\n"
