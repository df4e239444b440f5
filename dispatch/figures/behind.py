"""What is behind a number: exactly the projects or steps it counts, by the conditions that counted it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.models import Park
from approvals.models import ProjectStep
from dispatch.figures import counting, groups
from dispatch.figures.counting import Moment
from dispatch.figures.groups import By, Key
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.rates import RateKey
from dispatch.figures.tallies import FOUR_PLACES, counted
from projects.models import Project

NUMERATOR, DENOMINATOR, MISSING = "numerator", "denominator", "missing"
NOTHING = Value(Decimal(0), output_field=DecimalField(max_digits=16, decimal_places=4))
SMALLEST = Decimal(
    "0.00005"
)  # half of the least amount that is recorded, so that rounding of binary sums decides nothing


@dataclass(frozen=True)
class Question:
    """One number of the table: rate, part of it (numerator, denominator, missing), group, day, month of the money."""

    rate: RateKey
    part: str
    by: By
    key: Key
    on: date
    month: date

    @property
    def moment(self) -> Moment:
        return Moment(self.month.year, self.month.month, self.on)

    @property
    def is_money(self) -> bool:
        return self.rate in (RateKey.INVESTMENT, RateKey.QUARTER)


def are_steps(rate: RateKey, policy: FigurePolicy) -> bool:
    """Whether the rate counts steps and not projects."""
    return rate is RateKey.FORMALITIES and policy.formalities == "steps"


def rows(park: Park, question: Question, policy: FigurePolicy) -> QuerySet:
    """Projects, or steps, behind the number. Of money: those with an amount; missing: those with less than planned."""
    if question.rate is RateKey.INVESTMENT:
        return _invested(park, question)
    if question.rate is RateKey.QUARTER:
        return _of_quarter(park, question, policy)
    above, below, _definition = counted(policy)[question.rate]
    if are_steps(question.rate, policy):
        base, path = counting.steps_before_start(park, question.moment), "project__"
        conditions = counting.step_conditions(question.moment)
    elif question.rate is RateKey.FORMALITIES:
        base, path = counting.projects_to_close(park, question.moment), ""
        conditions = counting.closing_conditions()
    else:
        base, path = counting.active_projects(park, question.moment), ""
        conditions = counting.project_conditions(question.moment)
    base = _of_group(base, question, path)
    if question.part == NUMERATOR:
        return base.filter(conditions[above])
    found = base.filter(conditions[below])
    return found if question.part == DENOMINATOR else found.exclude(pk__in=base.filter(conditions[above]).values("pk"))


def visible(found: QuerySet, user) -> QuerySet:
    """Those of the rows that the person may see."""
    model = ProjectStep if found.model is ProjectStep else Project
    return found.filter(pk__in=model.objects.visible_to(user).values("pk"))


def _of_group(base: QuerySet, question: Question, path: str = "") -> QuerySet:
    return groups.joined(base, question.by, path).filter(groups.only(question.by, question.key, path))


def _money(park: Park, question: Question) -> QuerySet:
    invested = Coalesce(F("ytd"), NOTHING)
    return counting.money_projects(park, question.moment).annotate(
        invested=invested, quarter=invested - Coalesce(F("before"), NOTHING)
    )


def _invested(park: Park, question: Question) -> QuerySet:
    found = _of_group(_money(park, question), question)
    if question.part == NUMERATOR:
        return found.filter(ytd__isnull=False)
    found = found.filter(plan__isnull=False)
    return found if question.part == DENOMINATOR else found.filter(plan__gt=F("invested") + SMALLEST)


def _of_quarter(park: Park, question: Question, policy: FigurePolicy) -> QuerySet:
    everybody = _money(park, question)
    mine = _of_group(everybody, question)
    has_amount = Q(quarter__gt=SMALLEST) | Q(quarter__lt=-SMALLEST)
    if question.part == NUMERATOR:
        return mine.filter(has_amount)
    if is_planned(question, policy):
        planned = mine.filter(plan__isnull=False)
        return planned if question.part == DENOMINATOR else planned.filter(plan__gt=F("quarter") * 4 + SMALLEST)
    found = everybody.filter(has_amount)
    return found if question.part == DENOMINATOR else found.exclude(pk__in=mine.values("pk"))


def is_planned(question: Question, policy: FigurePolicy) -> bool:
    """Whether the quarter is measured against the plan: always for the whole park."""
    return question.by is By.PARK or policy.quarter == "plan"


def amount_of(question: Question, policy: FigurePolicy) -> Callable[[Any], Decimal]:
    """What a project contributes to the number, 万元; to "missing", what it lacks."""
    if question.rate is RateKey.INVESTMENT:
        above, below = invested_of, planned_of
    elif is_planned(question, policy):
        above, below = quarter_of, lambda row: planned_of(row) / 4
    else:
        above = below = quarter_of
    if question.part == MISSING and below is not quarter_of:
        return lambda row: below(row) - above(row)
    return above if question.part == NUMERATOR else below


def planned_of(row: Any) -> Decimal:
    return Decimal(row.plan or 0)


def invested_of(row: Any) -> Decimal:
    return Decimal(row.ytd or 0)


def quarter_of(row: Any) -> Decimal:
    return (invested_of(row) - Decimal(row.before or 0)).quantize(FOUR_PLACES)


def amount_column(question: Question, policy: FigurePolicy) -> Any:
    """The same as an expression of the database, only to put the largest first."""
    above, below = (F("invested"), F("plan"))
    if question.rate is RateKey.QUARTER:
        above, below = (F("quarter"), F("plan") if is_planned(question, policy) else F("quarter"))
        if question.part == MISSING and is_planned(question, policy):
            return below - above * 4
    elif question.part == MISSING:
        return below - above
    return above if question.part == NUMERATOR else below
