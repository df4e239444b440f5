"""Columns of the annexes: heading, key of the row, kind of value and width. Pure. Source: domain.md 4.1.

Used for the workbook and for the tables on screen, so both show the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.figures.rates import NAMES_ZH, WEIGHTS, RateKey

STEP_CODES = [f"S{n:02d}" for n in range(1, 18)]


@dataclass(frozen=True)
class Column:
    """``kind``: text, day (ISO text), int, money (万元), yi (万元 shown in 亿元), area, percent, points, score.

    ``path``: keys into the row, separated by dots.
    """

    heading: str
    path: str
    kind: str = "text"
    width: int = 12

    def value(self, row: Mapping[str, Any]) -> Any:
        """The stored value; None when the row does not have it."""
        found: Any = row
        for key in self.path.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        return found


@dataclass(frozen=True)
class Group:
    """A heading over several columns (row 3), or one column over both header rows when ``title`` is empty."""

    title: str
    columns: tuple[Column, ...]


def annex1(snapshot: Mapping[str, Any]) -> list[Group]:
    """The 24 columns A–X."""
    year, labels = snapshot["year"], snapshot["labels"]

    def single(*column: Any) -> Group:
        return Group("", (Column(*column),))

    plan = (
        Column("年度计划投资", "plan_10k", "money", 11),
        Column("计划开工时间", "planned_start", "day", 12),
        Column("计划竣工时间", "planned_end", "day", 12),
    )
    done = (
        Column(labels["month"], "month_10k", "money", 11),
        Column(labels["months"], "ytd_10k", "money", 12),
        Column("占年度计划(%)", "percent", "percent", 9),
        Column("比序时进度(±百分点)", "ahead_pp", "points", 10),
    )
    return [
        single("序号", "no", "int", 5),
        single("项目名称", "name", "text", 24),
        single("建设单位", "enterprise", "text", 20),
        single("建设地点", "location", "text", 14),
        single("建设性质", "nature", "text", 6),
        single("建设规模及主要建设内容", "content", "text", 36),
        single("建设起止年限", "years", "text", 11),
        single("总投资（亿元）", "total_10k", "yi", 9),
        single("用地面积（亩）", "land_mu", "area", 9),
        single("截至上年底累计完成投资", "before_10k", "money", 12),
        Group(f"{year}年计划", plan),
        Group(f"{year}年投资完成情况", done),
        single("是否入库", "enrolled", "text", 6),
        single("形象进度", "progress", "text", 26),
        single("存在问题", "issue", "text", 22),
        single("下步工作计划", "next_work", "text", 22),
        single("责任单位", "unit", "text", 14),
        single("包联领导", "leader", "text", 10),
        single("预警", "light_zh", "text", 12),
    ]


ANNEX2 = (
    Column("排名", "rank", "int", 6),
    Column("责任单位", "unit", "text", 22),
    Column("项目数（个）", "projects", "int", 10),
    *(Column(f"{NAMES_ZH[key]}（%）", f"rates.{key.value}.percent", "percent", 15) for key in RateKey),
    Column("综合得分", "score", "score", 10),
    Column("上月排名", "rank_before", "int", 9),
    Column("升降", "moved", "text", 8),
)
ANNEX3 = (
    Column("序号", "no", "int", 5),
    Column("项目名称", "name", "text", 24),
    Column("责任单位", "unit", "text", 16),
    Column("计划开工时间", "planned_start", "day", 12),
    *(Column(code, f"steps.{code}", "text", 7) for code in STEP_CODES),
    Column("卡点环节", "stuck", "text", 22),
    Column("责任部门", "department", "text", 16),
    Column("预计办结时间", "expected", "day", 12),
)
ANNEX4 = (
    Column("序号", "no", "int", 5),
    Column("项目名称", "name", "text", 28),
    Column("预警等级", "light_zh", "text", 10),
    Column("触发原因", "reasons", "text", 44),
    Column("滞后天数/百分点", "late", "text", 14),
    Column("连续亮灯月数", "months", "int", 9),
    Column("责任单位", "unit", "text", 16),
    Column("响应级别", "response", "text", 9),
    Column("整改措施", "measures", "text", 32),
    Column("整改时限", "until", "day", 12),
)
ANNEX5 = (
    Column("序号", "no", "int", 5),
    Column("问题编号", "number", "text", 14),
    Column("项目名称", "name", "text", 24),
    Column("问题类别", "category", "text", 9),
    Column("问题描述", "text", "text", 40),
    Column("提出时间", "raised_on", "day", 12),
    Column("交办时间", "assigned_on", "day", 12),
    Column("牵头单位", "unit", "text", 16),
    Column("责任人", "person", "text", 10),
    Column("办结时限", "due_on", "day", 12),
    Column("进展情况", "progress", "text", 30),
    Column("是否销号", "closed", "text", 8),
    Column("销号时间", "closed_on", "day", 12),
    Column("备注", "remark", "text", 16),
)
ANNEX6 = (
    Column("序号", "no", "int", 5),
    Column("项目名称", "name", "text", 32),
    Column("事项", "matter", "text", 8),
    Column("计划时间", "planned", "day", 14),
    Column("责任单位", "unit", "text", 20),
    Column("备注", "remark", "text", 24),
)

# (number, title, columns) of the annexes with one header row
PLAIN = (
    (2, "五率排名表", ANNEX2),
    (3, "未开工项目手续办理情况表", ANNEX3),
    (4, "红黄灯项目清单", ANNEX4),
    (5, "问题清单及销号台账", ANNEX5),
    (6, "下月计划开工竣工入库项目清单", ANNEX6),
)
ANNEX1_TITLE = "重点项目建设进展情况表"

LONG_TEXT = 12  # columns wider than this hold running text
CHANGES_TITLE = "变化单"
CHANGES = (
    Column("序号", "no", "int", 6),
    Column("位置", "place", "text", 14),
    Column("对象", "name", "text", 28),
    Column("内容", "column", "text", 22),
    Column("原", "old", "text", 46),
    Column("现", "new", "text", 46),
)
ABSENT = "（无）"
SHORT_NAMES = {
    RateKey.FORMALITIES: "手续", RateKey.STARTS: "开工", RateKey.ENROLMENT: "入库", RateKey.INVESTMENT: "投资",
    RateKey.QUARTER: "贡献",
}  # fmt: skip


def change_rows(changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A 变化单 (``changes.diff``) as rows of CHANGES: figures, then annexes, then sentences."""
    rows = [("指标", change["name"], "数值", change) for change in changes["figures"]]
    rows += [(f"附件{change['annex']}", change["name"], change["column"], change) for change in changes["rows"]]
    rows += [("通报正文", sentence_name(change["key"]), "文字", change) for change in changes["sentences"]]
    return [
        {"no": number, "place": place, "name": name, "column": column, "old": _known(c["old"]), "new": _known(c["new"])}
        for number, (place, name, column, c) in enumerate(rows, 1)
    ]


