"""Response levels Ⅰ–Ⅲ of what is late. Pure. Source: domain.md 3.4 (defaults)."""

from collections.abc import Iterable
from decimal import Decimal

from dispatch.warnings.levels import Level

LEVELS = ("Ⅰ", "Ⅱ", "Ⅲ")
# Rule → (late by at most: Ⅲ, at most: Ⅱ); beyond is Ⅰ. Workdays, calendar days or percentage points as the rule says.
_BOUNDS = {
    "STEP_LATE": (3, 10),
    "STEP_STATUTORY": (-1, -1),
    "MILESTONE_LATE": (7, 30),
    "INVESTMENT_BEHIND": (15, 30),
    "ENROLMENT_LATE": (-1, 30),
    "LEDGER_LATE": (2, 5),
    "COMMITMENT_CHECK_LATE": (2, 5),
}
_START_BOUNDS = (7, 90)


def response_level(rule: str, late_by: Decimal | int, *, is_start: bool = False) -> str:
    """Ⅰ, Ⅱ or Ⅲ for a late thing; "" for a rule that is only a reminder.

    ``late_by``: workdays for steps and ledger items, calendar days after the due day for milestones and (after the
    30 days of grace) enrolment, percentage points behind for investment. ``is_start``: the 开工 milestone.
    """
    bounds = _START_BOUNDS if is_start else _BOUNDS.get(rule)
    if bounds is None:
        return ""
    third, second = bounds
    if late_by <= third:
        return "Ⅲ"
    return "Ⅱ" if late_by <= second else "Ⅰ"


def worst(levels: Iterable[str]) -> str:
    """The highest of several response levels; "" for none."""
    present = set(levels)
    return next((level for level in LEVELS if level in present), "")


def lit_months(since_year: int, since_month: int, year: int, month: int) -> int:
    """Months in a row with the light on, both ends counted."""
    return max(1, (year - since_year) * 12 + month - since_month + 1)


BAD = (Level.RED, Level.YELLOW)
