# ruff: noqa: DTZ001 - a spreadsheet knows no time zones
"""Headers, row roles, findings of rows and files, over workbooks made by hand."""

import datetime as dt
from decimal import Decimal

import pytest
from openpyxl import Workbook

from projects.ledger.dates import PartialDate
from projects.ledger.findings import CODES, Finding, Refusal
from projects.ledger.headers import match_header
from projects.ledger.layouts import PROJECT_LEDGER
from projects.ledger.project_kind import PROJECTS
from projects.ledger.reader import read_ledger, read_table
from tests.projects.ledger.books import HEADER, book

CODE = "2504-420699-04-01-90000{}"


def findings(read):
    return [(finding.kind, finding.cell) for finding in read.findings]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (["项 目 名 称"], "name"),
        (["业主单位"], "enterprise"),
        (["是否\n入统"], "enrolled"),
        (["入统时间"], "enrolled_on"),
        (["关键时间", "签约"], "dates.signed"),
        (["拿地时间"], "dates.land"),
        (["开工日期"], "dates.started"),
        (["预计竣工\n时间"], "planned_dates.completed"),
        (["2025年计划", "计划开工时间"], "planned_dates.started"),
        (["2025年计划", "开工时间"], "planned_dates.started"),
        (["计划封顶时间"], None),
        (["2025年投资（万元）", "年度计划"], "annual_plan_10k"),
        (["年度计划\n投资"], "annual_plan_10k"),
        (["2025年度\n计划投资"], "annual_plan_10k"),
        (["1-4月累计"], "ytd_investment_10k"),
        (["2025年1-12月累计完成投资"], "ytd_investment_10k"),
        (["截至4月底累计完成投资（万元）"], "ytd_investment_10k"),
        (["4月完成"], "month_investment_10k"),
        (["本月完成投资"], "month_investment_10k"),
        (["截至上年底累计完成投资"], "invested_before_10k"),
        (["截至2024年底累计完成投资"], "invested_before_10k"),
        (["占年度计划(%)"], "completion_rate_pct"),
        (["比序时进度(±百分点)"], "vs_schedule_pp"),
        (["总投资（亿元）"], "total_investment_10k"),
        (["其中：设备投资"], "equipment_investment_10k"),
        (["建设起止年限"], "period"),
        (["是否开工"], None),
        (["开工"], None),
        (["序号"], None),
        (["辅助列（勿删）"], None),
        ([], None),
    ],
)
def test_header_words(path, field):
    assert match_header(path, PROJECTS)[0] == field


def test_every_header_of_the_layout_is_recognised():
    file = Workbook()
    sheet = file.active
    for row, column, text in PROJECT_LEDGER.header_cells(2026, 11):
        sheet.cell(row, column, text)
    for each in PROJECT_LEDGER.merges():
        sheet.merge_cells(start_row=each.top, start_column=each.left, end_row=each.bottom, end_column=each.right)
    import io

    buffer = io.BytesIO()
    file.save(buffer)
    read = read_ledger(buffer.getvalue())
    (table,) = read.tables
    assert [(c.field, c.unit) for c in table.columns] == [(leaf.field, leaf.unit) for leaf in PROJECT_LEDGER.leaves]
    assert (read.report_year, read.report_month, read.rows) == (2026, 11, ())


def test_layout_is_that_of_the_domain_notes():
    merges = PROJECT_LEDGER.merges()
    assert len(PROJECT_LEDGER.leaves) == 32
    assert [(m.left, m.right) for m in merges if m.right > m.left] == [(15, 23), (24, 25)]
    assert all((m.top, m.bottom) == (3, 4) for m in merges if m.right == m.left)
    assert PROJECT_LEDGER.first_data_row == 5


def test_one_row_is_read_with_units_and_addresses():
    row = [1, CODE.format(1), "甲项目", "甲公司", 2.1, "6.67公顷", dt.datetime(2025, 3, 1), "开工", "缺电\n缺水"]
    read = read_ledger(book(row))
    (found,) = read.rows
    assert found.ok
    assert {name: value.value for name, value in found.fields.items()} == {
        "code": CODE.format(1),
        "name": "甲项目",
        "enterprise": "甲公司",
        "total_investment_10k": Decimal(21000),
        "land_mu": Decimal("100.05"),
        "dates.started": PartialDate(dt.date(2025, 3, 1)),
        "stage_raw": "开工",
        "issue": "缺电\n缺水",
    }
    assert found.fields["total_investment_10k"][1:] == ("2.1", "E2")
    assert (found.stage_code, found.stage_exact) == ("L08", True)


