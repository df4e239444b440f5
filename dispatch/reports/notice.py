"""The text of the notice, sections 一 to 七, from figures alone. Chinese, whatever the language of the reader.

Every sentence has a key that never changes its meaning (s3.2: section 3, sentence 2), whether or not the sentences
before it are there. Source of the layout: domain.md 4.1. Every figure in the text also stands in an annex or in
``figures``.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dispatch.figures.rates import DEFINITIONS_ZH, NAMES_ZH, Rate, RateKey, round_half_up
from dispatch.reports import annexes, words
from dispatch.reports.overview import LIGHTS, completed
from dispatch.reports.projects import Facts, ProjectFacts
from dispatch.reports.response import LEVELS, worst
from dispatch.reports.sources import ClosedSteps, Item, closure_rate
from dispatch.warnings import rules
from projects.stages import Pool

ATTACHMENTS = (
    "重点项目建设进展情况表", "五率排名表", "未开工项目手续办理情况表", "红黄灯项目清单", "问题清单及销号台账",
    "下月计划开工、竣工、入库项目清单",
)  # fmt: skip
SEND_TO = "各部门、各街道（镇），各项目单位"
COPY_TO = "党工委、管委会领导"
WARNED_BY_MONTHS = "红黄灯的“投资低于序时进度”按已过月数÷12判定。"  # dispatch.warnings, whatever the park has chosen


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
    before: Mapping[str, Any] | None = None
    send_to: str = SEND_TO
    copy_to: str = COPY_TO
    calendar: str = "even"


@dataclass(frozen=True)
class Line:
    """A sentence: its number in the section, which stays its own for ever, and the paragraph it stands in."""

    number: int
    paragraph: int
    text: str


def text(m: Material) -> dict:
    """Title, salutation, sections [{"heading", "sentences": [{"key", "paragraph", "text"}]}], attachments, notes."""
    parts = (
        ("总体情况", overall), ("分类进展", by_class), ("五率完成情况", five_rates), ("审批手续", approvals),
        ("预警与响应", lights), ("存在问题", problems), ("下步安排", coming),
    )  # fmt: skip
    return {
        "title": f"{m.park_name}重点项目建设情况通报",
        "issue": f"（{m.year}年第{m.month}期）",
        "salutation": f"{m.send_to}：",
        "opening": f"现将{words.span_label(m.month)}重点项目建设情况通报如下。",
        "sections": [
            {"heading": f"{words.numbered(n - 1)}、{heading}", "sentences": _sentences(n, make(m))}
            for n, (heading, make) in enumerate(parts, 1)
        ],
        "attachments": [f"附件{n}　{name}" for n, name in enumerate(ATTACHMENTS, 1)],
        "send_to": m.send_to,
        "copy_to": m.copy_to,
        "notes": [
            "投资额单位为万元（总投资为亿元）。",
            DEFINITIONS_ZH[f"calendar_{m.calendar}"],
            f"数据截至{words.long_day(m.as_of)}。",
            "暂停项目列入附件1并计入投资合计，不计入开工、入库、手续各率；终止项目不列入。",
            *dict.fromkeys(DEFINITIONS_ZH[rate.definition] for rate in m.rates.values()),
            *([] if m.calendar == "even" else [WARNED_BY_MONTHS]),
        ],
    }


def _sentences(section: int, lines: Iterable[Line]) -> list[dict]:
    return [{"key": f"s{section}.{line.number}", "paragraph": line.paragraph, "text": line.text} for line in lines]


def figures(m: Material) -> dict[str, Any]:
    """Every figure of ``overview.FIGURES``, as the snapshot keeps it."""
    projects = m.facts.projects
    sums = annexes.totals(projects)
    colours = Counter(p.light for p in projects)
    bad = [cause for cause in m.facts.causes if cause.is_bad]
    levels = Counter(worst(c.response for c in p.causes) for p in projects)
    late = {c.object_id for c in m.facts.causes if c.rule in (rules.STEP_LATE, rules.STEP_STATUTORY)}
    soon = {c.object_id for c in m.facts.causes if c.rule == rules.STEP_DUE_SOON} - late
    found = {
        "projects": len(projects),
        **annexes.amounts(sums),
        "started": sum(p.is_started for p in projects),
        "enrolled": sum(p.is_enrolled for p in projects),
        **{light: colours[light] for light in LIGHTS},
        "terminated": m.facts.terminated,
        "closed": m.closed.count,
        "used_wd": None if m.closed.used_wd is None else _days(m.closed.used_wd),
        "committed_wd": None if m.closed.committed_wd is None else _days(m.closed.committed_wd),
        "late": len(late),
        "due_soon": len(soon),
        "outstanding": m.outstanding,
        "warnings_new": sum(1 for cause in bad if m.first <= cause.since_on <= m.as_of),
        "warnings_cleared": m.cleared,
        "warnings_open": len(bad),
        **{f"level_{n}": levels[level] for n, level in enumerate(LEVELS, 1)},
    }
    return found | _problem_figures(m)


def _problem_figures(m: Material) -> dict[str, int]:
    found = [item for item in m.items if item.kind == "problem"]
    open_items = [item for item in found if not item.closed_on]
    kinds = Counter(item.category for item in open_items)
    return {
        "problems_new": sum(1 for item in found if item.raised_on >= m.first),
        "problems_closed": sum(1 for item in found if item.closed_on and item.closed_on >= m.first),
        "problems_open": len(open_items),
        **{f"problems_{code}": kinds[code] for code in words.CATEGORIES_ZH},
    }


def overall(m: Material) -> list[Line]:
    projects = m.facts.projects
    sums = annexes.totals(projects)
    f = figures(m)
    lines = [
        Line(1, 1, f"全区重点项目{f['projects']}个，总投资{words.yi(sums['total_10k'])}亿元，"
             f"年度计划投资{words.yi(sums['plan_10k'])}亿元。"),
        Line(2, 1, investment(sums, m.month)),
        Line(3, 2, f"已开工{f['started']}个，已入库{f['enrolled']}个。"),
        Line(4, 2, f"红灯{f['red']}个、黄灯{f['yellow']}个、绿灯{f['green'] + f['blue']}个"
             f"（其中临期提醒{f['blue']}个），暂停{f['grey']}个。"),
    ]  # fmt: skip
    if m.facts.terminated:
        lines.append(Line(5, 2, f"另有{m.facts.terminated}个项目已终止，不计入。"))
    return [*lines, Line(6, 2, against_last_month(f, m.before, january=m.month == 1))]


COMPARED = (
    ("projects", "项目数", "个"), ("started", "已开工", "个"), ("enrolled", "已入库", "个"),
    ("red", "红灯", "个"), ("yellow", "黄灯", "个"),
)  # fmt: skip


def against_last_month(now: Mapping[str, Any], before: Mapping[str, Any] | None, *, january: bool) -> str:
    """与上月比, from last month's bulletin; what it does not know is left out, the new year's money begins anew."""
    if before is None:
        return "上月未编制通报，无法与上月比较。"
    parts = [
        f"{name}{_moved(Decimal(now[key] - before[key]), unit)}"
        for key, name, unit in COMPARED
        if before.get(key) is not None
    ]
    if not january and now["ytd_10k"] is not None and before.get("ytd_10k") is not None:
        parts.append(f"累计完成投资{_moved((Decimal(now['ytd_10k']) - Decimal(before['ytd_10k'])) / 10_000, '亿元')}")
    rates = completed(now), completed(before)
    if not january and rates[0] is not None and rates[1] is not None:
        parts.append(f"完成率{_moved(rates[0] - rates[1], '个百分点')}")
    return f"与上月比，{'，'.join(parts)}。" if parts else "上月通报没有可比数据。"


def _moved(change: Decimal | Fraction, unit: str) -> str:
    text = words.plain(round_half_up(abs(Fraction(change)), 1 if unit == "个百分点" else 2))
    return "持平" if text == "0" else f"{'增加' if change > 0 else '减少'}{text}{unit}"


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


def by_class(m: Material) -> list[Line]:
    projects = m.facts.projects
    order = {pool: n for n, pool in enumerate(Pool)}
    pools = _grouped(projects, lambda p: p.pool, lambda pool: order[pool])
    industries = _grouped(projects, lambda p: p.industry or "未分类", str)
    units = _grouped(projects, lambda p: p.unit or "未明确责任单位", str)
    return [
        Line(1, 1, "（一）按“四个一批”：" + _sentence(((words.POOLS_ZH[pool], rows) for pool, rows in pools))),
        Line(2, 2, "（二）按产业：" + _sentence(industries)),
        Line(3, 3, "（三）按责任单位：" + _sentence(units)),
    ]


def _grouped(projects: Iterable[ProjectFacts], key: Callable, order: Callable) -> list[tuple]:
    found: dict = {}
    for p in projects:
        found.setdefault(key(p), []).append(p)
    return sorted(found.items(), key=lambda pair: order(pair[0]))


def _sentence(groups: Iterable[tuple]) -> str:
    parts = []
    for name, rows in groups:
        sums = annexes.totals(rows)
        parts.append(f"{name}（{len(rows)}个）{_completed(sums)}")
    return "；".join(parts) + "。" if parts else "无。"


def _completed(sums: dict) -> str:
    rate = f"完成率{words.per_cent(sums['percent'])}" if sums["plan_10k"] else "无年度计划"
    if sums["ytd_10k"] is None:
        return "未报送投资" if sums["plan_10k"] else rate
    return f"完成投资{words.yi(sums['ytd_10k'])}亿元，{rate}"


def five_rates(m: Material) -> list[Line]:
    text = "，".join(f"{NAMES_ZH[key]}{_rate(rate)}" for key, rate in m.rates.items())
    names = [f"{row['unit']}（{row['score']}分）" for row in m.ranked]
    lines = [Line(1, 1, f"{text}。")]
    if len(names) < 2:
        return lines
    top, bottom = names[:3], names[3:][-3:]
    lines.append(Line(2, 2, f"综合得分排名前{len(top)}位的是{words.joined(top)}。"))
    if bottom:
        lines.append(Line(3, 2, f"排名后{len(bottom)}位的是{words.joined(bottom)}。"))
    return lines


def _rate(rate: Rate) -> str:
    return f"{words.per_cent(rate.percent)}（{words.plain(rate.numerator)}/{words.plain(rate.denominator)}）"


def approvals(m: Material) -> list[Line]:
    f, times = figures(m), ""
    if f["used_wd"] is not None and f["committed_wd"] is not None:
        times = f"，平均用时{f['used_wd']}个工作日（承诺{f['committed_wd']}个工作日）"
    return [
        Line(1, 1, f"{m.month}月办结审批事项{f['closed']}件{times}。"),
        Line(2, 1, f"超期{f['late']}件，临期{f['due_soon']}件，容缺待补材料{f['outstanding']}份。"),
    ]


def _days(value: Fraction) -> str:
    return f"{round_half_up(value, 1)}"


def lights(m: Material) -> list[Line]:
    f = figures(m)
    kept = "、".join(f"{level}级{f[f'level_{n}']}个" for n, level in enumerate(LEVELS, 1))
    return [
        Line(1, 1, f"本月新增预警{f['warnings_new']}项，解除{f['warnings_cleared']}项。"),
        Line(2, 1, f"在办预警{f['warnings_open']}项，按项目最高响应级别分：{kept}。"),
    ]


def problems(m: Material) -> list[Line]:
    f = figures(m)
    closed, due = closure_rate([item for item in m.items if item.kind == "problem"], m.as_of)
    rate = words.per_cent(closed * 100 / due if due else None)
    classes = "、".join(f"{name}类{f[f'problems_{key}']}个" for key, name in words.CATEGORIES_ZH.items())
    return [
        Line(1, 1, f"本月新增问题{f['problems_new']}个，销号{f['problems_closed']}个。"),
        Line(2, 1, f"尚未销号{f['problems_open']}个，其中{classes}。"),
        Line(3, 1, f"销号率{rate}（{words.plain(closed)}/{words.plain(due)}）。"),
    ]


def coming(m: Material) -> list[Line]:
    found = []
    for number, matter in enumerate(("开工", "竣工", "入库"), 1):
        rows = [row for row in m.coming if row["matter"] == matter]
        names = "；".join(_planned(row) for row in rows[:10])
        more = f"等{len(rows)}个" if len(rows) > 10 else ""
        line = f"下月计划{matter}{len(rows)}个：{names}{more}。" if rows else f"下月计划{matter}0个。"
        found.append(Line(number, number, line))
    return found


def _planned(row: Mapping[str, Any]) -> str:
    unit, when = row["unit"] or "责任单位待明确", row["planned"] or "时限待明确"
    return f"{row['name']}（{unit}，{when}）"
