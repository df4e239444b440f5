"""Small workbooks in layouts and words that the samples do not show; what must come out is written by hand."""

import pytest

from projects.ledger.fields import to_json
from projects.ledger.reader import read_ledger
from tests.projects.ledger.books import book

HEADER = ["序号", "项目名称", "总投资（万元）", "年度计划投资（万元）", "1-4月累计完成投资（万元）"]


def read(*rows, header=HEADER, **options):
    return read_ledger(book(*rows, header=header, **options), report_year=2025, report_month=4)


def values(row):
    return {name: to_json(each.value) for name, each in row.fields.items() if each.value is not None}


def on(value, precision="day"):
    return {"value": value, "precision": precision}


def mismatches(found):
    return [each.cell for each in found.findings if each.kind == "TOTAL_MISMATCH"]


def project(number, name):
    return [number, name, 5000, 3000, 800]


def total(label, count, ytd=None):
    return [label, None, 5000 * count, 3000 * count, 800 * count if ytd is None else ytd]


HEADINGS = ["序号", "项目名称", "总投资", "占地面积", "建筑面积"]
GROUPED = [
    ["一、新建"], project(1, "测试一项目"), project(2, "测试二项目"), total("合计", 2),
    ["二、续建"], project(1, "测试三项目"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        pytest.param([*GROUPED, total("合计", 1)], [], id="plain totals of groups"),
        pytest.param(
            [*GROUPED, total("合计", 1, 900), total("总计", 3)],
            ["E8"],
            id="one wrong",
        ),
        pytest.param([*GROUPED, total("总计", 3, 2410)], ["E8"], id="whole wrong"),
        pytest.param(
            [
                total("合计", 3),
                total("新建项目小计（2个）", 2, 1700),
                project(1, "测试一项目"),
                project(2, "测试二项目"),
                total("续建项目小计（1个）", 1),
                project(3, "测试三项目"),
            ],
            ["E3"],
            id="subtotals on top without headings",
        ),
        pytest.param(
            [
                ["一、工业项目（3个）"],
                ["（一）新建"],
                project(1, "测试一项目"),
                project(2, "测试二项目"),
                total("小计", 2),
                ["（二）续建"],
                project(1, "测试三项目"),
                total("小计", 1),
                total("工业项目合计", 3, 2500),
            ],
            ["E10"],
            id="three levels",
        ),
    ],
)
def test_totals_of_groups(rows, wrong):
    assert mismatches(read(*rows)) == wrong


def test_wrong_total_is_told_beside_an_amount_that_cannot_be_read():
    rows = [["一、新建"], project(1, "测试一项目"), ["小计", None, 6000], ["二、续建"], [1, "测试二项目", "1-2亿"]]
    assert mismatches(read(*rows)) == ["C4"]


@pytest.mark.parametrize(
    ("header", "content", "field", "value"),
    [
        ("开工（计划）", "2025年6月", "planned_dates.started", on("2025-06-01", "month")),
        (
            "竣工（预计时间）",
            "2026年6月30日前完成",
            "planned_dates.completed",
            on("2026-06-30"),
        ),
        ("开工时间", "2025。4。29", "dates.started", on("2025-04-29")),
        ("备案时间", "2025.4.29已取得", "dates.filed", on("2025-04-29")),
        ("当前阶段", "立项备案（备案）", "stage_raw", "立项备案（备案）"),
        ("当前阶段", "主体封顶（封顶）", "stage_raw", "主体封顶（封顶）"),
        ("建设性质", "技改类", "nature", "upgrade"),
        ("比序时进度", "滞后3个点", "vs_schedule_pp", "-3"),
        ("用地 亩", 30, "land_mu", "30"),
        ("2025年目标/万元", 3000, "annual_plan_10k", "3000"),
        ("2025年任务（万元）", 3000, "annual_plan_10k", "3000"),
        ("承办单位", "测试公司", "enterprise", "测试公司"),
        ("在线审批平台代码", "2501-420697-04-01-600005", "code", "2501-420697-04-01-600005"),
    ],
)
def test_words(header, content, field, value):
    found = read([1, "测试一项目", "测试路", "测试", content], header=["序号", "项目名称", "建设地点", "备注", header])
    assert values(found.rows[0]) == {"name": "测试一项目", "location": "测试路", "remark": "测试", field: value}
    assert not found.findings


def test_period_from_to():
    found = read([1, "测试一项目", "自2025年3月至2026年12月"], header=["序号", "项目名称", "起止年限"])
    assert values(found.rows[0])["period"]["end"] == on("2026-12-01", "month")


def test_telephones_beside_people():
    header = ["项目编号", "名称", "项目联系人", "联系人电话", "总投资（万元）"]
    found = read(
        [1, "测试一项目", "赵甲", 13800000001, 500], [2, "测试二项目", "赵乙", 13800000002, 500], header=header
    )
    assert values(found.rows[1]) == {
        "name": "测试二项目", "contact_name": "赵乙", "contact_phone": "13800000002", "total_investment_10k": "500",
    }  # fmt: skip
    assert not found.findings


def test_floor_takes_its_own_unit_from_the_caption():
    rows = [["单位：亿元、亩、平方米"], HEADINGS, [1, "测试一项目", 1.5, 30, 2000]]
    assert values(read(*rows, header=None).rows[0]) == {
        "name": "测试一项目", "total_investment_10k": "15000", "land_mu": "30", "floor_area_m2": "2000",
    }  # fmt: skip


def test_a_part_of_an_investment_is_no_land():
    header = ["序号", "项目名称", "总投资（亿元）", "其中：土地", "用地（亩）", "其中：设备投资"]
    found = read([1, "测试一项目", 2, 0.1, 30, 1], header=header)
    assert values(found.rows[0]) == {"name": "测试一项目", "total_investment_10k": "20000", "land_mu": "30"} | {
        "equipment_investment_10k": "10000"
    }


def test_part_of_a_total_is_no_project():
    found = read(
        project(1, "测试一项目"), project(2, "测试二项目"), total("合计", 2), ["其中：亿元以上1个", None, 9000]
    )
    assert [(each.row, each.why) for each in found.ignored] == [(4, "total"), (5, "total")]
    assert not found.findings


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("以前年度累计完成投资（万元）", "invested_before_10k"),
        ("2025年拟完成投资（万元）", "annual_plan_10k"),
        ("完成年度目标（%）", "completion_rate_pct"),
        ("4月份投资完成额（万元）", "month_investment_10k"),
        ("投资企业名称", "enterprise"),
        ("预警亮灯", "light"),
        ("难点问题", "issue"),
        ("开（复）工时间", "dates.started"),
    ],
)
def test_headers(header, field):
    rows = [["序号", "项目名称", "建设地点", "备注", header], [1, "测试一项目", "测试路", "测试", None]]
    (table,) = read(*rows, header=None).tables
    assert table.columns[4].field == field
