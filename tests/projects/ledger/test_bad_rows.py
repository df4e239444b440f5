# ruff: noqa: E501 - lists of words
"""A thousand rows of rubbish (ten thousand with HYPOTHESIS_PROFILE=deep): none breaks the reader and none is lost.

accepted + rejected + left aside = rows, by a count of our own; whatever is wrong is named by sheet and cell, with a
sentence. NUL and what XML cannot hold come in as cells, not as bytes.
"""

import re

import hypothesis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.ledger.fields import FIELDS
from projects.ledger.findings import Refusal, Severity
from projects.ledger.jail_lines import put_together, taken_apart, unpacked
from projects.ledger.project_kind import PROJECTS
from projects.ledger.reader import read_table
from projects.ledger.workbook import Cell, Range, Sheet, Workbook
from tests.projects.ledger.test_garbage import FORMATS, VALUES

HEADERS = [
    "序号", "项目代码", "项目名称", "建设单位", "统一社会信用代码", "总投资（亿元）", "年度计划投资（万元）", "用地面积（亩）",
    "建筑面积（㎡）", "开工时间", "计划竣工时间", "入库时间", "起止年限", "当前阶段", "完成率", "联系人", "联系电话", "责任领导", "存在问题",
]  # fmt: skip
ROWS = 10  # of one file
FILES = 100 if settings.default.max_examples <= 100 else 1000
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d*")

NAMES = st.sampled_from(
    [
        "甲项目",
        "甲 项目",
        "乙项目（一期）",
        "合计",
        "小计",
        "注：",
        "总计划路项目",
        "",
        "１２",
        "甲\x00项目",
        "\u202e目项",
    ]
)
CODES = st.sampled_from(["2504-420699-04-01-100001", "２５０４-420699-04-01-100001", "2504-420699-04-01-100002", "x"])
ODD = st.one_of(
    NAMES, CODES, VALUES, st.sampled_from(["5-6亿", "$5", "2025.13", "45000", "长" * 40_000, "-", "已完成"])
)
CELL = st.tuples(
    st.integers(1, len(HEADERS)), ODD, FORMATS, st.sampled_from(["", "", "", "", "#REF!", "#N/A", "formula", "struck"])
)
ROW = st.tuples(NAMES, st.lists(CELL, max_size=7))


def as_cell(row, column, value, number_format, how):
    if how.startswith("#"):
        return Cell(row, column, None, number_format, error=how)
    if how == "formula":
        return Cell(row, column, value, number_format, formula="A1+1", has_value=value is not None)
    return Cell(row, column, value, number_format, struck=how == "struck")


@st.composite
def sheets(draw):
    rows = draw(st.lists(ROW, min_size=ROWS, max_size=ROWS))
    cells = {(1, column): Cell(1, column, text) for column, text in enumerate(HEADERS, 1)}
    for number, (name, others) in enumerate(rows, 2):
        found = {(number, column): as_cell(number, column, *rest) for column, *rest in others}
        found = {(number, 3): Cell(number, 3, name)} | found
        cells |= {at: cell for at, cell in found.items() if cell.value is not None or cell.error or cell.formula}
    merges = draw(
        st.lists(st.tuples(st.integers(2, ROWS), st.integers(1, 5), st.integers(1, len(HEADERS))), max_size=2)
    )
    ranges = tuple(Range(top, column, min(top + height, ROWS + 1), column) for top, height, column in merges)
    anchors = {(row, r.left): (r.top, r.left) for r in ranges for row in range(r.top, r.bottom + 1)}
    hidden = frozenset(draw(st.sets(st.integers(2, ROWS + 1), max_size=2)))
    numbers = tuple(sorted({row for row, _column in cells}))
    return Sheet("台账", "visible", cells, numbers, numbers[-1], len(HEADERS), ranges, anchors, hidden)


@pytest.mark.slow
@settings(max_examples=FILES, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@given(sheets())
def test_bad_rows(sheet):
    try:
        found = read_table(Workbook((sheet,)), PROJECTS, report_year=2025, report_month=4)
    except Refusal as refusal:
        assert refusal.code == "NO_TABLE"
        return
    accepted = [row.number for row in found.rows if row.ok]
    rejected = [row.number for row in found.rows if not row.ok]
    aside = [each.row for each in found.ignored]
    table = found.tables[0]
    told = [*accepted, *rejected, *aside]
    assert sorted(told) == sorted(set(told))
    assert set(told) == set(range(table.first_row, table.last_row + 1))
    assert set(sheet.rows) <= set(told) | set(table.header_rows) | set(range(1, table.first_row))
    for row in found.rows:
        errors = [each for each in row.findings if each.severity is Severity.ERROR]
        assert bool(errors) == (row.number in rejected)
        for each in row.findings:
            assert each.sheet == "台账"
            assert ADDRESS.fullmatch(each.cell)
            assert CHINESE.search(each.message_zh)
        assert set(row.fields) <= set(FIELDS)
    head, *rows = map(unpacked, taken_apart(found))
    assert put_together(head, rows) == found or "nan" in repr(found)
