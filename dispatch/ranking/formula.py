"""A score formula as data, and the scores it gives: exact fractions, rounded for display only. Pure.

Source: domain.md 3.2 (Σ weight × min(rate, 100 %), empty denominators, ties), 3.5 (半月一要账、六比一看). The weights
of both defaults are our own choice [D]; a park replaces them by a version of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any


class Kind(StrEnum):
    """How an item is counted.

    RATE, CLOSURE and ON_TIME: numerator ÷ denominator. COUNTER: the unit's figure ÷ that of the best unit. PENALTY:
    ``weight`` points off for each case, at most ``cap`` points.
    """

    RATE = "rate"
    CLOSURE = "closure"
    ON_TIME = "on_time"
    COUNTER = "counter"
    PENALTY = "penalty"


class Empty(StrEnum):
    """What counts where nothing is to be divided by: the mean of the others' capped ratios, nothing, or everything."""

    AVERAGE = "average"
    ZERO = "zero"
    FULL = "full"


ENTRY = "entry"  # the figure that the centre enters under the item's own code
SOURCES: Mapping[Kind, tuple[str, ...]] = {
    Kind.RATE: ("formalities", "starts", "enrolment", "investment", "quarter"),
    Kind.CLOSURE: ("items_closed",),
    Kind.ON_TIME: ("tasks_on_time", "items_on_time", "steps_on_time"),
    Kind.COUNTER: ("starts_completions", "project_starts", "project_completions", ENTRY),
    Kind.PENALTY: ("tasks_overdue",),
}
FIELDS = ("code", "name_zh", "kind", "source", "weight", "cap", "empty")
FULL_MARKS = 100
MOST_ITEMS = 20
HIGHEST_CAP = 200
LONGEST_CODE, LONGEST_NAME = 40, 40


@dataclass(frozen=True)
class Item:
    """One line of a formula. ``weight`` in points; ``cap``: the highest ratio that counts in per cent (PENALTY: the
    most points taken off)."""

    code: str
    name_zh: str
    kind: Kind
    source: str
    weight: int
    cap: int = 100
    empty: Empty = Empty.AVERAGE

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in FIELDS} | {"kind": self.kind.value, "empty": self.empty.value}


@dataclass(frozen=True)
class Formula:
    """``version`` of the park's figure rules; 0: the default of the product."""

    items: tuple[Item, ...]
    version: int = 0

    def as_json(self) -> dict[str, Any]:
        return {"version": self.version, "items": [item.as_json() for item in self.items]}


def _rates(weights: Sequence[int]) -> tuple[Item, ...]:
    names = ("手续办结率", "项目开工率", "入库纳统率", "投资完成率", "季度贡献率")
    rows = zip(SOURCES[Kind.RATE], names, weights, strict=True)
    return tuple(Item(source, name, Kind.RATE, source, weight) for source, name, weight in rows)


HALF_MONTH = Formula(
    (
        Item("tasks", "要账按时办结率", Kind.ON_TIME, "tasks_on_time", 30),
        Item("closure", "销号率", Kind.CLOSURE, "items_closed", 20),
        *_rates((10, 10, 10, 15, 5)),
    )
)
CONTEST = Formula(
    (
        Item("starts_completions", "项目开竣工", Kind.COUNTER, "starts_completions", 15, empty=Empty.ZERO),
        Item("attraction", "项目招引", Kind.COUNTER, ENTRY, 15, empty=Empty.ZERO),
        Item("standard_land", "标准地出让", Kind.COUNTER, ENTRY, 15, empty=Empty.ZERO),
        Item("enterprises", "新增“四上”企业", Kind.COUNTER, ENTRY, 15, empty=Empty.ZERO),
        Item("new_economy", "城市经济新业态引进", Kind.COUNTER, ENTRY, 15, empty=Empty.ZERO),
        Item("environment", "营商环境", Kind.COUNTER, ENTRY, 15, empty=Empty.ZERO),
        Item("performance", "高质量赶超发展绩效", Kind.COUNTER, ENTRY, 10, empty=Empty.ZERO),
    )
)
DEFAULTS: Mapping[str, Formula] = {"half_month": HALF_MONTH, "contest": CONTEST}


def check(value: Any, *, entries: bool = True) -> list[str]:
    """Codes of what is wrong with a formula as data; [] when it can be used. ``entries``: whether ENTRY is a source.

    Codes: not_a_formula, no_items, too_many_items, bad_item, unknown_field, bad_code, code_twice, bad_name, bad_kind,
    bad_source, bad_weight, bad_cap, bad_empty, weights_not_100.
    """
    items = value.get("items") if isinstance(value, Mapping) else None
    if not isinstance(items, list) or set(value) - {"items", "version"}:
        return ["not_a_formula"]
    if not items:
        return ["no_items"]
    if len(items) > MOST_ITEMS:
        return ["too_many_items"]
    found = {code for item in items for code in _check_item(item, entries=entries)}
    codes = [item.get("code") for item in items if isinstance(item, Mapping)]
    if len({str(code) for code in codes}) < len(codes):
        found.add("code_twice")
    if not found and sum(item["weight"] for item in items if item["kind"] != Kind.PENALTY) != FULL_MARKS:
        found.add("weights_not_100")
    return sorted(found)


