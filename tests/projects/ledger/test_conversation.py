"""Putting an import right: columns, cells, rows, conflicts, the marked workbook and its return."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.errors import Conflict, Refused
from projects import actions as project_actions
from projects.ledger import actions, deciding
from projects.ledger.annotate_child import MARK, SHEET
from projects.ledger.base import HEADERS, stamp
from projects.ledger.fields import to_json
from projects.ledger.row_keys import key_text
from projects.ledger.store import stored_values
from projects.models import HeaderMemory, ImportBatch, Project
from tests.factories import park, project, user
from tests.projects.ledger.importing import AT, book, confirmed, imported, uploaded

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture
def staff(client, db):
    person = user(park())
    client.force_login(person)
    return person


def again(batch, person):
    actions.read_again(batch, by=person)
    actions.work(batch.pk, now=lambda: LATER)
    return ImportBatch.objects.get(pk=batch.pk)


def post(client, name, batch, **values):
    return client.post(reverse(f"projects:import_{name}", args=[batch.pk]), values, follow=True)


def round_trip(person, values, *, year=2025, month=4):
    """A workbook with the three hidden columns, as a list of ours carries them: {name: {header: value}}."""
    data = openpyxl.load_workbook(
        io.BytesIO(book([{"项目名称": name} | row for name, row in values.items()], year, month))
    )
    sheet = data.active
    width, stored = sheet.max_column, stored_values(person.park, year, month)
    for column, header in enumerate(HEADERS, width + 1):
        sheet.cell(4, column, header)
        sheet.cell(3, column, header)
    keys = {row["name"]: pk for pk, row in stored.items()}
    for row in sheet.iter_rows(min_row=5, max_row=4 + len(values)):
        pk = next((keys[cell.value] for cell in row if cell.value in keys), None)
        base = stamp({name: to_json(value) for name, value in stored[pk].items()})
        told = (key_text("projects", pk, park_id=person.park.pk), Project.objects.get(pk=pk).version, base)
        for column, text in enumerate(told, width + 1):
            sheet.cell(row[0].row, column, text)
    return data


def saved(workbook):
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def cell_of(workbook, text):
    sheet = workbook.worksheets[0]
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == text)


def test_a_cell_is_put_right_in_the_browser(client, staff):
    batch = uploaded(book([{"项目名称": "甲"}, {"项目名称": "乙", "总投资（亿元）": "1-2"}]), staff)
    found = batch.rows.get(action="refused").findings[0]
    page = post(client, "cell", batch, sheet="项目台账", cell=found["cell"], text="1.5", show="refused")
    assert page.context["at"]["row"].name == "乙"
    batch.refresh_from_db()
    assert (batch.state, batch.summary["refused"], batch.summary["create"]) == ("ready", 0, 2)
    told = batch.rows.get(name="乙").values["total_investment_10k"]
    assert (told["raw"], told["corrected"], told["value"]) == ("1-2", "1.5", "15000")
    post(client, "cell", batch, sheet="项目台账", cell=found["cell"], back="1")
    batch.refresh_from_db()
    assert (batch.answers, batch.summary["refused"]) == ({}, 1)


def test_history_keeps_what_the_file_said(client, staff):
    imported(book([{"项目名称": "甲", "备注": "一"}]), staff)
    batch = uploaded(book([{"项目名称": "甲", "备注": "二"}]), staff)
    cell = batch.rows.get().changes[0]["cell"]
    deciding.correct_cell(batch, "项目台账", cell, "三", by=staff)
    confirmed(again(batch, staff), staff)
    made = Project.objects.get()
    assert made.remark == "三"
    told = made.history.first().changes[0]
    assert (told["cell"], told["raw"], told["corrected"], told["new"]) == (cell, "二", "三", "三")


def test_decisions_that_are_not_applied_hold_the_import(staff):
    batch = uploaded(book([{"项目名称": "甲"}, {"项目名称": "乙"}]), staff)
    deciding.decide_row(batch, "项目台账", batch.rows.get(name="乙").row, "skip", by=staff)
    with pytest.raises(Refused):
        confirmed(batch, staff)
    batch = again(batch, staff)
    assert (batch.summary["create"], batch.summary["skipped"]) == (1, 1)
    assert confirmed(batch, staff).state == "done"
    assert list(Project.objects.values_list("name", flat=True)) == ["甲"]
    with pytest.raises(Conflict):
        deciding.decide_row(batch, "项目台账", batch.rows.get(name="乙").row, "", by=staff)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sheet": "项目台账", "cell": "A9999", "text": "1"},
        {"sheet": "别的", "cell": "C5", "text": "1"},
        {"sheet": "项目台账", "cell": "C5; drop", "text": "1"},
        {"sheet": "项目台账", "cell": "C5", "text": "长" * 4001},
    ],
)
def test_what_is_not_there_cannot_be_put_right(client, staff, wrong):
    batch = uploaded(book([{"项目名称": "甲"}]), staff)
    assert post(client, "cell", batch, **wrong).status_code == 200
    batch.refresh_from_db()
    assert batch.answers == {}


@pytest.mark.parametrize("choice", ["one", "new", "skip"])
def test_a_nearly_equal_name_waits_for_a_person(client, staff, choice):
    known = project(staff.park, name="华宇轴承项目")
    batch = uploaded(book([{"项目名称": "华宇轴承", "备注": "新"}]), staff)
    row = batch.rows.get()
    assert (row.action, [each["id"] for each in row.proposals]) == ("unsure", [known.pk])
    with pytest.raises(Refused):
        confirmed(batch, staff)
    post(client, "row", batch, sheet=row.sheet, row=row.row, choice=known.pk if choice == "one" else choice)
    batch = ImportBatch.objects.get()
    row = batch.rows.get()
    assert row.action == {"one": "update", "new": "create", "skip": "skipped"}[choice]
    assert row.target == (known.pk if choice == "one" else None)
    renamed = [(each["old"], each["new"]) for each in row.changes if each["field"] == "name" and each["old"]]
    told = [each["cell"] for each in row.findings if each["kind"] == "RENAMED"]
    assert renamed == ([("华宇轴承项目", "华宇轴承")] if choice == "one" else [])
    assert (told, batch.summary["warnings"]) == ((["C5"], 1) if choice == "one" else ([], 0))
    confirmed(batch, staff)
    assert Project.objects.count() == (2 if choice == "new" else 1)


def test_a_project_of_another_park_cannot_be_chosen(staff):
    foreign = project(park(), name="别家")
    project(staff.park, name="华宇轴承项目")
    batch = uploaded(book([{"项目名称": "华宇轴承"}]), staff)
    deciding.decide_row(batch, "项目台账", batch.rows.get().row, str(foreign.pk), by=staff)
    assert again(batch, staff).rows.get().action == "unsure"


def test_columns_are_answered_once_for_a_sender(client, staff):
    data = openpyxl.load_workbook(io.BytesIO(book([{"项目名称": "甲"}])))
    sheet = data.active
    column = sheet.max_column + 1
    for row in (3, 4):
        sheet.cell(row, column, "镇里的说法")
    sheet.cell(5, column, "要盯紧")
    batch = uploaded(saved(data), staff)
    asked = next(each for each in deciding.columns_of(batch) if "镇里的说法" in each["header"])
    place = asked["place"]
    assert asked["samples"] == ["要盯紧"]
    assert "remark" not in batch.rows.get().values
    post(client, "columns", batch, **{f"column:{place}": "next_plan"})
    batch.refresh_from_db()
    assert batch.rows.get().values["next_plan"]["value"] == "要盯紧"
    known = HeaderMemory.objects.get()
    assert (known.field, known.sender, known.answered_by) == ("next_plan", staff.organization, staff)
    second = uploaded(saved(data), staff)
    assert second.rows.get().values["next_plan"]["value"] == "要盯紧"
    assert [each["samples"] for each in second.summary["columns"] if each["place"] == place] == [["要盯紧"]]
    assert client.get(reverse("projects:import_memory")).status_code == 200
    client.post(reverse("projects:import_forget", args=[known.pk]))
    assert "next_plan" not in uploaded(saved(data), staff).rows.get().values
    with pytest.raises(Refused):
        deciding.answer_columns(second, {place: "no_such_field"}, by=staff, at=AT)


def test_what_only_we_have_changed_is_kept_and_both_sides_are_asked(client, staff):
    imported(book([{"项目名称": "甲", "备注": "一", "存在问题": "一", "产业类别": "一"}]), staff)
    sheet = round_trip(staff, {"甲": {"备注": "我", "存在问题": "一", "产业类别": "我"}})
    made = Project.objects.get()
    project_actions.edit(made, {"remark": "你", "issue": "你"}, by=staff, at=LATER)
    batch = uploaded(saved(sheet), staff)
    row = batch.rows.get()
    changes = {each["field"]: each for each in row.changes}
    assert (row.action, row.matched_by, changes.keys()) == ("conflict", "key", {"remark", "industry"})
    assert (changes["remark"]["theirs"], changes["remark"]["new"], changes["remark"]["choice"]) == ("你", "我", "")
    assert "KEPT_HERE" in {each["kind"] for each in row.findings}
    with pytest.raises(Refused):
        confirmed(batch, staff)
    post(client, "conflict", batch, sheet=row.sheet, row=row.row, **{f"cell:{changes['remark']['cell']}": "theirs"})
    batch = ImportBatch.objects.get(pk=batch.pk)
    assert batch.rows.get().action == "update"
    assert confirmed(batch, staff).state == "done"
    made.refresh_from_db()
    assert (made.remark, made.issue, made.industry) == ("你", "你", "我")


def test_the_marked_workbook_and_its_return(client, staff):
    source = openpyxl.load_workbook(io.BytesIO(book([{"项目名称": "甲"}, {"项目名称": "乙", "总投资（亿元）": "1-2"}])))
    wrong = cell_of(source, "1-2").coordinate
    source.active["B6"].comment = openpyxl.comments.Comment("自己的批注", "我")
    source.create_sheet("附表")["A1"] = "=1+1"
    batch = uploaded(saved(source), staff)
    response = client.get(reverse("projects:import_annotated", args=[batch.pk]))
    marked = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert marked.sheetnames == [SHEET, "项目台账", "附表"]
    assert marked["附表"]["A1"].value == "=1+1"
    cell = marked["项目台账"][wrong]
    assert cell.fill.start_color.rgb == "FFF4B6B2"
    assert cell.comment.text.startswith(MARK)
    assert marked["项目台账"]["B6"].comment.text.startswith("自己的批注")
    assert wrong in {row[2].value for row in marked[SHEET].iter_rows(min_row=2)}
    assert all(row[2].hyperlink for row in marked[SHEET].iter_rows(min_row=2))
    marked["项目台账"][wrong] = 1.5
    back = uploaded(saved(marked), staff)
    assert (back.state, back.follows_id, back.summary["create"], back.summary["refused"]) == ("ready", batch.pk, 2, 0)
    notes = [each["cell"] for each in back.summary["findings"] if each["kind"] == "COMMENT_NOTE"]
    assert notes == ["B6"]
    other = uploaded(saved(marked), user(park()))
    assert other.follows_id is None


@pytest.mark.parametrize("wrong", [{"file_name": "a.csv"}, {"rows_total": 5001}])
def test_text_files_and_long_ones_are_not_marked_but_told_what_to_do(client, staff, wrong):
    batch = uploaded(book([{"项目名称": "甲"}]), staff)
    ImportBatch.objects.filter(pk=batch.pk).update(**wrong)
    page = client.get(reverse("projects:import_annotated", args=[batch.pk]), follow=True)
    (told,) = [str(each) for each in page.context["messages"]]
    assert "本页" in told and "重新上传" in told


def test_reading_can_be_stopped(client, staff, monkeypatch):
    monkeypatch.setattr(actions, "SMALL_FILE", 0)
    file = SimpleUploadedFile("a.xlsx", book([{"项目名称": "甲"}]))
    batch = actions.upload(file, park=staff.park, by=staff, at=AT)
    post(client, "discard", batch)
    actions.work(batch.pk, now=lambda: LATER)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("discarded", 0)


def test_undo_through_the_pages(client, staff):
    batch = imported(book([{"项目名称": "甲"}]), staff)
    address = reverse("projects:import_undo", args=[batch.pk])
    assert client.get(address).status_code == 200
    assert Project.objects.exists()
    assert client.post(address, follow=True).status_code == 200
    assert not Project.objects.exists()
