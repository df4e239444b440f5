"""Quarters, plans and figures of visits. Pure.

Source: domain.md 3.5 (visited 419, found 185, solved 56 = 30.3 %); rounding as in domain.md 3.2: half up, one decimal.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

QUARTERS = (1, 2, 3, 4)
YEARS = (2000, 2099)


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year; ``number`` 1 to 4."""

    year: int
    number: int

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Also of the last quarter that a date can have."""
        return date(self.year, 12, 31) if self.number == 4 else self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def index(self) -> int:
        """Quarters since the year 0, so that they compare as numbers."""
        return 4 * self.year + self.number - 1

    def __str__(self) -> str:
        return f"{self.year} Q{self.number}"


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month + 2) // 3)


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included. Plans count with every quarter the period touches."""

    first: date
    last: date

    @property
    def quarters(self) -> tuple[Quarter, Quarter]:
        """The first and the last quarter it touches."""
        return quarter_of(self.first), quarter_of(self.last)

    @property
    def quarter(self) -> Quarter | None:
        """The quarter that it is, exactly."""
        found = quarter_of(self.first)
        return found if (found.first, found.last) == (self.first, self.last) else None


def period_of(year: int, quarter: int | None) -> Period:
    """The quarter, or the whole year without one."""
    if quarter is None:
        return Period(date(year, 1, 1), date(year, 12, 31))
    found = Quarter(year, quarter)
    return Period(found.first, found.last)


def rate(part: int, whole: int) -> Decimal | None:
    """Per cent, half up to one decimal; None for an empty whole. 56 of 185 → 30.3."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Figures:
    """``planned`` and ``visited``: enterprises, each once; ``found`` and ``solved``: findings.

    Solved: settled on the spot, or its ledger item is closed now; a reopened item is not.
    """

    planned: int = 0
    visited: int = 0
    visits: int = 0
    found: int = 0
    solved: int = 0

    @property
    def coverage(self) -> Decimal | None:
        """Visited ÷ planned in per cent; over 100 when more was visited than planned."""
        return rate(self.visited, self.planned)

    @property
    def solved_rate(self) -> Decimal | None:
        """Solved ÷ found in per cent."""
        return rate(self.solved, self.found)


@dataclass(frozen=True)
class Place:
    """Where an enterprise belongs: its grid and the person who visits there."""

    grid_id: int
    visitor_id: int | None


def to_plan(places: Mapping[int, Place], planned: Collection[int]) -> dict[int, Place]:
    """Enterprise → place of those that a plan made from grids adds; what is planned already stays as it is."""
    return {enterprise: place for enterprise, place in places.items() if enterprise not in planned}


def proposed_unit(category: str, in_charge: Mapping[str, int], responsible: int | None) -> int | None:
    """The unit a finding is proposed to: who mostly has this category, else who is responsible for the project.

    ``in_charge``: category → unit. What concerns the enterprise itself stays with the project's unit.
    """
    if category in ("enterprise", "other"):
        return responsible or in_charge.get(category)
    return in_charge.get(category) or responsible


def title_of(text: str, limit: int = 60) -> str:
    """The first line of what was found, cut with "…" after ``limit`` characters."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
