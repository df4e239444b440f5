"""What the park has of an element against what its projects need: shortage, cover, what is short by when. Pure.

supply − secured = left; needed − secured = open; left − open = surplus = supply − needed. A negative surplus is the
shortage. Amounts are in the element's own unit (dispatch.elements.kinds).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

NOTHING = Decimal(0)
LAST = 9  # priority of a project without a level
LEVELS = {"province": 1, "city": 2, "district": 3}  # projects.models.Project.Level


@dataclass(frozen=True)
class Need:
    """What one project needs. ``priority``: 1 comes first; ``needed_on`` None: no day is set yet."""

    key: int
    amount: Decimal
    secured: Decimal = NOTHING
    needed_on: date | None = None
    priority: int = LAST

    @property
    def open(self) -> Decimal:
        return self.amount - self.secured


@dataclass(frozen=True)
class Balance:
    """Sums of one element and year. ``supply`` None: nobody has said what the park has."""

    supply: Decimal | None
    needed: Decimal
    secured: Decimal

    @property
    def open(self) -> Decimal:
        """Still to be found for the projects."""
        return self.needed - self.secured

    @property
    def left(self) -> Decimal | None:
        """Not yet given to a project; negative when more was promised than there is."""
        return None if self.supply is None else self.supply - self.secured

    @property
    def surplus(self) -> Decimal | None:
        """What would be left when every need were met; negative: the shortage."""
        return None if self.supply is None else self.supply - self.needed

    @property
    def shortage(self) -> Decimal | None:
        return None if self.surplus is None else max(NOTHING, -self.surplus)

    @property
    def is_short(self) -> bool:
        return bool(self.shortage)

    @property
    def cover(self) -> Fraction | None:
        """supply ÷ needed; None where nothing is needed or nobody has said what there is. More than 1 is possible."""
        if self.supply is None or not self.needed:
            return None
        return Fraction(self.supply) / Fraction(self.needed)

    @property
    def secured_share(self) -> Fraction | None:
        """secured ÷ needed."""
        return Fraction(self.secured) / Fraction(self.needed) if self.needed else None


def balance(supply: Decimal | None, needs: Iterable[Need]) -> Balance:
    rows = list(needs)
    return Balance(supply, sum((n.amount for n in rows), NOTHING), sum((n.secured for n in rows), NOTHING))


@dataclass(frozen=True)
class Line:
    """A need in its turn. ``given``: what is left of the supply for it; ``short`` = open − given.

    ``missing``: shortage of this need and all before it, or None where nobody has said what there is.
    """

    need: Need
    given: Decimal | None
    short: Decimal | None
    missing: Decimal | None


def in_turn(needs: Iterable[Need]) -> list[Need]:
    """By day (no day comes last), then priority, then the larger amount, then key."""
    return sorted(needs, key=lambda n: (n.needed_on is None, n.needed_on or date.max, n.priority, -n.amount, n.key))


def lines(supply: Decimal | None, needs: Sequence[Need]) -> list[Line]:
    """What is left of the supply, handed out in turn. More promised than there is: the first lines already miss it."""
    if supply is None:
        return [Line(need, None, None, None) for need in in_turn(needs)]
    left = supply - sum((need.secured for need in needs), NOTHING)
    missing, found = max(NOTHING, -left), []
    left = max(NOTHING, left)
    for need in in_turn(needs):
        given = min(left, need.open)
        left -= given
        missing += need.open - given
        found.append(Line(need, given, need.open - given, missing))
    return found


def short_from(found: Sequence[Line]) -> date | None:
    """The first day on which a need cannot be met; None when all can, or the first that cannot has no day."""
    first = next((line for line in found if line.short), None)
    return first.need.needed_on if first else None