def test_row_roles():
    read = read_ledger(
        book(
            ["一、新建项目（2个）"],
            [1, None, "甲项目", None, 1],
            [2, None, "总计量仪表项目", None, 2],
            [None, None, "含合计字样项目", None, 3],
            ["小 计", None, None, None, 6],
            HEADER,
            [],
            ["（二）续建项目"],
            [1, None, "乙项目", None, 4],
            ["合计（4个）", None, None, None, 10],
            ["注：单位为亿元"],
            ["填报人：某某   审核人：某某"],
        )
    )
    assert [row.value("name") for row in read.rows] == ["甲项目", "总计量仪表项目", "含合计字样项目", "乙项目"]
    assert [(each.row, each.why) for each in read.ignored] == [
        (2, "group"), (6, "total"), (7, "header_repeat"), (8, "empty"), (9, "group"), (11, "total"),
        (12, "note"), (13, "note"),
    ]  # fmt: skip
    assert findings(read) == []


def test_wrong_total_names_the_difference():
    read = read_ledger(
        book([1, None, "甲项目", None, 1], [2, None, "乙项目", None, 2], ["合计", None, None, None, 3.5])
    )
    (found,) = read.findings
    assert (found.kind, found.cell, found.params["difference"]) == ("TOTAL_MISMATCH", "E4", "5000")


def test_total_is_not_checked_against_an_unreadable_cell():
    read = read_ledger(book([1, None, "甲项目", None, "详见合同"], ["合计", None, None, None, 3.5]))
    assert findings(read) == [("NUMBER_INVALID", "E2")]


def test_errors_name_sheet_cell_and_raw_and_keep_the_row_out():
    rows = [
        [1, CODE.format(1), "甲项目", None, "1-2", 5, 2025.1, "乙类推进"],
        [2, CODE.format(1), None, None, "1亿美元", "#REF!", "2025年2月30日", "开工"],
        [3, CODE.format(3), "丙项目", None, 2, 5, dt.datetime(2025, 3, 1), "开工"],
    ]
    read = read_ledger(book(*rows))
    assert [(row.number, row.ok) for row in read.rows] == [(2, False), (3, False), (4, True)]
    assert set(findings(read)) == {
        ("MONEY_RANGE", "E2"), ("DATE_AMBIGUOUS", "G2"), ("STAGE_UNKNOWN", "H2"), ("CODE_DUPLICATE", "B3"),
        ("NAME_MISSING", "C3"), ("MONEY_CURRENCY", "E3"), ("CELL_ERROR", "F3"), ("DATE_INVALID", "G3"),
    }  # fmt: skip
    assert {finding.sheet for finding in read.findings} == {"台账"}
    assert all(finding.is_error and finding.field for finding in read.findings)


def test_text_too_long_and_control_characters():
    read = read_ledger(book([1, None, "甲" * 201, None, 1], [2, None, "乙🏭项目", "公_x0000_司", 1]))
    assert findings(read) == [("TEXT_TOO_LONG", "C2"), ("CONTROL_CHARACTER", "D3")]
    assert [row.ok for row in read.rows] == [False, True]
    assert read.rows[1].value("name") == "乙🏭项目"
    assert read.rows[1].value("enterprise") == "公司"


def test_merged_unit_counts_for_each_row_but_merged_money_does_not():
    header = ["序号", "项目名称", "总投资（万元）", "责任单位"]
    read = read_ledger(book([1, "甲项目", 500, "东园街道"], [2, "乙项目"], header=header, merges=["C2:C3", "D2:D3"]))
    assert [row.value("responsible_unit") for row in read.rows] == ["东园街道", "东园街道"]
    assert read.rows[1].fields["responsible_unit"].cell == "D2"
    assert [row.value("total_investment_10k") for row in read.rows] == [Decimal(500), None]


