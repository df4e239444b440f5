"""A year's plan by months, order of a rolling programme. Pure; money in 万元. Source: domain.md 3.2 (序时进度)."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal

MONTHS = range(1, 13)
QUARTERS = range(1, 5)
YEARS = 3
CENT = Decimal("0.01")
NOTHING = Decimal(0)


def spread(total: Decimal, first: int = 1, last: int = 12) -> dict[int, Decimal]:
    """The total in equal parts over the months ``first`` to ``last``, whole cents of 万元; the last month takes what is
    left, so that the parts add up. Raises ValueError for months out of order."""
    if not 1 <= first <= last <= 12:
        raise ValueError(f"months {first} to {last}")
    number = last - first + 1
    part = (total / number).quantize(CENT, ROUND_DOWN)
    months = {month: part if first <= month <= last else NOTHING for month in MONTHS}
    months[last] = total - part * (number - 1)
    return months


def quarters(months: Mapping[int, Decimal | None]) -> list[Decimal]:
    """Sums of the four quarters; a month without a figure counts as nothing."""
    return [sum((months.get(3 * q - back) or NOTHING for back in (2, 1, 0)), NOTHING) for q in QUARTERS]


def whole(months: Mapping[int, Decimal | None]) -> Decimal:
    return sum((months.get(month) or NOTHING for month in MONTHS), NOTHING)


def moved(order: Sequence[int], one: int, place: int) -> list[int]:
    """The order with ``one`` at ``place`` (from 1; beyond the end is the end), the others in their order."""
    rest = [key for key in order if key != one]
    rest.insert(max(place, 1) - 1, one)
    return rest


def rolled(years: Sequence[Decimal | None]) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """The money of the three years as the next year's programme begins with it: the first year falls off."""
    _past, second, third = years
    return second, third, None
