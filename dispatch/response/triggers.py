"""Which level a warning asks for on a day, from its rule, its due day and how far behind it is. Pure.

Source: domain.md 3.4. What the warning asks for is where the ladder goes, not where it is (dispatch.response.ladder).
"""

from datetime import date
from decimal import Decimal

from dispatch.response import policy as settings
from dispatch.response.policy import INVESTMENT, LEVELS, POINTS, THREE, WORKDAYS, Policy
from workdays.arithmetic import WorkCalendar

# Rules that open cases. Reminders and papers an enterprise owes have no level; nor have months of yellow in a row: the
# warnings behind them have cases of their own. What a plan foresees (PLAN_SHORT, PLAN_RISK) is a reminder, level 0,
# however many days it is short: once the day has passed, the late milestone opens the case (docs/adr/0031).
KINDS = {
    "STEP_LATE": settings.STEP,
    "STEP_STATUTORY": settings.STATUTORY,
    "MILESTONE_LATE": settings.MILESTONE,
    "INVESTMENT_BEHIND": settings.INVESTMENT,
    "ENROLMENT_LATE": settings.ENROLMENT,
    "LEDGER_LATE": settings.ISSUE,
    "LEDGER_RETURNED": settings.RETURNED,
    "COMMITMENT_CHECK_LATE": settings.COMMITMENT,
    "PROJECT_STALE": settings.STALE,
    "CERTIFICATE_ENDING": settings.CERTIFICATE,
}
STARTED = "L08"


def kind_of(rule: str, label: str = "") -> str | None:
    """The kind of trigger of a warning's rule, or None when it opens no case. ``label``: stage code of a milestone."""
    kind = KINDS.get(rule)
    return settings.START if kind == settings.MILESTONE and label == STARTED else kind


def trigger_level(kind: str, value: int | Decimal, policy: Policy) -> int | None:
    """1, 2, 3 or None for so many workdays, days or percentage points past the limit (domain.md 3.4).

    10.0 and 15.0 points behind ask for level III, 30.0 for level II.
    """
    bounds = policy.triggers[kind]
    for level in reversed(LEVELS):
        bound = bounds[level]
        if bound is None:
            continue
        if value > bound or (kind == INVESTMENT and level == THREE and value == bound):
            return level
    return None


def measured(
    kind: str, due_on: date, behind_pp: Decimal | None, as_of: date, calendar: WorkCalendar
) -> int | Decimal | None:
    """How far past its limit a thing is: percentage points, workdays or calendar days; None without a measurement."""
    if kind in POINTS:
        return behind_pp
    if kind in WORKDAYS:
        return calendar.count(due_on, as_of)
    return max((as_of - due_on).days, 0)
