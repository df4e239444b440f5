"""The centre hands in a workbook as people keep it, puts it right on the page, writes it, and takes it back."""

import io

import openpyxl
import pytest
from django.urls import reverse

from accounts import clock
from projects import actions as project_actions
from projects.models import HeaderMemory, ImportBatch, Project
from tests import factories
from tests.approvals import cases

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
UNCLEAR = "投资总额情况"
ROWS = [
    ("一、产业项目",),
    (1, "华宇轴承", "3.2亿元", "路没通"),
    (2, "长河冷链物流园", "1-2", ""),
    (3, "新港码头改造", "5000", "等批复"),
    ("合计", None, "37000"),
]


def messy() -> bytes:
    """A title, a line with the unit, a group, a total, an unclear column, a refused amount, a nearly known name."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "街道报"
    for line in (("2026年10月重点项目进展情况",), ("单位：万元",), ("序号", "项目名称", UNCLEAR, "存在问题"), *ROWS):
        sheet.append(line)
    sheet.merge_cells("A1:D1")
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def hand_in(page, data: bytes, name: str = "街道报表.xlsx") -> ImportBatch:
    """Uploads a workbook and waits until it has been read."""
    page.goto("/projects/import/new/")
    page.set_input_files("[name=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    follow(page, page.locator("main form .btn-primary"))
    return ImportBatch.objects.latest("pk")


def follow(page, place) -> None:
    with page.expect_navigation():
        place.click()


def in_dialog(page, link) -> None:
    """Presses a link that asks first, and says yes."""
    link.click()
    follow(page, page.locator("dialog.dialog button[class*='btn-']").first)


@pytest.fixture
def staff(park):
    return factories.user(park)


def test_a_workbook_is_put_right_on_the_page_written_and_taken_back(visits, park, staff):
    known = cases.project(park, name="华宇轴承项目")
    page = visits.sign_in(staff.username)
    batch = hand_in(page, messy())
    assert batch.summary["questions"]

    column = page.locator("#columns select").first
    column.select_option("total_investment_10k")
    follow(page, page.locator("#columns .btn-primary"))
    assert page.locator("#columns").count() == 0
    assert (HeaderMemory.objects.get().field, HeaderMemory.objects.get().header) == ("total_investment_10k", UNCLEAR)

    page.goto(f"{reverse('projects:import_detail', args=[batch.pk])}?show=refused")
    cell = page.locator(".import-fix input[name=text]")
    assert cell.input_value() == "1-2"
    cell.fill("12000")
    with page.expect_response(lambda answer: "at=" in answer.url and answer.ok):
        page.locator(".import-fix-line .btn").first.click()
    page.locator(".import-at", has_text="长河冷链物流园").wait_for()
    assert page.evaluate("document.activeElement.closest('.import-at') !== null")  # the keyboard stays where it was

    page.goto(f"{reverse('projects:import_detail', args=[batch.pk])}?show=unsure")
    page.locator(f".import-choice input[value='{known.pk}']").check()
    follow(page, page.locator(".import-choice .btn-primary"))
    batch.refresh_from_db()
    counts = {name: batch.summary.get(name, 0) for name in ("create", "update", "unsure", "refused")}
    assert counts == {"create": 2, "update": 1, "unsure": 0, "refused": 0}

    with page.expect_download() as download:
        page.locator(f"a[href='{reverse('projects:import_annotated', args=[batch.pk])}']").click()
    assert "街道报" in openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).sheetnames

    in_dialog(page, page.locator(".import-bar a.btn-primary[data-confirm]"))
    batch.refresh_from_db()
    assert batch.state == "done"
    made = Project.objects.get(name="长河冷链物流园")
    known.refresh_from_db()
    assert (made.total_investment_10k, known.total_investment_10k, known.issue) == (12000, 32000, "路没通")
    page.goto(f"/projects/{made.pk}/")
    assert made.name in page.locator("h1").inner_text()

    page.goto(reverse("projects:import_detail", args=[batch.pk]))
    in_dialog(page, page.locator("a[data-confirm]"))
    batch.refresh_from_db()
    known.refresh_from_db()
    assert batch.state == "undone"
    assert list(Project.objects.values_list("name", flat=True)) == ["华宇轴承项目"]
    assert known.total_investment_10k == 50000


def test_an_exported_list_comes_back_edited_and_asks_what_was_changed_on_both_sides(visits, park, staff):
    project = cases.project(park, name="新港码头改造", remark="一")
    page = visits.sign_in(staff.username)
    page.goto("/projects/")
    with page.expect_download() as download:
        page.locator("a[href^='/projects/export/']").first.click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book.worksheets[0]
    header = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "备注")
    name = next(cell for row in sheet.iter_rows() for cell in row if cell.value == project.name)
    sheet.cell(name.row, header.column, "我方")
    stream = io.BytesIO()
    book.save(stream)
    project.refresh_from_db()
    project_actions.edit(project, {"remark": "这里"}, by=staff, at=clock.now())

    batch = hand_in(page, stream.getvalue(), "导出后改.xlsx")
    assert batch.summary["conflict"] == 1
    sides = page.locator(".is-conflict")
    assert "这里" in sides.inner_text()
    assert "我方" in sides.inner_text()
    sides.locator("input[value=mine]").check()
    follow(page, page.locator(".import-row form .btn-primary"))
    in_dialog(page, page.locator(".import-bar a.btn-primary[data-confirm]"))
    project.refresh_from_db()
    assert project.remark == "我方"
