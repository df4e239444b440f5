"""The board made ready for the page: words, addresses, charts. Nothing is counted here."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import StepPause
from dispatch.charts.showing import Shown, shown
from dispatch.charts.values import Chart, Kind, Series
from dispatch.figures.groups import By
from dispatch.figures.labels import RATE_NAMES, definition_text
from dispatch.figures.links import rate_url, rates_url
from dispatch.figures.rates import RateKey, round_half_up
from dispatch.warnings.levels import month_end
from projects.models import Light

LIGHT_ORDER = (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN, Light.GREY)
REACHED = {
    "signed": gettext_lazy("Signed this year"),
    "started": gettext_lazy("Started this year"),
    "production": gettext_lazy("Into production this year"),
    "enrolled": gettext_lazy("Enrolled this year"),
}
SINCE = {
    "week": gettext_lazy("against last week"),
    "month": gettext_lazy("against last month"),
    "year": gettext_lazy("against last year"),
}
DECISIONS = {
    "case": ("dispatch:case_detail", gettext_lazy("Response")),
    "item": ("dispatch:ledger_detail", gettext_lazy("Moved up")),
    "extension": ("dispatch:ledger_detail", gettext_lazy("Longer deadline")),
    "instruction": ("dispatch:instruction_detail", gettext_lazy("My instruction")),
    "meeting": ("dispatch:meeting_detail", gettext_lazy("Meeting")),
}
PARTIES = ("department", "enterprise", "upper", "third_party", "park")
SHOWN = {"changed": 8, "departments": 8, "milestones": 8, "flags": 4}


def of(board: dict[str, Any]) -> dict[str, Any]:
    """Context of the template."""
    lights, honesty = board["lights"], board["honesty"]
    return {
        "board": board,
        "as_of": date.fromisoformat(board["as_of"]),
        "until": _month_end(board["investment"]),
        "counted_at": datetime.fromisoformat(board["counted_at"]) if board["counted_at"] else None,
        "rates": [_rate(key, rate) for key, rate in board["rates"].items()],
        "rates_url": rates_url(),
        "counts": [_reached(name, board["counts"][name]) for name in REACHED],
        "lights": [_light(light, lights[light.value]) for light in LIGHT_ORDER],
        "projects_url": reverse("projects:list"),
        "decisions": [_decision(one) for one in board["decisions"]],
        "worst": lights["worst"],
        "changed": list(map(_linked, lights["changed"][: SHOWN["changed"]])),
        "changed_more": max(0, len(lights["changed"]) - SHOWN["changed"]),
        "stages": _stages(board["stages"]),
        "curve": _curve(board["investment"]),
        "departments": [_department(one) for one in board["approvals"]["overdue"][: SHOWN["departments"]]],
        "bottlenecks": _bottlenecks(board["bottlenecks"]) if board["bottlenecks"] else None,
        "weeks": [
            {"title": _("This week"), "rows": list(map(_linked, board["milestones_this_week"][: SHOWN["milestones"]])),
             "more": max(0, len(board["milestones_this_week"]) - SHOWN["milestones"])},
            {"title": _("Next week"), "rows": list(map(_linked, board["milestones"][: SHOWN["milestones"]])),
             "more": max(0, len(board["milestones"]) - SHOWN["milestones"])},
        ],
        "flags": {
            name: list(map(_linked, honesty[name][: SHOWN["flags"]]))
            for name in ("stale", "money_vs_works", "dates_after_freeze")
        },
        "stale_url": f"{reverse('dispatch:warning_list')}?rule=PROJECT_STALE",
    }  # fmt: skip


def _month_end(investment: dict[str, Any]) -> date:
    return month_end(date(investment["year"], investment["month"], 1))


def _project(pk: int | None) -> str:
    return reverse("projects:detail", args=[pk]) if pk else ""


def _linked(row: dict[str, Any]) -> dict[str, Any]:
    """With the project's address and its days as dates."""
    days = {name: date.fromisoformat(str(row[name])[:10]) for name in row if name.endswith(("_on", "_of", "_at"))}
    return row | days | {"href": _project(row["project"])}