def test_unknown_columns_are_reported_not_lost():
    read = read_ledger(book([1, "甲项目", "x", 3], header=["序号", "项目名称", "内部标记", "总投资（万元）"]))
    assert [column.header for column in read.tables[0].unknown_columns] == ["内部标记"]


def test_the_same_field_twice_is_read_once():
    read = read_ledger(book([1, "甲项目", 5, 6], header=["序号", "项目名称", "总投资（亿元）", "总投资（万元）"]))
    assert read.rows[0].value("total_investment_10k") == Decimal(50000)
    assert [column.header for column in read.tables[0].unknown_columns] == ["总投资（万元）"]


def test_unit_of_the_caption_and_no_unit_at_all():
    captioned = [
        ["一览表"],
        ["填报单位：某街道", "单位：万元、亩"],
        ["序号", "项目名称", "总投资", "用地面积"],
        [1, "甲项目", 500, 20],
    ]
    read = read_ledger(book(*captioned, header=None))
    assert read.rows[0].value("total_investment_10k") == Decimal(500)
    assert read.rows[0].value("land_mu") == Decimal(20)
    bare = read_ledger(book([1, "甲项目", 500, 20], header=["序号", "项目名称", "总投资", "用地面积"]))
    assert findings(bare) == [("UNIT_UNKNOWN", "C2"), ("UNIT_UNKNOWN", "D2")]


def test_similar_names_are_reported_and_kept_apart():
    read = read_ledger(
        book(
            [1, None, "轴承产线项目", None, 1],
            [2, None, "轴承产线", None, 1],
            [3, None, "轴承产线项目（二期）", None, 1],
        )
    )
    assert findings(read) == [("NAME_SIMILAR", "C3")]
    assert len(read.rows) == 3


def test_hidden_sheets_are_never_read_silently():
    def change(sheet):
        old = sheet.parent.create_sheet("旧")
        for column, text in enumerate(HEADER, 1):
            old.cell(1, column).value = text
        old.sheet_state = "hidden"

    read = read_ledger(book([1, None, "甲项目", None, 1], change=change))
    assert [(info.name, info.role, info.why) for info in read.sheets] == [
        ("台账", "data", ""),
        ("旧", "ignored", "hidden"),
    ]
    assert [(finding.kind, finding.sheet) for finding in read.findings] == [("HIDDEN_CONTENT", "旧")]


def test_no_table():
    with pytest.raises(Refusal) as caught:
        read_ledger(book(["只有", "文字"], header=None))
    assert caught.value.code == "NO_TABLE"


def test_responsibility_ledger_is_named():
    header = ["序号", "项目名称", "任务（节点）", "定领导", "定举措", "定标准", "责任单位", "是否销号"]
    with pytest.raises(Refusal) as caught:
        read_ledger(book([1, "甲项目"], header=header))
    assert caught.value.code == "WRONG_KIND"


def test_progress_is_reported():
    seen = []
    read_ledger(book(*([n, None, f"第{n}号项目", None, 1] for n in range(450))), progress=lambda *at: seen.append(at))
    assert seen == [(200, 450), (400, 450), (450, 450)]


@pytest.mark.parametrize("code", CODES)
def test_findings_speak_both_languages(code):
    finding = Finding(code, "S", "A1", "原\n文" * 100)
    assert finding.message_zh != finding.message_en
    assert "{" not in finding.message_zh + finding.message_en
    assert len(finding.message_zh) < 200


def columns(read, table=0):
    return [column.field for column in read.tables[table].columns]


def test_wide_months_with_plan_and_done_below_each_other():
    rows = [
        ["序号", "项目名称", "2025年月度投资（万元）", None, None, None],
        [None, None, "1月", None, "二月", None],
        [None, None, "计划", "完成", "计划", "完成"],
        [1, "甲项目", 10, 20, 30, 40],
    ]
    merges = ["A1:A3", "B1:B3", "C1:F1", "C2:D2", "E2:F2"]
    read = read_ledger(book(*rows, header=None, merges=merges))
    assert columns(read) == [None, "name", None, "monthly_investment_10k.1", None, "monthly_investment_10k.2"]
    assert (read.report_year, read.report_month) == (2025, 2)
    assert read.rows[0].value("monthly_investment_10k.2") == Decimal(40)