def _known(text: str | None) -> str:
    return ABSENT if text is None else text or "（空）"


def sentence_name(key: str) -> str:
    """s3.2 → 第三部分第2句; t.1 → 标题; n.3 → 注3"""
    section, _dot, number = key.partition(".")
    if section == "t":
        return "标题"
    if section == "n":
        return f"注{number}"
    return "引言" if section == "s0" else f"第{'一二三四五六七'[int(section[1:]) - 1]}部分第{number}句"


def annex2_notes(snapshot: Mapping[str, Any]) -> list[str]:
    """Below 五率排名表: the definitions its rates were counted by, and the weights of the score."""
    rows = [row["rates"] for row in snapshot["annex2"]]
    used = dict.fromkeys(rates[key.value]["definition"] for key in RateKey for rates in rows if key.value in rates)
    codes = list(used) or sorted(code for code in snapshot["definitions"] if not code.startswith("calendar"))
    weights = snapshot.get("weights") or {key.value: points for key, points in WEIGHTS.items()}
    score = "+".join(f"{SHORT_NAMES[key]}{weights[key.value]}" for key in RateKey)
    return [
        *(snapshot["definitions"][code] for code in codes),
        f"综合得分={score}，各率超过100%按100%计，分母为空按其他单位平均值计。",
    ]
