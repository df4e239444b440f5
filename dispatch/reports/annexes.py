"""Rows of the annexes as plain JSON values, in Chinese. Layouts: domain.md 4.1. Money as decimal strings in 万元."""

import calendar as months
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from approvals.flow import is_done, is_open
from dispatch.figures.rates import WEIGHTS, RateKey, as_json, ranking, round_half_up
from dispatch.figures.tallies import ENROL_FROM_10K
from dispatch.reports.causes import Cause, late_zh, reason_zh
from dispatch.reports.projects import Due, ProjectFacts
from dispatch.reports.response import BAD, lit_months, worst
from dispatch.reports.schedule import ahead_of
from dispatch.reports.sources import Item, StepRow
from dispatch.reports.words import CATEGORIES_ZH, GROUPS_ZH, LIGHTS_ZH, NATURES_ZH, NONE, exact, numbered, years
from dispatch.warnings import rules
from projects.investment import percent
from projects.investment import round_half_up as rounded
from workdays.arithmetic import WorkCalendar

MONEY = ("total_10k", "land_mu", "before_10k", "plan_10k", "month_10k", "ytd_10k")
ENROL_WITHIN = timedelta(days=30)


def totals(projects: Iterable[ProjectFacts]) -> dict[str, Decimal | None]:
    """Sums of what is known, 万元 and 亩, None where nothing is; the two rates from the unrounded sums."""
    rows = list(projects)
    known = {name: [getattr(p, name) for p in rows if getattr(p, name) is not None] for name in MONEY}
    sums = {name: sum(amounts, Decimal(0)) if amounts else None for name, amounts in known.items()}
    due = sum((p.expected_10k for p in rows if p.expected_10k is not None), Fraction(0))
    return sums | {
        "percent": percent(sums["ytd_10k"], sums["plan_10k"]),
        "ahead_pp": ahead_of(sums["ytd_10k"], sums["plan_10k"], due),
    }


def annex1(projects: list[ProjectFacts]) -> dict:
    """重点项目建设进展情况表: total first, then a group for each nature that has projects."""
    groups = []
    for nature, name in GROUPS_ZH:
        rows = [p for p in projects if p.nature == nature]
        if rows or nature:
            heading = f"{numbered(len(groups))}、{name}（{len(rows)}个）"
            groups.append({"heading": heading, "rows": [_progress(n, p) for n, p in enumerate(rows, 1)]})
    return {"total": amounts(totals(projects)) | {"name": f"合计（{len(projects)}个）"}, "groups": groups}


def amounts(values: Mapping[str, Decimal | None]) -> dict:
    """Money exact, percentages with one decimal; null where unknown."""
    found = {name: exact(values[name]) for name in MONEY}
    return found | {name: _one(values[name]) for name in ("percent", "ahead_pp")}


def _one(value: Decimal | None) -> str | None:
    return None if value is None else str(rounded(value))


def _progress(number: int, p: ProjectFacts) -> dict:
    start = p.period[0] or p.start.actual_on or p.start.due_on
    end = p.period[1] or p.completion.actual_on or p.completion.due_on
    return amounts({name: getattr(p, name) for name in (*MONEY, "percent", "ahead_pp")}) | {
        "no": number,
        "project_id": p.pk,
        "name": p.name,
        "enterprise": p.enterprise,
        "location": p.location,
        "nature": NATURES_ZH[p.nature],
        "content": p.content,
        "years": years(start, end),
        "planned_start": p.start.planned,
        "planned_end": p.completion.planned or (p.period[1].isoformat() if p.period[1] else ""),
        "enrolled": "是" if p.is_enrolled else "否",
        "progress": p.progress,
        "issue": p.issue,
        "next_work": p.next_work,
        "unit": p.unit,
        "leader": p.leader,
        "light": p.light,
        "light_zh": LIGHTS_ZH[p.light],
    }


def annex2(
    units: list, projects: Mapping[int, int], before: Mapping[str, int], weights: Mapping[RateKey, int] = WEIGHTS
) -> list[dict]:
    """五率排名表. ``projects``: unit id → active projects; ``before``: unit id → last month's rank."""
    return [
        {
            "rank": row.rank,
            "unit_id": row.unit.unit_id,
            "unit": row.unit.name,
            "projects": projects.get(row.unit.unit_id, 0),
            "rates": {key.value: as_json(row.unit.rates[key]) for key in RateKey},
            "score": str(round_half_up(row.score, 2)),
            "rank_before": before.get(str(row.unit.unit_id)),
            "moved": _moved(row.rank, before.get(str(row.unit.unit_id))),
        }
        for row in ranking(units, weights)
    ]


def _moved(rank: int, before: int | None) -> str:
    if before is None:
        return NONE
    return "持平" if rank == before else f"↑{before - rank}" if rank < before else f"↓{rank - before}"


def annex3(
    projects: list[ProjectFacts], steps: Mapping[int, list[StepRow]], as_of: date, calendar: WorkCalendar
) -> list[dict]:
    """未开工项目手续办理情况表: active projects in stage L05–L07 that have not started."""
    found = []
    for p in projects:
        if p.pk in steps and not p.is_started:
            own = steps[p.pk]
            stuck = _stuck(own, as_of, calendar)
            found.append(
                {
                    "no": len(found) + 1,
                    "project_id": p.pk,
                    "name": p.name,
                    "unit": p.unit,
                    "planned_start": p.start.planned,
                    "steps": {row.code: _mark(row, as_of, calendar) for row in own},
                    "stuck": f"{stuck.code} {stuck.name}" if stuck else "",
                    "department": stuck.department if stuck else "",
                    "expected": _due(stuck) if stuck else "",
                }
            )
    return found


