# ruff: noqa: DTZ001 - a spreadsheet knows no time zones
"""Cell parsers by tables: every spelling of domain.md 4.4 and of the samples' README."""

import datetime as dt
from decimal import Decimal

import pytest

from projects.ledger.cells import (
    People,
    credit_code_ok,
    parse_area_mu,
    parse_choice,
    parse_credit_code,
    parse_date,
    parse_enrolment,
    parse_floor_area_m2,
    parse_money,
    parse_people,
    parse_percent,
    parse_period,
    parse_phone,
    parse_pp,
    parse_project_code,
    parse_stage,
    parse_yes_no,
)
from projects.ledger.text import clean_text, normalise_name, similar_name

FIRST_TEN_STAGES = ["谋划", "洽谈", "签约", "注册", "立项备案", "供地", "报批", "开工", "主体封顶", "竣工"]


def kinds(notes):
    return [note.kind for note in notes]


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("2025.4.29", "2025-04-29", "day"),
        ("2025-4-29", "2025-04-29", "day"),
        ("2025/4/29 0:00:00", "2025-04-29", "day"),
        ("2025年4月29日", "2025-04-29", "day"),
        ("2025 年 1 月 8 日", "2025-01-08", "day"),
        ("２０２５．４．２９", "2025-04-29", "day"),
        ("2025—4—29", "2025-04-29", "day"),
        ("2025.\u200b4.29", "2025-04-29", "day"),
        (45776, "2025-04-29", "day"),
        (45776.75, "2025-04-29", "day"),
        ("二〇二五年四月二十九日", "2025-04-29", "day"),
        ("二零二五年十二月三十一日", "2025-12-31", "day"),
        ("二〇二五年十月", "2025-10-01", "month"),
        ("20250310", "2025-03-10", "day"),
        (20250310, "2025-03-10", "day"),
        ("2025年4月15日（已取得）", "2025-04-15", "day"),
        ("2025年2月28日前", "2025-02-28", "day"),
        ("2025年4月底", "2025-04-30", "day"),
        ("2025年6月底前", "2025-06-30", "day"),
        ("2024年2月末", "2024-02-29", "day"),
        ("2025年4月上旬", "2025-04-10", "day"),
        ("2025年4月中旬", "2025-04-20", "day"),
        ("2025年4月下旬", "2025-04-30", "day"),
        ("2025年4月", "2025-04-01", "month"),
        ("2025年4月份", "2025-04-01", "month"),
        ("2025.4", "2025-04-01", "month"),
        ("2025.1", "2025-01-01", "month"),
        ("2025.10", "2025-10-01", "month"),
        ("2026-06", "2026-06-01", "month"),
        (2025.4, "2025-04-01", "month"),
        (2025.12, "2025-12-01", "month"),
        ("2025年上半年", "2025-06-30", "half"),
        ("2025年下半年", "2025-12-31", "half"),
        ("2026年三季度", "2026-09-30", "quarter"),
        ("2025年第一季度", "2025-03-31", "quarter"),
        ("2025年第4季度", "2025-12-31", "quarter"),
        ("2026年底", "2026-12-31", "year"),
        ("2026年", "2026-12-31", "year"),
        (2026, "2026-12-31", "year"),
        (dt.datetime(2025, 4, 29), "2025-04-29", "day"),
        (dt.date(2025, 4, 29), "2025-04-29", "day"),
    ],
)
def test_date_with_year(raw, value, precision):
    found = parse_date(raw)
    assert (found.value.value.isoformat(), found.value.precision, kinds(found.notes)) == (value, precision, [])


@pytest.mark.parametrize(
    ("raw", "value", "precision"),
    [
        ("4月底", "2025-04-30", "day"),
        ("4月上旬", "2025-04-10", "day"),
        ("4月中旬", "2025-04-20", "day"),
        ("4月下旬", "2025-04-30", "day"),
        ("6月30日", "2025-06-30", "day"),
        ("４月３０日", "2025-04-30", "day"),
        ("11月", "2025-11-01", "month"),
        ("上半年", "2025-06-30", "half"),
        ("三季度", "2025-09-30", "quarter"),
        ("年底前", "2025-12-31", "year"),
        ("年底", "2025-12-31", "year"),
        ("明年上半年", "2026-06-30", "half"),
        ("今年底", "2025-12-31", "year"),
        ("25.4.18", "2025-04-18", "day"),
    ],
)
def test_date_without_full_year_takes_the_report_year_and_says_so(raw, value, precision):
    found = parse_date(raw, report_year=2025)
    assert (found.value.value.isoformat(), found.value.precision) == (value, precision)
    assert kinds(found.notes) == ["DATE_YEAR_ASSUMED"]


