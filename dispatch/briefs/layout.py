"""The brief as sections of rows: what page, workbook, PDF and 变化单 show, so that all show the same. Pure.

A cell holds the stored value; ``shown`` gives its text and ``typed`` the value of a workbook's cell.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dispatch.briefs.compare import HONESTY_ZH, LIGHT_NAMES, late_of
from dispatch.figures.rates import NAMES_ZH, RateKey
from dispatch.reports.words import NONE, plain

Snapshot = Mapping[str, Any]
COUNTS_ZH = {"signed": "新签约", "started": "新开工", "production": "新投产", "enrolled": "新入库"}
MONEY_RATES = (RateKey.INVESTMENT, RateKey.QUARTER)
SPANS_ZH = {"week": "较上期周报", "month": "较上月", "year": "较上年"}


@dataclass(frozen=True)
class Column:
    """``kind``: text, int, number (as it is), yi (万元 shown in 亿元), percent, points. ``width``: characters."""

    heading: str
    kind: str = "text"
    width: int = 12


@dataclass(frozen=True)
class Section:
    """``label_at``: the column that says what a row is about. ``notes``: lines below the table."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    label_at: int = 0
    notes: tuple[str, ...] = ()

    def shown(self) -> list[list[str]]:
        return [[shown(column.kind, cell) for column, cell in zip(self.columns, row, strict=True)] for row in self.rows]


def shown(kind: str, value: Any) -> str:
    """The text of a cell; — where there is nothing."""
    if value is None or value == "":
        return NONE
    match kind:
        case "yi":
            return plain(Decimal(value) / 10_000)
        case "number":
            return plain(Decimal(value), 4)
        case "percent":
            return f"{value}%"
    return str(value)


def typed(kind: str, value: Any) -> Any:
    """The value of a workbook's cell: a number for every kind but text; None for an empty cell."""
    if value is None or value == "":
        return None
    match kind:
        case "text":
            return str(value)
        case "int":
            return int(value)
        case "yi":
            return Decimal(value) / 10_000
    return Decimal(value)


def sections(snapshot: Snapshot) -> list[Section]:
    """All of it, in the order of the page."""
    parts = [_changes, _counts, _rates, _lights, _turned, _approvals, _overdue, _investment, _decisions, _milestones]
    return [part(snapshot) for part in (*parts, _stages, _bottlenecks, _honesty, table)]


def section(snapshot: Snapshot, key: str) -> Section:
    return next(one for one in sections(snapshot) if one.key == key)


def _changes(snapshot: Snapshot) -> Section:
    rows = tuple((sentence["text"],) for sentence in snapshot["compared"]["sentences"])
    return Section("changes", "本周变化", (Column("内容", width=110),), rows)


def _counts(snapshot: Snapshot) -> Section:
    counts = snapshot["board"]["counts"]
    columns = (Column("指标"), Column("本周", "int", 8), Column("上周", "int", 8), Column("本年", "int", 8))
    rows = [(name, *(counts[key][span] for span in ("week", "last_week", "year"))) for key, name in COUNTS_ZH.items()]
    return Section("counts", "项目总量", columns, (("在库项目", counts["total"], None, None), *rows))


def _rates(snapshot: Snapshot) -> Section:
    rates, rows = snapshot["board"]["rates"], []
    for key in RateKey:
        if rate := rates.get(key):
            unit = "万元" if key in MONEY_RATES else "项" if key == RateKey.FORMALITIES else "个"
            changes = dict(rate.get("changes") or {})
            if (points_since := snapshot["compared"]["points"]) is not None:
                changes["week"] = points_since.get(key.value)
            points = [changes.get(span) for span in SPANS_ZH]
            parts = (rate["numerator"], rate["denominator"], unit, rate["percent"])
            rows.append((NAMES_ZH[key], *parts, *points, rate.get("ahead_pp")))
    columns = (
        Column("指标", width=14), Column("分子", "number", 14), Column("分母", "number", 14), Column("单位", width=6),
        Column("完成率", "percent", 9), *(Column(f"{word}（百分点）", "points", 10) for word in SPANS_ZH.values()),
        Column("比序时进度（百分点）", "points", 11),
    )  # fmt: skip
    used = [snapshot["definitions"].get(rate["definition"], "") for rate in rates.values()]
    return Section("rates", "五率", columns, tuple(rows), notes=tuple(dict.fromkeys(filter(None, used))))