def _late(row: StepRow, as_of: date, calendar: WorkCalendar) -> int:
    """Workdays after the earlier running due day; 0 when in time."""
    due = min(filter(None, [row.committed_due_on, row.statutory_due_on]), default=None)
    return calendar.count(due, as_of) if due else 0


def _mark(row: StepRow, as_of: date, calendar: WorkCalendar) -> str:
    if not row.applies:
        return NONE
    if is_done(row.state):
        return "√"
    if late := _late(row, as_of, calendar):
        return f"超期{late}"
    return "办理中" if is_open(row.state) else "未办"


def _stuck(rows: list[StepRow], as_of: date, calendar: WorkCalendar) -> StepRow | None:
    """The latest step, else the first being handled, else the first not begun."""
    undone = [row for row in rows if row.applies and not is_done(row.state)]
    late = max(undone, key=lambda row: _late(row, as_of, calendar), default=None)
    if late is None or _late(late, as_of, calendar):
        return late
    return next((row for row in undone if is_open(row.state)), undone[0])


def _due(row: StepRow) -> str:
    return row.committed_due_on.isoformat() if row.committed_due_on else ""


def annex4(
    projects: list[ProjectFacts], items: list[Item], names: Mapping[str, str], *, year: int, month: int, as_of: date
) -> list[dict]:
    """红黄灯项目清单: red before yellow, then by the longest lateness in calendar days, then by points behind."""
    lit = [p for p in projects if p.light in BAD]
    lit.sort(key=lambda p: (p.light != "red", *_lateness(p, as_of), p.name))
    measures = {item.project_id: item for item in items if item.project_id and not item.closed_on}
    return [_lit(number, p, measures.get(p.pk), names, year, month) for number, p in enumerate(lit, 1)]


def _lateness(p: ProjectFacts, as_of: date) -> tuple[int, Decimal]:
    bad = [cause for cause in p.causes if cause.is_bad]
    points = [c.late_by or Decimal(0) for c in bad if c.rule == rules.INVESTMENT_BEHIND]
    return -max((as_of - cause.due_on).days for cause in bad), -max(points, default=Decimal(0))


def order_of(cause: Cause) -> tuple:
    """Red first, then the longest late."""
    return cause.level != "red", cause.due_on, cause.rule, cause.object_id


def _lit(number: int, p: ProjectFacts, item: Item | None, names: Mapping[str, str], year: int, month: int) -> dict:
    bad = sorted((cause for cause in p.causes if cause.is_bad), key=order_of)
    since = min(cause.since_on for cause in bad)
    return {
        "no": number,
        "project_id": p.pk,
        "name": p.name,
        "light": p.light,
        "light_zh": LIGHTS_ZH[p.light],
        "reasons": "；".join(reason_zh(cause, names.get(cause.label, cause.label)) for cause in bad),
        "late": late_zh(bad[0]),
        "months": lit_months(since.year, since.month, year, month),
        "unit": p.unit,
        "response": worst(cause.response for cause in bad),
        "measures": item.measures if item else "",
        "until": item.due_on.isoformat() if item and item.due_on else "",
    }


def annex5(items: list[Item]) -> list[dict]:
    """问题清单及销号台账: problems raised this year or still open, in the order they were raised."""
    return [
        {
            "no": number,
            "number": item.number,
            "name": item.project,
            "category": CATEGORIES_ZH[item.category],
            "text": item.text,
            "raised_on": item.raised_on.isoformat(),
            "assigned_on": item.assigned_on.isoformat() if item.assigned_on else "",
            "unit": item.unit,
            "person": item.person,
            "due_on": item.due_on.isoformat() if item.due_on else "",
            "progress": item.progress,
            "closed": "是" if item.closed_on else "否",
            "closed_on": item.closed_on.isoformat() if item.closed_on else "",
            "remark": f"延期{item.extended_wd}个工作日" if item.extended_wd else "",
        }
        for number, item in enumerate((item for item in items if item.kind == "problem"), 1)
    ]


def annex6(projects: list[ProjectFacts], *, year: int, month: int) -> list[dict]:
    """下月计划开工/竣工/入库项目清单, active projects. Enrolment is due 30 days after the start."""
    following = (year + month // 12, month % 12 + 1)
    end = date(*following, months.monthrange(*following)[1])
    found: list[tuple[str, str, ProjectFacts, str]] = []
    for p in (p for p in projects if p.is_active):
        if not p.is_started and _falls_in(p.start, following):
            found.append(("开工", p.start.planned, p, ""))
        if not (p.completion.actual_on or p.completion.is_done) and _falls_in(p.completion, following):
            found.append(("竣工", p.completion.planned, p, ""))
        if p.is_started and not p.is_enrolled and (p.total_10k or 0) >= ENROL_FROM_10K:
            due = p.start.actual_on + ENROL_WITHIN if p.start.actual_on else None
            if due is None or due <= end:
                overdue = due is not None and due < date(*following, 1)
                found.append(("入库", due.isoformat() if due else "", p, "入库期限已过" if overdue else ""))
    kinds = ("开工", "竣工", "入库")
    found.sort(key=lambda row: kinds.index(row[0]))
    return [
        {"no": n, "project_id": p.pk, "name": p.name, "matter": kind, "planned": day, "unit": p.unit, "remark": remark}
        for n, (kind, day, p, remark) in enumerate(found, 1)
    ]


def _falls_in(due: Due, month: tuple[int, int]) -> bool:
    return due.due_on is not None and (due.due_on.year, due.due_on.month) == month