def test_two_tables_with_two_units_on_one_sheet():
    rows = [["一览表"], ["单位：亿元"], ["序号", "项目名称", "总投资"], [1, "甲", 5], ["合计", None, 5], [], ["续表"],
            ["填报单位：某街道", None, "单位：万元"], ["序号", "项目名称", "总投资"], [1, "乙", 5000]]  # fmt: skip
    read = read_ledger(book(*rows, header=None, merges=["A1:C1", "A7:C7"]))
    assert [table.unit_default for table in read.tables] == ["亿元", "万元"]
    assert [row.value("total_investment_10k") for row in read.rows] == [Decimal(50000), Decimal(5000)]
    assert [(each.row, each.why) for each in read.ignored] == [(5, "total")]


def test_a_page_header_printed_again_is_no_new_table():
    rows = [["一览表"], ["单位：亿元"], ["序号", "项目名称", "总投资"], [1, "甲", 5], ["一览表"], ["单位：亿元"],
            ["序号", "项目名称", "总投资"], [1, "乙", 5], ["第1页 共2页"]]  # fmt: skip
    read = read_ledger(book(*rows, header=None, merges=["A1:C1", "A5:C5"]))
    assert len(read.tables) == 1
    assert [row.value("name") for row in read.rows] == ["甲", "乙"]
    assert {each.why for each in read.ignored} == {"header_repeat", "note"}


def test_traditional_characters_are_understood_and_kept():
    header = ["序號", "項目名稱", "當前階段", "是否入庫", "開工時間", "建設性質"]
    (row,) = read_ledger(book([1, "甲項目", "試生產", "已入庫", "2025年6月", "續建"], header=header)).rows
    assert row.ok
    assert row.value("name") == "甲項目"
    assert (row.stage_code, row.value("enrolled"), row.value("nature")) == ("L12", True, "continuing")


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["项目名称", "甲项目", "建设单位", "乙公司"],
            ["总投资", "5亿", "建设地点", "某地"],
            ["开工时间", "2025年", "联系人", "张三"],
        ],
        [["项目名称", "甲项目", "乙项目"], ["建设单位", "甲公司", "乙公司"], ["总投资（万元）", 500, 600]],
    ],
)
def test_forms_and_transposed_sheets_are_refused(rows):
    with pytest.raises(Refusal) as caught:
        read_ledger(book(*rows, header=None))
    assert caught.value.code == "NO_TABLE"


def test_questions_where_unsure_and_answers_applied():
    header = ["序号", "项目名称", "项目类别", "内部标记", "开工", "总投资（万元）"]
    rows = [[n, f"第{n}号项目", "工业", "x", "2025年3月", 500] for n in (1, 2, 3)]
    read = read_table(book(*rows, header=header), PROJECTS)
    assert [(q.column, q.guess, q.samples) for q in read.questions] == [
        ("C", "industry", ("工业",)), ("E", "dates.started", ("2025年3月",)),
    ]  # fmt: skip
    answers = {"columns": {"台账!C": "", "台账!D": "remark", "台账!E": "dates.started"}, "cells": {"台账!F2": "6亿元"}}
    again = read_table(book(*rows, header=header), PROJECTS, answers=answers)
    assert again.questions == ()
    assert (again.rows[0].value("industry"), again.rows[0].value("remark")) == (None, "x")
    assert again.rows[0].fields["total_investment_10k"][:2] == (Decimal(60000), "500")
    memory = {"项目类别": "industry", "内部标记": "remark", "开工": ""}
    assert read_table(book(*rows, header=header), PROJECTS, memory=memory).questions == ()


def test_rows_of_our_own_exports_know_their_key_and_version():
    header = ["序号", "项目名称", "总投资（万元）", "行标识", "行版本", "行原值"]
    read = read_ledger(book([1, "甲", 500, "projects:1:abc", 3, "h"], [2, "乙", 500], header=header))
    found = [(row.row_key, row.row_version, row.row_base) for row in read.rows]
    assert found == [("projects:1:abc", 3, "h"), (None, None, None)]
    assert read.tables[0].unknown_columns == ()
