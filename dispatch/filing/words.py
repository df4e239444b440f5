"""Sentences about figures that are wrong, unusual or locked."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from dispatch.filing.models import FilingRound
from dispatch.filing.rules import Finding
from projects.actions.shared import as_json


def sentence(found: Finding) -> str:
    """The finding in words for the person who files."""
    values = [_points(value) if found.code == "money_vs_works" else _plain(value) for value in found.values]
    return _TEXTS[found.code]() % dict(zip("abc", values, strict=False))


_TEXTS: dict[str, Any] = {
    "month_missing": lambda: _("Please give the amount of the month; 0 when nothing was spent."),
    "negative": lambda: _("This cannot be negative. What was filed too high before is put right by a restatement."),
    "cumulative": lambda: _("%(a)s so far and %(b)s this month make %(c)s."),
    "below_month": lambda: _("The year so far cannot be less than the month (%(a)s)."),
    "parts": lambda: _("The parts make %(a)s, the month is %(b)s."),
    "percent_missing": lambda: _("The works have started: please say how far they are, in per cent."),
    "percent_range": lambda: _("Please give per cent from 0 to 100."),
    "percent_falls": lambda: _("Physical progress cannot fall: it was %(a)s %% before."),
    "photo_missing": lambda: _("The works have started: please add a photo of the site with its date."),
    "months_unknown": lambda: _("No earlier month of this year is known: %(a)s so far against %(b)s this month."),
    "over_plan": lambda: _("%(a)s so far is more than the plan of the year (%(b)s)."),
    "money_vs_works": lambda: _(
        "Money spent and physical progress are %(a)s percentage points apart (share of the total investment)."
    ),
}


def _plain(value: Decimal | int) -> str:
    return str(as_json(value))


def _points(value: Decimal | int) -> str:
    """Percentage points with one decimal, half up."""
    return f"{Decimal(value).quantize(Decimal('0.1'), ROUND_HALF_UP):+}"


def locked(window: FilingRound) -> str:
    """Why the figures of this month no longer change, and what to do instead."""
    text = _("The figures of %(month)s are locked since %(day)s. A correction is asked for as a restatement.")
    since = localtime(window.locked_at).date() if window.locked_at else window.locks_on
    return text % {"month": window, "day": since.isoformat()}
