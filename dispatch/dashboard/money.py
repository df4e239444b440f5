"""Investment of the year month by month: plan, reported, calendar. Money in 万元. Source: domain.md 3.2 (序时进度)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import F, Q, Sum, Window
from django.db.models.functions import Coalesce, Lag

from accounts.models import Park
from dispatch.dashboard.frame import one_decimal
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.rates import RateKey, points, round_half_up
from dispatch.figures.reading import GroupRates
from dispatch.figures.tallies import Tally, calendar_share
from dispatch.programme.models import MonthlyPlan
from dispatch.reports.words import exact
from projects.models import MonthlyInvestment, Project

MONTHS = range(1, 13)
NOTHING = Decimal(0)
FOUR_PLACES = Decimal("0.0001")


def curve(park: Park, until: date, tally: Tally, policy: FigurePolicy) -> list[dict[str, Any]]:
    """Cumulative plan, 序时进度 as the policy counts it and, up to the month ``until``, what was reported, month by
    month. ``tally``: the park's, whose annual plans the curve of the plan ends at. Two queries.
    """
    done, own = reported(park, until.year, until.month), own_plans(park, until.year)
    rows, so_far, own_so_far = [], NOTHING, NOTHING
    rest = tally.planned_10k - sum(own.values())
    for n in MONTHS:
        so_far, own_so_far = so_far + done.get(n, NOTHING), own_so_far + own[n]
        share = calendar_share(replace(tally, by_month_10k=own_so_far), n, policy)
        rows.append(
            {
                "month": n,
                "plan_10k": _text(own_so_far + rest * n / 12),
                "actual_10k": _text(so_far) if n <= until.month else None,
                "calendar_10k": _text(round_half_up(share * Fraction(tally.planned_10k), 4)),
            }
        )
    return rows


def investment(until: date, whole: GroupRates, months: list[dict[str, Any]]) -> dict[str, Any]:
    """``whole``: the park's rates up to the end of the month ``until``; ``months``: the curve."""
    ratio = whole.rates[RateKey.INVESTMENT].ratio
    return {
        "year": until.year,
        "month": until.month,
        "planned_10k": _text(whole.tally.planned_10k),
        "ytd_10k": _text(whole.tally.ytd_10k),
        "percent": one_decimal(ratio * 100) if ratio is not None else None,
        "calendar_percent": one_decimal(whole.calendar * 100),
        "ahead_pp": points(whole.ahead_pp),
        "months": months,
    }


def _text(value: Decimal) -> str:
    return exact(value.quantize(FOUR_PLACES)) or "0"


def reported(park: Park, year: int, month: int) -> dict[int, Decimal]:
    """What the cumulative figures grew by in each month up to ``month``; their sum is the sum of the latest figures.

    What was left unreported for some months counts in the month of the next report. One query.
    """
    rows = MonthlyInvestment.objects.filter(year=year, month__lte=month, project__park=park)
    rows = rows.exclude(project__status=Project.Status.TERMINATED).order_by()
    before = Window(Lag("ytd_10k"), partition_by=F("project"), order_by=F("month").asc())
    grown = rows.annotate(before=before).aggregate(
        **{f"m{n}": Sum(F("ytd_10k") - Coalesce(F("before"), NOTHING), filter=Q(month=n)) for n in range(1, month + 1)}
    )
    return {n: Decimal(grown[f"m{n}"] or 0).quantize(FOUR_PLACES) for n in range(1, month + 1)}


def own_plans(park: Park, year: int) -> dict[int, Decimal]:
    """What projects with an annual plan have planned for each month; the rest of it is even. One query."""
    rows = MonthlyPlan.objects.filter(year=year, project__park=park, project__annual_plans__year=year).order_by()
    rows = rows.exclude(project__status=Project.Status.TERMINATED)
    own = dict(rows.values_list("month").annotate(planned=Sum("planned_10k")))
    return {n: Decimal(own.get(n) or 0).quantize(FOUR_PLACES) for n in MONTHS}
