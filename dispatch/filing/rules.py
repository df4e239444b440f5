"""What is asked of the figures of one month. Pure; money in 万元, progress in per cent, gaps in percentage points.

Source: domain.md 4.1 (figures of the annexes), issue list of the statistics month: the cumulative figure is the one
before plus the month; investment and physical progress more than 15 points apart need a word of explanation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

GAP_POINTS = 15
PARTS = ("works_10k", "equipment_10k", "other_10k")
FIGURES = ("month_10k", "ytd_10k", *PARTS, "physical_percent")


@dataclass(frozen=True)
class Known:
    """What is on record before the month. ``before_10k``: latest earlier cumulative figure of the year, None: none.

    ``needs_percent`` and ``needs_photo``: the works have started. ``photos``: how many the filing has.
    """

    month: int
    before_10k: Decimal | None = None
    plan_10k: Decimal | None = None
    total_10k: Decimal | None = None
    invested_before_10k: Decimal | None = None
    percent: Decimal | None = None
    needs_percent: bool = False
    needs_photo: bool = False
    photos: int = 0


@dataclass(frozen=True)
class Finding:
    """``field`` is wrong or unusual in the way ``code`` says; ``values`` fill its sentence (words.sentence)."""

    field: str
    code: str
    values: tuple[Decimal | int, ...] = ()


Values = Mapping[str, Decimal | None]


def cumulative(month_10k: Decimal | None, ytd_10k: Decimal | None, before_10k: Decimal | None) -> Decimal | None:
    """The cumulative figure: as given, else the one before plus the month."""
    if ytd_10k is not None or month_10k is None:
        return ytd_10k
    return (before_10k or Decimal(0)) + month_10k


def problems(values: Values, known: Known) -> list[Finding]:
    """What must be put right before the figures can be handed in."""
    found: list[Finding] = []
    month, ytd = values.get("month_10k"), values.get("ytd_10k")
    if month is None:
        found.append(Finding("month_10k", "month_missing"))
    else:
        found += _money(values, month, ytd, known)
    found += _percent(values.get("physical_percent"), known)
    if known.needs_photo and not known.photos:
        found.append(Finding("photos", "photo_missing"))
    return found


def _money(values: Values, month: Decimal, ytd: Decimal | None, known: Known) -> list[Finding]:
    found = [Finding(name, "negative") for name in ("month_10k", *PARTS) if (values.get(name) or 0) < 0]
    total = cumulative(month, ytd, known.before_10k)
    if known.before_10k is not None and total != known.before_10k + month:
        found.append(Finding("ytd_10k", "cumulative", (known.before_10k, month, known.before_10k + month)))
    elif total is not None and total < month:
        found.append(Finding("ytd_10k", "below_month", (month,)))
    given = [part for name in PARTS if (part := values.get(name)) is not None]
    if given and sum(given) != month:
        found.append(Finding("works_10k", "parts", (sum(given, Decimal(0)), month)))
    return found


def _percent(percent: Decimal | None, known: Known) -> list[Finding]:
    if percent is None:
        return [Finding("physical_percent", "percent_missing")] if known.needs_percent else []
    if not 0 <= percent <= 100:
        return [Finding("physical_percent", "percent_range")]
    if known.percent is not None and percent < known.percent:
        return [Finding("physical_percent", "percent_falls", (known.percent,))]
    return []


def questions(values: Values, known: Known) -> list[Finding]:
    """What is unusual and needs a reason (``acknowledged``)."""
    month = values.get("month_10k")
    total = cumulative(month, values.get("ytd_10k"), known.before_10k)
    if total is None:
        return []
    found = []
    if known.before_10k is None and known.month > 1 and month is not None and total != month:
        found.append(Finding("ytd_10k", "months_unknown", (total, month)))
    if known.plan_10k and total > known.plan_10k:
        found.append(Finding("month_10k", "over_plan", (total, known.plan_10k)))
    gap = gap_points(total, values.get("physical_percent"), known)
    if gap is not None and abs(gap) > GAP_POINTS:
        found.append(Finding("physical_percent", "money_vs_works", (gap,)))
    return found


def gap_points(ytd_10k: Decimal | None, percent: Decimal | None, known: Known) -> Decimal | None:
    """Share of the total investment that has been spent minus physical progress, unrounded; None where not known."""
    if ytd_10k is None or percent is None or not known.total_10k or known.total_10k <= 0:
        return None
    return ((known.invested_before_10k or Decimal(0)) + ytd_10k) * 100 / known.total_10k - percent
