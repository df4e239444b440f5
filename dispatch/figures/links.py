"""Addresses of the pages of figures. A number leads to exactly what it counts."""

from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from dispatch.figures.groups import By
from dispatch.figures.rates import RateKey

PARTS = ("numerator", "denominator", "missing")


def rates_url(*, by: By = By.PARK, on: date | None = None) -> str:
    """The table of rates by a grouping, as of a day (default: today)."""
    query = {"by": by.value} | ({"on": on.isoformat()} if on else {})
    return f"{reverse('dispatch:rates')}?{urlencode(query)}"


def rate_url(
    rate: RateKey | str,
    part: str,
    *,
    by: By = By.PARK,
    group: str = "",
    on: date | None = None,
    name: str = "rate_projects",
) -> str:
    """What is behind a number. ``part``: one of PARTS; ``group``: token of the group (``GroupRates.token``)."""
    query = {"rate": RateKey(rate).value, "part": part, "by": by.value}
    if by is not By.PARK:
        query["group"] = group
    if on:
        query["on"] = on.isoformat()
    return f"{reverse(f'dispatch:{name}')}?{urlencode(query)}"
