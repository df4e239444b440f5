"""A ranking as one JSON value, put together from what was counted: table, text and fingerprint follow from it alone.

Pure. ``rebuilt`` makes the same value from its counted parts again, so anybody can check the arithmetic.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dispatch.figures.rates import round_half_up
from dispatch.ranking import notice
from dispatch.ranking.formula import (
    ENTRY,
    Formula,
    Item,
    Kind,
    Points,
    Scored,
    UnitFacts,
    Value,
    formula_from,
    key_of,
    score,
)

SCHEMA = 1
COUNTED = ("head", "formula", "units", "before")
HIDDEN = ("tasks", "items", "projects")  # details of a unit, for itself and for the park
SCORE_PLACES, PERCENT_PLACES = 2, 1


def compose(
    *,
    head: Mapping[str, Any],
    formula: Formula,
    units: Sequence[Mapping[str, Any]],
    before: Mapping[str, int],
) -> dict[str, Any]:
    """``head``: kind, period, days, park; ``units``: what was counted (facts.read); ``before``: unit id as text → rank
    in the period before."""
    known = {str(unit["unit"]): unit for unit in units}
    scored = score(formula, [facts_of(unit) for unit in units])
    rows = [_row(one, formula, known[str(one.unit.unit_id)], before) for one in scored]
    return {
        "schema": SCHEMA,
        "head": dict(head),
        "formula": formula.as_json(),
        "units": [dict(unit) for unit in units],
        "before": dict(before),
        "ranking": rows,
        "notice": notice.text(head, rows, missing(formula, units)),
    }


def rebuilt(snapshot: Mapping[str, Any], formula: Formula | None = None) -> dict[str, Any]:
    """The same snapshot made again from its counted parts; with another formula: what that would have given."""
    parts = {name: snapshot[name] for name in COUNTED}
    return compose(**parts | {"formula": formula or formula_from(snapshot["formula"])})


def facts_of(unit: Mapping[str, Any]) -> UnitFacts:
    values = {
        key: Value(_fraction(value["numerator"]), _fraction(value.get("denominator")))
        for key, value in unit["values"].items()
    }
    investment = values.get("investment", Value(None))
    ratio = investment.numerator / investment.denominator if _divides(investment) else None  # type: ignore[operator]
    return UnitFacts(unit["unit"], unit["name"], values, ratio, Decimal(unit["invested_10k"]))


def missing(formula: Formula, units: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names of the entered figures that at least one unit has none of."""
    wanted = [item for item in formula.items if item.source == ENTRY]
    return [item.name_zh for item in wanted if any(key_of(item) not in unit["values"] for unit in units)]


def without_details(snapshot: Mapping[str, Any], own: set[int] | None) -> dict[str, Any]:
    """What somebody reads who may know the tasks of these units only; None: of all."""
    if own is None:
        return dict(snapshot)
    units = [
        unit if unit["unit"] in own else {name: value for name, value in unit.items() if name not in HIDDEN}
        for unit in snapshot["units"]
    ]
    return {**snapshot, "units": units}


def same_figures(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether nothing was counted differently."""
    return all(one[name] == other[name] for name in COUNTED if name != "head")


def shown(value: Fraction, places: int = SCORE_PLACES) -> str:
    return f"{round_half_up(value, places):.{places}f}"


def _row(one: Scored, formula: Formula, unit: Mapping[str, Any], before: Mapping[str, int]) -> dict[str, Any]:
    due = [task for task in unit["tasks"] if task["counts"]]
    return {
        "rank": one.rank,
        "rank_before": before.get(str(one.unit.unit_id)),
        "unit": one.unit.unit_id,
        "name": one.unit.name,
        "score": shown(one.total),
        "exact": str(one.total),
        "due": len(due),
        "on_time": sum(task["in_time"] for task in due),
        "owed": sum(task["is_owed"] for task in unit["tasks"]),
        "items": [_item(points, item) for points, item in zip(one.items, formula.items, strict=True)],
    }


def _item(points: Points, item: Item) -> dict[str, Any]:
    ratio = None if points.ratio is None else shown(points.ratio * 100, PERCENT_PLACES)
    return {
        "code": item.code,
        "numerator": _text(points.numerator),
        "denominator": _text(points.denominator),
        "percent": ratio,
        "counted": str(points.counted) if item.kind is Kind.PENALTY else shown(points.counted * 100, PERCENT_PLACES),
        "points": shown(points.points),
        "exact": str(points.points),
        "why": points.why,
    }


def _divides(value: Value) -> bool:
    return value.numerator is not None and bool(value.denominator)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _text(value: Fraction | None) -> str | None:
    """A counted figure as written: whole, or with up to four decimals as money and entries have."""
    if value is None:
        return None
    if value.denominator == 1:
        return str(value.numerator)
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.4f}".rstrip("0")
