"""Words for the five rates on screen; the Chinese ones of the bulletin itself stand in ``rates``."""

from collections.abc import Iterable, Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dispatch.figures.groups import By
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.rates import DEFINITIONS_EN, DEFINITIONS_ZH, Rate, RateKey

RATE_NAMES = {
    RateKey.FORMALITIES: _("Formalities closed"),
    RateKey.STARTS: _("Projects started"),
    RateKey.ENROLMENT: _("Enrolled in statistics"),
    RateKey.INVESTMENT: _("Investment completed"),
    RateKey.QUARTER: _("Quarter's investment"),
}
RATE_DEFINITIONS = {
    RateKey.FORMALITIES: _("steps S01–S17 closed ÷ applicable, projects in L05–L07 or started this year"),
    RateKey.STARTS: _("new projects started ÷ planned to start this year"),
    RateKey.ENROLMENT: _("enrolled ÷ started with 5 million CNY or more"),
    RateKey.INVESTMENT: _("invested this year ÷ annual plan, 10k CNY"),
    RateKey.QUARTER: _("invested this quarter ÷ a quarter of the annual plan, 10k CNY"),
}
BY_NAMES = {
    By.PARK: _("Whole park"),
    By.UNIT: _("By responsible unit"),
    By.INDUSTRY: _("By industry"),
    By.STREET: _("By street"),
    By.LEADER: _("By leader in charge"),
}
PART_NAMES = {
    "numerator": _("In the numerator"),
    "denominator": _("In the denominator"),
    "missing": _("Still missing"),
}
VARIANT_NAMES = {
    "formalities": {"steps": _("by step: closed ÷ applicable"), "projects": _("by project: all closed ÷ to be closed")},
    "starts": {"year": _("of the whole year's plan"), "to_date": _("of those due to have started by now")},
    "quarter": {"share": _("share of the park's investment"), "plan": _("of a quarter of the annual plan")},
}
CALENDAR_NAMES = {
    "even": _("even months"),
    "monthly_plan": _("by monthly plan"),
    "planned_start": _("from the month of the planned start"),
}


def definition_text(key: str) -> str:
    """A definition (key of DEFINITIONS_ZH) in the active language."""
    texts = DEFINITIONS_EN if (get_language() or "zh").startswith("en") else DEFINITIONS_ZH
    return texts[key]


def definitions_under(rows: Iterable[Mapping[RateKey, Rate]], policy: FigurePolicy) -> list[str]:
    """What a table of these rates prints below itself: each definition used, once, then the calendar's."""
    shown = list(rows)
    used = dict.fromkeys(rates[key].definition for key in RateKey for rates in shown)
    return [definition_text(key) for key in [*used, f"calendar_{policy.calendar}"]]
