"""Response levels Ⅰ–Ⅲ that what is late asks for, as bulletins name them. Pure. Source: domain.md 3.4."""

from collections.abc import Iterable
from decimal import Decimal

from dispatch.response import triggers
from dispatch.response.policy import DEFAULT, POINTS, Policy
from dispatch.warnings.levels import Level

LEVELS = ("Ⅰ", "Ⅱ", "Ⅲ")


def response_level(rule: str, late_by: Decimal | int, *, label: str = "", policy: Policy = DEFAULT) -> str:
    """Ⅰ, Ⅱ or Ⅲ: what a late thing asks for by the ladder's triggers; "" for a rule that opens no case.

    ``late_by``: workdays for steps and ledger items, calendar days after the due day for milestones and (after the
    30 days of grace) enrolment, percentage points behind for investment. ``label``: stage of a milestone.
    """
    kind = triggers.kind_of(rule, label)
    if kind is None:
        return ""
    # What a weekend has made late is one day late.
    level = triggers.trigger_level(kind, late_by if kind in POINTS else max(late_by, 1), policy)
    return LEVELS[level - 1] if level else ""


def worst(levels: Iterable[str]) -> str:
    """The highest of several response levels; "" for none."""
    present = set(levels)
    return next((level for level in LEVELS if level in present), "")


def lit_months(since_year: int, since_month: int, year: int, month: int) -> int:
    """Months in a row with the light on, both ends counted."""
    return max(1, (year - since_year) * 12 + month - since_month + 1)


BAD = (Level.RED, Level.YELLOW)
