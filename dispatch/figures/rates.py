"""The five rates (五率), their score and the ranking of units. Pure. Source: domain.md 3.2 (all of it defaults).

手续办结率 steps before construction closed ÷ applicable; 项目开工率 new projects started ÷ planned for the year;
入库纳统率 enrolled ÷ started from 500万元; 投资完成率 this year's investment ÷ annual plan; 季度贡献率 the unit's
investment of the quarter ÷ the park's. A rate is always shown with numerator and denominator; an empty denominator
has no percentage. A park may choose another variant of a rate (``policy``); every variant has its own definition.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from dispatch.reports.words import exact
from projects.investment import percent


class RateKey(StrEnum):
    FORMALITIES = "formalities"
    STARTS = "starts"
    ENROLMENT = "enrolment"
    INVESTMENT = "investment"
    QUARTER = "quarter"


NAMES_ZH: Mapping[RateKey, str] = {
    RateKey.FORMALITIES: "手续办结率",
    RateKey.STARTS: "项目开工率",
    RateKey.ENROLMENT: "入库纳统率",
    RateKey.INVESTMENT: "投资完成率",
    RateKey.QUARTER: "季度贡献率",
}

# Printed below every table of rates, so that nobody has to guess what was counted.
DEFINITIONS_ZH: Mapping[str, str] = {
    "formalities": "手续办结率=开工前环节（S01—S17）已办结数÷适用数，统计立项备案至报批阶段及本年开工的在推项目。",
    "formalities_projects": "手续办结率（按项目）=开工前环节（S01—S17）全部办结的项目数÷应办结项目数；"
    "应办结项目为立项备案至报批阶段中计划年底前开工的及本年开工的在推项目，无适用环节的不计。",
    "starts": "项目开工率=已开工新建项目数÷本年计划开工新建项目数（含以前年度计划结转未开工的）。",
    "starts_to_date": "序时开工率=本年计划内已开工新建项目数÷截至统计日应开工新建项目数，"
    "提前开工的计入分子，可超过100%。",
    "enrolment": "入库纳统率=已入库项目数÷已开工且计划总投资500万元及以上的项目数。",
    "investment": "投资完成率=本年累计完成投资÷年度计划投资，暂停项目计入，终止项目不计。",
    "quarter": "季度贡献率（单位）=本单位本季度完成投资÷全区本季度完成投资。",
    "quarter_plan": "季度贡献率（全区）=全区本季度完成投资÷季度计划（年度计划÷4）。",
    "quarter_unit_plan": "季度贡献率（单位）=本单位本季度完成投资÷本单位季度计划（年度计划÷4）。",
    "calendar_even": "序时进度=已过月数÷12。",
    "calendar_monthly_plan": "序时进度=截至本月的月度计划投资÷年度计划投资；未分解月度计划的项目按已过月数÷12。",
    "calendar_planned_start": "序时进度按计划开工月起算：自计划开工月起已过月数÷计划开工月至年底月数，"
    "按年度计划投资加权；计划开工不在本年或未明确的项目按已过月数÷12。",
}
DEFINITIONS_EN: Mapping[str, str] = {
    "formalities": "Formalities closed = steps before construction (S01–S17) closed ÷ applicable, over "
    "active projects from filing to permitting and those started this year.",
    "formalities_projects": "Formalities closed (by project) = projects with all steps S01–S17 closed ÷ projects "
    "that should have them closed: those from filing to permitting planned to start by "
    "the end of the year, and those started this year; projects without an applicable "
    "step are left out.",
    "starts": "Projects started = new projects started ÷ new projects planned to start this year "
    "(with those left over from earlier years).",
    "starts_to_date": "Projects started to date = this year's planned new projects that have started ÷ "
    "those planned to have started by the day; early starts count above the line, so it "
    "may pass 100 %.",
    "enrolment": "Enrolled in statistics = projects enrolled ÷ projects started with a planned total "
    "of 5 million CNY or more.",
    "investment": "Investment completed = invested this year ÷ annual plan; suspended projects count, "
    "terminated ones do not.",
    "quarter": "Quarter's investment (group) = the group's investment of the quarter ÷ the park's.",
    "quarter_plan": "Quarter's investment (park) = the park's investment of the quarter ÷ a quarter of "
    "its annual plan.",
    "quarter_unit_plan": "Quarter's investment (group) = the group's investment of the quarter ÷ a quarter of "
    "its annual plan.",
    "calendar_even": "Calendar = months elapsed ÷ 12.",
    "calendar_monthly_plan": "Calendar = monthly plans up to this month ÷ annual plan; projects without monthly "
    "plans: months elapsed ÷ 12.",
    "calendar_planned_start": "Calendar from the planned start = months elapsed since the month of the planned "
    "start ÷ months from there to the end of the year, weighted by annual plan; projects "
    "not planned to start this year: months elapsed ÷ 12.",
}

WEIGHTS: Mapping[RateKey, int] = {
    RateKey.FORMALITIES: 20,
    RateKey.STARTS: 20,
    RateKey.ENROLMENT: 20,
    RateKey.INVESTMENT: 30,
    RateKey.QUARTER: 10,
}


@dataclass(frozen=True)
class Rate:
    """Numerator over denominator (counts, or 万元). ``definition``: key of DEFINITIONS_ZH."""

    numerator: Decimal
    denominator: Decimal
    definition: str

    @property
    def percent(self) -> Decimal | None:
        """Per cent, unrounded and uncapped; None when the denominator is empty."""
        return percent(self.numerator, self.denominator)

    @property
    def ratio(self) -> Fraction | None:
        """The exact ratio; None when the denominator is empty."""
        return Fraction(self.numerator) / Fraction(self.denominator) if self.denominator else None


@dataclass(frozen=True)
class UnitRates:
    """One unit's rates. ``invested_10k``: its investment this year in 万元, which breaks ties."""

    unit_id: int
    name: str
    rates: Mapping[RateKey, Rate]
    invested_10k: Decimal


