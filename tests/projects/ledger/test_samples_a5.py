"""The sample responsibility ledger: every task, every link, every finding of its expected file."""

from datetime import UTC, datetime

import pytest

from projects.ledger.diff import plan
from projects.ledger.reader import read_ledger, read_table
from projects.ledger.registry import kind_of
from projects.models import ImportBatch, Project
from tests import factories
from tests.projects.ledger.adapter import OWN_CODES, compare, expected, workbook

A1, A5 = "A1_project_ledger_clean", "A5_responsibility_ledger"
AT = datetime(2025, 5, 7, 2, 0, tzinfo=UTC)
OWN = OWN_CODES | {"NO_SUCH_UNIT", "CLOSED_NOT_TAKEN", "CLOSE_HERE"}


@pytest.fixture
def park(db):
    """A park that holds the projects of A1, by name and code."""
    park = factories.park()
    for diff in plan(read_ledger(workbook(A1 + ".xlsx")).rows, {}):
        factories.project(park, name=diff.row.value("name"), code=diff.row.value("code"))
    return park


def tasks_of(park, data):
    """What an import of ``data`` finds, in the shape of an expected file."""
    staff = factories.user(park, "staff")
    kind = kind_of("ledger_items")
    found = read_table(data, kind.table, report_year=2025, report_month=4)
    batch = ImportBatch.objects.create(
        park=park, kind="ledger_items", file_name="A5.xlsx", report_year=2025, report_month=4, created_at=AT,
        created_by=staff,
    )  # fmt: skip
    rows = kind.dry_run(found.rows, batch=batch, at=AT).rows
    own = {id(each) for row in found.rows for each in row.findings}
    about_file = [
        {"sheet": f.sheet, "cell": f.cell, "kind": f.kind, "raw": f.raw, "severity": f.severity}
        for f in found.findings
        if id(f) not in own
    ]
    remarks = [each for row in rows for each in row.findings if each["kind"] not in OWN] + about_file
    codes = dict(Project.objects.filter(park=park).values_list("pk", "code"))
    return {
        "result": "readable",
        "tasks": [
            {name: each["value"] for name, each in row.values.items() if name != "_"}
            | {
                "source": {"sheet": row.sheet, "row": row.row},
                "row_ok": row.action != "refused",
                "linked_project_code": codes.get(row.project_id),
            }
            for row in rows
        ],
        "warnings": [each for each in remarks if each["severity"] == "warning"],
        "errors": [each for each in remarks if each["severity"] == "error"],
        "ignored_rows": [{"sheet": i.sheet, "row": i.row, "why": i.why, "text": i.text} for i in found.ignored],
    }, batch, rows  # fmt: skip


def test_every_task_and_every_finding(park):
    wanted = expected(A5)
    found, _batch, rows = tasks_of(park, workbook(A5 + ".xlsx"))
    assert compare(wanted, found) == []
    assert len(rows) == wanted["counts"]["tasks"]
    kinds = sorted((each["kind"], each["cell"]) for each in found["warnings"] if each["kind"] != "DATE_YEAR_ASSUMED")
    assert kinds == [
        ("FIVE_INCOMPLETE", "D14"), ("FIVE_INCOMPLETE", "E15"), ("FIVE_INCOMPLETE", "I12"), ("LINK_CONFIRM", "B11"),
        ("LINK_CONFIRM", "B11"),
    ]  # fmt: skip
    assert [(each["kind"], each["cell"]) for each in found["errors"]] == [("LINK_NOT_FOUND", "B21")]


def test_a_near_name_waits_for_a_person(park):
    _found, _batch, rows = tasks_of(park, workbook(A5 + ".xlsx"))
    by_row = {row.row: row for row in rows}
    assert {number: row.action for number, row in by_row.items() if row.action != "create"} == {
        11: "unsure", 12: "unsure", 21: "refused",
    }  # fmt: skip
    assert [each["name"] for each in by_row[11].proposals] == ["示例三：绿源储能部件项目"]
    assert by_row[11].project_id is None


def test_columns_of_the_ledger():
    wanted = expected(A5)["tables"][0]
    (table,) = read_table(workbook(A5 + ".xlsx"), kind_of("ledger_items").table).tables
    assert [(c.header, c.field) for c in table.columns] == [(c["header"], c["field"]) for c in wanted["columns"]]
    assert (list(table.header_rows), table.first_row) == (wanted["header_rows"], wanted["first_row"])
