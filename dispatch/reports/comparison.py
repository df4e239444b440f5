"""Two bulletins of any months side by side: figures, rates, ranks, lights, projects in and out. Pure.

Percentage points come from the unrounded ratios. Source: domain.md 3.2 and 4.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dispatch.figures.rates import RateKey, points
from dispatch.reports import overview
from dispatch.reports.changes import rate_text, rows_of
from dispatch.reports.words import NONE


@dataclass(frozen=True)
class Line:
    """One thing then and now, as text; ``change`` signed, — where one side is unknown."""

    key: str
    then: str
    now: str
    change: str
    name: str = ""


@dataclass(frozen=True)
class Comparison:
    figures: list[Line]
    rates: list[Line]
    ranks: list[Line]
    lights: list[Line]
    came: list[str]
    left: list[str]


def compare(then: Mapping[str, Any], now: Mapping[str, Any]) -> Comparison:
    """``then`` and ``now``: snapshots of any schema."""
    before, after = rows_of(then, 1), rows_of(now, 1)
    return Comparison(
        figures=_figures(then, now),
        rates=_rates(then, now),
        ranks=_ranks(then, now),
        lights=[
            Line(str(key[0]), before[key]["light"], row["light"], "", row["name"])
            for key, row in after.items()
            if key in before and before[key]["light"] != row["light"]
        ],
        came=[row["name"] for key, row in after.items() if key not in before],
        left=[row["name"] for key, row in before.items() if key not in after],
    )


def _figures(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Line]:
    old, new = overview.figures_of(then), overview.figures_of(now)
    return [
        Line(
            f.key, overview.shown(f, old.get(f.key)), overview.shown(f, new.get(f.key)),
            overview.signed(f, overview.difference(f, new, old)), f.name,
        )
        for f in overview.FIGURES
    ]  # fmt: skip


def _rates(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Line]:
    found = []
    for key in RateKey:
        old, new = then["rates"].get(key.value), now["rates"].get(key.value)
        ratios = [_ratio(old), _ratio(new)]
        change = None if None in ratios else points((ratios[1] - ratios[0]) * 100)  # type: ignore[operator]
        text = NONE if change is None else change.replace("-", "−")
        found.append(Line(key.value, rate_text(old) or NONE, rate_text(new) or NONE, text))
    return found


def _ratio(rate: Mapping[str, Any] | None) -> Fraction | None:
    if rate is None or not Fraction(rate["denominator"]):
        return None
    return Fraction(rate["numerator"]) / Fraction(rate["denominator"])


def _ranks(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Line]:
    old, new = rows_of(then, 2), rows_of(now, 2)
    return [
        Line(str(key[0]), _rank(old.get(key)), _rank(new.get(key)), _climbed(old.get(key), new.get(key)), row["unit"])
        for key in dict.fromkeys([*new, *old])
        if (row := new.get(key) or old[key])
    ]


def _rank(row: Mapping[str, Any] | None) -> str:
    return NONE if row is None else f"{row['rank']}（{row['score']}分）"


def _climbed(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> str:
    if old is None or new is None:
        return NONE
    places = old["rank"] - new["rank"]
    return "持平" if not places else f"{'↑' if places > 0 else '↓'}{abs(places)}"
