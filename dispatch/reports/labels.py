"""Words for the five rates on screen; the Chinese ones of the bulletin itself stand in ``rates``."""

from django.utils.translation import gettext_lazy as _

from dispatch.figures.rates import RateKey

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
