"""The sample workbooks: each as its expected file says, exactly the listed changes of the update, hostile files.

The responsibility ledger has a module of its own, test_samples_a5.
"""

import pytest

from projects.ledger.diff import plan
from projects.ledger.fields import FIELDS, from_json, to_json
from projects.ledger.findings import REFUSALS, Refusal
from projects.ledger.reader import read_ledger
from projects.models import ImportBatch, Project
from tests import factories
from tests.projects.ledger.adapter import SAMPLES, actual, applied, as_json, compare, expected, nested, workbook
from tests.projects.ledger.importing import imported, in_database, uploaded

A1, A6 = "A1_project_ledger_clean", "A6_project_ledger_update"
LEDGERS = [A1, "A2_monthly_progress", "A3_street_office_messy", "A4_ledger_with_errors"]
COUNTED = {A1: (30, 30), LEDGERS[1]: (30, 30), LEDGERS[2]: (16, 15), LEDGERS[3]: (35, 17)}  # projects, good rows
HOSTILE = sorted(path.name.removesuffix(".expected.json") for path in (SAMPLES / "hostile").glob("*.json"))


def options(name):
    wanted = expected(name)["import_options"]
    return {key: wanted[key] for key in ("report_year", "report_month")}


@pytest.fixture
def register():
    """A register that holds what A1 brings."""
    read = read_ledger(workbook(A1 + ".xlsx"))
    return applied({}, plan(read.rows, {}))


@pytest.mark.parametrize("name", LEDGERS)
def test_ledger_is_read_as_expected(name):
    found = actual(workbook(name + ".xlsx"), **options(name))
    assert compare(expected(name), found) == []
    assert (len(found["projects"]), sum(each["row_ok"] for each in found["projects"])) == COUNTED[name]


def test_every_sample_is_compared():
    samples = {path.name.removesuffix(".expected.json") for path in SAMPLES.glob("*.json")}
    assert samples == {*LEDGERS, A6, "A5_responsibility_ledger"}


def test_clean_ledger_gives_every_field():
    wanted = expected(A1)
    found = actual(workbook(A1 + ".xlsx"), **options(A1))
    assert compare(wanted, found) == []
    assert len(found["projects"]) == 30
    for project, other in zip(wanted["projects"], found["projects"], strict=True):
        ours = {key: value for key, value in other.items() if key in project}
        assert ours == {key: value for key, value in project.items() if key in ours}
    assert found["warnings"] == found["errors"] == []


@pytest.mark.parametrize(("name", "month"), [(A1, 4), (A6, 5)])
def test_year_and_month_come_from_the_header(name, month):
    read = read_ledger(workbook(name + ".xlsx"))
    assert (read.report_year, read.report_month) == (2025, month)


def test_columns_of_the_clean_ledger():
    wanted = expected(A1)["tables"][0]
    (table,) = read_ledger(workbook(A1 + ".xlsx")).tables
    assert [(c.header, c.field) for c in table.columns] == [(c["header"], c["field"]) for c in wanted["columns"]]
    units = [(c.unit or "").replace("m2", "㎡") or None for c in table.columns]
    assert units == [c["unit"] for c in wanted["columns"]]
    assert list(table.header_rows) == wanted["header_rows"]
    assert table.unknown_columns == ()


def test_update_changes_only_what_is_listed(register):
    wanted = expected(A6)
    data = workbook(A6 + ".xlsx")
    assert compare(wanted, actual(data, stored=register, **options(A6))) == []
    diffs = plan(read_ledger(data).rows, register)
    for ours, theirs in zip(map(as_json, diffs), wanted["update"]["actions"], strict=True):
        theirs.pop("accept", None)
        assert ours | {"changes": sorted(ours["changes"], key=str)} == theirs | {
            "changes": sorted(theirs["changes"], key=str)
        }


