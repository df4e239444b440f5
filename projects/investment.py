"""Progress of investment against the plan and the calendar. Pure; money in 万元. Source: domain.md 3.2."""

from decimal import ROUND_HALF_UP, Decimal


def percent(numerator: Decimal | int | None, denominator: Decimal | int | None) -> Decimal | None:
    """100 × numerator ÷ denominator, unrounded; None (shown as —) when the denominator is empty."""
    if not denominator or numerator is None:
        return None
    return Decimal(numerator) * 100 / Decimal(denominator)


def calendar_progress(month: int) -> Decimal:
    """序时进度 in per cent: months elapsed ÷ 12."""
    return Decimal(month) * 100 / 12


def ahead_of_calendar(ytd_10k: Decimal | None, plan_10k: Decimal | None, month: int) -> Decimal | None:
    """比序时进度 in percentage points (positive: ahead), unrounded; None when there is no plan or no report."""
    rate = percent(ytd_10k, plan_10k)
    return None if rate is None else rate - calendar_progress(month)


def round_half_up(value: Decimal | None, places: int = 1) -> Decimal | None:
    """Half up, never banker's: 33.25 → 33.3."""
    return None if value is None else value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def month_amount(ytd: dict[int, Decimal], reported: dict[int, Decimal | None], month: int) -> Decimal | None:
    """Investment of one month: as reported, else this cumulative figure less the month before; None when unknowable.

    ``ytd`` and ``reported`` map month 1–12 → 万元.
    """
    if reported.get(month) is not None:
        return reported[month]
    if month not in ytd:
        return None
    if month == 1:
        return ytd[1]
    return ytd[month] - ytd[month - 1] if month - 1 in ytd else None


def latest_ytd(ytd: dict[int, Decimal], month: int) -> Decimal | None:
    """Cumulative investment known up to ``month``: the latest report not after it; None when there is none."""
    months = [m for m in ytd if m <= month]
    return ytd[max(months)] if months else None
