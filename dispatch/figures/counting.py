"""What the five rates count, as conditions: the same ones count a number and list what is behind it.

Counts take active projects only. Money takes every project that is not terminated, as the totals of Annex 1 do.
A project has started as of a day when its 开工 milestone has an actual date up to that day, or has none but is marked
reached or the project's stage says so. Steps are S01–S17; an undetermined step counts as applicable ("unknown is not
no"). Stage, status and step states are those of now; everything with a date is taken as of ``as_of``.
Source: domain.md 3.2.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    BooleanField,
    Case,
    DecimalField,
    Exists,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import Park
from approvals.flow import DONE
from approvals.models import ProjectStep
from dispatch.programme.models import MonthlyPlan
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project
from projects.stages import ORDER, Stage, reached

BEFORE_START = [f"S{n:02d}" for n in range(1, 18)]
ENROL_FROM_10K = Decimal(500)
PREPARING = [Stage.FILED, Stage.LAND, Stage.PERMITTING]
NOT_STARTED_STAGES = [stage for stage in ORDER if not reached(stage, Stage.STARTED)]
STARTED_STAGES = [stage for stage in ORDER if reached(stage, Stage.STARTED)]
MONEY = DecimalField(max_digits=16, decimal_places=4)


@dataclass(frozen=True)
class Moment:
    """The year and month whose money counts, and the day up to which everything with a date counts."""

    year: int
    month: int
    as_of: date

    @property
    def new_year(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, 12, 31)


def with_start(projects: QuerySet, as_of: date) -> QuerySet:
    """Adds ``start`` (the 开工 milestone, left join) and ``is_started`` as of the day."""
    unknown = Q(start__actual_on__isnull=True) & (Q(start__is_done=True) | Q(stage__in=STARTED_STAGES))
    return projects.annotate(
        start=FilteredRelation("milestones", condition=Q(milestones__stage=Stage.STARTED)),
    ).annotate(
        is_started=Case(
            When(Q(start__actual_on__lte=as_of) | unknown, then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
    )


def is_enrolled(as_of: date) -> Q:
    return Q(enrolled=True) & (Q(enrolled_on__isnull=True) | Q(enrolled_on__lte=as_of))


def planned_to_start(year: int) -> Q:
    """New projects planned to start in the year: started in it, due in it, or left over from an earlier year.

    Without any planned date an annual plan of the year decides. A start without a known date is taken to have been
    on the planned day. Needs ``start`` and ``own_plan``.
    """
    new_year, last = date(year, 1, 1), date(year, 12, 31)
    left_over = Q(start__due_on__lt=new_year, start__is_done=False, stage__in=NOT_STARTED_STAGES)
    by_plan = Q(start__due_on__gte=new_year, start__due_on__lte=last) | left_over
    undated = Q(start__actual_on__isnull=True) & (by_plan | Q(start__due_on__isnull=True, own_plan__isnull=False))
    return Q(nature=Project.Nature.NEW) & (Q(start__actual_on__gte=new_year, start__actual_on__lte=last) | undated)


def due_to_start(as_of: date) -> Q:
    """Planned to have started by the day; without a planned day: has started. Needs ``start`` and ``is_started``."""
    return Q(start__due_on__lte=as_of) | Q(start__due_on__isnull=True, is_started=True)


def active_projects(park: Park, when: Moment) -> QuerySet:
    """What counts of projects are taken over. ``own_plan``: the year's plan above nothing (left join)."""
    plan = Q(annual_plans__year=when.year, annual_plans__planned_10k__gt=0)
    projects = with_start(Project.objects.filter(park=park).active(), when.as_of)
    return projects.annotate(own_plan=FilteredRelation("annual_plans", condition=plan))


