"""What a chart says, without how it is drawn. Pure. The same value is drawn on the page, in PDF and in Word."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    LINES = "lines"
    BARS = "bars"
    STACKED = "stacked"
    FUNNEL = "funnel"


@dataclass(frozen=True)
class Series:
    """One line, or one colour of bars. ``role`` picks colour and dash (plan, actual, calendar, red, yellow, green …);
    None is a gap, not a zero."""

    name: str
    values: tuple[Decimal | None, ...]
    role: str = "actual"


@dataclass(frozen=True)
class Chart:
    """``labels`` name the places along the axis, as many as every series has values. ``unit``: at the axis."""

    kind: Kind
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
