"""Every file made to hurt is refused with a sentence, in the jail, by a child that never grows large."""

import json
import subprocess
import sys

import pytest

from projects.ledger import limits, safety
from projects.ledger.findings import Refusal
from projects.ledger.jail_reader import read_here
from projects.ledger.project_kind import PROJECTS
from projects.ledger.workbook import read_workbook
from tests.projects.ledger.adapter import SAMPLES
from tests.projects.ledger.books import worksheet
from tests.projects.ledger.hostile import FILES, cells_of, of_sheets

MOST = 512 * 1024  # KiB of a child
BEGINNINGS = ("million", "merges", "elements", "bomb", "one_", "endless", "attributes", "comments")
LARGE = {name for name in FILES if name.startswith(BEGINNINGS)}
IN_JAIL = """
import json, resource, sys
from pathlib import Path
from projects.ledger.findings import Refusal
from projects.ledger.jail_reader import read_in_jail
from tests.projects.ledger.books import worksheet
from tests.projects.ledger.hostile import FILES, cells_of, of_sheets
said = {}
for name in sys.argv[1].split(","):
    try:
        found = read_in_jail(FILES[name].make(), "projects", name=FILES[name].name)
        said[name] = ["", len(found.rows), ""]
    except Refusal as refusal:
        said[name] = [refusal.code, refusal.message_zh, refusal.message_en]
for path in sorted(Path(sys.argv[2]).glob("*.xls*")):
    try:
        read_in_jail(path, "projects")
    except Refusal:
        pass
print(json.dumps([said, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


@pytest.mark.parametrize("name", sorted(set(FILES) - LARGE))
def test_refused_or_read(name):
    file = FILES[name]
    try:
        found = read_here(file.make(), PROJECTS, name=file.name)
    except Refusal as refusal:
        assert refusal.code in file.codes
        assert refusal.message_zh != refusal.message_en
        assert "{" not in refusal.message_zh + refusal.message_en
    else:
        assert len(found.rows) == file.rows


@pytest.mark.slow
def test_all_of_them_in_the_jail():
    """The peak is that of the largest of all children; what the parent makes is no part of it but for a moment."""
    done = subprocess.run(
        [sys.executable, "-c", IN_JAIL, ",".join(sorted(LARGE)), str(SAMPLES / "hostile")],
        capture_output=True, text=True, check=True, cwd=SAMPLES.parents[2],
    )  # fmt: skip
    said, peak = json.loads(done.stdout)
    assert peak <= MOST
    for name, (code, message, other) in said.items():
        if FILES[name].codes:
            assert code in FILES[name].codes, name
            assert message != other
        else:
            assert (code, message) == ("", FILES[name].rows), name


def test_without_its_guard_the_bomb_goes_off(monkeypatch):
    """The twin: what the directory and the counts keep out does arrive when they do not."""
    data = FILES["bomb_400_mb"].make()
    with pytest.raises(Refusal, match="ZIP_BOMB"):
        read_workbook(data)
    for guard in ("MAX_UNPACKED", "MAX_RATIO", "MAX_ELEMENTS"):
        monkeypatch.setattr(safety, guard, 10**9)
    monkeypatch.setattr(limits, "MAX_ROWS", 500_000)
    with pytest.raises(Refusal) as caught:
        read_workbook(data)
    assert caught.value.params["limit"] == 500_000


def test_without_its_guard_a_text_is_multiplied(monkeypatch):
    data = FILES["one_text_everywhere"].make()
    with pytest.raises(Refusal, match="TOO_LARGE"):
        read_workbook(data)
    monkeypatch.setattr(limits, "MAX_TEXTS", 10**12)
    monkeypatch.setattr(limits, "MAX_FILLED_ROWS", 500)
    with pytest.raises(Refusal) as caught:
        read_workbook(data)
    assert caught.value.params["what"] == "rows"


def test_the_headers_of_all_sheets_count(monkeypatch):
    rows = (cells_of("项目名称", "责任单位", "开工时间", f"列{n}") + cells_of(f"项目{n}") for n in range(10))
    data = of_sheets(4, worksheet(f"<sheetData>{''.join(rows)}</sheetData>"))
    assert read_here(data, PROJECTS).tables
    monkeypatch.setattr(limits, "MAX_HEADINGS", 14)
    with pytest.raises(Refusal) as caught:
        read_here(data, PROJECTS)
    assert caught.value.params["what"] == "headings"
