"""The bulletin's figures, cell by cell, against plain Python over the rows; the lights against the daily job."""

from collections import defaultdict
from copy import copy
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ProjectStep
from dispatch.figures import tallies
from dispatch.figures.rates import RateKey
from dispatch.models import LedgerItem, Warning
from dispatch.reports.snapshot import build
from dispatch.warnings.evaluate import evaluate
from dispatch.warnings.rules import load_rules
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project, TeamMember
from tests.dispatch import bulletin_park
from tests.dispatch.bulletin_park import AS_OF, AT
from tests.standing import standing
from workdays.models import load_calendar

pytestmark = pytest.mark.django_db
YEAR, MONTH = 2026, 10
EARLY = ("L01", "L02", "L03", "L04", "L05", "L06", "L07")


filled = standing(lambda: bulletin_park.fill(60))


@pytest.fixture
def park(filled, db):
    return copy(filled)


class Oracle:
    """Looks at one row after the other, and asks the database again for each."""

    def __init__(self, park):
        self.projects = list(Project.objects.filter(park=park))
        self.listed = [p for p in self.projects if p.status != "terminated"]

    def milestone(self, project, stage):
        return Milestone.objects.filter(project=project, stage=stage).first()

    def started(self, project, as_of=AS_OF):
        m = self.milestone(project, "L08")
        if m and m.actual_on:
            return m.actual_on <= as_of
        return bool(m and m.is_done) or project.stage not in EARLY

    def planned_this_year(self, project):
        if project.nature != "new":
            return False
        m = self.milestone(project, "L08")
        if m and m.actual_on:
            return m.actual_on.year == YEAR
        due = (m.baseline_on or m.forecast_on) if m else None
        if due is None:
            return AnnualPlan.objects.filter(project=project, year=YEAR, planned_10k__gt=0).exists()
        done = m.is_done or project.stage not in EARLY
        return due.year == YEAR or (due.year < YEAR and not done)

    def enrolled(self, project):
        return bool(project.enrolled) and (project.enrolled_on is None or project.enrolled_on <= AS_OF)

    def plan(self, project):
        row = AnnualPlan.objects.filter(project=project, year=YEAR).first()
        return row.planned_10k if row else None

    def ytd(self, project, month=MONTH):
        rows = MonthlyInvestment.objects.filter(project=project, year=YEAR, month__lte=month).order_by("month")
        return rows.last().ytd_10k if rows else None

    def month(self, project):
        rows = {r.month: r for r in MonthlyInvestment.objects.filter(project=project, year=YEAR)}
        here, before = rows.get(MONTH), rows.get(MONTH - 1)
        if here is None:
            return None
        if here.month_10k is not None:
            return here.month_10k
        return here.ytd_10k - before.ytd_10k if before else None

    def rates(self, projects, park_quarter=None):
        active = [p for p in projects if p.status == "active"]
        money = [p for p in projects if p.status != "terminated"]
        steps = [s for p in active if self.in_preparation(p) for s in ProjectStep.objects.filter(project=p)]
        steps = [s for s in steps if s.code <= "S17" and s.applicability != "not_applicable"]
        done = [s for s in steps if s.state in (11, 12) and (s.decided_on is None or s.decided_on <= AS_OF)]
        planned = [p for p in active if self.planned_this_year(p)]
        to_enrol = [p for p in active if self.started(p) and (p.total_investment_10k or 0) >= 500]
        plan = sum(self.plan(p) or 0 for p in money)
        quarter = sum((self.ytd(p) or 0) - (self.ytd(p, 9) or 0) for p in money)
        return {
            "formalities": (len(done), len(steps)),
            "starts": (sum(self.started(p) for p in planned), len(planned)),
            "enrolment": (sum(self.enrolled(p) for p in to_enrol), len(to_enrol)),
            "investment": (sum(self.ytd(p) or 0 for p in money), plan),
            "quarter": (quarter, Fraction(plan) / 4 if park_quarter is None else park_quarter),
        }

    def in_preparation(self, project):
        m = self.milestone(project, "L08")
        return project.stage in ("L05", "L06", "L07") or bool(m and m.actual_on and m.actual_on >= date(YEAR, 1, 1))