def test_date_without_year_is_invalid_when_no_report_year_is_known():
    assert kinds(parse_date("4月底").notes) == ["DATE_INVALID"]


@pytest.mark.parametrize("raw", [None, "", "  ", "/", "／", "-", "—", "——", "无", "待定", "\u3000", "\u200b"])
def test_date_blank(raw):
    assert parse_date(raw) == (None, ())


@pytest.mark.parametrize("raw", ["已完成", "√", "已开工", "✔", "是"])
def test_date_done_without_a_date(raw):
    found = parse_date(raw)
    assert (found.value.value, found.value.done, kinds(found.notes)) == (None, True, ["DATE_DONE"])


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (2025.1, "DATE_AMBIGUOUS"),
        (2024.1, "DATE_AMBIGUOUS"),
        ("2025年2月30日", "DATE_INVALID"),
        ("2025年13月", "DATE_INVALID"),
        (2025.13, "DATE_INVALID"),
        (2025.012, "DATE_INVALID"),
        (1e-100, "DATE_INVALID"),
        ("开春后", "DATE_INVALID"),
        ("明确后报", "DATE_INVALID"),
        ("1025年3月", "DATE_INVALID"),
        (True, "DATE_INVALID"),
        (-5, "DATE_INVALID"),
        (float("nan"), "DATE_INVALID"),
        (float("inf"), "DATE_INVALID"),
        (dt.time(9, 0), "DATE_INVALID"),
        (dt.datetime(1900, 1, 1), "DATE_INVALID"),
        ("未办理", "VALUE_UNKNOWN"),
        ("正在办理", "VALUE_UNKNOWN"),
    ],
)
def test_date_refused(raw, kind):
    found = parse_date(raw, report_year=2025)
    assert (found.value, kinds(found.notes)) == (None, [kind])


def test_a_plan_is_never_a_fact():
    assert kinds(parse_date("预计2025年6月").notes) == ["DATE_INVALID"]
    assert parse_date("预计2025年6月", kind="planned").value.value == dt.date(2025, 6, 1)


def test_date_cell_that_shows_only_year_and_month():
    first = dt.datetime(2025, 6, 1)
    assert parse_date(first, 'yyyy"年"m"月"').value.precision == "month"
    assert parse_date(first, 'yyyy"年"m"月"d"日"').value.precision == "day"
    assert parse_date(dt.datetime(2025, 6, 17), 'yyyy"年"m"月"').value.precision == "day"


@pytest.mark.parametrize(
    ("raw", "start", "end"),
    [
        ("2025-2027", ("2025-12-31", "year"), ("2027-12-31", "year")),
        ("2025—2026", ("2025-12-31", "year"), ("2026-12-31", "year")),
        ("2025年-2026年", ("2025-12-31", "year"), ("2026-12-31", "year")),
        ("2025至2026", ("2025-12-31", "year"), ("2026-12-31", "year")),
        ("2025-2025", ("2025-12-31", "year"), ("2025-12-31", "year")),
        ("2025.03-2026.12", ("2025-03-01", "month"), ("2026-12-01", "month")),
        ("2024.12-2025.3", ("2024-12-01", "month"), ("2025-03-01", "month")),
        ("2025-03-2026-12", ("2025-03-01", "month"), ("2026-12-01", "month")),
        ("2025年3月至12月", ("2025-03-01", "month"), ("2025-12-01", "month")),
        ("2025", ("2025-12-31", "year"), ("2025-12-31", "year")),
        (2025, ("2025-12-31", "year"), ("2025-12-31", "year")),
    ],
)
def test_period(raw, start, end):
    found = parse_period(raw).value
    assert [(each.value.isoformat(), each.precision) for each in (found.start, found.end)] == [start, end]


@pytest.mark.parametrize("raw", ["2027-2025", "三年", "长期"])
def test_period_refused(raw):
    found = parse_period(raw)
    assert (found.value, kinds(found.notes)) == (None, ["DATE_INVALID"])


