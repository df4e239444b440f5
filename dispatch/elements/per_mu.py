"""Figures per mu (亩均) and their ranking, domain.md 3.2. Pure; exact fractions, rounded half up for display only.

亩均投资强度 = 固定资产投资 ÷ 用地; 亩均税收, 亩均产值, 亩均营业收入 and 亩均增加值 likewise;
单位能耗营收 = 营业收入 ÷ 综合能耗 (万元/吨标准煤); 全员劳动生产率 = 增加值 ÷ 从业人员 (万元/人);
容积率 = 建筑面积 ÷ 用地面积. 1 公顷 = 15 亩, 1 亩 = 10000/15 ㎡ ≈ 666.67 ㎡.
An empty or zero denominator, or a figure nobody has given, has no value ("—"), never 0.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from dispatch.figures.rates import round_half_up

M2_PER_MU = Fraction(10_000, 15)
MU_PER_HECTARE = 15
PLACES = 1  # of a ranking; the plot ratio has two


class Indicator(StrEnum):
    INVESTMENT = "investment"
    TAX = "tax"
    OUTPUT = "output"
    REVENUE = "revenue"
    VALUE_ADDED = "value_added"
    PLOT_RATIO = "plot_ratio"
    ENERGY = "energy"
    LABOUR = "labour"


@dataclass(frozen=True)
class Facts:
    """A project's figures: money 万元, land 亩, floor area ㎡, energy in tonnes of standard coal, people."""

    key: int
    land_mu: Decimal | None = None
    investment_10k: Decimal | None = None
    floor_area_m2: Decimal | None = None
    output_10k: Decimal | None = None
    revenue_10k: Decimal | None = None
    tax_10k: Decimal | None = None
    value_added_10k: Decimal | None = None
    energy_tce: Decimal | None = None
    employees: int | None = None


Number = Decimal | int | None
Part = Callable[[Facts], Number]


@dataclass(frozen=True)
class Rule:
    """An indicator as numerator ÷ denominator (× ``scale``), with its name, unit and formula in both languages."""

    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    formula_zh: str
    formula_en: str
    numerator: Part
    denominator: Part
    scale: Fraction = Fraction(1)
    places: int = PLACES


def _per_mu(name_zh: str, name_en: str, what_zh: str, what_en: str, part: Part) -> Rule:
    formula_zh, formula_en = f"{what_zh}（万元）÷ 用地（亩）", f"{what_en} (10k CNY) ÷ land (mu)"
    return Rule(name_zh, name_en, "万元/亩", "10k CNY/mu", formula_zh, formula_en, part, lambda f: f.land_mu)


RULES: dict[Indicator, Rule] = {
    Indicator.INVESTMENT: _per_mu(
        "亩均投资强度", "Investment per mu", "固定资产投资", "fixed-asset investment", lambda f: f.investment_10k
    ),
    Indicator.TAX: _per_mu("亩均税收", "Tax per mu", "税收", "tax", lambda f: f.tax_10k),
    Indicator.OUTPUT: _per_mu("亩均产值", "Output per mu", "产值", "output", lambda f: f.output_10k),
    Indicator.REVENUE: _per_mu("亩均营业收入", "Revenue per mu", "营业收入", "revenue", lambda f: f.revenue_10k),
    Indicator.VALUE_ADDED: _per_mu(
        "亩均增加值", "Value added per mu", "增加值", "value added", lambda f: f.value_added_10k
    ),
    Indicator.PLOT_RATIO: Rule(
        "容积率", "Plot ratio", "", "", "建筑面积（㎡）÷ 用地面积（㎡），1亩＝666.67㎡",
        "floor area (m²) ÷ land (m²), 1 mu = 666.67 m²",
        lambda f: f.floor_area_m2, lambda f: f.land_mu, 1 / M2_PER_MU, 2,
    ),
    Indicator.ENERGY: Rule(
        "单位能耗营收", "Revenue per unit of energy", "万元/吨标准煤", "10k CNY/tce",
        "营业收入（万元）÷ 综合能耗（吨标准煤）", "revenue (10k CNY) ÷ energy use (tce)",
        lambda f: f.revenue_10k, lambda f: f.energy_tce,
    ),
    Indicator.LABOUR: Rule(
        "全员劳动生产率", "Labour productivity", "万元/人", "10k CNY/person", "增加值（万元）÷ 从业人员（人）",
        "value added (10k CNY) ÷ employees", lambda f: f.value_added_10k, lambda f: f.employees,
    ),
}  # fmt: skip


def value_of(indicator: Indicator, facts: Facts) -> Fraction | None:
    """The exact figure of one project."""
    return total_of(indicator, [facts])


def total_of(indicator: Indicator, rows: Iterable[Facts]) -> Fraction | None:
    """Of all rows together: Σ numerators ÷ Σ denominators over the rows that have both; the average of a park."""
    rule, above, below = RULES[indicator], Fraction(0), Fraction(0)
    for facts in rows:
        numerator, denominator = rule.numerator(facts), rule.denominator(facts)
        if numerator is not None and denominator:
            above += Fraction(numerator)
            below += Fraction(denominator)
    return above / below * rule.scale if below else None


def shown(indicator: Indicator, value: Fraction | None) -> Decimal | None:
    """Half up: to one decimal, the plot ratio to two."""
    return None if value is None else round_half_up(value, RULES[indicator].places)


@dataclass(frozen=True)
class Ranked:
    """``rank`` None: no figure. Equal figures share a rank, the next one skips (1, 1, 3).

    ``against``: value ÷ the average of all rows.
    """

    facts: Facts
    rank: int | None
    value: Fraction | None
    against: Fraction | None


def ranking(indicator: Indicator, rows: Sequence[Facts]) -> list[Ranked]:
    """The best first; projects without a figure come last, in their order."""
    average = total_of(indicator, rows)
    values = [(value_of(indicator, facts), facts) for facts in rows]
    known = [(value, facts) for value, facts in values if value is not None]
    known.sort(key=lambda pair: -pair[0])
    found: list[Ranked] = []
    for place, (value, facts) in enumerate(known, start=1):
        rank = found[-1].rank if found and found[-1].value == value else place
        found.append(Ranked(facts, rank, value, value / average if average else None))
    return found + [Ranked(facts, None, None, None) for value, facts in values if value is None]
