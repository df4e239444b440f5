"""Levels of a warning, by number and as cut-off dates. Pure. Source: domain.md 3.3 (default rule set).

The daily job compares dates in SQL, so every rule has two forms that must agree for every day: a level from a number
of days, and the cut-off dates of an ``as_of`` that give the same level. A thing is late from the day after its due
day; its level counts workdays or calendar days, as the rule says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from workdays.arithmetic import WorkCalendar

DAY = timedelta(days=1)


class Level(StrEnum):
    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


_WORST_FIRST = (Level.RED, Level.YELLOW, Level.BLUE)


def light(levels: Iterable[Level | str], *, active: bool) -> str:
    """The light of a project: its worst level, "green" without any, "grey" when suspended or terminated."""
    if not active:
        return "grey"
    present = set(levels)
    return next((level.value for level in _WORST_FIRST if level in present), "green")


def soon_level(workdays_left: int, *, within_wd: int) -> Level | None:
    """Blue for 0 … within_wd workdays left, the due day included; None earlier, and for a negative number (late)."""
    return Level.BLUE if 0 <= workdays_left <= within_wd else None


def late_level(days_late: int, *, red_after: int) -> Level:
    """Yellow up to red_after days (workdays or calendar days) after the due day, red beyond."""
    return Level.RED if days_late > red_after else Level.YELLOW


def investment_level(behind_pp: Decimal, *, yellow_from_pp: Decimal, red_above_pp: Decimal) -> Level | None:
    """None under yellow_from_pp percentage points behind the calendar; yellow from there on; red above red_above_pp.

    Both 10.0 and 30.0 are yellow with the default rule, 30.01 is red.
    """
    if behind_pp < yellow_from_pp:
        return None
    return Level.RED if behind_pp > red_above_pp else Level.YELLOW


@dataclass(frozen=True)
class LateCutoffs:
    """Late when due before ``late_before``, red when due before ``red_before``."""

    late_before: date
    red_before: date

    def level(self, due: date) -> Level | None:
        if due >= self.late_before:
            return None
        return Level.RED if due < self.red_before else Level.YELLOW


def late_by_workdays(as_of: date, calendar: WorkCalendar, *, red_after: int) -> LateCutoffs:
    """Cut-offs for a rule that counts workdays in (due, as_of]."""
    return LateCutoffs(as_of, calendar.subtract(as_of + DAY, red_after + 1))


def late_by_days(as_of: date, *, red_after: int, yellow_after: int = 0) -> LateCutoffs:
    """Cut-offs for a rule that counts calendar days after the due day."""
    return LateCutoffs(as_of - yellow_after * DAY, as_of - red_after * DAY)


@dataclass(frozen=True)
class SoonWindow:
    """Due days ``first`` … ``last`` are due soon. ``since[day]``: the first day on which that was so."""

    first: date
    last: date
    since: dict[date, date]

    def level(self, due: date) -> Level | None:
        return Level.BLUE if self.first <= due <= self.last else None

    def month_ends(self) -> list[date]:
        """Last days of a month in the window: when a thing due "in that month" is due soon."""
        return [day for day in self.since if (day + DAY).day == 1]


def due_soon(as_of: date, calendar: WorkCalendar, *, within_wd: int) -> SoonWindow:
    """The window of due days that lie 0 … within_wd workdays after as_of."""
    last = calendar.add(as_of, within_wd + 1) - DAY
    days = [date.fromordinal(n) for n in range(as_of.toordinal(), last.toordinal() + 1)]
    return SoonWindow(as_of, last, {day: soon_since(day, calendar, within_wd=within_wd) for day in days})


def soon_since(due: date, calendar: WorkCalendar, *, within_wd: int) -> date:
    """The first day with at most within_wd workdays left in (day, due]."""
    return min(due, calendar.subtract(due + DAY, within_wd + 1))


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    return (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY


def closed_month(as_of: date) -> date:
    """The last day of the latest month whose last day has come; a bulletin as of that day speaks of that month."""
    return (as_of + DAY).replace(day=1) - DAY


def month_ends(as_of: date, n: int) -> list[date]:
    """The last days of the n latest months whose last day has come, oldest first."""
    found: list[date] = []
    last = closed_month(as_of)
    while len(found) < n:
        found.append(last)
        last = last.replace(day=1) - DAY
    return found[::-1]


def stale_by_workdays(as_of: date, calendar: WorkCalendar, *, yellow_after: int, red_after: int) -> LateCutoffs:
    """Cut-offs of the day of the last record: yellow with more than yellow_after workdays in (day, as_of], else red.

    ``late_before`` of the answer is the first day that is recent enough.
    """
    return LateCutoffs(calendar.subtract(as_of + DAY, yellow_after + 1), calendar.subtract(as_of + DAY, red_after + 1))


def points_behind(ytd: Decimal, plan: Decimal, month: int) -> Decimal:
    """Percentage points behind the calendar, rounded up to two decimals.

    Rounded up, the figure passes a limit with two decimals exactly when the unrounded one does (30.001 is over 30).
    """
    exact = Decimal(100 * month) / 12 - 100 * ytd / plan
    return exact.quantize(Decimal("0.01"), rounding=ROUND_CEILING)
