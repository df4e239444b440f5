"""Days as pixels: the axis of a Gantt chart, the ticks of its head, its days off. Pure.

A day is ``px`` wide. What happens on a day stands in its middle, so that a task that starts on the day another one
finishes begins where that one ends.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from workdays.arithmetic import WorkCalendar

DAY = timedelta(days=1)
EARLIEST, LATEST = timedelta(days=5 * 366), timedelta(days=10 * 366)
LABEL_ROOM = 76  # pixels kept free on the right for the date beside the last bar
MARK_ROOM = 10  # and on the left for half a diamond
FINEST, COARSEST = 26.0, 0.6
LETTER = 6.6  # pixels of a digit or Latin letter of 11 px; a Chinese character takes 11


class Scale(StrEnum):
    AUTO = ""
    DAYS = "day"
    WEEKS = "week"
    MONTHS = "month"


PIXELS = {Scale.DAYS: 20.0, Scale.WEEKS: 7.0, Scale.MONTHS: 2.2}


@dataclass(frozen=True, slots=True)
class Axis:
    """Days ``first`` to ``last``, both shown."""

    first: date
    last: date
    px: float

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def width(self) -> float:
        return round(self.days * self.px, 2)

    def left(self, day: date) -> float:
        """Where the day begins; days outside stand on the edge."""
        return round(self.px * min(max((day - self.first).days, 0), self.days), 2)

    def at(self, day: date) -> float:
        """The middle of the day; days outside stand on the edge."""
        return round(min(max(self.px * ((day - self.first).days + 0.5), 0), self.width), 2)


@dataclass(frozen=True, slots=True)
class Tick:
    """A cell of the head; ``text`` is empty where it would not fit."""

    x: float
    width: float
    text: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


def axis_for(days: Iterable[date], today: date, scale: Scale, width: float) -> Axis:
    """From a Monday before the first of ``days`` to some room after the last; AUTO: as fine as ``width`` allows.

    Days more than five years back or ten years ahead are not made room for.
    """
    inside = [day for day in days if today - EARLIEST <= day <= today + LATEST] + [today]
    first, last = min(inside) - 3 * DAY, max(inside) + 3 * DAY
    span = (last - first).days + 7
    px = PIXELS.get(scale) or min(max((width - LABEL_ROOM - MARK_ROOM) / span, COARSEST), FINEST)
    px = round(px, 2)
    first -= DAY * ceil(MARK_ROOM / px)
    first -= DAY * first.weekday()
    return Axis(first, last + DAY * ceil(LABEL_ROOM / px), px)


def text_width(text: str) -> float:
    """Pixels of a text of 11 px, never too few."""
    return sum(11.0 if ord(letter) > 0x2E7F else LETTER for letter in text)


def heads(axis: Axis, month_name: Callable[[int], str]) -> tuple[list[Tick], list[Tick]]:
    """The two lines of the head: years or months above; months, weeks or days below."""
    if axis.px < 4:
        return _ticks(axis, _years(axis)), _ticks(axis, _months(axis, lambda day: month_name(day.month)))
    above = _months(axis, lambda day: f"{day.year}-{day.month:02}")
    step = 1 if axis.px >= 16 else 7
    below = ((day, str(day.day)) for day in _every(axis, step))
    return _ticks(axis, above), _ticks(axis, below)


def _ticks(axis: Axis, starts: Iterable[tuple[date, str]]) -> list[Tick]:
    found = list(starts)
    ends = [day for day, _text in found[1:]] + [axis.last + DAY]
    cells = []
    for (day, text), end in zip(found, ends, strict=True):
        x, width = axis.left(day), round(axis.left(end) - axis.left(day), 2)
        cells.append(Tick(x, width, text if text_width(text) + 4 <= width else ""))
    return cells


def _every(axis: Axis, step: int) -> Iterator[date]:
    day = axis.first
    while day <= axis.last:
        yield day
        day += DAY * step


def _months(axis: Axis, text: Callable[[date], str]) -> Iterator[tuple[date, str]]:
    day = axis.first
    while day <= axis.last:
        yield day, text(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _years(axis: Axis) -> Iterator[tuple[date, str]]:
    yield axis.first, str(axis.first.year)
    for year in range(axis.first.year + 1, axis.last.year + 1):
        yield date(year, 1, 1), str(year)


def worked(axis: Axis, calendar: WorkCalendar) -> str:
    """One letter a day: 1 worked (make-up days too), 0 off."""
    return "".join("1" if calendar.is_workday(day) else "0" for day in _every(axis, 1))


def days_off(axis: Axis, pattern: str) -> list[tuple[float, float]]:
    """(x, width) of each run of days off; where days are too narrow, only of runs longer than a weekend."""
    shortest = 1 if axis.px >= 1.5 else 3
    runs, start = [], None
    for number, letter in enumerate(pattern + "1"):
        if letter == "0":
            start = number if start is None else start
        elif start is not None:
            if number - start >= shortest:
                runs.append((round(start * axis.px, 2), round((number - start) * axis.px, 2)))
            start = None
    return runs