@pytest.mark.parametrize(
    ("raw", "unit", "value", "notes"),
    [
        (5, "亿元", "50000", []),
        (2.1, "亿元", "21000", []),
        ("5亿元", "万元", "50000", []),
        ("5亿", None, "50000", []),
        ("0.8亿", "万元", "8000", []),
        ("1.2 亿元", None, "12000", []),
        ("50000万", "亿元", "50000", []),
        ("12500万元", "亿元", "12500", []),
        ("3,200", "万元", "3200", []),
        ("３，２００", "万元", "3200", []),
        ("３２００", "万元", "3200", []),
        ("'3200", "万元", "3200", []),
        ("4 500", "万元", "4500", []),
        ("2,150.5", "万元", "2150.5", []),
        ("5亿3000万元", None, "53000", []),
        ("5(亿元)", "万元", "50000", []),
        ("￥300", "万元", "300", []),
        (1000, "元", "0.1", []),
        (5, "千元", "0.5", []),
        (5, "百万元", "500", []),
        (5, "千万元", "5000", []),
        (0, "万元", "0", []),
        ("约5亿", "万元", "50000", ["MONEY_APPROX"]),
        ("约5000", "万元", "5000", ["MONEY_APPROX"]),
        ("5亿元左右", "万元", "50000", ["MONEY_APPROX"]),
        ("5亿余元", "万元", "50000", ["MONEY_APPROX"]),
        ("5（一期3）", "亿元", "50000", ["MONEY_NOTE"]),
        ("6（一期4）亿元", "万元", "60000", ["MONEY_NOTE"]),
        (-500, "万元", "-500", ["MONEY_NEGATIVE"]),
        ("-500", "万元", "-500", ["MONEY_NEGATIVE"]),
        ("(500)", "万元", "-500", ["MONEY_NEGATIVE"]),
        (3200, "亿元", "32000000", ["UNIT_SUSPECT"]),
        (0.1 + 0.2, "万元", "0.3", []),
    ],
)
def test_money(raw, unit, value, notes):
    found = parse_money(raw, unit)
    assert (found.value, kinds(found.notes)) == (Decimal(value), notes)


@pytest.mark.parametrize(
    ("raw", "unit", "kind"),
    [
        ("1.2-1.5", "亿元", "MONEY_RANGE"),
        ("3000～5000", "万元", "MONEY_RANGE"),
        ("3～5亿元", "亿元", "MONEY_RANGE"),
        ("1.2亿-1.5亿", None, "MONEY_RANGE"),
        ("3至5亿元", "亿元", "MONEY_RANGE"),
        ("1亿美元", "亿元", "MONEY_CURRENCY"),
        ("30亿日元", "亿元", "MONEY_CURRENCY"),
        ("$500", "万元", "MONEY_CURRENCY"),
        ("详见合同", "万元", "NUMBER_INVALID"),
        ("1,2,3", "万元", "NUMBER_INVALID"),
        ("5亩", "万元", "NUMBER_INVALID"),
        ("1" * 31, "万元", "NUMBER_INVALID"),
        (float("nan"), "万元", "NUMBER_INVALID"),
        (1e300, "万元", "NUMBER_INVALID"),
        (True, "万元", "NUMBER_INVALID"),
        (dt.datetime(2025, 1, 1), "万元", "NUMBER_INVALID"),
        (1200, None, "UNIT_UNKNOWN"),
        ("1200", None, "UNIT_UNKNOWN"),
    ],
)
def test_money_refused(raw, unit, kind):
    found = parse_money(raw, unit)
    assert (found.value, kinds(found.notes)) == (None, [kind])


def test_total_investment_below_a_million_yuan_is_suspicious():
    assert kinds(parse_money(32, "万元", is_total=True).notes) == ["UNIT_SUSPECT"]
    assert kinds(parse_money(32, "万元").notes) == []
    assert kinds(parse_money(100, "万元", is_total=True).notes) == []


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [
        ("100亩", None, "100"),
        ("6.67公顷", "亩", "100.05"),
        ("66667㎡", "亩", "100"),
        ("6.67万㎡", "亩", "100.05"),
        ("6.67万平方米", "亩", "100.05"),
        ("36.0 亩", "亩", "36"),
        ("４８．５", "亩", "48.5"),
        (80, "亩", "80"),
    ],
)
def test_land(raw, unit, value):
    assert parse_area_mu(raw, unit) == (Decimal(value), ())


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [(4.2, "万m2", "42000"), ("45000㎡", "万m2", "45000"), ("0.85万㎡", None, "8500"), (21500.5, "m2", "21500.5")],
)
def test_floor_area(raw, unit, value):
    assert parse_floor_area_m2(raw, unit) == (Decimal(value), ())