def _lights(snapshot: Snapshot) -> Section:
    lights = snapshot["board"]["lights"]
    rows = tuple((name, lights[key]) for key, name in LIGHT_NAMES.items())
    return Section("lights", "红黄绿灯", (Column("灯色"), Column("个数", "int", 8)), rows)


def _turned(snapshot: Snapshot) -> Section:
    rows = [
        (row["name"], LIGHT_NAMES.get(row["from"], row["from"]), LIGHT_NAMES.get(row["to"], row["to"]), row["why"])
        for row in snapshot["board"]["lights"]["changed"]
    ]
    columns = (Column("项目", width=32), Column("原灯色", width=9), Column("现灯色", width=9), Column("原因", width=44))
    return Section("turned", "变色项目", columns, tuple(rows))


def _approvals(snapshot: Snapshot) -> Section:
    found = snapshot["board"]["approvals"]
    late = late_of(snapshot)
    rows = (("本周办结", found["closed"]), ("三个工作日内到期", found["near_due"]), ("超期未办", late),
            ("容缺待补", found["outstanding"]))  # fmt: skip
    return Section("approvals", "审批", (Column("指标", width=18), Column("件数", "int", 8)), rows)


def _overdue(snapshot: Snapshot) -> Section:
    rows = tuple((row["name"], row["count"]) for row in snapshot["board"]["approvals"]["overdue"])
    return Section("overdue", "部门超期", (Column("单位", width=24), Column("件数", "int", 8)), rows)


def _investment(snapshot: Snapshot) -> Section:
    found = snapshot["board"]["investment"]
    columns = (
        Column("年度计划（亿元）", "yi", 14), Column("本年完成（亿元）", "yi", 14), Column("完成率", "percent", 9),
        Column("序时进度", "percent", 9), Column("比序时进度（百分点）", "points", 12),
    )  # fmt: skip
    row = tuple(found[key] for key in ("planned_10k", "ytd_10k", "percent", "calendar_percent", "ahead_pp"))
    return Section("investment", "投资完成", columns, (row,))


def _decisions(snapshot: Snapshot) -> Section:
    columns = (Column("序号", "int", 6), Column("事项", width=36), Column("项目", width=28), Column("原因", width=36),
               Column("建议", width=44))  # fmt: skip
    rows = [
        (n, row["title"], row["name"], row["why"], row["proposal"])
        for n, row in enumerate(snapshot["board"]["decisions"], 1)
    ]
    return Section("decisions", "待领导决策事项", columns, tuple(rows), label_at=1)


def _milestones(snapshot: Snapshot) -> Section:
    columns = (Column("项目", width=32), Column("节点", width=12), Column("计划日期"), Column("责任单位", width=20))
    rows = [(row["name"], row["stage_name"], row["due_on"], row["unit"]) for row in snapshot["board"]["milestones"]]
    return Section("milestones", "下周节点", columns, tuple(rows))


def _stages(snapshot: Snapshot) -> Section:
    columns = (Column("阶段"), Column("个数", "int", 8), Column("平均停留（天）", "number", 12))
    rows = [(row["name"], row["count"], row["average_days"]) for row in snapshot["board"]["stages"]]
    return Section("stages", "阶段分布", columns, tuple(rows))


def _bottlenecks(snapshot: Snapshot) -> Section:
    columns = (Column("编号", width=8), Column("审批事项", width=32), Column("耗用工作日", "number", 12))
    rows = [(row["code"], row["name"], row["workdays"]) for row in snapshot["board"]["bottlenecks"]]
    return Section("bottlenecks", "耗时环节", columns, tuple(rows), label_at=1)


