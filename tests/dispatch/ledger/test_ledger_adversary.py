"""Responsibility ledgers in words and layouts nobody has shown before: every value, finding and row left out."""

import pytest

from dispatch.ledger.importing.table import LEDGER_ITEMS
from projects.ledger.columns import match_header
from projects.ledger.reader import read_table
from projects.ledger.registry import kind_of
from projects.models import ImportBatch, Project
from tests import factories
from tests.dispatch.ledger.unlike_books import BOOKS, PROJECTS, TWINS
from tests.factories import AT

OPTIONAL = {
    "DATE_YEAR_ASSUMED",
    "NAME_SIMILAR",
    "NO_SUCH_UNIT",
    "CLOSED_NOT_TAKEN",
    "CLOSE_HERE",
    "CODE_FORMAT",
    "CATEGORY_UNKNOWN",
}


@pytest.fixture
def park(db):
    park = factories.park()
    for name, code in (PROJECTS | TWINS).items():
        factories.project(park, name=name, code=code)
    return park


def judged(park, data):
    kind = kind_of("ledger_items")
    found = read_table(data, kind.table, report_year=2025, report_month=4)
    batch = ImportBatch.objects.create(
        park=park, kind="ledger_items", file_name="x.xlsx", report_year=2025, report_month=4, created_at=AT,
        created_by=factories.user(park, "staff"),
    )  # fmt: skip
    return found, kind.dry_run(found.rows, batch=batch, at=AT).rows


def same(wanted, here):
    if isinstance(wanted, dict) and isinstance(here, dict):
        return here["value"] == wanted["value"]
    return wanted == here


@pytest.mark.parametrize("name", BOOKS)
def test_every_value_and_every_finding(park, name):
    book = BOOKS[name]
    found, rows = judged(park, book.data())
    by_row = {(row.sheet, row.row): row for row in rows}
    assert set(by_row) == set(book.tasks)
    codes = dict(Project.objects.values_list("pk", "code"))
    assert [
        (place, field, value, here)
        for place, wanted in book.tasks.items()
        for field, value in wanted.items()
        if not same(value, here := said(by_row[place], field, codes))
    ] == []
    assert findings_of(found, rows) == book.findings
    assert {(each.sheet, each.row, each.why) for each in found.ignored if each.why != "empty"} == book.ignored


def said(row, field, codes):
    """What the row would write; a closing that the importer may not take over is still what the cell says."""
    if field == "project":
        return codes.get(row.project_id)
    new = next((each["new"] for each in row.changes if each["field"] == field), None)
    if field in ("start", "end") or (field == "closed" and new is not None):
        return new
    return row.values.get(field, {}).get("value")


def findings_of(found, rows):
    """(sheet, cell, kind) of every finding that must be there."""
    own = {id(each) for row in found.rows for each in row.findings}
    here = {(f["sheet"], f["cell"], f["kind"]) for row in rows for f in row.findings}
    here |= {(f.sheet, f.cell, f.kind) for f in found.findings if id(f) not in own}
    return {(s, "*" if k == "HIDDEN_CONTENT" else cell, k) for s, cell, k in here if k not in OPTIONAL}


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("③定工期（结束）", "end"), ("1.定领导", "leader"), ("（二）工作举措", "measures"), ("承诺办结时间", "end"),
        ("实际办结日期", "closed_on"), ("未按期销号原因", "delay_reason"), ("考核奖惩办法", "reward_penalty"),
        ("是否闭环", "closed"), ("责任人（领导）", "leader"), ("会办单位", "cooperating_units"), ("阶段性任务", "task"),
        ("问题类别", "category"), ("12月", None),
    ],
)  # fmt: skip
def test_words_of_headers(header, field):
    assert match_header([header], LEDGER_ITEMS)[0] == field
