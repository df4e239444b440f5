"""挂图作战: where the marks of projects stand over the months. Pure: values in, values out. Source: design.md 4 "Plan".

Lengths in the units of the ``Scale`` (pixels on the screen, points on paper), counted from the left edge of the first
month. All months are equally wide.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

TARGET = "target"


class Kind(StrEnum):
    """The three dates of a milestone; OVERDUE: neither reached nor still expected for a day to come."""

    BASELINE = "baseline"
    FORECAST = "forecast"
    ACTUAL = "actual"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Window:
    """``count`` whole months from the first of a month."""

    first: date
    count: int

    @property
    def months(self) -> list[date]:
        """The first day of each."""
        return [self._month(at) for at in range(self.count)]

    @property
    def last(self) -> date:
        month = self._month(self.count - 1)
        return month.replace(day=monthrange(month.year, month.month)[1])

    def _month(self, at: int) -> date:
        years, month = divmod(self.first.month - 1 + at, 12)
        return date(self.first.year + years, month + 1, 1)

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def index(self, day: date) -> int:
        """Months after the first one; outside the window it is below 0 or not below ``count``."""
        return (day.year - self.first.year) * 12 + day.month - self.first.month

    def position(self, day: date) -> float:
        """The middle of the day, in months from the left edge; outside the window its nearer edge."""
        if not self.holds(day):
            return 0.0 if day < self.first else float(self.count)
        return self.index(day) + (day.day - 0.5) / monthrange(day.year, day.month)[1]


@dataclass(frozen=True, slots=True)
class Stop:
    """The dates of one milestone. ``forecast_on`` is the computed one, else the reported one."""

    stage: str
    baseline_on: date | None = None
    forecast_on: date | None = None
    actual_on: date | None = None
    is_done: bool = False  # reached on an unknown day


@dataclass(frozen=True, slots=True)
class Aim:
    """The target day of a plan. ``short_wd``: working days the forecast passes it; None: unknown."""

    on: date
    short_wd: int | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """``month``: width of a month; ``radius`` of a mark; ``em``: width of a Chinese character of a label."""

    month: float
    radius: float = 6.0
    em: float = 12.0
    gap: float = 4.0


SCREEN = {12: Scale(64), 18: Scale(48), 24: Scale(42)}


@dataclass(frozen=True, slots=True)
class Mark:
    kind: str
    on: date
    x: float


@dataclass(frozen=True, slots=True)
class Track:
    """A milestone (or target) on one line: hollow mark, line, second mark, words. ``slip``: days after the baseline.

    ``left`` to ``right`` is what it takes up; tracks of the same ``lane`` never meet. ``words_end``: the words end at
    ``words_x``, else they begin there; ``anchor`` is the mark or end of the line beside which they stand.
    """

    stage: str
    baseline: Mark | None
    current: Mark | None
    line: tuple[float, float] | None
    words: str
    words_x: float
    words_end: bool
    anchor: float
    is_late: bool
    slip: int | None
    left: float
    right: float
    lane: int = 0


def expected(stop: Stop, today: date, *, moving: bool = True) -> tuple[Kind, date] | None:
    """Where the milestone is or will be. ``moving``: the project is active; the plan of others is shown as it was."""
    if stop.actual_on:
        return Kind.ACTUAL, stop.actual_on
    if stop.is_done or not moving:
        return None
    if stop.forecast_on and stop.forecast_on >= today:
        return Kind.FORECAST, stop.forecast_on
    passed = stop.baseline_on or stop.forecast_on
    return (Kind.OVERDUE, today) if passed and passed < today else None


def slip_of(stop: Stop, today: date, *, moving: bool = True) -> int | None:
    """Calendar days from the baseline to where it is or will be; below 0: earlier; None: one of them is unknown."""
    found = expected(stop, today, moving=moving)
    return (found[1] - stop.baseline_on).days if found and stop.baseline_on else None


def width_of(text: str, em: float) -> float:
    """An upper bound of the width of a label."""
    return sum(em if ord(char) > 0x2E7F else em * 0.62 for char in text)


def tracks(
    stops: Iterable[Stop],
    aim: Aim | None,
    window: Window,
    scale: Scale,
    today: date,
    *,
    words: Callable[[str, int | None, Kind | None], str],
    aim_words: Callable[[Aim], str],
    moving: bool = True,
) -> list[Track]:
    """Everything of one project that stands in the window or crosses it, in lanes, from left to right.

    ``words``: (stage, slip, kind of the second mark or None) → label.
    """
    found = [track for stop in stops if (track := _track(stop, window, scale, today, words, moving))]
    if aim and window.holds(aim.on):
        found.append(_aim_track(aim, window, scale, aim_words(aim)))
    return packed(found, scale.gap)


def _track(
    stop: Stop,
    window: Window,
    scale: Scale,
    today: date,
    words: Callable[[str, int | None, Kind | None], str],
    moving: bool,
) -> Track | None:
    now = expected(stop, today, moving=moving)
    slip = slip_of(stop, today, moving=moving)
    days = [day for day in (stop.baseline_on, now[1] if now else None) if day]
    if not days or max(days) < window.first or min(days) > window.last:
        return None
    baseline = _mark(Kind.BASELINE, stop.baseline_on, window, scale)
    current = _mark(now[0], now[1], window, scale) if now else None
    line = None
    if len(days) == 2 and days[0] != days[1]:
        line = (window.position(days[0]) * scale.month, window.position(days[1]) * scale.month)
    text = words(stop.stage, slip, now[0] if now else None)
    if now and now[1] > window.last:
        text += f" → {now[1]:%Y-%m}"
    is_late = bool((slip and slip > 0) or (now and now[0] is Kind.OVERDUE))
    return _placed(stop.stage, baseline, current, line, text, is_late, slip, window, scale)


def _aim_track(aim: Aim, window: Window, scale: Scale, text: str) -> Track:
    flag = replace(scale, radius=scale.radius * 1.6)
    mark = Mark(TARGET, aim.on, window.position(aim.on) * scale.month)
    return _placed(TARGET, None, mark, None, text, bool(aim.short_wd), None, window, flag)


def _mark(kind: Kind, day: date | None, window: Window, scale: Scale) -> Mark | None:
    return Mark(kind, day, window.position(day) * scale.month) if day and window.holds(day) else None


def _placed(
    stage: str,
    baseline: Mark | None,
    current: Mark | None,
    line: tuple[float, float] | None,
    text: str,
    is_late: bool,
    slip: int | None,
    window: Window,
    scale: Scale,
) -> Track:
    """The words stand to the right, at the edge to the left, and where neither has room upon the line."""
    ends = [*(mark.x for mark in (baseline, current) if mark), *(line or ())]
    left, right = min(ends) - scale.radius, max(ends) + scale.radius
    width, whole = width_of(text, scale.em), window.count * scale.month
    away = scale.radius + scale.gap / 2
    if max(ends) + away + width <= whole:
        anchor, to_left = max(ends), False
        x = anchor + away
        right = x + width
    else:
        anchor, to_left = min(ends) if min(ends) - away - width >= 0 else max(ends), True
        x = anchor - away
        left = min(left, x - width)
    return Track(stage, baseline, current, line, text, x, to_left, anchor, is_late, slip, left, right)


def packed(found: Sequence[Track], gap: float) -> list[Track]:
    """The tracks in as few lanes as can be, none upon another."""
    ends: list[float] = []
    placed = []
    for track in sorted(found, key=lambda track: (track.left, track.right, track.stage)):
        lane = next((at for at, end in enumerate(ends) if end + gap <= track.left), len(ends))
        if lane == len(ends):
            ends.append(track.right)
        ends[lane] = track.right
        placed.append(replace(track, lane=lane))
    return placed


def lanes_of(found: Sequence[Track]) -> int:
    """At least one."""
    return max((track.lane for track in found), default=0) + 1
