"""Thresholds of the rules: their fields, their units and their sentences."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from dispatch.warnings import rules


@dataclass(frozen=True)
class Threshold:
    """One number of a rule: the label and unit of its field, and its sentence. ``places``: decimals that make sense."""

    label: Any
    unit: Any
    words: Any
    places: int = 0


_WD, _DAYS, _PP, _10K = _("working days"), _("calendar days"), _("percentage points"), _("10,000 CNY")

_COMMON = {
    "within_wd": Threshold(
        _("blue, before the due day"), _WD, _("blue from %(n)s working days before the due day on")
    ),
    "red_after_wd": Threshold(_("red when late by more than"), _WD, _("red when late by more than %(n)s working days")),
    "red_after_days": Threshold(
        _("red when late by more than"), _DAYS, _("red when late by more than %(n)s calendar days")
    ),
    "start_red_after_days": Threshold(
        _("start of construction: red when late by more than"),
        _DAYS,
        _("start of construction: red when late by more than %(n)s calendar days"),
    ),
    "yellow_from_pp": Threshold(
        _("yellow when behind by at least"), _PP, _("yellow when behind by at least %(n)s percentage points"), 2
    ),
    "red_above_pp": Threshold(
        _("red when behind by more than"), _PP, _("red when behind by more than %(n)s percentage points"), 2
    ),
    "yellow_after_days": Threshold(
        _("yellow when not enrolled for more than"), _DAYS, _("yellow when not enrolled for more than %(n)s days")
    ),
    "from_investment_10k": Threshold(
        _("projects from a total investment of"), _10K, _("projects from a total investment of %(n)s × 10,000 CNY"), 4
    ),
    "yellow_within_days": Threshold(
        _("yellow, before the end"), _DAYS, _("yellow from %(n)s calendar days before the end on")
    ),
    "red_from_returns": Threshold(_("red from this return on"), _("times"), _("red from return %(n)s on")),
    "yellow_after_wd": Threshold(
        _("yellow when not updated for more than"), _WD, _("yellow when not updated for more than %(n)s working days")
    ),
    "yellow_from_wd": Threshold(
        _("yellow when short by at least"), _WD, _("yellow when short by at least %(n)s working days")
    ),
    "red_above_wd": Threshold(
        _("red when short by more than"), _WD, _("red when short by more than %(n)s working days")
    ),
    "months": Threshold(_("red when late at so many month ends in a row"), _("months"),
                        _("red when late at %(n)s month ends in a row")),
}  # fmt: skip
_OWN = {
    (rules.STALE, "red_after_wd"): Threshold(
        _("red when not updated for more than"), _WD, _("red when not updated for more than %(n)s working days")
    ),
    (rules.ENROLMENT_LATE, "red_after_days"): Threshold(
        _("red when not enrolled for more than"), _DAYS, _("red when not enrolled for more than %(n)s days")
    ),
}

# What each rule looks at, in a sentence.
ABOUT = {
    rules.STEP_DUE_SOON: _("The nearer of the two due days of a running step is close."),
    rules.STEP_LATE: _("A running step has passed its committed limit: yellow, then red."),
    rules.STEP_STATUTORY: _("A running step has passed its statutory limit: red at once."),
    rules.MILESTONE_DUE_SOON: _("A milestone that is not reached is close."),
    rules.MILESTONE_LATE: _("A milestone is not reached in time: yellow, then red."),
    rules.LEDGER_DUE_SOON: _("An open ledger item is close to its deadline."),
    rules.LEDGER_LATE: _("An open ledger item has passed its deadline: yellow, then red."),
    rules.INVESTMENT_BEHIND: _("This year's investment is behind the calendar at the end of a month."),
    rules.ENROLMENT_LATE: _("Construction has started and the project is not enrolled in the statistics."),
    rules.PAPER_OWED_SOON: _("A paper that the enterprise owes is close to its day."),
    rules.PAPER_OWED_LATE: _("A paper that the enterprise owes has not come in time: yellow, then red."),
    rules.COMMITMENT_CHECK_SOON: _("The check of a commitment is close to its day."),
    rules.COMMITMENT_CHECK_LATE: _("The check of a commitment has not been done in time: yellow, then red."),
    rules.CERTIFICATE_ENDING: _("A certificate comes near its end: blue from the step's notice, yellow, red after it."),
    rules.LEDGER_RETURNED: _("An open ledger item has been returned again and again: red."),
    rules.STALE: _("Nothing has been recorded about a project or its steps: yellow, then red."),
    rules.PLAN_SHORT: _("The plan's forecast lies after the target: yellow, then red. Nobody is late yet."),
    rules.PLAN_RISK: _("The forecast keeps the target, but four of five comparable courses do not: blue."),
    rules.HISTORY: _("A project has been late at the end of month after month, and still is: red."),
}


def threshold(code: str, name: str) -> Threshold:
    """The field of one threshold. KeyError for a name no rule has."""
    return _OWN.get((code, name)) or _COMMON[name]


def number(value: Any) -> str:
    """10.0 → 10, 12.5 → 12.5."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def sentences(code: str, params: dict[str, Any]) -> list[str]:
    """The thresholds of a version in words, in the order of the rule: "red when late by more than 10 working days"."""
    complete = rules.DEFAULTS[code][2] | params
    found = [(threshold(code, name), value) for name, value in complete.items() if name in rules.DEFAULTS[code][2]]
    return [str(field.words) % {"n": number(value)} for field, value in found]
