"""Export → import → export: the same cells; an edited copy gives exactly the edits."""

import io
import string
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.ledger.base import HEADERS, Side, merge
from projects.ledger.export import export
from projects.ledger.fields import to_json
from projects.ledger.findings import Refusal
from projects.ledger.layouts import PROJECT_LEDGER
from projects.ledger.lists import ListSheet, keyed, list_workbook
from projects.ledger.marker import SHEET, marker_of
from projects.ledger.reader import read_ledger
from projects.ledger.row_keys import read_key
from projects.ledger.store import stored_values
from projects.ledger.workbook import read_workbook
from projects.models import Project
from tests.factories import enterprise, organization, park, project, user
from tests.projects.ledger.importing import confirmed, uploaded

pytestmark = pytest.mark.django_db
YEAR, MONTH = 2025, 4
FIRST = PROJECT_LEDGER.first_data_row
PRECISIONS = ["day", "month", "quarter", "half", "year"]
TEXTS = [
    "=1+1", "+86 138", "-1 期", "@SUM(A1)", "＝甲", "'='x", "''=1", "'引号", "a\tb", "一\n二", "  外侧空白 ", "_x0041_",
    "_x000D_甲",
    "#REF!", "#N/A", "1e5", "0012", "2025-01-01", "<b>&amp;</b>", "长" * 3990, "\U0001f3d7 甲", "是", "TRUE", '",;|',
]  # fmt: skip


@pytest.fixture
def staff(db):
    return user(park(name_zh="示例高新区", centre_name_zh="示例高新区重点项目服务中心"))


def exported(person, year=YEAR, month=MONTH):
    with export(Project.objects.order_by("pk"), park=person.park, year=year, month=month) as file:
        return file.read()