@pytest.mark.parametrize(
    ("raw", "unit", "kind"),
    [
        ("很大", "亩", "NUMBER_INVALID"),
        (-3, "亩", "NUMBER_INVALID"),
        ("10-20亩", "亩", "NUMBER_INVALID"),
        (30, None, "UNIT_UNKNOWN"),
        (float("inf"), "亩", "NUMBER_INVALID"),
    ],
)
def test_area_refused(raw, unit, kind):
    assert kinds(parse_area_mu(raw, unit).notes) == kinds(parse_floor_area_m2(raw, unit).notes) == [kind]


@pytest.mark.parametrize(
    ("raw", "number_format", "value", "notes"),
    [
        ("83.3%", "General", "83.3", []),
        (0.833, "0.0%", "83.3", []),
        (83.3, "General", "83.3", []),
        ("83.3", "General", "83.3", []),
        ("38.5％", "General", "38.5", []),
        (0.36875, "0.0%", "36.875", []),
        ("165%", "General", "165", ["PERCENT_HIGH"]),
        (150, "General", "150", []),
    ],
)
def test_percent(raw, number_format, value, notes):
    found = parse_percent(raw, number_format)
    assert (found.value, kinds(found.notes)) == (Decimal(value), notes)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("超序时8.6个百分点", "8.6"),
        ("超序时5.0个百分点", "5"),
        ("滞后5.2", "-5.2"),
        ("滞后17.9个百分点", "-17.9"),
        ("低于序时3个百分点", "-3"),
        ("+1.7", "1.7"),
        ("-2.1", "-2.1"),
        (-1.4, "-1.4"),
        ("持平", "0"),
        ("与序时进度持平", "0"),
    ],
)
def test_percentage_points(raw, value):
    assert parse_pp(raw) == (Decimal(value), ())


def test_percent_refused():
    assert kinds(parse_percent("较好").notes) == kinds(parse_pp("较好").notes) == ["NUMBER_INVALID"]


@pytest.mark.parametrize("raw", ["是", "√", "Y", "1", 1, True, "已入库", "已纳统", "已销号"])
def test_yes(raw):
    assert parse_yes_no(raw) == (True, ())


@pytest.mark.parametrize("raw", ["否", "×", "N", "0", 0, False, "未入库", "待入库", "未纳统", "未销号"])
def test_no(raw):
    assert parse_yes_no(raw) == (False, ())


def test_nothing_said_is_not_no():
    assert parse_yes_no(None).value is parse_yes_no("/").value is None
    assert parse_yes_no("正在申报").value is None
    assert kinds(parse_yes_no("正在申报").notes) == ["VALUE_UNKNOWN"]


def test_enrolment_reads_dates_and_words():
    assert parse_enrolment(dt.datetime(2024, 7, 8)).on.value == dt.date(2024, 7, 8)
    assert parse_enrolment(dt.datetime(2024, 7, 8)).enrolled is True
    assert parse_enrolment("未入库") == (None, False, ())
    assert parse_enrolment("已入库") == (None, True, ())
    assert parse_enrolment(None) == (None, None, ())


@pytest.mark.parametrize(
    ("raw", "code", "exact"),
    [
        *((word, f"L{n:02}", True) for n, word in enumerate(FIRST_TEN_STAGES, 1)),
        ("设备安装", "L11", True), ("试生产", "L12", True), ("投产", "L13", True), ("达产", "L14", True),
        ("达效", "L15", True), ("暂停", "suspended", True), ("终止", "terminated", True),
        ("备案", "L05", True), ("摘牌", "L06", True), ("供地（摘牌）", "L06", True), ("封顶", "L09", True),
        ("前期", "L05", False), ("在建", "L08", False), ("建成", "L10", False), ("主体施工", "L08", False),
        ("正在设备调试", "L11", False), ("设备调试", "L11", False), ("已投产", "L13", True),
    ],
)  # fmt: skip
def test_stage(raw, code, exact):
    assert parse_stage(raw) == (code, raw, exact, ())


def test_stage_unknown_keeps_the_word():
    found = parse_stage("乙类推进")
    assert (found.code, found.raw, kinds(found.notes)) == (None, "乙类推进", ["STAGE_UNKNOWN"])


