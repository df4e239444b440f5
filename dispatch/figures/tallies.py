"""What the five rates count, per responsible unit, in three grouped queries. Definitions: domain.md 3.2.

Counts take active projects only. Money takes every project that is not terminated, as the totals of Annex 1 do.
A project has started as of a day when its 开工 milestone has an actual date up to that day, or has none but is marked
reached or the project's stage says so. Steps are S01–S17; an undetermined step counts as applicable ("unknown is not
no"). Stage, status and step states are those of now; everything with a date is taken as of ``as_of``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)

from accounts.models import Park
from approvals.flow import DONE
from approvals.models import ProjectStep
from dispatch.figures.rates import Rate, RateKey
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project
from projects.stages import ORDER, Stage, reached

BEFORE_START = [f"S{n:02d}" for n in range(1, 18)]
ENROL_FROM_10K = Decimal(500)
PREPARING = [Stage.FILED, Stage.LAND, Stage.PERMITTING]
NOT_STARTED_STAGES = [stage for stage in ORDER if not reached(stage, Stage.STARTED)]
STARTED_STAGES = [stage for stage in ORDER if reached(stage, Stage.STARTED)]
FOUR_PLACES = Decimal("0.0001")
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Tally:
    """Counts and 万元 of one unit, or of the park."""

    projects: int = 0
    steps: int = 0
    steps_done: int = 0
    starts_planned: int = 0
    starts_done: int = 0
    to_enrol: int = 0
    enrolled: int = 0
    planned_10k: Decimal = NOTHING
    ytd_10k: Decimal = NOTHING
    quarter_10k: Decimal = NOTHING

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Tally)})


def total(tallies: Mapping[int | None, Tally]) -> Tally:
    return sum(tallies.values(), Tally())


def unit_rates(tally: Tally, park: Tally) -> dict[RateKey, Rate]:
    """The five rates of one unit of the park."""
    return _common(tally) | {RateKey.QUARTER: Rate(tally.quarter_10k, park.quarter_10k, "quarter")}


def park_rates(park: Tally) -> dict[RateKey, Rate]:
    """The five rates of the whole park; its quarter is measured against a quarter of the plan."""
    return _common(park) | {RateKey.QUARTER: Rate(park.quarter_10k, park.planned_10k / 4, "quarter_plan")}


def _common(tally: Tally) -> dict[RateKey, Rate]:
    return {
        RateKey.FORMALITIES: Rate(Decimal(tally.steps_done), Decimal(tally.steps), "formalities"),
        RateKey.STARTS: Rate(Decimal(tally.starts_done), Decimal(tally.starts_planned), "starts"),
        RateKey.ENROLMENT: Rate(Decimal(tally.enrolled), Decimal(tally.to_enrol), "enrolment"),
        RateKey.INVESTMENT: Rate(tally.ytd_10k, tally.planned_10k, "investment"),
    }


def read(park: Park, *, year: int, month: int, as_of: date) -> dict[int | None, Tally]:
    """Responsible unit id (None: not named) → tally. Three queries."""
    found: dict[int | None, dict] = {}
    for rows in (_project_counts(park, year, as_of), _step_counts(park, year, as_of), _money(park, year, month)):
        for row in rows:
            found.setdefault(row.pop("in_charge"), {}).update(row)
    return {unit: _tally(values) for unit, values in found.items()}


def _tally(values: dict) -> Tally:
    before = values.pop("before_10k", None) or NOTHING
    for name in ("planned_10k", "ytd_10k"):
        values[name] = Decimal(values.get(name) or 0).quantize(FOUR_PLACES)
    values["quarter_10k"] = values["ytd_10k"] - Decimal(before).quantize(FOUR_PLACES)
    return Tally(**values)


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
    on the planned day. Needs ``start`` and ``has_plan``.
    """
    new_year, last = date(year, 1, 1), date(year, 12, 31)
    left_over = Q(start__due_on__lt=new_year, start__is_done=False, stage__in=NOT_STARTED_STAGES)
    by_plan = Q(start__due_on__gte=new_year, start__due_on__lte=last) | left_over
    undated = Q(start__actual_on__isnull=True) & (by_plan | Q(start__due_on__isnull=True, has_plan=True))
    return Q(nature=Project.Nature.NEW) & (Q(start__actual_on__gte=new_year, start__actual_on__lte=last) | undated)


def _project_counts(park: Park, year: int, as_of: date) -> QuerySet:
    plan = AnnualPlan.objects.filter(project=OuterRef("pk"), year=year, planned_10k__gt=0)
    projects = with_start(Project.objects.filter(park=park).active(), as_of).annotate(has_plan=Exists(plan))
    planned = planned_to_start(year)
    to_enrol = Q(is_started=True, total_investment_10k__gte=ENROL_FROM_10K)
    return (
        projects.order_by()
        .values(in_charge=F("responsible_unit"))
        .annotate(
            projects=Count("pk"),
            starts_planned=Count("pk", filter=planned),
            starts_done=Count("pk", filter=planned & Q(is_started=True)),
            to_enrol=Count("pk", filter=to_enrol),
            enrolled=Count("pk", filter=to_enrol & is_enrolled(as_of)),
        )
    )


def _step_counts(park: Park, year: int, as_of: date) -> QuerySet:
    """Over projects being prepared (L05–L07) or started since New Year, also after ``as_of``."""
    started = Milestone.objects.filter(stage=Stage.STARTED, actual_on__gte=date(year, 1, 1)).values("project")
    steps = ProjectStep.objects.applicable().filter(
        Q(project__stage__in=PREPARING) | Q(project__in=started),
        project__park=park,
        project__status=Project.Status.ACTIVE,
        code__in=BEFORE_START,
    )
    done = Q(state__in=list(DONE)) & (Q(decided_on__isnull=True) | Q(decided_on__lte=as_of))
    return (
        steps.order_by()
        .values(in_charge=F("project__responsible_unit"))
        .annotate(steps=Count("pk"), steps_done=Count("pk", filter=done))
    )


def latest_ytd(year: int, month: int) -> Subquery:
    """The latest cumulative figure of the year reported up to the month, 万元, for a query over projects."""
    rows = MonthlyInvestment.objects.filter(project=OuterRef("pk"), year=year, month__lte=month)
    return Subquery(rows.order_by("-month").values("ytd_10k")[:1])


def _money(park: Park, year: int, month: int) -> QuerySet:
    """Investment of the quarter is what the cumulative figure has grown by since the quarter began."""
    plan = AnnualPlan.objects.filter(project=OuterRef("pk"), year=year).values("planned_10k")
    projects = Project.objects.filter(park=park).exclude(status=Project.Status.TERMINATED)
    return (
        projects.annotate(
            plan=Subquery(plan),
            ytd=latest_ytd(year, month),
            before=latest_ytd(year, (month - 1) // 3 * 3),
        )
        .order_by()
        .values(in_charge=F("responsible_unit"))
        .annotate(planned_10k=Sum("plan"), ytd_10k=Sum("ytd"), before_10k=Sum("before"))
    )
