"""Further spellings that people use, each with the value typed by hand. Report year 2025."""

from datetime import date
from decimal import Decimal

import pytest

from projects.ledger.cells import (
    parse_area_mu,
    parse_date,
    parse_floor_area_m2,
    parse_money,
    parse_percent,
    parse_pp,
    parse_stage,
    parse_yes_no,
)

DAYS = """
2025.04.29|2025/4/29|2025/04/29|2025-04-29|2025年04月29日|2025 . 4 . 29|2025、4、29|2025．4．29|2025-04-29 00:00:00
2025-04-29T00:00:00|2025年4月29号|2025年四月二十九日|二○二五年四月二十九日|20250429|2025.4.29日|2025年4月29日开工
2025.4.29。|2025年4月29|45776
"""
ALIKE = {
    ("2025-04-29", "day"): DAYS,
    ("2025-04-30", "day"): "2025年4月末|2025年4月底前|2025年4月30日前|２０２５年４月底",
    ("2025-04-01", "month"): "2025年四月|2025/04|2025-04|2025.04|202504|2025年04月|2025年4 月",
    ("2025-01-01", "month"): "2025.1月|2025.01|2025年1月|2025年一月份",
    ("2025-10-01", "month"): "2025-10|2025.10|2025年十月|2025年10月份",
    ("2025-10-01", "day"): "2025年10月1日|2025.10.1|2025年十月一日",
    ("2025-02-28", "day"): "2025年2月底|2025年二月末|2025年2月下旬",
    ("2024-02-29", "day"): "2024年2月底|2024年2月下旬|2024.2.29",
    ("2025-03-31", "quarter"): "2025年一季度|2025年第一季度|2025年1季度",
    ("2025-06-30", "quarter"): "2025年二季度|2025年第二季度|2025年2季度|2025年第2季度|2025年Q2",
    ("2025-12-31", "quarter"): "2025年四季度|2025年第四季度",
    ("2025-06-30", "half"): "2025年上半年|2025 上半年",
    ("2025-12-31", "half"): "2025年下半年",
    ("2025-12-31", "year"): "2025年年底|2025年底前|2025年末|2025年度|2025|2025年内|2025年內|2025年",
}
ASSUMED = {
    ("2025-06-30", "quarter"): "二季度|第二季度|2季度|今年二季度",
    ("2025-12-31", "half"): "下半年|今年下半年",
    ("2025-12-31", "year"): "年底|年底前|年末|年内|今年底",
    ("2026-12-31", "year"): "明年|明年底",
    ("2024-12-31", "year"): "去年底",
    ("2026-06-01", "month"): "明年6月",
    ("2025-04-01", "month"): "4月|4月份|四月|25年4月",
    ("2025-04-30", "day"): "4月底|４月底|4月末|4月下旬|四月底",
    ("2025-10-31", "day"): "10月底前|10月底",
    ("2025-12-31", "day"): "12月31日|12月底",
    ("2024-12-31", "day"): "24.12.31",
}
NO_DATE = """
截至2025年4月29日|12.31|4-29|4/29|2025.4.31|2025年4月31日|2025.13.1|29/4/2025|4/29/2025|2025-4-29至2025-5-1|尽快|春节后
2025年5月（计划）|力争2025年6月|2025.4-2025.6|本月底|2025年0月
"""
BLANKS = "|-|—|——|/|／|无|待定|暂无|\u3000|\xa0|\u200b"
DONE = "已完成|完成|已竣工|已投产|已开工|已取得|√|已办"
MONEY = {
    "50000": """
5亿元|5亿|5 亿|5.0亿|５亿元|5億|5億元|50000万|50000万元|5亿元整|总投资5亿|5亿元\u3000|50000 万 元|500000000元
""",
    "3200": """
3200万|3200万元|3,200万元|3，200万元|３２００万元|3200萬元|￥3200万|¥3200万|人民币3200万元|3200万人民币|0.32亿|0.32亿元
3 200万元|32百万元|3.2千万元|'3200万元
""",
    "0.3": "3000元|3,000元|3千元",
    "500": "0.05亿元|5百万元|5百万|500万|0.5千万元",
}
IN_WAN = {
    "3200": "3200|3,200|3，200|３２００|'3200|’3200|￥3200|3 200|3\xa0200|3200.00|RMB3200",
    "3200.5": "3,200.50|３２００．５|3200.5",
    "-500": "-500|−500|－５００|（500）|(500)",
    "0": "0|0.00",
}
APPROXIMATE = "约5亿元|约5亿|约 5亿|5亿左右|近5亿|超5亿|5亿以上|不低于5亿|5亿余元|5亿多"
WITH_NOTE = "5亿（一期3）|5亿(一期3)|5亿（其中设备3亿）|5亿元（含设备）"
MONEY_RANGES = "1.2-1.5亿|1.2~1.5亿|1.2～1.5亿|1.2至1.5亿|1.2—1.5亿|1.2亿-1.5亿|3000～5000万元|3000-5000万"
CURRENCIES = "1亿美元|500万美元|$500|USD500|3亿欧元|3亿港元|3亿港币|3亿日元|500万英镑"
NO_MONEY = "未定|五亿|伍亿元|1.2.3|12,34|5亿+3亿|100%|5个亿|合计5亿|见附件"
AREAS = {
    "100": "100亩|100 亩|１００亩|100畝|66667㎡|66667m2|66667m²|66667平方米|66667平米|66,667㎡|100亩（二期50亩）",
    "100.05": "6.67公顷|6.67公頃|6.67ha|6.67万㎡|6.67万平方米|6.67萬平方米|100.05",
    "1500": "1平方公里|100公顷|1500",
}
FLOORS = {
    "45000": "45000㎡|4.5万㎡|4.5万平方米|45,000平方米|４５０００㎡|4.5万m2|45000",
    "100000": "10公顷|150亩|10万㎡",
}
PERCENT = {"83.3": "83.3%|83.3％|８３．３％|83.3 %|83.3", "100": "100%|100", "-5": "-5%", "80": "约80%|80%"}
POINTS = {
    "8.6": """
超序时8.6个百分点|超序时进度8.6个百分点|快于序时8.6个百分点|高于序时8.6个百分点|超前8.6|+8.6|8.6|8.6%|超序時8.6個百分點|＋８．６
""",
    "-5.2": """
滞后5.2|滞后5.2个百分点|落后5.2|慢于序时5.2个百分点|低于序时5.2|欠序时5.2个百分点|-5.2|－5.2|−5.2|滞后5.2%
""",
    "0": "持平|与序时持平|基本持平",
}
YES = "是|√|✓|✔|Y|y|Ｙ|1|１|yes|YES|TRUE|已入库|已入庫|已纳统|已納統|已销号|是\xa0"
NO = "否|×|✗|✘|x|X|N|n|Ｎ|0|０|no|FALSE|未入库|未入庫|待入库|未纳统|未销号| 否"
NEITHER = "对|错|入库|不是|没有|正在申报|申报中|2"
STAGES = {
    "L01": "谋划|谋划阶段", "L02": "洽谈|洽谈阶段", "L03": "签约|已签约|簽約", "L04": "注册|已注册",
    "L05": "立项|备案|已备案|立项备案", "L06": "供地|摘牌|已摘牌|拿地", "L07": "报批|报建",
    "L08": "开工|已开工|开 工|開工", "L09": "主体封顶|封顶", "L10": "竣工|已竣工",
    "L11": "设备安装", "L12": "试生产", "L13": "投产|已投产|投產", "L14": "达产", "L15": "达效", "suspended": "暂停",
    "terminated": "终止",
}  # fmt: skip
GUESSED_STAGES = {
    "L05": "前期|前期阶段", "L08": "在建|主体施工", "L10": "建成", "L11": "设备调试|正在设备调试",
    "suspended": "停工|停建",
}  # fmt: skip
NO_STAGE = "在谈|二期在建|按计划推进|乙类|投产（4月）"


