"""The ledger as a workbook: the layout of domain.md 4.3, texts that stay texts, and the way back in."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.ledger.export import export
from projects.models import Project
from tests.factories import enterprise, organization, park, project, user
from tests.projects.ledger.adapter import SAMPLES, workbook
from tests.projects.ledger.importing import HEADERS, imported, uploaded

pytestmark = pytest.mark.django_db
A1 = "A1_project_ledger_clean.xlsx"


@pytest.fixture
def staff(db):
    return user(park(name_zh="示例高新区", centre_name_zh="示例高新区重点项目服务中心"))


def exported(person, year=2025, month=4, rows=None):
    rows = Project.objects.order_by("pk") if rows is None else rows
    with export(rows, park=person.park, year=year, month=month) as file:
        return file.read()


def sheet_of(data):
    return openpyxl.load_workbook(BytesIO(data))["项目台账"]


def test_layout_is_that_of_the_ledger(staff):
    imported(workbook(A1), staff)
    ours, theirs = sheet_of(exported(staff)), openpyxl.load_workbook(SAMPLES / A1)["项目台账"]
    assert [[c.value for c in row] for row in ours["A3:AF4"]] == [[c.value for c in row] for row in theirs["A3:AF4"]]
    headers = {str(each) for each in theirs.merged_cells.ranges if each.min_row == 3}
    assert {str(each) for each in ours.merged_cells.ranges if each.min_row == 3} == headers
    assert "O3:W3" in headers
    assert "X3:Y3" in headers
    assert ours["A1"].value == "示例高新区重点项目台账"
    assert ours["Q2"].value == "数据截至：2025年4月30日"
    assert ours.freeze_panes == "D5"


def test_cells_come_back_as_they_were(staff):
    imported(workbook(A1), staff)
    ours, theirs = sheet_of(exported(staff)), openpyxl.load_workbook(SAMPLES / A1)["项目台账"]
    for row in range(5, 35):
        for column in range(1, 33):
            pair = [sheet.cell(row, column).value for sheet in (ours, theirs)]
            if HEADERS[column - 1] == "联系电话":  # theirs has numbers among them
                pair = [value and str(value) for value in pair]
            assert pair[0] == pair[1], (row, column)
    assert ours["O5"].is_date
    assert ours["O5"].number_format == "yyyy-mm-dd"


def test_import_of_the_export_changes_nothing(staff):
    imported(workbook(A1), staff)
    batch = uploaded(exported(staff), staff)
    assert (batch.report_year, batch.report_month) == (2025, 4)
    assert batch.summary["unchanged"] == 30
    assert not any(row.findings or row.kept for row in batch.rows.all())


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-1 期", "@SUM(A1)", "＝甲", "='x'!A1", "a\tb", "第一行\n第二行", "'引号"]
)
def test_texts_stay_texts_and_come_back(staff, text):
    project(staff.park, name="甲", remark=text, issue=text)
    data = exported(staff)
    cell = sheet_of(data)["AF5"]
    assert (cell.data_type, cell.value) == ("s", text)
    batch = uploaded(data, staff)
    assert batch.summary["unchanged"] == 1, batch.rows.get().changes


def test_dates_of_every_precision(staff):
    made = project(staff.park, name="甲", stage="L13", enrolled=True)
    values = {
        "L03": (date(2024, 5, 1), "month"), "L05": (date(2024, 6, 30), "quarter"), "L06": (date(2024, 12, 31), "half"),
        "L08": (date(2024, 12, 31), "year"), "L04": (date(2024, 5, 7), "day"),
    }  # fmt: skip
    for stage, (on, precision) in values.items():
        made.milestones.create(stage=stage, actual_on=on, actual_precision=precision)
    made.milestones.create(stage="L10", is_done=True)
    made.milestones.create(stage="L14", forecast_on=date(2026, 1, 2))
    data = exported(staff)
    shown = {cell.column_letter: cell.value for cell in sheet_of(data)[5] if cell.value is not None}
    texts = [shown[column] for column in ("Q", "R", "S", "U", "AA")]
    assert texts == ["2024年二季度", "2024年下半年", "2024年", "已完成", "已入库"]
    batch = uploaded(data, staff)
    assert batch.summary["unchanged"] == 1, batch.rows.get().changes


def test_money_and_area_are_exact(staff):
    project(
        staff.park, name="甲", total_investment_10k=Decimal("123456.7891"), land_mu=Decimal("66.6667"),
        floor_area_m2=Decimal("1234.56"), equipment_investment_10k=Decimal("0.0001"),
    )  # fmt: skip
    data = exported(staff)
    row = sheet_of(data)[5]
    assert [row[index].value for index in (10, 11, 12, 13)] == [12.34567891, 0.00000001, 66.6667, 1234.56]
    assert uploaded(data, staff).summary["unchanged"] == 1


def test_the_stage_column_says_where_the_project_stands(staff):
    project(staff.park, name="甲", stage="L08", stage_raw="报批")
    project(staff.park, name="乙", stage="L06", stage_raw="拿地")
    project(staff.park, name="丙", stage="L06", stage_raw="拿地", status="suspended")
    sheet = sheet_of(exported(staff))
    assert [sheet.cell(row, 26).value for row in (5, 6, 7)] == ["开工", "拿地", "暂停"]


def test_queries_do_not_grow(staff):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            exported(staff)
        return len(queries)

    project(staff.park)
    first = count()
    for _number in range(59):
        project(staff.park, enterprise=enterprise(staff.park), responsible_unit=organization(staff.park))
    assert count() == first <= 6


def get(client, person, **parameters):
    client.force_login(person)
    return client.get(reverse("projects:ledger_export"), parameters)


def names(response):
    sheet = sheet_of(b"".join(response.streaming_content))
    return [sheet.cell(row, 3).value for row in range(5, sheet.max_row + 1)]


def test_page_honours_filters_order_and_scope(client, staff):
    unit = organization(staff.park)
    project(staff.park, name="甲", stage="L08", responsible_unit=unit)
    project(staff.park, name="乙", stage="L06")
    project(park(), name="丙", stage="L08")
    assert names(get(client, staff, sort="name")) == ["乙", "甲"]
    assert names(get(client, staff, stage="L08")) == ["甲"]
    assert names(get(client, staff, stage="nonsense")) == []
    assert names(get(client, staff, template="1")) == []
    assert names(get(client, user(staff.park, "unit", unit))) == ["甲"]
    assert names(get(client, user(staff.park, "leader"), q="甲")) == ["甲"]
    assert get(client, user(staff.park, "enterprise")).status_code == 403


def test_file_name_and_type(client, staff):
    response = get(client, staff)
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert ".xlsx" in response["Content-Disposition"]
    response.close()


def test_an_empty_export_is_the_template(client, staff):
    data = b"".join(get(client, staff, template="1").streaming_content)
    batch = uploaded(data, staff, year=2025, month=4)
    assert (batch.state, batch.summary["create"]) == ("ready", 0)
