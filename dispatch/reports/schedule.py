"""比序时进度 project by project, by the calendar the park has chosen. Source: domain.md 3.2."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from accounts.models import Park
from dispatch.figures.counting import Moment, annual_plans
from dispatch.figures.policy import DEFAULT, FigurePolicy
from dispatch.figures.tallies import Tally, calendar_share


def expected(park: Park, when: Moment, policy: FigurePolicy = DEFAULT) -> dict[int, tuple[Decimal, Fraction]]:
    """Project → its annual plan and what of it should be done after the month by 序时进度, 万元, exact. One query.

    The expected amounts add up to what ``calendar_share`` takes of the plans of a group.
    """
    rows = annual_plans(park, when).values_list("project", "planned_10k", "by_month", "start__due_on")
    return {pk: (plan, calendar_share(_plan(plan, *known, when.year), when.month, policy) * Fraction(plan))
            for pk, plan, *known in rows}  # fmt: skip


def _plan(planned: Decimal, by_month: Decimal | None, start: date | None, year: int) -> Tally:
    """One annual plan as a tally."""
    starts_in = start.month if start is not None and start.year == year else 0
    return Tally(
        planned_10k=planned,
        by_month_10k=by_month or Decimal(0),
        even_10k=planned if by_month is None else Decimal(0),
        by_start_10k=tuple(planned if month == starts_in else Decimal(0) for month in range(1, 13)),
    )


def ahead_of(ytd_10k: Decimal | None, plan_10k: Decimal | None, expected_10k: Fraction | None) -> Decimal | None:
    """比序时进度 in percentage points (positive: ahead), unrounded; None without a plan or a report."""
    if not plan_10k or ytd_10k is None or expected_10k is None:
        return None
    points = (Fraction(ytd_10k) - expected_10k) * 100 / Fraction(plan_10k)
    return Decimal(points.numerator) / points.denominator
