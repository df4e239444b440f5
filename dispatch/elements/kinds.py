"""The elements (要素) a project needs, each with its unit. Pure. Source: domain.md 3.2."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

STORED_DECIMALS = 4  # what the columns hold
LARGEST = Decimal(10) ** 11  # amounts stay below


@dataclass(frozen=True)
class ElementKind:
    """One element. Amounts are counted in ``unit``; tables show at most ``decimals`` of them."""

    code: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    decimals: int


_ALL = (
    ElementKind("land", "用地", "Land", "亩", "mu", 2),
    ElementKind("energy", "能耗", "Energy use", "吨标准煤", "tce", 2),
    ElementKind("power", "用电", "Power supply", "万千瓦时", "10,000 kWh", 2),
    ElementKind("emission", "排放指标", "Emission quota", "吨", "t", 3),
    ElementKind("funds", "资金", "Funds", "万元", "10k CNY", 2),
    ElementKind("labour", "用工", "Labour", "人", "people", 0),
)
KINDS: Mapping[str, ElementKind] = {kind.code: kind for kind in _ALL}


def problem_of(amount: Decimal, kind: ElementKind) -> str | None:
    """Why ``amount`` cannot be kept: "number", "negative", "large", "decimals" (people come whole), or None."""
    if not amount.is_finite():
        return "number"
    if amount < 0:
        return "negative"
    if amount >= LARGEST:
        return "large"
    places = 0 if kind.decimals == 0 else STORED_DECIMALS
    return "decimals" if amount != round(amount, places) else None
