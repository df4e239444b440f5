"""走访 as a table of a workbook: visits that took place, and planned ones (domain.md 3.5). Pure."""

import re

from projects.ledger.fields import FieldSpec
from projects.ledger.kinds import TableKind
from projects.ledger.layouts import Layout, Leaf
from projects.ledger.text import folded

_SPECS = (
    FieldSpec("enterprise", "name", "企业名称", 200, inherits=True),
    FieldSpec("project_name", "text", "项目名称", 200, inherits=True),
    FieldSpec("visited_on", "planned_date", "走访日期", inherits=True),
    FieldSpec("quarter", "text", "计划季度", 40, inherits=True),
    FieldSpec("plan_on", "planned_date", "计划走访日期"),
    FieldSpec("visitor", "text", "走访人", 60, inherits=True),
    FieldSpec("companions", "text", "同行人员", 200, inherits=True),
    FieldSpec("grid", "text", "网格", 60, inherits=True),
    FieldSpec("met_name", "text", "接待人", 100),
    FieldSpec("place", "text", "走访地点", 200),
    FieldSpec("summary", "long_text", "走访情况", 4000),
    FieldSpec("problems", "long_text", "发现问题", 4000),
    FieldSpec("category", "text", "问题类别", 40),
    FieldSpec("responsible_unit", "text", "责任单位", 100),
    FieldSpec("solved", "yes_no", "是否解决"),
    FieldSpec("solution", "long_text", "解决情况", 4000),
)

_WORDS = {
    "enterprise": (
        "企业名称 企业 走访企业 单位名称 被走访企业 公司名称 走访对象 走访单位名称 企业单位 被走访单位 "
        "走访企业名称 服务企业 服务企业名称 公司 企业全称 企业(项目)名称"
    ),
    "project_name": "项目名称 项目 涉及项目 项目名 重点项目名称",
    "visited_on": (
        "走访日期 走访时间 日期 时间 走访年月日 实际走访日期 实际走访时间 "
        "服务时间 服务日期 入企时间 入企日期 调研时间 调研日期 走访年月"
    ),
    "quarter": (
        "计划季度 季度 走访季度 计划走访季度 "
        "所属季度"
    ),
    "plan_on": (
        "计划走访日期 计划走访时间 计划日期 计划时间 拟走访日期 拟走访时间 "
        "预计走访时间 预计走访日期"
    ),
    "visitor": (
        "走访人 走访人员 走访领导 服务专员 走访责任人 网格员 走访干部 带队领导 "
        "调研人员 走访者 走访单位及人员 包联领导"
    ),
    "companions": (
        "同行人员 陪同人员 参加人员 随行人员 同行人 "
        "陪同单位 陪同人 随同人员"
    ),
    "grid": (
        "网格 所属网格 片区 网格名称 所属片区 "
        "网格编号 所在网格"
    ),
    "met_name": (
        "接待人 接待人员 企业联系人 企业接待人 受访人 联系人 对接人 "
        "企业负责人 受访者 企业参加人员 企业接待人员"
    ),
    "place": (
        "走访地点 地点 地址 走访地址 "
        "企业地址"
    ),
    "summary": (
        "走访情况 走访内容 走访记录 走访情况记录 内容 情况 走访纪要 了解情况 生产经营情况 企业情况 "
        "交流内容 座谈内容 服务内容 经营情况 企业经营情况"
    ),
    "problems": (
        "发现问题 存在问题 问题 企业诉求 问题诉求 诉求 "
        "反映问题 困难问题 问题及诉求 需解决问题 企业问题 问题和诉求 存在的问题 "
        "收集问题 问题需求 反映的问题 "
        "意见建议 诉求建议 诉求内容 问题描述"
    ),
    "category": (
        "问题类别 问题类型 诉求类别 问题分类 类别 "
        "诉求类型 诉求分类 问题性质"
    ),
    "responsible_unit": (
        "责任单位 牵头单位 责任部门 承办单位 交办单位 办理单位 "
        "承办部门 办理部门 牵头部门 解决单位 转办单位 交办部门"
    ),
    "solved": (
        "是否解决 是否办结 解决与否 是否已解决 是否现场解决 是否当场解决 "
        "解决状态 是否当场答复 是否已办结 办结情况 是否现场答复"
    ),
    "solution": (
        "解决情况 解决措施 解决方式 处理情况 办理情况 处理结果 解决办法 答复情况 "
        "处理意见 答复意见 落实情况 解决结果 解决进展 办理进展"
    ),
}  # fmt: skip

VISITS = TableKind(
    key="visits",
    name_zh="走访",
    fields={spec.name: spec for spec in _SPECS},
    words=_WORDS,
    title="enterprise",
    patterns=(
        (re.compile(r"^(?:计划|拟).*(?:走访)?(?:日期|时间)$"), "plan_on"),
        (re.compile(r"走访(?:日期|时间)"), "visited_on"),
        (re.compile(r"走访人"), "visitor"),
        (re.compile(r"(?:问题|诉求)"), "problems"),
    ),
    marks=frozenset({"走访日期", "走访时间", "走访人", "走访情况", "走访内容", "计划季度", "发现问题", "企业诉求"}),
    keys=("enterprise",),
)

LAYOUT = Layout(
    "visits",
    "走访",
    (
        Leaf("序号", None, width=6),
        Leaf("企业名称", "enterprise", width=30),
        Leaf("项目名称", "project_name", width=30),
        Leaf("走访日期", "visited_on", width=12),
        Leaf("计划季度", "quarter", width=12),
        Leaf("计划走访日期", "plan_on", width=12),
        Leaf("走访人", "visitor", width=12),
        Leaf("同行人员", "companions", width=16),
        Leaf("网格", "grid", width=12),
        Leaf("接待人", "met_name", width=12),
        Leaf("走访地点", "place", width=20),
        Leaf("走访情况", "summary", width=40),
        Leaf("发现问题", "problems", width=40),
        Leaf("问题类别", "category", width=10),
        Leaf("责任单位", "responsible_unit", width=18),
        Leaf("是否解决", "solved", width=9),
        Leaf("解决情况", "solution", width=26),
    ),
)

_QUARTER = re.compile(r"(?:(20\d{2})年?)?(?:第?([一二三四1-4])季度?|[Qq]([1-4])|([1-4])[Qq])")


def quarter_in(text: str, year: int) -> tuple[int, int] | None:
    """``2026年第三季度``, ``三季度``, ``2026 Q3``, ``Q3`` → (year, 1 to 4); ``year`` where the text names none."""
    found = _QUARTER.fullmatch(folded(text).replace("-", ""))
    if found is None:
        return None
    word = found[2] or found[3] or found[4]
    return int(found[1] or year), "一二三四".find(word) + 1 or int(word)


_NUMBERED = re.compile(r"^(?:[(（]?[0-9一二三四五六七八九十]{1,2}(?:[)）、]|[.．](?!\d))|[①-⑳]|[-•·])\s*")


def problems_in(text: str) -> list[str]:
    """The problems of a cell: one a line, or numbered ones; their numbers are left out."""
    parts = re.split(r"\n+|[;；](?=\s*(?:[(（]?\d{1,2}[)）、.．]|[①-⑳]))", text)
    return [found for part in parts if (found := _NUMBERED.sub("", part.strip()).strip(" ;；"))]