def project_conditions(when: Moment) -> dict[str, Q]:
    """Name of a count → which of ``active_projects`` it counts."""
    planned, started = planned_to_start(when.year), Q(is_started=True)
    to_enrol = Q(is_started=True, total_investment_10k__gte=ENROL_FROM_10K)
    return {
        "projects": Q(),
        "starts_planned": planned,
        "starts_due": planned & due_to_start(when.as_of),
        "starts_done": planned & started,
        "to_enrol": to_enrol,
        "enrolled": to_enrol & is_enrolled(when.as_of),
    }


def projects_to_close(park: Park, when: Moment) -> QuerySet:
    """Active projects that should have all steps closed: those from filing to permitting planned to start by the end of
    the year, and those started since New Year, with at least one applicable step. Adds ``has_open_steps``."""
    own = ProjectStep.objects.applicable().filter(project=OuterRef("pk"), code__in=BEFORE_START).order_by()
    due = Q(stage__in=PREPARING) & Q(start__due_on__lte=when.last_day)
    found = active_projects(park, when).filter(Q(start__actual_on__gte=when.new_year) | due, Exists(own))
    return found.annotate(has_open_steps=Exists(own.exclude(is_done(when.as_of))))


def closing_conditions() -> dict[str, Q]:
    """Name of a count → which of ``projects_to_close`` it counts."""
    return {"to_close": Q(), "closed": Q(has_open_steps=False)}


def is_done(as_of: date) -> Q:
    """Of a step: closed by the day."""
    return Q(state__in=list(DONE)) & (Q(decided_on__isnull=True) | Q(decided_on__lte=as_of))


def steps_before_start(park: Park, when: Moment) -> QuerySet:
    """Steps of projects being prepared (L05–L07) or started since New Year, also after ``as_of``."""
    started = Milestone.objects.filter(stage=Stage.STARTED, actual_on__gte=when.new_year).values("project")
    return ProjectStep.objects.applicable().filter(
        Q(project__stage__in=PREPARING) | Q(project__in=started),
        project__park=park,
        project__status=Project.Status.ACTIVE,
        code__in=BEFORE_START,
    )


def step_conditions(when: Moment) -> dict[str, Q]:
    """Name of a count → which of ``steps_before_start`` it counts."""
    return {"steps": Q(), "steps_done": is_done(when.as_of)}


def latest_ytd(year: int, month: int) -> Subquery:
    """The latest cumulative figure of the year reported up to the month, 万元, for a query over projects."""
    rows = MonthlyInvestment.objects.filter(project=OuterRef("pk"), year=year, month__lte=month)
    return Subquery(rows.order_by("-month").values("ytd_10k")[:1])


def money_projects(park: Park, when: Moment) -> QuerySet:
    """Projects with ``plan``, ``ytd`` and ``before`` (cumulative before the quarter), 万元, None where unknown.

    Investment of the quarter is what the cumulative figure has grown by since the quarter began.
    """
    plan = AnnualPlan.objects.filter(project=OuterRef("pk"), year=when.year).values("planned_10k")
    return (
        Project.objects.filter(park=park)
        .exclude(status=Project.Status.TERMINATED)
        .annotate(
            plan=Subquery(plan),
            ytd=latest_ytd(when.year, when.month),
            before=latest_ytd(when.year, (when.month - 1) // 3 * 3),
        )
    )


def annual_plans(park: Park, when: Moment) -> QuerySet:
    """Plans of the year with ``by_month`` (monthly plans up to the month, 万元, None without any) and ``start``."""
    own = MonthlyPlan.objects.filter(project=OuterRef("project"), year=when.year).order_by().values("project")
    up_to = Coalesce(Sum("planned_10k", filter=Q(month__lte=when.month)), Value(Decimal(0)), output_field=MONEY)
    plans = AnnualPlan.objects.filter(year=when.year, project__park=park)
    return plans.exclude(project__status=Project.Status.TERMINATED).annotate(
        by_month=Subquery(own.annotate(up_to=up_to).values("up_to")),
        start=FilteredRelation("project__milestones", condition=Q(project__milestones__stage=Stage.STARTED)),
    )
