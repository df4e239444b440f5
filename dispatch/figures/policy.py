"""How a park counts its rates: variants, calendar, weights. Pure. Source: domain.md 3.2.

``params``: {"rates": {"formalities": "steps" | "projects", "starts": "year" | "to_date", "quarter": "share" | "plan"},
"calendar": {"option": "even" | "monthly_plan" | "planned_start"}, "weights": {rate: whole points, 100 together}}, and
parts of others ("half_month", "contest"), which are carried along as they are. What is missing counts as in DEFAULT.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dispatch.figures.rates import WEIGHTS, RateKey

VARIANTS: Mapping[str, tuple[str, ...]] = {
    "formalities": ("steps", "projects"),
    "starts": ("year", "to_date"),
    "quarter": ("share", "plan"),
}
CALENDARS = ("even", "monthly_plan", "planned_start")
ALL_POINTS = 100


@dataclass(frozen=True)
class FigurePolicy:
    """``version`` 0: nobody has chosen anything. ``weights``: points out of 100. ``extra``: parts of others, raw."""

    version: int = 0
    formalities: str = "steps"
    starts: str = "year"
    quarter: str = "share"
    calendar: str = "even"
    weights: Mapping[RateKey, int] = field(default_factory=lambda: dict(WEIGHTS))
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rates(self) -> dict[str, str]:
        """The variants, as part "rates" of the settings has them."""
        return {name: getattr(self, name) for name in VARIANTS}

    @property
    def params(self) -> dict[str, Any]:
        """The settings in full."""
        points = {key.value: self.weights[key] for key in RateKey}
        return {"rates": self.rates, "calendar": {"option": self.calendar}, "weights": points, **self.extra}


DEFAULT = FigurePolicy()


def policy_from(params: Mapping[str, Any], version: int) -> FigurePolicy:
    """What ``check`` found nothing wrong with; parts that are missing or wrong count as in DEFAULT."""
    rates = params.get("rates", {}) if not check_rates(params.get("rates", {})) else {}
    calendar = params.get("calendar", {}) if not check_calendar(params.get("calendar", {})) else {}
    weights = params.get("weights", {}) if not check_weights(params.get("weights", {})) else {}
    return FigurePolicy(
        version=version,
        calendar=calendar.get("option", DEFAULT.calendar),
        weights={key: weights.get(key.value, WEIGHTS[key]) for key in RateKey},
        extra={name: value for name, value in params.items() if name not in ("rates", "calendar", "weights")},
        **(DEFAULT.rates | dict(rates)),
    )


def check(params: Mapping[str, Any]) -> list[str]:
    """Codes of what is wrong with the settings of this module; empty: nothing."""
    return [
        *check_rates(params.get("rates", {})),
        *check_calendar(params.get("calendar", {})),
        *check_weights(params.get("weights", {})),
    ]


def check_rates(value: Any) -> list[str]:
    """ "variant_<rate>" for a variant nobody knows, "unknown_rate" for a rate that has none."""
    if not isinstance(value, Mapping):
        return ["rates_shape"]
    wrong = [f"variant_{name}" for name, choice in value.items() if name in VARIANTS and choice not in VARIANTS[name]]
    return wrong + ["unknown_rate"] * any(name not in VARIANTS for name in value)


def check_calendar(value: Any) -> list[str]:
    if not isinstance(value, Mapping) or set(value) - {"option"}:
        return ["calendar_shape"]
    return [] if value.get("option", "even") in CALENDARS else ["calendar_option"]


def check_weights(value: Any) -> list[str]:
    """Every rate has whole points from 0 on, and they add up to 100. No weights at all: the default ones."""
    if not isinstance(value, Mapping):
        return ["weights_shape"]
    if not value:
        return []
    if set(value) != {key.value for key in RateKey}:
        return ["weights_rates"]
    if not all(type(points) is int and points >= 0 for points in value.values()):
        return ["weights_numbers"]
    return [] if sum(value.values()) == ALL_POINTS else ["weights_sum"]
