"""Facts of every project of a park for one month, as plain rows, in a fixed number of queries.

Terminated projects are left out and only counted. Suspended ones are in with a grey light. Money is 万元. See
``tallies`` for what is taken as of ``as_of`` and what stands as it is now.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import BooleanField, Case, Value, When

from accounts.models import Park
from dispatch.figures.counting import Moment
from dispatch.figures.policy import DEFAULT, FigurePolicy
from dispatch.figures.tallies import is_enrolled, latest_ytd, with_start
from dispatch.reports.causes import Cause, behind_by, causes, light_of
from dispatch.reports.schedule import ahead_of, expected
from dispatch.reports.words import planned_day
from dispatch.warnings import rules
from dispatch.warnings.levels import closed_month
from dispatch.warnings.rules import Rule
from projects.investment import latest_ytd as latest
from projects.investment import month_amount, percent
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project, TeamMember
from projects.stages import Pool, Stage, pool_of
from workdays.arithmetic import WorkCalendar

COLUMNS = (
    "pk", "name", "enterprise__name", "location", "nature", "content", "period_start_on", "period_end_on",
    "total_investment_10k", "land_mu", "invested_before_10k", "stage", "status", "industry", "responsible_unit",
    "responsible_unit__name", "physical_progress", "issue", "next_work", "is_started", "enrolled_now",
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """A milestone: planned day in words, the day itself, the actual day when it is up to ``as_of``."""

    planned: str
    due_on: date | None
    actual_on: date | None
    is_done: bool


NO_DUE = Due("", None, None, False)


@dataclass(frozen=True)
class ProjectFacts:
    pk: int
    name: str
    enterprise: str
    location: str
    nature: str
    content: str
    period: tuple[date | None, date | None]
    total_10k: Decimal | None
    land_mu: Decimal | None
    before_10k: Decimal | None
    plan_10k: Decimal | None
    month_10k: Decimal | None
    ytd_10k: Decimal | None
    percent: Decimal | None
    expected_10k: Fraction | None
    ahead_pp: Decimal | None
    start: Due
    completion: Due
    is_started: bool
    is_enrolled: bool
    stage: str
    status: str
    industry: str
    unit_id: int | None
    unit: str
    leader: str
    progress: str
    issue: str
    next_work: str
    light: str
    causes: tuple[Cause, ...]

    @property
    def pool(self) -> Pool:
        return pool_of(self.stage)

    @property
    def is_active(self) -> bool:
        return self.status == Project.Status.ACTIVE


@dataclass(frozen=True)
class Facts:
    """Projects by investment descending, all causes (also those without a project), how many are terminated."""

    projects: list[ProjectFacts]
    causes: list[Cause]
    terminated: int


def read(
    park: Park, *, year: int, month: int, as_of: date, in_force: list[Rule], calendar: WorkCalendar,
    policy: FigurePolicy = DEFAULT,
) -> Facts:  # fmt: skip
    """All facts of the park for the month; 序时进度 as in ``policy``."""
    listed = Project.objects.filter(park=park).exclude(status=Project.Status.TERMINATED)
    found = _causes(park, in_force, as_of, calendar)
    by_project: dict[int | None, list[Cause]] = defaultdict(list)
    for cause in found:
        by_project[cause.project_id].append(cause)
    parts = _Parts(
        plans=expected(park, Moment(year, month, as_of), policy),
        investments=_investments(listed, year, month),
        dues=_dues(listed, as_of),
        leaders=_leaders(listed),
        causes=by_project,
        month=month,
    )
    rows = with_start(listed, as_of).annotate(enrolled_now=_truth(is_enrolled(as_of)))
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in rows.values_list(*COLUMNS)]
    projects = sorted((_facts(row, parts) for row in rows), key=lambda p: (-(p.total_10k or 0), p.name, p.pk))
    return Facts(projects, found, park.projects.filter(status=Project.Status.TERMINATED).count())


@dataclass(frozen=True)
class _Parts:
    plans: dict[int, tuple[Decimal, Fraction]]
    investments: dict[int, dict[int, tuple[Decimal | None, Decimal]]]
    dues: dict[tuple[int, str], Due]
    leaders: dict[int, str]
    causes: dict[int | None, list[Cause]]
    month: int


def _facts(row: dict, parts: _Parts) -> ProjectFacts:
    pk = row["pk"]
    reported = parts.investments.get(pk, {})
    ytd = {month: amounts[1] for month, amounts in reported.items()}
    plan, due = parts.plans.get(pk, (None, None))
    so_far = latest(ytd, parts.month)
    own = tuple(parts.causes.get(pk, ()))
    return ProjectFacts(
        pk=pk,
        name=row["name"],
        enterprise=row["enterprise__name"] or "",
        location=row["location"],
        nature=row["nature"],
        content=row["content"],
        period=(row["period_start_on"], row["period_end_on"]),
        total_10k=row["total_investment_10k"],
        land_mu=row["land_mu"],
        before_10k=row["invested_before_10k"],
        plan_10k=plan,
        month_10k=month_amount(ytd, {month: amounts[0] for month, amounts in reported.items()}, parts.month),
        ytd_10k=so_far,
        percent=percent(so_far, plan),
        expected_10k=due,
        ahead_pp=ahead_of(so_far, plan, due),
        start=parts.dues.get((pk, Stage.STARTED), NO_DUE),
        completion=parts.dues.get((pk, Stage.COMPLETED), NO_DUE),
        is_started=row["is_started"],
        is_enrolled=row["enrolled_now"],
        stage=row["stage"],
        status=row["status"],
        industry=row["industry"],
        unit_id=row["responsible_unit"],
        unit=row["responsible_unit__name"] or "",
        leader=parts.leaders.get(pk, ""),
        progress=row["physical_progress"],
        issue=row["issue"],
        next_work=row["next_work"],
        light=light_of(list(own), active=row["status"] == Project.Status.ACTIVE),
        causes=own,
    )


def _truth(condition):
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _investments(listed, year: int, month: int) -> dict[int, dict[int, tuple[Decimal | None, Decimal]]]:
    found: dict[int, dict[int, tuple[Decimal | None, Decimal]]] = defaultdict(dict)
    rows = MonthlyInvestment.objects.filter(project__in=listed, year=year, month__lte=month).order_by()
    for project, reported_month, amount, ytd in rows.values_list("project", "month", "month_10k", "ytd_10k"):
        found[project][reported_month] = (amount, ytd)
    return found


def _dues(listed, as_of: date) -> dict[tuple[int, str], Due]:
    rows = Milestone.objects.filter(project__in=listed, stage__in=[Stage.STARTED, Stage.COMPLETED]).order_by()
    found = {}
    for m in rows:
        precision = m.baseline_precision if m.baseline_on else m.forecast_precision
        due = m.baseline_on or m.forecast_on
        actual = m.actual_on if m.actual_on and m.actual_on <= as_of else None
        found[m.project_id, m.stage] = Due(planned_day(due, precision), due, actual, m.is_done)
    return found


def _leaders(listed) -> dict[int, str]:
    rows = TeamMember.objects.filter(project__in=listed, role=TeamMember.Role.LEADER).order_by()
    return dict(rows.values_list("project", "person_name"))


def _causes(park: Park, in_force: list[Rule], as_of: date, calendar: WorkCalendar) -> list[Cause]:
    """With the percentage points filled in where investment is behind."""
    found = causes(park, in_force=in_force, as_of=as_of, calendar=calendar)
    closed = closed_month(as_of)
    plan = AnnualPlan.objects.filter(project__park=park, year=closed.year)
    amounts = dict(plan.values_list("project", "planned_10k"))
    so_far = dict(
        Project.objects.filter(park=park).annotate(ytd=latest_ytd(closed.year, closed.month)).values_list("pk", "ytd")
    )
    return [
        replace(cause, late_by=behind_by(so_far.get(cause.project_id), amounts.get(cause.project_id), closed))
        if cause.rule == rules.INVESTMENT_BEHIND
        else cause
        for cause in found
    ]
