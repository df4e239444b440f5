"""项目推进计划表: its columns, real days, text that stays text, weeks as cells."""

import io
from datetime import date

import pytest
from django.conf import settings
from django.urls import reverse
from openpyxl import load_workbook

from accounts import clock
from dispatch.plan import panel, workbook
from dispatch.plan.models import Plan, PlanTask
from tests import factories
from tests.approvals.cases import project as project_with_steps
from tests.factories import AT, TODAY

pytestmark = pytest.mark.django_db
HEADS = (
    "序号 任务（节点） 责任单位 责任人 工期（工作日） 计划开始 计划完成（基线） 预计完成 实际完成 最迟完成 总时差"
    " 是否关键 制约因素 备注"
)


@pytest.fixture
def book():
    park = factories.park()
    project = project_with_steps(park, name='=HYPERLINK("x")', stage="L04")
    plan = Plan.objects.create(project=project, goal="L08", target_on=date(2026, 6, 1), created_at=AT, updated_at=AT)
    PlanTask.objects.create(
        plan=plan, key="T1", kind="own", name="=1+1", person_name="@cmd", seq=1, duration_wd=5,
        started_on=date(2026, 2, 24), finished_on=date(2026, 2, 27),
    )  # fmt: skip
    reading = panel.read(project, factories.user(park), TODAY)
    return load_workbook(io.BytesIO(workbook.render(reading, AT))), reading


def test_the_table_as_authorities_know_it(book):
    (file, reading) = book
    sheet = file["推进计划表"]
    assert [cell.value for cell in sheet[3]] == HEADS.split()
    assert sheet.freeze_panes == "C4" and sheet["A1"].value.startswith("=HYPERLINK") and sheet["A1"].data_type == "s"
    assert "2026-06-01" in sheet["A2"].value
    rows = {str(row[1].value).split()[0]: row for row in sheet.iter_rows(min_row=4) if row[1].value}
    assert set(rows) == {key for key, here in reading.schedule.tasks.items() if here.standing.value != "skipped"}
    assert [row[0].value for row in rows.values()] == list(range(1, len(rows) + 1))
    own = rows["T1"]
    assert own[3].value == "@cmd" and own[3].data_type == "s" and own[1].value == "T1 =1+1"
    assert (own[7].value, own[8].value.date()) == (None, date(2026, 2, 27)) and own[8].is_date
    goal, here = rows["L08"], reading.schedule["L08"]
    assert (goal[7].value.date(), goal[9].value.date(), goal[10].value) == (
        here.finish, here.latest_finish, here.total_float_wd,
    )  # fmt: skip
    assert goal[11].value == "是" and goal[4].value is None and goal[7].number_format == "yyyy-mm-dd"
    assert all(cell.data_type != "f" for one in file for row in one.iter_rows() for cell in row)


def test_weeks_as_cells_say_the_same_by_letter_and_colour(book):
    (file, reading) = book
    sheet = file["推进计划图"]
    mondays = [cell.value.date() for cell in sheet[3][2:]]
    assert all(day.weekday() == 0 for day in mondays) and mondays == sorted(mondays)
    rows = {str(row[1].value).split()[0]: row for row in sheet.iter_rows(min_row=4) if row[1].value}
    for key, row in rows.items():
        here = reading.schedule[key]
        filled = [day for day, cell in zip(mondays, row[2:], strict=False) if cell.value not in (None, "·")]
        if here.finish is None or key == "":
            continue
        assert filled[-1] <= here.finish and (here.finish - filled[-1]).days < 7
        assert (filled[0] - (here.start or here.finish)).days <= 0


def test_the_file_is_the_same_whatever_language_the_page_is_in(client, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(clock, "now", lambda: AT)
    project = project_with_steps(factories.park(), stage="L04")
    client.force_login(factories.user(project.park))
    columns = []
    for language in ("zh-hans", "en"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        answer = client.get(reverse("dispatch:plan_xlsx", args=[project.pk]))
        file = load_workbook(io.BytesIO(answer.content))
        columns.append([[cell.value for cell in row] for sheet in file for row in sheet.iter_rows(min_row=3)])
    assert columns[0] == columns[1] and any("L08 开工" in row for row in columns[0])