def _check_item(item: Any, *, entries: bool) -> list[str]:
    if not isinstance(item, Mapping):
        return ["bad_item"]
    kind = item.get("kind")
    known = isinstance(kind, str) and kind in list(Kind)
    sources = SOURCES[Kind(str(kind))] if known else ()
    source = item.get("source")
    penalty = known and kind == Kind.PENALTY
    wrong = {
        "unknown_field": bool({str(name) for name in item} - set(FIELDS)),
        "bad_code": not _is_code(item.get("code")),
        "bad_name": not _is_text(item.get("name_zh"), LONGEST_NAME),
        "bad_kind": not known,
        "bad_source": known and (source not in sources or (source == ENTRY and not entries)),
        "bad_weight": not _is_whole(item.get("weight"), 1, FULL_MARKS),
        "bad_cap": not _is_whole(item.get("cap"), 1, FULL_MARKS if penalty else HIGHEST_CAP),
        "bad_empty": item.get("empty") not in [one.value for one in Empty],
    }
    return [code for code, is_wrong in wrong.items() if is_wrong]


def _is_code(value: Any) -> bool:
    return (
        _is_text(value, LONGEST_CODE) and value.isascii() and value.replace("_", "a").isalnum() and value[0].isalpha()
    )


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest and value == value.strip() and value.isprintable()


def _is_whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def formula_from(value: Mapping[str, Any], version: int | None = None) -> Formula:
    """The formula of checked data."""
    items = tuple(
        Item(**{name: item[name] for name in FIELDS} | {"kind": Kind(item["kind"]), "empty": Empty(item["empty"])})
        for item in value["items"]
    )
    return Formula(items, value.get("version", 0) if version is None else version)


@dataclass(frozen=True)
class Value:
    """What was counted of one source for one unit. A counter has no denominator; None: nobody has entered a figure."""

    numerator: Fraction | None
    denominator: Fraction | None = None


@dataclass(frozen=True)
class UnitFacts:
    """``values`` by source, an entered figure by "entry/<code>"; ``investment`` (投资完成率) and then ``invested_10k``
    (万元) break ties."""

    unit_id: int
    name: str
    values: Mapping[str, Value]
    investment: Fraction | None = None
    invested_10k: Decimal = Decimal(0)


@dataclass(frozen=True)
class Points:
    """How one item came about. ``counted``: the ratio after cap or replacement; ``why``: "" or "capped",
    "empty_average", "empty_zero", "empty_full", "empty_nobody" (an average of nobody is nothing)."""

    code: str
    numerator: Fraction | None
    denominator: Fraction | None
    ratio: Fraction | None
    counted: Fraction
    points: Fraction
    why: str = ""


@dataclass(frozen=True)
class Scored:
    """``rank`` counts from 1; equal units share it. ``total`` is the exact sum of the items' points."""

    rank: int
    unit: UnitFacts
    total: Fraction
    items: tuple[Points, ...]


def score(formula: Formula, facts: Iterable[UnitFacts]) -> list[Scored]:
    """Best first: by total, then 投资完成率 (none last), then investment; wholly equal units share a rank."""
    units = list(facts)
    columns = [_column(item, units) for item in formula.items]
    rows = []
    for index, unit in enumerate(units):
        items = tuple(column[index] for column in columns)
        total = sum((one.points for one in items), Fraction(0))
        rows.append((_order(unit, total), unit, total, items))
    rows.sort(key=lambda row: (row[0], row[1].name, row[1].unit_id))
    ranked: list[Scored] = []
    for place, (order, unit, total, items) in enumerate(rows, 1):
        same = place > 1 and rows[place - 2][0] == order
        ranked.append(Scored(ranked[-1].rank if same else place, unit, total, items))
    return ranked


def key_of(item: Item) -> str:
    """Under which key of ``UnitFacts.values`` an item finds its figure."""
    return f"{ENTRY}/{item.code}" if item.source == ENTRY else item.source


def _column(item: Item, units: Sequence[UnitFacts]) -> list[Points]:
    """The item's points for each unit, in the order of the units."""
    values = [unit.values.get(key_of(item), Value(None)) for unit in units]
    if item.kind is Kind.PENALTY:
        return [_penalty(item, value) for value in values]
    if item.kind is Kind.COUNTER:
        best = max((value.numerator for value in values if value.numerator is not None), default=None)
        values = [Value(value.numerator, best) for value in values]
    ratios = [_ratio(value) for value in values]
    cap = Fraction(item.cap, 100)
    known = [min(ratio, cap) for ratio in ratios if ratio is not None]
    average = sum(known, Fraction(0)) / len(known) if known else None
    return [_points(item, value, ratio, cap, average) for value, ratio in zip(values, ratios, strict=True)]


def _ratio(value: Value) -> Fraction | None:
    if value.numerator is None or not value.denominator:
        return None
    return value.numerator / value.denominator


def _points(item: Item, value: Value, ratio: Fraction | None, cap: Fraction, average: Fraction | None) -> Points:
    if ratio is not None:
        counted, why = min(ratio, cap), "capped" if ratio > cap else ""
    elif item.empty is Empty.FULL:
        counted, why = Fraction(1), "empty_full"
    elif item.empty is Empty.ZERO:
        counted, why = Fraction(0), "empty_zero"
    elif average is None:
        counted, why = Fraction(0), "empty_nobody"
    else:
        counted, why = average, "empty_average"
    return Points(item.code, value.numerator, value.denominator, ratio, counted, item.weight * counted, why)


def _penalty(item: Item, value: Value) -> Points:
    taken = item.weight * (value.numerator or Fraction(0))
    counted = min(taken, Fraction(item.cap))
    return Points(item.code, value.numerator, None, None, counted, -counted, "capped" if taken > item.cap else "")


def _order(unit: UnitFacts, total: Fraction) -> tuple[Fraction, bool, Fraction, Decimal]:
    return -total, unit.investment is None, -(unit.investment or Fraction(0)), -unit.invested_10k