def _honesty(snapshot: Snapshot) -> Section:
    columns = (Column("项目", width=32), Column("提示", width=20), Column("事实", width=50))
    found = snapshot["board"]["honesty"]
    rows = [(row["name"], name, _flag(key, row)) for key, name in HONESTY_ZH.items() for row in found[key]]
    return Section("honesty", "数据真实性提示", columns, tuple(rows))


def _flag(key: str, row: Mapping[str, Any]) -> str:
    if key == "stale":
        return f"最近更新{row['last_on']}，已{row['workdays']}个工作日"
    if key == "money_vs_works":
        return f"投资{row['investment_percent']}%，形象进度{row['physical_percent']}%，相差{row['gap_pp']}个百分点"
    date_of = "实际" if row["field"] == "actual_on" else "计划"
    return f"{row['stage_name']}{date_of}日期由{row['old']}改为{row['new'] or '空'}"


TABLE = (
    (Column("序号", "int", 6), "no"), (Column("项目名称", width=26), "name"),
    (Column("总投资（亿元）", "yi", 10), "total_10k"), (Column("当前阶段", width=10), "stage_name"),
    (Column("本周进展", width=40), "progress"), (Column("上周任务完成情况", width=34), "done"),
    (Column("下周计划", width=34), "plan"), (Column("存在问题", width=26), "issue"),
    (Column("需协调事项", width=30), "coordinate"), (Column("责任单位", width=16), "unit"),
    (Column("包联领导", width=10), "leader"), (Column("预警", width=11), "light_zh"),
)  # fmt: skip


def table(snapshot: Snapshot) -> Section:
    """The twelve columns of domain.md 4.2."""
    found = snapshot["table"]
    rows = tuple(tuple(row[key] for _column, key in TABLE) for row in found["rows"])
    notes = (f"列入{found['listed']}个项目，其余{found['others']}个项目本周无变化、无预警、近期无到期任务。",)
    return Section("table", "重点项目推进情况", tuple(column for column, _key in TABLE), rows, label_at=1, notes=notes)


@dataclass(frozen=True)
class Difference:
    """One line of a 变化单: a figure or text that one paper has and the other has differently or not at all."""

    section: str
    row: str
    column: str
    before: str
    after: str


ROWS_ONLY = "（整行）"


def differences(before: Snapshot, after: Snapshot) -> list[Difference]:
    """What differs, section by section; rows are matched by what they are about, running numbers are no difference."""
    found: list[Difference] = []
    for old, new in zip(sections(before), sections(after), strict=True):
        if old.key == "changes":
            continue
        found += _rows_differing(old, new)
    return found


def _rows_differing(old: Section, new: Section) -> Iterator[Difference]:
    rows, rows_after = _by_label(old), _by_label(new)
    for (label, place), row in rows.items():
        other = rows_after.get((label, place))
        if other is None:
            yield Difference(new.title, label, ROWS_ONLY, _brief(row[1:]), NONE)
            continue
        for column, a, b in zip(new.columns, row, other, strict=True):
            if a != b and column.heading != "序号":
                yield Difference(new.title, label, column.heading, a, b)
    for (label, place), row in rows_after.items():
        if (label, place) not in rows:
            yield Difference(new.title, label, ROWS_ONLY, NONE, _brief(row[1:]))


def _by_label(one: Section) -> dict[tuple[str, int], Sequence[str]]:
    """Rows by label and how often the label came before; money rows of no label by their place."""
    found: dict[tuple[str, int], Sequence[str]] = {}
    seen: Counter[str] = Counter()
    for row in one.shown():
        label = one.title if one.key == "investment" else row[one.label_at]
        found[label, seen[label]] = row
        seen[label] += 1
    return found


def _brief(cells: Sequence[str]) -> str:
    return "，".join(cell for cell in cells if cell != NONE) or "有"
