"""The text of the notice, sections 一 to 七, from figures alone. Chinese, whatever the language of the reader.

Source of the layout: domain.md 4.1. Every figure in the text also stands in an annex or in ``figures``.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from dispatch.figures.rates import DEFINITIONS_ZH, NAMES_ZH, Rate, RateKey, round_half_up
from dispatch.reports import annexes, words
from dispatch.reports.projects import Facts, ProjectFacts
from dispatch.reports.response import LEVELS, worst
from dispatch.reports.sources import ClosedSteps, Item, closure_rate
from dispatch.warnings import rules
from projects.stages import Pool

ATTACHMENTS = (
    "重点项目建设进展情况表", "五率排名表", "未开工项目手续办理情况表", "红黄灯项目清单", "问题清单及销号台账",
    "下月计划开工、竣工、入库项目清单",
)  # fmt: skip


@dataclass(frozen=True)
class Material:
    """All that the text is made of."""

    park_name: str
    year: int
    month: int
    first: date
    as_of: date
    facts: Facts
    rates: dict[RateKey, Rate]
    ranked: list[dict]
    closed: ClosedSteps
    outstanding: int
    cleared: int
    items: list[Item]
    coming: list[dict]


def text(m: Material) -> dict:
    """Title, salutation, sections [{"heading", "paragraphs"}], attachments and notes."""
    parts = (
        ("总体情况", overall), ("分类进展", by_class), ("五率完成情况", five_rates), ("审批手续", approvals),
        ("预警与响应", lights), ("存在问题", problems), ("下步安排", coming),
    )  # fmt: skip
    return {
        "title": f"{m.park_name}重点项目建设情况通报",
        "issue": f"（{m.year}年第{m.month}期）",
        "salutation": f"各部门、各街道（镇），各项目单位：现将{words.span_label(m.month)}重点项目建设情况通报如下。",
        "sections": [
            {"heading": f"{words.numbered(n)}、{heading}", "paragraphs": make(m)}
            for n, (heading, make) in enumerate(parts)
        ],
        "attachments": [f"附件{n}　{name}" for n, name in enumerate(ATTACHMENTS, 1)],
        "addressees": "主送：各部门、各街道（镇），各项目单位　抄送：党工委、管委会领导",
        "notes": [
            "投资额单位为万元（总投资为亿元）。",
            "序时进度=当前月份÷12。",
            f"数据截至{words.long_day(m.as_of)}。",
            "暂停项目列入附件1并计入投资合计，不计入开工、入库、手续各率；终止项目不列入。",
            *dict.fromkeys(DEFINITIONS_ZH[rate.definition] for rate in m.rates.values()),
        ],
    }


def overall(m: Material) -> list[str]:
    projects = m.facts.projects
    sums = annexes.totals(projects, m.month)
    colours = Counter(p.light for p in projects)
    ended = f"另有{m.facts.terminated}个项目已终止，不计入。" if m.facts.terminated else ""
    return [
        f"全区重点项目{len(projects)}个，总投资{words.yi(sums['total_10k'])}亿元，"
        f"年度计划投资{words.yi(sums['plan_10k'])}亿元。"
        f"{investment(sums, m.month)}",
        f"已开工{sum(p.is_started for p in projects)}个，已入库{sum(p.is_enrolled for p in projects)}个；"
        f"红灯{colours['red']}个、黄灯{colours['yellow']}个、绿灯{colours['green'] + colours['blue']}个"
        f"（其中临期提醒{colours['blue']}个），暂停{colours['grey']}个。{ended}",
    ]


def investment(sums: dict, month: int) -> str:
    """What has been completed so far, and plainly so where it has not been reported."""
    span = words.span_label(month)
    if sums["ytd_10k"] is None:
        return f"{span}完成投资尚未报送。"
    own = f"其中{month}月完成{words.yi(sums['month_10k'])}亿元"
    missing = f"{month}月投资尚未报送，按最近一次报送的累计数"
    return (
        f"{span}累计完成投资{words.yi(sums['ytd_10k'])}亿元（{missing if sums['month_10k'] is None else own}），"
        f"完成率{words.per_cent(sums['percent'])}，{words.against_calendar(sums['ahead_pp'])}。"
    )


def by_class(m: Material) -> list[str]:
    projects = m.facts.projects
    order = {pool: n for n, pool in enumerate(Pool)}
    pools = _grouped(projects, lambda p: p.pool, lambda pool: order[pool])
    industries = _grouped(projects, lambda p: p.industry or "未分类", str)
    units = _grouped(projects, lambda p: p.unit or "未明确责任单位", str)
    return [
        "（一）按“四个一批”：" + _sentence(((words.POOLS_ZH[pool], rows) for pool, rows in pools), m.month),
        "（二）按产业：" + _sentence(industries, m.month),
        "（三）按责任单位：" + _sentence(units, m.month),
    ]


def _grouped(projects: Iterable[ProjectFacts], key: Callable, order: Callable) -> list[tuple]:
    found: dict = {}
    for p in projects:
        found.setdefault(key(p), []).append(p)
    return sorted(found.items(), key=lambda pair: order(pair[0]))


def _sentence(groups: Iterable[tuple], month: int) -> str:
    parts = []
    for name, rows in groups:
        sums = annexes.totals(rows, month)
        parts.append(f"{name}（{len(rows)}个）{_completed(sums)}")
    return "；".join(parts) + "。" if parts else "无。"


def _completed(sums: dict) -> str:
    rate = f"完成率{words.per_cent(sums['percent'])}" if sums["plan_10k"] else "无年度计划"
    if sums["ytd_10k"] is None:
        return "未报送投资" if sums["plan_10k"] else rate
    return f"完成投资{words.yi(sums['ytd_10k'])}亿元，{rate}"


def five_rates(m: Material) -> list[str]:
    figures = "，".join(f"{NAMES_ZH[key]}{_rate(rate)}" for key, rate in m.rates.items())
    names = [f"{row['unit']}（{row['score']}分）" for row in m.ranked]
    if len(names) < 2:
        return [f"{figures}。"]
    top, bottom = names[:3], names[3:][-3:]
    last = f"；排名后{len(bottom)}位的是{words.joined(bottom)}" if bottom else ""
    return [f"{figures}。", f"综合得分排名前{len(top)}位的是{words.joined(top)}{last}。"]


def _rate(rate: Rate) -> str:
    return f"{words.per_cent(rate.percent)}（{words.plain(rate.numerator)}/{words.plain(rate.denominator)}）"


def approvals(m: Material) -> list[str]:
    late = {c.object_id for c in m.facts.causes if c.rule in (rules.STEP_LATE, rules.STEP_STATUTORY)}
    soon = {c.object_id for c in m.facts.causes if c.rule == rules.STEP_DUE_SOON} - late
    times = ""
    if m.closed.used_wd is not None and m.closed.committed_wd is not None:
        times = f"，平均用时{_days(m.closed.used_wd)}个工作日（承诺{_days(m.closed.committed_wd)}个工作日）"
    return [
        f"{m.month}月办结审批事项{m.closed.count}件{times}；超期{len(late)}件，临期{len(soon)}件，"
        f"容缺待补材料{m.outstanding}份。"
    ]


def _days(value: Fraction) -> str:
    return f"{round_half_up(value, 1)}"


def lights(m: Material) -> list[str]:
    bad = [cause for cause in m.facts.causes if cause.is_bad]
    new = sum(1 for cause in bad if m.first <= cause.since_on <= m.as_of)
    levels = Counter(worst(c.response for c in p.causes) for p in m.facts.projects)
    kept = "、".join(f"{level}级{levels[level]}个" for level in LEVELS)
    return [f"本月新增预警{new}项，解除{m.cleared}项；在办预警{len(bad)}项，按项目最高响应级别分：{kept}。"]


def problems(m: Material) -> list[str]:
    found = [item for item in m.items if item.kind == "problem"]
    open_items = [item for item in found if not item.closed_on]
    kinds = Counter(item.category for item in open_items)
    closed, due = closure_rate(found, m.as_of)
    rate = words.per_cent(closed * 100 / due if due else None)
    raised = sum(1 for item in found if item.raised_on >= m.first)
    done = sum(1 for item in found if item.closed_on and item.closed_on >= m.first)
    classes = "、".join(f"{name}类{kinds[key]}个" for key, name in words.CATEGORIES_ZH.items())
    return [
        f"本月新增问题{raised}个，销号{done}个；尚未销号{len(open_items)}个，其中{classes}。"
        f"销号率{rate}（{words.plain(closed)}/{words.plain(due)}）。"
    ]


def coming(m: Material) -> list[str]:
    found = []
    for matter in ("开工", "竣工", "入库"):
        rows = [row for row in m.coming if row["matter"] == matter]
        names = words.joined(f"{row['name']}（{row['unit'] or '责任单位待明确'}）" for row in rows[:10])
        more = f"等{len(rows)}个" if len(rows) > 10 else ""
        found.append(f"下月计划{matter}{len(rows)}个：{names}{more}。" if rows else f"下月计划{matter}0个。")
    return found