@dataclass(frozen=True)
class Ranked:
    """``rank`` counts from 1, equal units share it; ``score`` is out of 100, exact."""

    rank: int
    unit: UnitRates
    score: Fraction


def round_half_up(value: Fraction, places: int) -> Decimal:
    """Half away from zero, exactly: 1/8 to two places is 0.13."""
    shifted = abs(value) * 10**places
    whole = (2 * shifted.numerator + shifted.denominator) // (2 * shifted.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def as_json(rate: Rate) -> dict[str, Any]:
    """The rate in snapshots and over the API: exact strings, per cent half up with one decimal, None without one."""
    return {
        "numerator": exact(rate.numerator),
        "denominator": exact(rate.denominator),
        "percent": None if rate.ratio is None else str(round_half_up(rate.ratio * 100, 1)),
        "definition": rate.definition,
    }


def points(value: Fraction | None) -> str | None:
    """Percentage points with a sign, half up with one decimal: "+7.3", "-0.1", "0.0"; None stays None."""
    if value is None:
        return None
    rounded = round_half_up(value, 1)
    return f"{rounded:+}" if rounded else "0.0"


def change_pp(now: Rate, then: Rate | None) -> str | None:
    """Percentage points from then to now, from the unrounded rates; None when either has no percentage."""
    if then is None or now.ratio is None or then.ratio is None:
        return None
    return points((now.ratio - then.ratio) * 100)


def scores(units: Sequence[UnitRates], weights: Mapping[RateKey, int] = WEIGHTS) -> list[Fraction]:
    """Score of each unit: Σ weight × min(rate, 100 %).

    An empty denominator gets the average of the others' capped rates; when nobody has one, the item gives 0 to all.
    """
    totals = [Fraction(0)] * len(units)
    for key, weight in weights.items():
        capped = [_capped(unit.rates[key].ratio) for unit in units]
        known = [value for value in capped if value is not None]
        average = sum(known, Fraction(0)) / len(known) if known else Fraction(0)
        for index, value in enumerate(capped):
            totals[index] += weight * (average if value is None else value)
    return totals


def ranking(units: Iterable[UnitRates], weights: Mapping[RateKey, int] = WEIGHTS) -> list[Ranked]:
    """Best first: by score, then 投资完成率 (none last), then investment in 万元; wholly equal units share a rank."""
    rows = list(units)
    scored = [(_order(unit, score), unit, score) for unit, score in zip(rows, scores(rows, weights), strict=True)]
    scored.sort(key=lambda row: (row[0], row[1].name))
    ranked: list[Ranked] = []
    for place, (order, unit, score) in enumerate(scored, 1):
        same = place > 1 and scored[place - 2][0] == order
        ranked.append(Ranked(ranked[-1].rank if same else place, unit, score))
    return ranked


def _capped(ratio: Fraction | None) -> Fraction | None:
    return None if ratio is None else min(ratio, Fraction(1))


def _order(unit: UnitRates, score: Fraction) -> tuple[Fraction, bool, Fraction, Decimal]:
    investment = unit.rates[RateKey.INVESTMENT].ratio
    return -score, investment is None, -(investment or Fraction(0)), -unit.invested_10k
