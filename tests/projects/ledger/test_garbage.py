"""Nothing that a cell can hold makes a parser, a row or a file raise, and no row disappears."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.ledger import cells
from projects.ledger.amounts import MONEY_UNITS
from projects.ledger.diff import plan
from projects.ledger.fields import FIELDS, from_json, to_json
from projects.ledger.findings import CODES
from projects.ledger.headers import Column, Table, find_table
from projects.ledger.project_kind import PROJECTS
from projects.ledger.rows import Context, read_row
from projects.ledger.table import classify
from projects.ledger.text import clean_text
from projects.ledger.workbook import Cell, Range, Sheet

PIECES = st.sampled_from(
    [
        *"0123456789０１.,-—~～/年月日季度半上下旬底前约亿万元亩㎡%（）()一二三十〇√×、：:",
        " ", "\n", "\u3000", "\u200b", "\x00", "\u202e", "2025", "2025.1", "1e9", "合计", "小计", "注：", "开工",
        "13800000000", "🏭", "_x0000_", "#REF!", "=1+1", "'", "NaN", "Ⅷ", "²", "①", "٣",
    ]
)  # fmt: skip
TEXT = st.one_of(
    st.lists(PIECES, max_size=12).map("".join), st.text(max_size=30), st.text(max_size=3).map(lambda t: t * 9000)
)
VALUES = st.one_of(
    st.none(),
    TEXT,
    st.booleans(),
    st.integers(),
    st.floats(),
    st.floats(1900, 2200),
    st.floats(0, 1e8),
    st.sampled_from([1e-100, 5e-324, 1e15, 1e16, 123456.5, 20250229, 202513]),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)
FORMATS = st.one_of(
    st.just("General"), st.sampled_from(["0.0%", 'yyyy"年"m"月"', "@", "yyyy-mm-dd"]), st.text(max_size=9)
)
YEARS = st.one_of(st.none(), st.integers(1900, 2200))


@settings(max_examples=400, deadline=None)
@given(VALUES, FORMATS, YEARS, st.sampled_from([None, *MONEY_UNITS]))
def test_parsers_never_raise(value, number_format, year, unit):
    results = [
        cells.parse_date(value, number_format, report_year=year),
        cells.parse_date(value, number_format, report_year=year, kind="planned"),
        cells.parse_period(value, number_format, report_year=year),
        cells.parse_money(value, unit, is_total=True),
        cells.parse_area_mu(value, None if unit is None else "亩"),
        cells.parse_floor_area_m2(value, None if unit is None else "m2"),
        cells.parse_percent(value, number_format),
        cells.parse_pp(value, number_format),
        cells.parse_yes_no(value),
        cells.parse_enrolment(value, number_format, report_year=year),
        cells.parse_stage(value),
        cells.parse_people(value),
        cells.parse_phone(value),
        cells.parse_choice("nature", value),
        cells.parse_project_code(value),
        cells.parse_credit_code(value),
        clean_text(value, limit=200),
    ]
    for result in results:
        assert all(note.kind in CODES for note in result[-1])
    for amount in results[3:8]:
        assert amount.value is None or amount.value.is_finite()


COLUMNS = tuple(
    Column(number, name, name, {"money": "万元", "area": "亩"}.get(FIELDS[name].unit_family or ""), 1.0)
    for number, name in enumerate(FIELDS, 1)
)
TABLE = Table("S", "project_ledger", (1,), 2, 2, COLUMNS)


def sheet_of(rows, merges=()):
    found = {
        (r, c): Cell(r, c, value, number_format)
        for r, row in enumerate(rows, 1)
        for c, (value, number_format) in enumerate(row, 1)
        if value is not None
    }
    last = max((r for r, _ in found), default=0), max((c for _, c in found), default=0)
    anchors = {
        (r, c): (m.top, m.left) for m in merges for r in range(m.top, m.bottom + 1) for c in range(m.left, m.right + 1)
    }
    return Sheet("S", "visible", found, tuple(sorted({r for r, _ in found})), *last, tuple(merges), anchors)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(VALUES, FORMATS), min_size=len(FIELDS), max_size=len(FIELDS)))
def test_a_row_of_garbage_is_read_and_compared(values):
    row = read_row(sheet_of([[], values]), TABLE, 2, Context(2025, 4))
    assert set(row.fields) >= set(FIELDS) - {"leader_unit"}
    for name, found in row.fields.items():
        spec = FIELDS[name]
        assert from_json(spec, to_json(found.value)) == found.value
        if isinstance(found.value, str) and spec.limit:
            assert len(found.value) <= spec.limit
            assert "\x00" not in found.value
    assert all(finding.message_zh and finding.message_en and finding.cell for finding in row.findings)
    (diff,) = plan([row], {1: {"name": "甲", "code": "C"}})
    assert (diff.action == "refused") == (not row.ok)
    if row.ok:
        stored = {change.field: change.new for change in diff.changes}
        (again,) = plan([row], {1: stored}) if stored.get("name") or stored.get("code") else (None,)
        assert again is None or again.changes == ()


WORDS = st.sampled_from(
    [
        "序号",
        "项目名称",
        "总投资（亿元）",
        "年度计划",
        "关键时间",
        "签约",
        "备注",
        "合计",
        "单位：万元",
        "",
        "2025年投资（万元）",
    ]
)
MERGE = st.tuples(*[st.integers(1, 8)] * 4).map(
    lambda m: Range(min(m[0], m[1]), min(m[2:]), max(m[0], m[1]), max(m[2:]))
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.one_of(WORDS, VALUES), FORMATS), max_size=8), max_size=8),
    st.lists(MERGE, max_size=5),
)
def test_any_sheet_is_searched_and_classified(rows, merges):
    sheet = sheet_of(rows, merges)
    table = find_table(sheet, PROJECTS)
    if table is None:
        return
    classified = classify(sheet, table)
    numbers = [each.number for each in classified]
    assert numbers == list(range(table.first_row, table.first_row + len(numbers)))
    for each in classified:
        if each.role == "project":
            read_row(sheet, table, each.number, Context())


def test_strange_digits_are_no_numbers():
    assert cells.parse_money("²", "万元").value in (None, 2)
    assert cells.parse_date("٢٠٢٥.٤.٢٩").value in (None, cells.PartialDate(dt.date(2025, 4, 29)))
