"""Data that may not be what it says: nothing recorded for long, money far from the works, dates changed after a freeze.

Each list has at most 20 rows; ``counts`` says how many there are.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Case, DecimalField, F, Q, Value, When, Window
from django.db.models.aggregates import Count
from django.db.models.functions import Coalesce

from accounts.i18n import localized
from dispatch.dashboard.frame import Asked, one_decimal
from dispatch.figures.counting import latest_ytd
from dispatch.figures.models import DayFigures
from dispatch.figures.rates import points
from dispatch.reports.models import Bulletin
from dispatch.warnings.silence import silent
from projects.models import Project, ProjectChange
from projects.stages import STAGES, Stage

MOST = 20
APART_PP = 15
LOOKED_BACK = timedelta(days=30)
CHANGES_READ = 1000
DATES = ("actual_on", "baseline_on")


def honesty(asked: Asked, apart: dict[str, Any]) -> dict[str, Any]:
    """``apart``: that of ``money_vs_works``. Five queries."""
    stale, number = _stale(asked)
    edited = _dates_after_freeze(asked)
    return {
        "stale": stale,
        "money_vs_works": apart["rows"],
        "dates_after_freeze": edited[:MOST],
        "counts": {"stale": number, "money_vs_works": apart["number"], "dates_after_freeze": len(edited)},
    }


def _stale(asked: Asked) -> tuple[list[dict[str, Any]], int]:
    """What the rule PROJECT_STALE says, the longest silent first: there is one definition. Two queries."""
    rows = silent().filter(park=asked.park, project__status=Project.Status.ACTIVE)
    columns = ("project", "project__name", "unit__name", "due_on")
    shown = [
        {"project": pk, "name": name, "unit": unit or "", "last_on": last.isoformat(),
         "workdays": asked.calendar.count(last, asked.as_of)}
        for pk, name, unit, last in rows.order_by("due_on", "project_id").values_list(*columns)[:MOST]
    ]  # fmt: skip
    return shown, rows.count()


def money_vs_works(asked: Asked) -> dict[str, Any]:
    """Share of the total investment spent and share of the works done lie more than 15 points apart. One query.

    Spent: to the end of last year plus this year's latest cumulative figure.
    """
    places = DecimalField(max_digits=20, decimal_places=4)
    zero = Value(Decimal(0), output_field=places)
    spent = Coalesce(F("invested_before_10k"), zero) + Coalesce(latest_ytd(asked.as_of.year, 12), zero)
    rows = Project.objects.filter(
        park=asked.park, status=Project.Status.ACTIVE, physical_percent__isnull=False, total_investment_10k__gt=0
    ).annotate(spent=spent)
    rows = rows.annotate(gap=F("spent") * 100 - F("physical_percent") * F("total_investment_10k"))
    limit = F("total_investment_10k") * APART_PP
    rows = rows.filter(Q(gap__gt=limit) | Q(gap__lt=-limit))
    size = Case(When(gap__lt=0, then=-F("gap")), default=F("gap")) * 1.0 / F("total_investment_10k")  # never whole
    rows = rows.annotate(number=Window(Count("pk"))).order_by(size.desc(), "pk")
    found = list(rows.values_list("pk", "name", "spent", "total_investment_10k", "physical_percent", "number")[:MOST])
    return {"rows": [_apart(*row[:-1]) for row in found], "number": found[0][-1] if found else 0}


def _apart(pk: int, name: str, spent: Decimal, total: Decimal, physical: Decimal) -> dict[str, Any]:
    share = Fraction(Decimal(spent)) * 100 / Fraction(total)
    return {
        "project": pk,
        "name": name,
        "investment_percent": one_decimal(share),
        "physical_percent": one_decimal(physical),
        "gap_pp": points(share - Fraction(physical)),
    }


class Freeze(NamedTuple):
    """Figures up to ``as_of`` were frozen at ``at``. ``kind``: "day" or "bulletin"."""

    at: datetime
    as_of: date
    kind: str


def _dates_after_freeze(asked: Asked) -> list[dict[str, Any]]:
    """Known actual or baseline dates changed in the last 30 days although figures up to the old or the new date had
    been frozen before, newest first. A date entered for the first time is no change of one. Three queries."""
    since = asked.now - LOOKED_BACK
    rows = ProjectChange.objects.filter(
        project__park=asked.park, project__updated_at__gte=since, verb=ProjectChange.Verb.MILESTONE, at__gte=since,
        at__lte=asked.now,
    ).order_by("-at", "-pk")  # fmt: skip
    changes = list(rows.values_list("project", "project__name", "changes", "at", "by__display_name")[:CHANGES_READ])
    frozen = _freezes(asked) if changes else []
    return [
        {"project": pk, "name": name, "changed_at": at.isoformat(), "by": by or ""} | said
        for pk, name, entries, at, by in changes
        for entry in entries
        for said in _after_freeze(entry, [one for one in frozen if one.at < at])
    ]


def _freezes(asked: Asked) -> list[Freeze]:
    since = asked.as_of - LOOKED_BACK - timedelta(days=62)
    days = DayFigures.objects.filter(park=asked.park, as_of__gte=since).values_list("made_at", "as_of")
    issued = Bulletin.objects.filter(park=asked.park, issued_at__isnull=False, as_of__gte=since)
    found = [Freeze(at, as_of, "day") for at, as_of in days]
    return found + [Freeze(at, as_of, "bulletin") for at, as_of in issued.values_list("issued_at", "as_of")]


def _after_freeze(entry: dict[str, Any], frozen: list[Freeze]) -> list[dict[str, Any]]:
    """The entry in words if a freeze covers one of its dates, else nothing; a bulletin says more than a day."""
    parts = str(entry.get("field", "")).split(".")
    if len(parts) != 3 or parts[2] not in DATES or not entry.get("old"):
        return []
    earliest = min(value[:10] for value in (entry["old"], entry.get("new")) if value)
    covering = [one for one in frozen if one.as_of.isoformat() >= earliest]
    if not covering:
        return []
    latest = max(covering, key=lambda one: (one.kind == "bulletin", one.as_of))
    return [
        {"stage": parts[1], "stage_name": localized(STAGES[Stage(parts[1])], "name"), "field": parts[2],
         "old": entry["old"], "new": entry.get("new"), "frozen": latest.kind, "frozen_as_of": latest.as_of.isoformat()}
    ]  # fmt: skip