def cells(data):
    """Everything that stands in the workbook, but the moment it was made."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        (sheet.title, cell.coordinate): (cell.value, cell.data_type, cell.number_format)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def without_versions(found):
    letter = openpyxl.utils.get_column_letter(len(PROJECT_LEDGER.leaves) + 2)
    return {place: value for place, value in found.items() if place[1].rstrip(string.digits) != letter}


def edited(data, changes):
    """The workbook as a person saves it after writing {cell: value}."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for place, value in changes.items():
        book["项目台账"][place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def example_park(person):
    """Projects of every precision, with None, zero and long and special texts."""
    unit, firm = organization(person.park, name="示例单位"), enterprise(person.park, name="示例有限公司")
    for number, text in enumerate(TEXTS):
        made = project(
            person.park, name=f"项目{number}", enterprise=firm if number % 3 else None,
            responsible_unit=unit if number % 2 else None,
            stage="L13", enrolled=[None, True, False][number % 3] or False, remark=text, issue=text,
            total_investment_10k=[None, Decimal("123456.7891"), Decimal("0"), Decimal("99999999999.9999")][number % 4],
            land_mu=[None, Decimal("66.67")][number % 2], nature=["new", "continuing", "upgrade"][number % 3],
        )  # fmt: skip
        for stage, precision in zip(
            ("L03", "L04", "L05", "L06", "L08"), PRECISIONS[number % 5 :] + PRECISIONS, strict=False
        ):
            day = {"day": date(2024, 2, 29), "month": date(2024, 5, 1), "quarter": date(2024, 6, 30)}.get(
                precision, date(2024, 12, 31)
            )
            made.milestones.create(stage=stage, actual_on=day, actual_precision=precision)
        made.milestones.create(stage="L10", is_done=True)
        made.annual_plans.create(year=YEAR, planned_10k=Decimal(number)) if number % 2 else None
        made.investments.create(
            year=YEAR, month=MONTH, month_10k=Decimal(0), ytd_10k=Decimal("-1.5") if number == 3 else Decimal(number)
        )


def test_nothing_changes_and_the_same_cells_come_back(staff):
    example_park(staff)
    before = exported(staff)
    batch = uploaded(before, staff)
    assert (batch.report_year, batch.report_month) == (YEAR, MONTH)
    assert batch.summary["unchanged"] == len(TEXTS), [
        row.changes or row.findings for row in batch.rows.all() if row.action != "unchanged"
    ]
    confirmed(batch, staff)
    assert cells(exported(staff)) == cells(before)


def test_the_copy_in_another_register_has_the_same_cells(staff):
    """Not merely unchanged: what is imported into an empty park gives the same workbook again."""
    example_park(staff)
    before = exported(staff)
    stored = list(stored_values(staff.park, YEAR, MONTH).values())
    read = read_ledger(before)
    for row, values in zip(read.rows, stored, strict=True):
        assert read_key(row.row_key, "projects", park_id=staff.park.pk).pk is not None
        for field, found in row.fields.items():
            if found.value is not None:
                assert merge(row.row_base, {field: to_json(found.value)}, {field: to_json(values.get(field))}) == {
                    field: Side.SAME
                }, field


def test_hidden_columns_and_marker(staff):
    made = project(staff.park, name="甲")
    data = exported(staff)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["项目台账"]
    width = len(PROJECT_LEDGER.leaves)
    assert [sheet.cell(PROJECT_LEDGER.header_rows[0], width + n).value for n in (1, 2, 3)] == list(HEADERS)
    assert sheet.column_dimensions[openpyxl.utils.get_column_letter(width + 1)].hidden
    assert sheet.print_area == f"'项目台账'!$A$1:$AF${FIRST}"
    assert book[SHEET].sheet_state == "hidden"
    marker = marker_of(read_workbook(data).sheets)
    assert (marker.kind, marker.park, marker.year, marker.month) == ("projects", staff.park.code, YEAR, MONTH)
    (row,) = read_ledger(data).rows
    assert read_key(row.row_key, "projects", park_id=staff.park.pk).pk == made.pk
    assert row.row_version == made.version
    assert not read_ledger(data).findings


def test_an_edited_copy_changes_what_was_edited(staff):
    example_park(staff)
    data = edited(
        exported(staff),
        {f"AF{FIRST}": "改过的备注", f"M{FIRST + 1}": 70.5, f"U{FIRST + 2}": "2025年3月", f"AE{FIRST + 3}": None},
    )
    batch = uploaded(data, staff)
    changes = {(row.name, each["field"]): each["new"] for row in batch.rows.all() for each in row.changes}
    assert changes == {
        ("项目0", "remark"): "改过的备注",
        ("项目1", "land_mu"): "70.5",
        ("项目2", "dates.completed"): {"value": "2025-03-31", "precision": "month"},
    } or changes == {
        ("项目0", "remark"): "改过的备注",
        ("项目1", "land_mu"): "70.5",
        ("项目2", "dates.completed"): {"value": "2025-03-01", "precision": "month"},
    }  # fmt: skip


def test_a_list_that_is_only_read_is_refused_by_name(staff):
    made = project(staff.park, name="甲")
    data = list_workbook(
        ListSheet("证照", ["项目名称", "项目代码", "当前阶段"], [10, 10, 10], [keyed(made, ["甲", "=1", "备案"])])
    )
    with pytest.raises(Refusal) as refused:
        read_ledger(data)
    assert refused.value.code == "NOT_IMPORTED" and "证照" in refused.value.message_zh
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [cell.value for cell in book["证照"][2]] == ["甲", "=1", "备案", f"projects.project:{made.pk}", made.version]
    assert book["证照"].auto_filter.ref == "A1:C2"


line = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40).map(lambda text: f"甲{text.strip()}")
money = st.none() | st.decimals(0, 10**11, places=4)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(line, line, money, money, st.sampled_from(PRECISIONS), st.dates(date(2001, 1, 1), date(2025, 4, 1))),
        min_size=1,
        max_size=8,
    )
)
def test_random_projects_come_back_unchanged(staff, rows):
    Project.objects.all().delete()
    for number, (issue, remark, total, land, precision, day) in enumerate(rows):
        made = project(
            staff.park, name=f"第{number}号", issue=issue, remark=remark, total_investment_10k=total, stage="L13",
            land_mu=land and land % 10**7,
        )  # fmt: skip
        made.milestones.create(stage="L04", actual_on=whole(day, precision), actual_precision=precision)
    data = exported(staff)
    batch = uploaded(data, staff)
    assert batch.summary["unchanged"] == len(rows), [(row.changes, row.findings) for row in batch.rows.all()]
    confirmed(batch, staff)
    assert cells(exported(staff)) == cells(data)


def whole(day, precision):
    """The day that stands for a period of this precision, as the reader keeps it."""
    from projects.ledger.dates import parse_date

    text = {
        "day": day.isoformat(), "month": f"{day.year}年{day.month}月",
        "quarter": f"{day.year}年{(day.month + 2) // 3}季度",
        "half": f"{day.year}年{'上' if day.month < 7 else '下'}半年", "year": f"{day.year}年",
    }[precision]  # fmt: skip
    return parse_date(text, kind="actual").value.value