def table(groups):
    return [(raw, value) for value, text in groups.items() for raw in words(text)]


def words(text):
    """The spellings between bars; lines only where the table itself is broken."""
    lines = text.strip("\n").splitlines() if text.startswith("\n") else [text]
    return [raw for line in lines for raw in line.split("|")]


def kinds(found):
    return [note.kind for note in found.notes]


@pytest.mark.parametrize(("raw", "wanted"), table(ALIKE))
def test_date(raw, wanted):
    found = parse_date(raw, report_year=2025)
    assert (found.value.value, found.value.precision, kinds(found)) == (date.fromisoformat(wanted[0]), wanted[1], [])


@pytest.mark.parametrize(("raw", "wanted"), table(ASSUMED))
def test_date_of_the_report_year(raw, wanted):
    found = parse_date(raw, report_year=2025)
    assert (found.value.value, found.value.precision) == (date.fromisoformat(wanted[0]), wanted[1])
    assert kinds(found) == ["DATE_YEAR_ASSUMED"]


@pytest.mark.parametrize("raw", words(NO_DATE))
def test_no_date(raw):
    found = parse_date(raw, report_year=2025)
    assert (found.value, kinds(found)) == (None, ["DATE_INVALID"])


@pytest.mark.parametrize("raw", words(DONE))
def test_done(raw):
    found = parse_date(raw, report_year=2025)
    assert (found.value.value, found.value.done, kinds(found)) == (None, True, ["DATE_DONE"])


