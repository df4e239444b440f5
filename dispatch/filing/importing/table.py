"""投资填报 as a table of a workbook: one project's figures of one month a row (domain.md 4.1). Pure; money in 万元."""

import re

from projects.ledger.fields import FieldSpec
from projects.ledger.kinds import TableKind
from projects.ledger.layouts import Layout, Leaf

_SPECS = (
    FieldSpec("code", "code", "项目代码", 40),
    FieldSpec("project_name", "name", "项目名称", 200),
    FieldSpec("month_investment_10k", "money", "本月完成投资", unit_family="money"),
    FieldSpec("ytd_investment_10k", "money", "年初累计完成投资", unit_family="money"),
    FieldSpec("works_10k", "money", "其中：建安投资", unit_family="money"),
    FieldSpec("equipment_10k", "money", "其中：设备投资", unit_family="money"),
    FieldSpec("other_10k", "money", "其中：其他费用", unit_family="money"),
    FieldSpec("physical_percent", "percent", "形象进度（%）"),
    FieldSpec("physical_progress", "long_text", "形象进度", 4000),
    FieldSpec("issue", "long_text", "存在问题", 4000),
    FieldSpec("next_work", "long_text", "下步工作计划", 4000),
    FieldSpec("acknowledged", "long_text", "异常说明", 4000),
)

_WORDS = {
    "code": "项目代码 项目编码 备案代码 项目统一代码 投资项目代码",
    "project_name": (
        "项目名称 项目 工程名称 项目名 重点项目名称 项目(工程)名称 "
        "重点项目 入库项目名称 建设项目 建设项目名称 工程项目名称"
    ),
    "month_investment_10k": (
        "本月完成投资 本月完成 当月完成投资 当月完成 本月投资 "
        "当月投资 本月 当月 本月投资额 当月投资额 本月完成投资额 "
        "当月已完成投资 本月新增投资 本月完成额 "
        "报告期完成投资 本期完成投资 本月投资完成额"
    ),
    "ytd_investment_10k": (
        "年初累计完成投资 年初累计 累计完成投资 累计完成 累计 "
        "累计投资 本年累计 年初以来累计 本年累计完成 本年累计完成投资 "
        "当月至今已完成 年度累计完成投资 年初至今累计 "
        "年初至今累计完成 年初以来累计完成投资 年初至本月累计 今年累计完成投资 "
        "年初至今完成投资 今年以来完成投资 本年完成投资 自年初累计 自年初累计完成 自年初累计完成投资 年内累计完成投资"
    ),
    "works_10k": (
        "建安 建安投资 建安工程 建筑安装 建筑安装工程 建安工程投资 "
        "土建工程 土建 土建投资 建筑工程 建安费 建筑安装工程投资"
    ),
    "equipment_10k": "设备 设备投资 设备购置 设备购置费 设备安装费用 设备工器具购置 设备购置投资 设备费用",
    "other_10k": "其他 其他费用 其他投资 土地等费用 其它 其它费用 其他费用投资 土地及其他 土地费用",
    "physical_percent": (
        "形象进度(%) 形象进度% 形象进度百分比 形象进度比例 工程形象进度(%) 总体进度(%) 工程进度(%) 形象进度完成率 "
        "完成形象进度(%) 进度(%)"
    ),
    "physical_progress": (
        "形象进度 形象进度描述 形象进度说明 进展情况 工程形象进度 "
        "建设进展 项目进展 工作进展 目前进展 工程进度 进度情况 "
        "当前进展 形象进度情况"
    ),
    "issue": (
        "存在问题 存在的问题 存在问题及困难 存在困难 困难问题 问题 需协调问题 需协调解决的问题 存在的问题及困难 "
        "主要问题 存在主要问题 问题及建议 存在困难和问题"
    ),
    "next_work": (
        "下步工作计划 下一步工作计划 下步工作 下一步计划 下步计划 下一步工作 下步打算 下步工作安排 下月计划 "
        "下月工作计划 下月工作安排"
    ),
    "acknowledged": (
        "异常说明 异常情况说明 数据异常说明 情况说明 核实说明 说明 差异说明 "
        "波动说明 波动原因 异常原因 变动原因 变动原因说明 异动说明"
    ),
}  # fmt: skip

_PATTERNS = (
    (re.compile(r"形象.*进度.*[%％]|形象进度.*(?:百分比|比例)"), "physical_percent"),
    (re.compile(r"(?:截[至止])?1-\d{1,2}月|截[至止]\d{1,2}月.*累计"), "ytd_investment_10k"),
    (re.compile(r"(?:年初|本年|年度).*累计|累计.*(?:完成|投资)"), "ytd_investment_10k"),
    (re.compile(r"^(?:20\d{2}年)?\d{1,2}月份?(?:当月)?(?:完成)?(?:投资)?额?(?:\([^()]*\))?$"), "month_investment_10k"),
    (re.compile(r"(?:本|当)月.*(?:完成|投资)"), "month_investment_10k"),
    (re.compile(r"建安|土建"), "works_10k"),
    (re.compile(r"设备.*(?:投资|购置|费)"), "equipment_10k"),
    (re.compile(r"下一?步"), "next_work"),
    (re.compile(r"存在.*(?:问题|困难)"), "issue"),
    (re.compile(r"异常"), "acknowledged"),
)  # fmt: skip

FILINGS = TableKind(
    key="filings",
    name_zh="投资填报",
    fields={spec.name: spec for spec in _SPECS},
    words=_WORDS,
    title="project_name",
    patterns=_PATTERNS,
    marks=frozenset({"本月完成投资", "年初累计完成投资", "其中:建安投资", "异常说明", "形象进度(%)"}),
    keys=("code", "project_name"),
)

LAYOUT = Layout(
    "filings",
    "投资填报",
    (
        Leaf("序号", None, width=6),
        Leaf("项目代码", "code", width=26),
        Leaf("项目名称", "project_name", width=34),
        Leaf("本月完成投资（万元）", "month_investment_10k", "万元", width=14),
        Leaf("年初累计完成投资（万元）", "ytd_investment_10k", "万元", width=14),
        Leaf("建安投资（万元）", "works_10k", "万元", width=12),
        Leaf("设备投资（万元）", "equipment_10k", "万元", width=12),
        Leaf("其他费用（万元）", "other_10k", "万元", width=12),
        Leaf("形象进度（%）", "physical_percent", width=10),
        Leaf("形象进度", "physical_progress", width=30),
        Leaf("存在问题", "issue", width=30),
        Leaf("下步工作计划", "next_work", width=30),
        Leaf("异常说明", "acknowledged", width=30),
    ),
)

# field of the table → column of Filing
COLUMNS = {
    "month_investment_10k": "month_10k",
    "ytd_investment_10k": "ytd_10k",
    "works_10k": "works_10k",
    "equipment_10k": "equipment_10k",
    "other_10k": "other_10k",
    "physical_percent": "physical_percent",
    "physical_progress": "physical_progress",
    "issue": "issue",
    "next_work": "next_work",
    "acknowledged": "acknowledged",
}
