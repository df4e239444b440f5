"""States of an application for funds, and how a plot stands. Pure. Source: domain.md 3.3 (lights of a milestone)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from dispatch.figures.rates import round_half_up
from workdays.arithmetic import WorkCalendar

SOON_WD = 3  # working days before the due day
RED_AFTER_DAYS = 30
ALMOST = Decimal("99.9")


class FundingVerb(StrEnum):
    SUBMIT = "submit"
    GRANT = "grant"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"


MOVES: Mapping[str, Mapping[str, str]] = {
    "preparing": {FundingVerb.SUBMIT: "submitted", FundingVerb.WITHDRAW: "withdrawn"},
    "submitted": {
        FundingVerb.GRANT: "granted", FundingVerb.REJECT: "rejected", FundingVerb.WITHDRAW: "withdrawn",
        FundingVerb.REOPEN: "preparing",
    },
    "granted": {FundingVerb.REOPEN: "submitted"},
    "rejected": {FundingVerb.REOPEN: "submitted"},
    "withdrawn": {FundingVerb.REOPEN: "preparing"},
}  # fmt: skip
"""State → what may be recorded → state after it. Reopening corrects a record that was wrong; it needs a reason."""


@dataclass(frozen=True)
class Plot:
    """Area in 亩; households and plants against those that have moved."""

    area_mu: Decimal
    acquired_mu: Decimal
    households: int = 0
    households_moved: int = 0
    plants: int = 0
    plants_moved: int = 0

    @property
    def is_complete(self) -> bool:
        """Everything is acquired and everybody has moved; clear land may be confirmed."""
        moved = self.households_moved == self.households and self.plants_moved == self.plants
        return moved and self.acquired_mu == self.area_mu

    @property
    def share(self) -> Fraction:
        """0–1: mean of area acquired, households moved and plants moved, as far as the plot has them."""
        parts = [Fraction(self.acquired_mu) / Fraction(self.area_mu)]
        for whole, done in ((self.households, self.households_moved), (self.plants, self.plants_moved)):
            if whole:
                parts.append(Fraction(done, whole))
        return sum(parts, Fraction(0)) / len(parts)

    @property
    def percent(self) -> Decimal:
        """With one decimal, half up; 100.0 only when nothing is left to do."""
        shown = round_half_up(100 * self.share, 1)
        return shown if self.is_complete else min(shown, ALMOST)


def fallen(before: Plot, after: Plot) -> list[str]:
    """Names of the figures that have become smaller; that needs a reason."""
    names = ("acquired_mu", "households_moved", "plants_moved")
    return [name for name in names if getattr(after, name) < getattr(before, name)]


def beyond(plot: Plot) -> list[str]:
    """Names of the figures that are more than the whole, or less than nothing."""
    pairs: dict[str, tuple[Decimal | int, Decimal | int]] = {
        "acquired_mu": (plot.acquired_mu, plot.area_mu),
        "households_moved": (plot.households_moved, plot.households),
        "plants_moved": (plot.plants_moved, plot.plants),
    }
    return [name for name, (done, whole) in pairs.items() if done < 0 or done > whole]


def plot_light(due_on: date | None, cleared_on: date | None, today: date, calendar: WorkCalendar) -> str:
    """Blue: due within three working days; yellow: 1–30 days late; red: more; else green, also without a due day."""
    if cleared_on is not None or due_on is None:
        return "green"
    if today > due_on:
        return "red" if (today - due_on).days > RED_AFTER_DAYS else "yellow"
    return "blue" if calendar.count(today, due_on) <= SOON_WD else "green"