@pytest.mark.parametrize(
    ("raw", "people"),
    [
        ("张三 13800000000", People(("张三",), ("13800000000",))),
        ("张三13800000000", People(("张三",), ("13800000000",))),
        ("张三\u300013800000000", People(("张三",), ("13800000000",))),
        ("张三、李四", People(("张三", "李四"))),
        ("张三，李四", People(("张三", "李四"))),
        ("张三 李四", People(("张三", "李四"))),
        ("张 三", People(("张三",))),
        ("张三（经发局）", People(("张三",), (), "经发局")),
        ("13800000003（张三）", People(("张三",), ("13800000003",))),
        ("张三(13800000005)", People(("张三",), ("13800000005",))),
        ("张三：0710-3000001", People(("张三",), ("0710-3000001",))),
        ("张三 138 0000 0004", People(("张三",), ("13800000004",))),
        ("周庚、吴辛 13800000002", People(("周庚", "吴辛"), ("13800000002",))),
        (None, People()),
    ],
)
def test_people(raw, people):
    assert parse_people(raw) == (people, ())


def test_phone_from_number_and_text():
    assert parse_phone(13800000002).value == parse_phone(13800000002.0).value == "13800000002"
    assert parse_phone("138 0000 0002").value == "13800000002"
    assert parse_phone("0710-3000001转8").value == "0710-3000001转8"


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        ("nature", "新建", "new"), ("nature", "续建", "continuing"), ("nature", "技改", "upgrade"),
        ("level", "省重点", "province"), ("level", "市重点", "city"), ("level", "区重点项目", "district"),
        ("light", "绿", "green"), ("light", "黄灯", "yellow"), ("light", "红", "red"), ("light", "灰", "grey"),
        ("nature", "/", None),
    ],
)  # fmt: skip
def test_choice(field, raw, value):
    assert parse_choice(field, raw) == (value, ())


def test_choice_unknown():
    assert kinds(parse_choice("level", "国家").notes) == ["VALUE_UNKNOWN"]


def test_codes():
    assert parse_project_code("２５０４－４２０６９９－０４－０１－９００００１") == ("2504-420699-04-01-900001", ())
    assert parse_project_code("2504-42069-04-01-92002")[0] == "2504-42069-04-01-92002"
    assert kinds(parse_project_code("2504-42069-04-01-92002").notes) == ["CODE_FORMAT"]
    assert parse_credit_code("91420699ma4y00013n") == ("91420699MA4Y00013N", ())
    assert kinds(parse_credit_code("91420699MA4Y00240A").notes) == ["CREDIT_CODE_INVALID"]
    assert parse_credit_code("91420699MA4Y00013N0").value is None


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("91420699MA4Y00013N", True),
        ("91420699MA4Y00021H", True),
        ("91420699MA4Y0003X9", True),
        ("91420699MA4Y00013M", False),
        ("91420699MA4Y00259", False),
        ("91420699MA4Y0001I3", False),
        ("", False),
    ],
)
def test_credit_code_check_character(code, right):
    assert credit_code_ok(code) is right


def test_text_is_cleaned_and_never_cut():
    assert clean_text(" 测试\u200b包装\xa0印刷 ", limit=50) == ("测试包装 印刷", ())
    assert clean_text("一\n（二）", limit=50)[0] == "一（二）"
    assert clean_text("一\n二 ", limit=50, lines=True)[0] == "一\n二"
    assert clean_text("a\x00b\x07", limit=50)[0] == "ab"
    assert kinds(clean_text("a\x00b", limit=50)[1]) == ["CONTROL_CHARACTER"]
    assert clean_text("a_x0000_b", limit=50)[0] == "ab"
    assert clean_text("甲" * 51, limit=50)[0] is None
    assert kinds(clean_text("甲" * 40_000, limit=200)[1]) == ["TEXT_TOO_LONG"]
    assert clean_text("'=1+1", limit=50)[0] == "=1+1"
    assert clean_text("🏭厂房", limit=50)[0] == "🏭厂房"
    assert clean_text(13800000002, limit=50)[0] == "13800000002"


def test_names_match_by_form_and_never_by_likeness():
    assert normalise_name("测试ＣＮＣ（一期）\n项目") == normalise_name("测试cnc(一期)项目")
    assert normalise_name("扩产项目（一期）") != normalise_name("扩产项目（二期）")
    assert similar_name("虚构轴承智能产线") == similar_name("虚构轴承智能产线项目")
    assert similar_name("扩产项目（一期）") != similar_name("扩产项目（二期）")
