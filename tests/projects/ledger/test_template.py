"""Templates: lists of allowed words, checks while typing, an explanation of every column, nothing to import."""

import io
from datetime import date

import openpyxl
import pytest

from projects.ledger.base import HEADERS
from projects.ledger.layouts import PROJECT_LEDGER
from projects.ledger.marker import CHOICES, GUIDE, SHEET
from projects.ledger.reader import read_ledger
from projects.ledger.template import project_template
from tests.factories import organization, park, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(db):
    person = user(park(name_zh="示例高新区"))
    organization(person.park, name="=示例单位")
    organization(park(), name="别处单位")
    with project_template(person, date(2025, 4, 30)) as file:
        return file.read()


def test_sheets_and_what_may_be_chosen(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == [PROJECT_LEDGER.sheet, GUIDE, CHOICES, SHEET]
    assert [book[name].sheet_state for name in book.sheetnames] == ["visible", "visible", "hidden", "hidden"]
    lists = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in book[CHOICES].columns}
    assert lists["建设性质"] == ["新建", "续建", "技改"]
    assert lists["项目层级"] == ["省重点", "市重点", "区重点"]
    assert "=示例单位" in lists["责任单位"] and "别处单位" not in lists["责任单位"]
    assert "开工" in lists["当前阶段"]


def test_every_column_is_checked_and_explained(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book[PROJECT_LEDGER.sheet]
    rules = {str(rule.sqref).split(":")[0].rstrip("0123456789"): rule for rule in sheet.data_validations.dataValidation}
    fields = [leaf for leaf in PROJECT_LEDGER.leaves if leaf.field]
    assert len(rules) == len(fields) and all(rule.prompt for rule in rules.values())
    assert (rules["I"].type, rules["I"].errorStyle) == ("list", "stop")
    assert (rules["K"].type, rules["K"].operator, rules["K"].formula1, rules["K"].errorStyle) == (
        "decimal", "greaterThanOrEqual", "0", "warning",
    )  # fmt: skip
    assert rules["O"].type == "date" and rules["AB"].errorStyle == "warning"
    assert sheet.column_dimensions["E"].number_format == "@"
    assert sheet.freeze_panes == "D5"
    explained = [row[0].value for row in book[GUIDE].iter_rows(min_row=2)]
    assert len(explained) == len(fields) and "2025年投资（万元）/1-4月累计" in explained
    assert all(row[1].value for row in book[GUIDE].iter_rows(min_row=2))


def test_nothing_is_imported_from_it_and_the_month_is_known(data):
    found = read_ledger(data)
    assert (found.rows, found.findings) == ((), ())
    assert (found.report_year, found.report_month) == (2025, 4)
    sheet = openpyxl.load_workbook(io.BytesIO(data))[PROJECT_LEDGER.sheet]
    assert not {cell.value for row in sheet["A1:AZ4"] for cell in row} & set(HEADERS)
