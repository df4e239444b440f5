"""What an example project spends: plans of three years and the months reported. Pure; money in 万元."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from projects.stages import Stage

REPORTED_BY = 25  # units report a month by its 25th (domain.md 4.1), so an earlier day knows the month before


@dataclass
class Money:
    """``before``: up to the end of last year; ``months``: (year, month) → (that month, cumulative in the year)."""

    before: Decimal = Decimal(0)
    plans: dict[int, Decimal] = field(default_factory=dict)
    months: dict[tuple[int, int], tuple[Decimal, Decimal]] = field(default_factory=dict)


def spend(stages: Mapping[Stage, date], total: Decimal, points: int, *, as_of: date, chance: Random) -> Money:
    """Spending from the award of the land (or the start) to production, ``points`` ahead of the calendar this year."""
    begin = stages.get(Stage.LAND) or stages.get(Stage.STARTED)
    if begin is None or begin >= as_of:
        planned = total * chance.choice((15, 20, 30)) / 100
        return Money(plans={as_of.year + 1: _round(planned)} if chance.random() < 0.6 else {})
    end = max(stages.get(Stage.PRODUCTION, begin + timedelta(days=560)), begin + timedelta(days=200))
    last = last_reported(as_of)
    found = Money()
    year, month, ytd = begin.year, begin.month, Decimal(0)
    while (year, month) <= (last.year, last.month):
        amount = _round(total * _share(begin, end, year, month) * chance.choice((8, 9, 10, 10, 11)) / 10)
        ytd += amount
        found.months[year, month] = (amount, ytd)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        if month == 1:
            ytd = Decimal(0)
    found.before = sum((y for (of, m), (_amount, y) in found.months.items() if m == 12 and of < as_of.year), Decimal(0))
    _plan(found, total, begin, end, points, last, as_of)
    return found


def last_reported(as_of: date) -> date:
    """First day of the latest month whose figures are in."""
    return (
        as_of.replace(day=1) if as_of.day > REPORTED_BY else (as_of.replace(day=1) - timedelta(days=1)).replace(day=1)
    )


def _share(begin: date, end: date, year: int, month: int) -> Decimal:
    first, after = date(year, month, 1), (date(year, month, 28) + timedelta(days=5)).replace(day=1)
    days = (min(after, end) - max(first, begin)).days
    return Decimal(max(days, 0)) / max((end - begin).days, 1)


def _plan(found: Money, total: Decimal, begin: date, end: date, points: int, last: date, as_of: date) -> None:
    for year in range(as_of.year - 1, as_of.year + 2):
        known = [ytd for (of, _month), (_amount, ytd) in found.months.items() if of == year]
        if known and year == last.year:
            percent = max(Decimal(last.month) * 100 / 12 + points, Decimal(5))
            found.plans[year] = _round(known[-1] * 100 / percent)
        elif known:
            found.plans[year] = _round(known[-1] * Decimal("0.98"))
        elif end.year >= year > last.year:
            found.plans[year] = _round(total * sum(_share(begin, end, year, month) for month in range(1, 13)))
    found.plans = {year: amount for year, amount in found.plans.items() if amount > 0}


def _round(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1))