def one(value):
    """One decimal, half up, as text."""
    return None if value is None else str(Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def share(part, whole):
    return None if not whole or part is None else part * 100 / whole


def same(text, value):
    return text is None if value is None else Decimal(text) == value


def pairs(rates):
    return {key: (Fraction(rate["numerator"]), Fraction(rate["denominator"])) for key, rate in rates.items()}


def test_the_five_rates_of_park_and_units(park):
    oracle, snapshot = Oracle(park), build(park=park, year=YEAR, month=MONTH, as_of=AS_OF)
    assert pairs(snapshot["rates"]) == oracle.rates(oracle.projects)
    quarter = oracle.rates(oracle.projects)["quarter"][0]
    units = {p.responsible_unit for p in oracle.projects if p.responsible_unit_id}
    assert {row["unit_id"] for row in snapshot["annex2"]} == {unit.pk for unit in units}
    for row in snapshot["annex2"]:
        own = [p for p in oracle.projects if p.responsible_unit_id == row["unit_id"]]
        assert pairs(row["rates"]) == oracle.rates(own, quarter)
        for key, (numerator, denominator) in oracle.rates(own, quarter).items():
            expected = share(Decimal(numerator), Decimal(denominator))
            assert row["rates"][key]["percent"] == one(expected)


def test_annex_1_cell_by_cell(park):
    evaluate(as_of=AS_OF, at=AT, park=park)
    oracle, annex = Oracle(park), build(park=park, year=YEAR, month=MONTH, as_of=AS_OF)["annex1"]
    headings = {"new": "新建项目", "continuing": "续建项目", "upgrade": "技改项目", "": "其他项目"}
    for (nature, name), numeral, group in zip(headings.items(), "一二三四", annex["groups"], strict=True):
        own = [p for p in oracle.listed if p.nature == nature]
        own.sort(key=lambda p: (-(p.total_investment_10k or 0), p.name))
        assert group["heading"] == f"{numeral}、{name}（{len(own)}个）"
        assert [row["project_id"] for row in group["rows"]] == [p.pk for p in own]
        for number, (row, project) in enumerate(zip(group["rows"], own, strict=True), 1):
            assert row["no"] == number
            check_progress_row(row, project, oracle)
    check_total(annex["total"], oracle)


def check_progress_row(row, p, oracle):
    start, end = oracle.milestone(p, "L08"), oracle.milestone(p, "L10")
    plan, ytd = oracle.plan(p), oracle.ytd(p)
    leader = TeamMember.objects.filter(project=p, role="leader").first()
    assert (row["name"], row["enterprise"], row["location"]) == (p.name, p.enterprise.name, p.location)
    assert row["nature"] == {"new": "新建", "continuing": "续建", "upgrade": "技改", "": ""}[p.nature]
    assert (row["content"], row["progress"], row["issue"], row["next_work"]) == (
        p.content, p.physical_progress, p.issue, p.next_work,
    )  # fmt: skip
    assert row["years"] == years(p, start, end)
    assert same(row["total_10k"], p.total_investment_10k)
    assert same(row["land_mu"], p.land_mu)
    assert same(row["before_10k"], p.invested_before_10k)
    assert same(row["plan_10k"], plan)
    assert same(row["month_10k"], oracle.month(p))
    assert same(row["ytd_10k"], ytd)
    assert row["percent"] == one(share(ytd, plan))
    assert row["ahead_pp"] == one(None if share(ytd, plan) is None else share(ytd, plan) - Decimal(1000) / 12)
    assert row["planned_start"] == planned(start)
    assert row["planned_end"] == (planned(end) or (p.period_end_on.isoformat() if p.period_end_on else ""))
    assert row["enrolled"] == ("是" if oracle.enrolled(p) else "否")
    assert row["unit"] == (p.responsible_unit.name if p.responsible_unit else "")
    assert row["leader"] == (leader.person_name if leader else "")
    p.refresh_from_db()
    assert row["light"] == p.light
    assert row["light_zh"][0] == {"red": "●", "yellow": "▲", "blue": "◆", "green": "√", "grey": "○"}[p.light]


def planned(m):
    if m is None or not (m.baseline_on or m.forecast_on):
        return ""
    on, precision = (m.baseline_on, m.baseline_precision) if m.baseline_on else (m.forecast_on, m.forecast_precision)
    if precision == "month":
        return f"{on.year}年{on.month}月"
    if precision == "quarter":
        return f"{on.year}年{-(-on.month // 3)}季度"
    return str(on)


def years(p, start, end):
    def known(m):
        if m is None:
            return None
        return (m.actual_on if m.actual_on and m.actual_on <= AS_OF else None) or m.baseline_on or m.forecast_on

    first, last = p.period_start_on or known(start), p.period_end_on or known(end)
    if first and last and first.year != last.year:
        return f"{first.year}-{last.year}"
    return str((first or last).year) if first or last else ""


def check_total(total, oracle):
    rows = oracle.listed
    ytd, plan = sum(oracle.ytd(p) or 0 for p in rows), sum(oracle.plan(p) or 0 for p in rows)
    assert total["name"] == f"合计（{len(rows)}个）"
    assert Decimal(total["total_10k"]) == sum(p.total_investment_10k or 0 for p in rows)
    assert Decimal(total["land_mu"]) == sum(p.land_mu or 0 for p in rows)
    assert Decimal(total["before_10k"]) == sum(p.invested_before_10k or 0 for p in rows)
    assert Decimal(total["month_10k"]) == sum(oracle.month(p) or 0 for p in rows)
    assert (Decimal(total["ytd_10k"]), Decimal(total["plan_10k"])) == (ytd, plan)
    assert total["percent"] == one(ytd * 100 / plan)
    assert total["ahead_pp"] == one(ytd * 100 / plan - Decimal(1000) / 12)


def test_annex_4_lists_what_the_daily_job_made_red_or_yellow(park):
    evaluate(as_of=AS_OF, at=AT, park=park)
    calendar = load_calendar()
    annex = build(park=park, year=YEAR, month=MONTH, as_of=AS_OF)["annex4"]
    bad = defaultdict(list)
    for warning in Warning.objects.filter(park=park, cleared_on=None, level__in=["yellow", "red"]):
        bad[warning.project_id].append(warning)
    lit = list(Project.objects.filter(park=park, light__in=["red", "yellow"]))
    assert lit
    lit.sort(key=lambda p: (p.light != "red", min(w.due_on for w in bad[p.pk])))
    assert {row["project_id"] for row in annex} == {p.pk for p in lit}
    assert [row["light"] for row in annex] == [p.light for p in lit]
    oldest = [min(w.due_on for w in bad[row["project_id"]]) for row in annex]
    assert [(row["light"], day) for row, day in zip(annex, oldest, strict=True)] == [
        (p.light, min(w.due_on for w in bad[p.pk])) for p in lit
    ]
    for number, row in enumerate(annex, 1):
        check_lit_row(number, row, bad[row["project_id"]], calendar)


def check_lit_row(number, row, warnings, calendar):
    project = Project.objects.get(pk=row["project_id"])
    assert (row["no"], row["name"], row["light"]) == (number, project.name, project.light)
    assert row["unit"] == (project.responsible_unit.name if project.responsible_unit else "")
    warnings.sort(key=lambda w: (w.level != "red", w.due_on, w.rule, w.object_id))
    assert row["reasons"].split("；") == [reason(w, calendar) for w in warnings]
    assert row["late"] == late(warnings[0], calendar)
    since = min(w.since_on for w in warnings)
    months = len({(d.year, d.month) for d in (since + timedelta(days=n) for n in range((AS_OF - since).days + 1))})
    assert row["months"] == months
    open_items = LedgerItem.objects.filter(project=project, raised_on__lte=AS_OF).exclude(closed_on__lte=AS_OF)
    item = open_items.order_by("raised_on", "number").last()
    assert row["measures"] == (item.measures if item else "")
    assert row["until"] == (str(item.due_on) if item else "")


def points(w):
    plan = AnnualPlan.objects.get(project=w.project_id, year=YEAR).planned_10k
    rows = MonthlyInvestment.objects.filter(project=w.project_id, year=YEAR, month__lte=9).order_by("month")
    return Decimal(75) - rows.last().ytd_10k * 100 / plan


PLAIN = {
    "HISTORY": "连续多月亮灯", "LEDGER_RETURNED": "问题{}多次退回", "PLAN_SHORT": "按现计划推算赶不上目标日期",
}  # fmt: skip  # facts that measure nothing


def late(w, calendar):
    if w.rule in PLAIN:
        return "—"
    if w.rule == "INVESTMENT_BEHIND":
        return f"{one(points(w)).removesuffix('.0')}个百分点"
    if w.rule in ("MILESTONE_LATE", "ENROLMENT_LATE"):
        return f"{(AS_OF - w.due_on).days}天"
    return f"{calendar.count(w.due_on, AS_OF)}个工作日"


def reason(w, calendar):
    if w.rule in PLAIN:
        return PLAIN[w.rule].format(w.label)
    subject = {"MILESTONE_LATE": {"L08": "开工", "L10": "竣工"}.get(w.label)}.get(w.rule)
    step = ProjectStep.objects.get(pk=w.object_id).step.name_zh if w.object_type == "step" else ""
    texts = {
        "STEP_LATE": f"{step}超承诺时限",
        "STEP_STATUTORY": f"{step}超法定时限",
        "MILESTONE_LATE": f"{subject}逾期",
        "INVESTMENT_BEHIND": "投资低于序时进度",
        "ENROLMENT_LATE": "开工后应入库未入库，逾期",
        "LEDGER_LATE": f"问题{w.label}超期",
    }
    if w.rule == "PROJECT_STALE":
        return f"项目信息{late(w, calendar)}未更新"
    return texts[w.rule] + late(w, calendar)


def test_annex_5_cell_by_cell(park):
    annex = build(park=park, year=YEAR, month=MONTH, as_of=AS_OF)["annex5"]
    words = {
        "land": "土地",
        "funds": "资金",
        "permits": "手续",
        "works": "施工",
        "enterprise": "企业自身",
        "other": "其他",
    }
    expected = []
    for item in LedgerItem.objects.filter(park=park, kind="problem").order_by("raised_on", "number"):
        if item.raised_on > AS_OF or (item.closed_on and item.closed_on.year < YEAR):
            continue
        closed = item.closed_on if item.closed_on and item.closed_on <= AS_OF else None
        expected.append({
            "no": len(expected) + 1, "number": item.number, "name": item.project.name if item.project else "",
            "category": words[item.category],
            "text": f"{item.title}：{item.description}" if item.description else item.title,
            "raised_on": str(item.raised_on), "assigned_on": str(item.assigned_on), "unit": item.unit.name,
            "person": item.person_name, "due_on": str(item.due_on), "progress": item.progress,
            "closed": "是" if closed else "否", "closed_on": str(closed) if closed else "",
            "remark": "延期5个工作日" if item.extended_wd else "",
        })  # fmt: skip
    assert annex == expected
    assert {row["closed"] for row in annex} == {"是", "否"}


def test_the_text_agrees_with_the_rows(park):
    oracle, snapshot = Oracle(park), build(park=park, year=YEAR, month=MONTH, as_of=AS_OF)
    sections = {s["heading"]: "".join(one["text"] for one in s["sentences"]) for s in snapshot["text"]["sections"]}
    assert [h[0] for h in sections] == list("一二三四五六七")
    overall = sections["一、总体情况"]
    assert f"全区重点项目{len(oracle.listed)}个" in overall
    assert f"已开工{sum(oracle.started(p) for p in oracle.listed)}个" in overall
    assert f"已入库{sum(oracle.enrolled(p) for p in oracle.listed)}个" in overall
    decided = ProjectStep.objects.filter(
        project__park=park, state__in=[11, 12, 13], decided_on__gte=date(2026, 10, 1), decided_on__lte=AS_OF
    )
    calendar = load_calendar()
    used = [calendar.count(s.accepted_on, s.decided_on) for s in decided]
    assert (
        f"10月办结审批事项{len(used)}件，平均用时{one(Decimal(sum(used)) / len(used))}个工作日（承诺7.0个工作日）"
        in sections["四、审批手续"]
    )


def test_terminated_projects_are_out_and_suspended_ones_count_for_money_only(park):
    Project.objects.filter(park=park).update(status="suspended")
    tally = tallies.total(tallies.read(park, year=YEAR, month=MONTH, as_of=AS_OF))
    rates = tallies.park_rates(tally)
    assert rates[RateKey.STARTS].denominator == rates[RateKey.FORMALITIES].denominator == 0
    assert rates[RateKey.INVESTMENT].numerator > 0
    Project.objects.filter(park=park).update(status="terminated")
    assert tallies.total(tallies.read(park, year=YEAR, month=MONTH, as_of=AS_OF)) == tallies.Tally()
    snapshot = build(park=park, year=YEAR, month=MONTH, as_of=AS_OF)
    assert snapshot["annex1"]["total"]["name"] == "合计（0个）"
    assert "另有60个项目已终止" in snapshot["text"]["sections"][0]["sentences"][4]["text"]


def test_another_park_does_not_count(park):
    before = build(park=park, year=YEAR, month=MONTH, as_of=AS_OF)
    bulletin_park.fill(5, seed=8)
    assert build(park=park, year=YEAR, month=MONTH, as_of=AS_OF) == before


@pytest.mark.slow
@pytest.mark.parametrize("year_month", [(2026, 1), (2026, 12)])
def test_queries_do_not_grow_with_the_projects(db, year_month):
    load_rules()
    used = []
    for n, size in enumerate((1, 3, 60)):
        made = bulletin_park.fill(size, seed=n)
        as_of = date(*year_month, 28)
        load_calendar()
        with CaptureQueriesContext(connection) as queries:
            build(park=made, year=year_month[0], month=year_month[1], as_of=as_of)
        used.append(len(queries))
    assert len(set(used)) == 1, used