@pytest.mark.parametrize("raw", words(BLANKS))
def test_blank(raw):
    for found in (parse_date(raw), parse_money(raw, "万元"), parse_area_mu(raw, "亩"), parse_yes_no(raw)):
        assert (found.value, found.notes) == (None, ())


@pytest.mark.parametrize(("raw", "wanted"), table(MONEY))
@pytest.mark.parametrize("column", [None, "万元", "亿元"])
def test_money_with_its_own_unit(raw, wanted, column):
    found = parse_money(raw, column)
    assert (found.value, found.notes) == (Decimal(wanted), ())


@pytest.mark.parametrize(("raw", "wanted"), table(IN_WAN))
def test_money_in_the_unit_of_the_column(raw, wanted):
    found = parse_money(raw, "万元")
    assert (found.value, kinds(found)) == (Decimal(wanted), ["MONEY_NEGATIVE"] if wanted.startswith("-") else [])
    assert kinds(parse_money(raw, None))[0] == "UNIT_UNKNOWN"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        *((raw, "MONEY_APPROX") for raw in words(APPROXIMATE)),
        *((raw, "MONEY_NOTE") for raw in words(WITH_NOTE)),
    ],
)
def test_money_with_a_remark(raw, kind):
    found = parse_money(raw, "万元")
    assert (found.value, kinds(found)) == (Decimal(50_000), [kind])


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        *((raw, "MONEY_RANGE") for raw in words(MONEY_RANGES)),
        *((raw, "MONEY_CURRENCY") for raw in words(CURRENCIES)),
        *((raw, "NUMBER_INVALID") for raw in words(NO_MONEY)),
    ],
)
def test_no_money(raw, kind):
    found = parse_money(raw, "万元")
    assert (found.value, kinds(found)) == (None, [kind])


@pytest.mark.parametrize(("raw", "wanted"), table(AREAS))
def test_land(raw, wanted):
    assert parse_area_mu(raw, "亩") == (Decimal(wanted), ())


@pytest.mark.parametrize(("raw", "wanted"), table(FLOORS))
def test_floor_area(raw, wanted):
    assert parse_floor_area_m2(raw, "m2") == (Decimal(wanted), ())


@pytest.mark.parametrize(("raw", "wanted"), table(PERCENT))
def test_percent(raw, wanted):
    assert parse_percent(raw, "General") == (Decimal(wanted), ())


@pytest.mark.parametrize(("raw", "wanted"), table(POINTS))
def test_points(raw, wanted):
    assert parse_pp(raw) == (Decimal(wanted), ())


@pytest.mark.parametrize(
    ("raw", "wanted"), [*((raw, True) for raw in words(YES)), *((raw, False) for raw in words(NO))]
)
def test_yes_and_no(raw, wanted):
    assert parse_yes_no(raw) == (wanted, ())


@pytest.mark.parametrize("raw", words(NEITHER))
def test_neither_yes_nor_no(raw):
    found = parse_yes_no(raw)
    assert (found.value, kinds(found)) == (None, ["VALUE_UNKNOWN"])


@pytest.mark.parametrize(("raw", "wanted"), table(STAGES))
def test_stage(raw, wanted):
    found = parse_stage(raw)
    assert (found.code, found.exact, found.notes) == (wanted, True, ())


@pytest.mark.parametrize(("raw", "wanted"), table(GUESSED_STAGES))
def test_stage_to_be_confirmed(raw, wanted):
    found = parse_stage(raw)
    assert (found.code, found.exact, found.notes) == (wanted, False, ())


@pytest.mark.parametrize("raw", words(NO_STAGE))
def test_no_stage(raw):
    found = parse_stage(raw)
    assert (found.code, found.raw, kinds(found)) == (None, raw, ["STAGE_UNKNOWN"])