def _rate(key: str, rate: dict[str, Any]) -> dict[str, Any]:
    return rate | {
        "key": key,
        "label": RATE_NAMES[RateKey(key)],
        "text": definition_text(rate["definition"]),
        "numerator_url": rate_url(key, "numerator", by=By.PARK),
        "denominator_url": rate_url(key, "denominator", by=By.PARK),
        "missing_url": rate_url(key, "missing", by=By.PARK),
        "unit": _("10k CNY") if key in (RateKey.INVESTMENT, RateKey.QUARTER) else "",
        "since": [(label, rate["changes"][name]) for name, label in SINCE.items()],
        "bar": min(Decimal(rate["percent"] or 0), Decimal(100)),
    }


def _reached(name: str, numbers: dict[str, int]) -> dict[str, Any]:
    return numbers | {"label": REACHED[name]}


def _light(light: Light, number: int) -> dict[str, Any]:
    href = f"{reverse('projects:list')}?light={light.value}"
    return {"light": light.value, "label": light.label, "number": number, "href": href}


def _decision(one: dict[str, Any]) -> dict[str, Any]:
    route, label = DECISIONS[one["kind"]]
    due = date.fromisoformat(one["due_on"]) if one["due_on"] else None
    return one | {
        "url": reverse(route, args=[one["id"]]),
        "label": label,
        "project_url": _project(one["project"]),
        "due": due,
    }


def _stages(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    most = max((row["count"] for row in rows), default=0) or 1
    return [row | {"most": most, "href": f"{reverse('projects:list')}?stage={row['stage']}"} for row in rows]


def _department(row: dict[str, Any]) -> dict[str, Any]:
    query = {"object_type": "step", "party": "unit"} | ({"unit": row["unit"]} if row["unit"] else {})
    url = f"{reverse('dispatch:warning_list')}?{urlencode(query)}"
    return row | {"href": url, "oldest": date.fromisoformat(row["oldest"])}


def _decimals(values: Iterable[str | None]) -> tuple[Decimal | None, ...]:
    return tuple(None if value is None else round_half_up(Fraction(value), 0) for value in values)


def _curve(investment: dict[str, Any]) -> Shown:
    """Cumulative 万元 by month. The calendar is left out where it is the plan."""
    rows = investment["months"]
    plan, calendar = (_decimals(row[name] for row in rows) for name in ("plan_10k", "calendar_10k"))
    even = all(abs(12 * value - row["month"] * plan[-1]) <= 12 for row, value in zip(rows, plan, strict=True))
    series = [
        Series(_("Completed"), _decimals(row["actual_10k"] for row in rows), "actual"),
        Series(_("Plan, in even months") if even and plan == calendar else _("Plan"), plan, "plan"),
    ]
    if plan != calendar:
        series.append(Series(_("Calendar"), calendar, "calendar"))
    labels = tuple(_("%(n)s mo.") % {"n": row["month"]} for row in rows)
    title = _("Investment this year, cumulative")
    return shown(Chart(Kind.LINES, title, labels, tuple(series), _("10k CNY")), height=270)


def _bottlenecks(rows: list[dict[str, Any]]) -> Shown:
    names = {party.value: str(party.label) for party in StepPause.Party}
    used = [party for party in PARTIES if any(row["by_party"].get(party) for row in rows)]
    series = tuple(
        Series(names[party], tuple(Decimal(row["by_party"].get(party, 0)) for row in rows), party) for party in used
    )
    labels = tuple(f"{row['code']} {row['name']}" for row in rows)
    title = _("Where the working days go")
    chart = Chart(Kind.STACKED, title, labels, series, _("working days"))
    return shown(chart, height=60 + 36 * len(rows), narrow_height=70 + 36 * len(rows))