def test_update_gives_the_listed_register(register):
    wanted = {entry["name"]: entry for entry in expected(A6)["update"]["after"]}
    after = applied(register, plan(read_ledger(workbook(A6 + ".xlsx")).rows, register))
    found = {
        values["name"]: nested({name: to_json(value) for name, value in values.items()}) for values in after.values()
    }
    assert found.keys() == wanted.keys()
    for name, entry in found.items():
        assert {key: entry[key] for key in entry if key in wanted[name]} == {
            key: wanted[name][key] for key in entry if key in wanted[name]
        }


@pytest.mark.parametrize("name", [A1, A6])
def test_the_same_file_again_changes_nothing(register, name):
    rows = read_ledger(workbook(name + ".xlsx")).rows
    after = applied(register, plan(rows, register))
    again = plan(rows, after)
    assert {diff.action for diff in again} == {"unchanged"}
    assert not any(diff.changes or diff.findings for diff in again)
    assert applied(after, again) == after


@pytest.mark.parametrize("names", [(A1, A1), (A1, A6, A6)], ids=["A1", "A6"])
def test_imported_twice_the_park_stays_as_it_is(names, db):
    """Through the database: rows, versions and history."""
    person = factories.user(factories.park(), "staff")
    for name in names[:-1]:
        batch = imported(workbook(name + ".xlsx"), person, **years(name))
        assert batch.state == ImportBatch.State.DONE
    held = (in_database(person.park, 2025, 5), versions())
    again = uploaded(workbook(names[-1] + ".xlsx"), person, **years(names[-1]))
    assert set(again.rows.values_list("action", flat=True)) == {"unchanged"}
    imported(workbook(names[-1] + ".xlsx"), person, **years(names[-1]))
    assert (in_database(person.park, 2025, 5), versions()) == held


def years(name):
    wanted = options(name)
    return {"year": wanted["report_year"], "month": wanted["report_month"]}


def versions():
    """What moves with every write: {project: (version, lines of history)}."""
    return {
        project.pk: (project.version, project.history.count(), project.stage_entries.count())
        for project in Project.objects.all()
    }


def test_every_change_names_its_cell_and_raw_text(register):
    diffs = plan(read_ledger(workbook(A6 + ".xlsx")).rows, register)
    changes = {change.cell: (change.field, change.raw) for diff in diffs for change in diff.changes}
    assert changes["Y5"] == ("ytd_investment_10k", "8900")
    assert changes["S5"] == ("dates.started", "2025-06-18")
    assert all(cell and raw for cell, (_field, raw) in changes.items())


def test_changed_identity_can_be_held_back(register):
    diffs = plan(read_ledger(workbook(A6 + ".xlsx")).rows, register, confirm_identity=True)
    held = [
        (diff.row.number, [finding.kind for finding in diff.findings])
        for diff in diffs
        if diff.action == "needs_confirmation"
    ]
    assert held == [(27, ["CODE_CHANGED"]), (31, ["NAME_CHANGED"])]


def test_values_survive_json(register):
    for values in register.values():
        assert {name: from_json(FIELDS[name], to_json(value)) for name, value in values.items()} == values


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file(name):
    wanted = expected(f"hostile/{name}")
    assert compare(wanted, actual(workbook(f"hostile/{wanted['file']}"), report_year=2025, report_month=4)) == []


def test_wrong_dimension_and_far_cell_give_all_thirty_rows():
    for name in ("A_wrong_dimension", "A_far_cell"):
        assert len(read_ledger(workbook(f"hostile/{name}.xlsx")).rows) == 30
    (stray,) = read_ledger(workbook("hostile/A_far_cell.xlsx")).warnings
    assert (stray.kind, stray.cell) == ("CELL_OUTSIDE", "XFD1048576")


@pytest.mark.parametrize("code", REFUSALS)
def test_refusals_speak_both_languages(code):
    refusal = Refusal(code, limit="10 MB")
    assert refusal.message_zh != refusal.message_en
    assert "{" not in refusal.message_zh + refusal.message_en
