"""Half-months and quarters of the ranking, and the day each is frozen. Pure. Source: domain.md 3.5.

A first half is frozen on the 15th, or on the last workday before it where the 15th is a day off: nobody works on it,
and a ranking that waits for the next workday would run into the second half. A second half is frozen on the last
workday of its month, a contest on that of its quarter. What is judged are the days from the day of the freeze before
up to the day before this one: only days that are over, and no day falls between two periods.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dispatch.jobs.registry import LONGEST_GAP, last_day
from dispatch.jobs.registry import Period as JobPeriod
from workdays.arithmetic import WorkCalendar

HALF_MONTH, CONTEST = "half_month", "contest"
NUMBERS = {HALF_MONTH: 24, CONTEST: 4}
MIDDLE = 15
DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """``number``: half-month 1–24 or quarter 1–4 of the ``year``."""

    year: int
    number: int
    kind: str = HALF_MONTH

    def __post_init__(self) -> None:
        if not 1 <= self.number <= NUMBERS[self.kind]:
            raise ValueError(f"no such period: {self}")

    @property
    def month(self) -> int:
        """The month in which it is frozen."""
        return (self.number + 1) // 2 if self.kind == HALF_MONTH else self.number * 3

    @property
    def key(self) -> str:
        return f"{self.year}-{self.number:02d}" if self.kind == HALF_MONTH else f"{self.year}-Q{self.number}"

    @property
    def name_zh(self) -> str:
        """2026年11月上半月, 2026年第三季度"""
        if self.kind == HALF_MONTH:
            return f"{self.year}年{self.month}月{'上' if self.number % 2 else '下'}半月"
        return f"{self.year}年第{'一二三四'[self.number - 1]}季度"

    def before(self) -> "Period":
        if self.number > 1:
            return Period(self.year, self.number - 1, self.kind)
        return Period(self.year - 1, NUMBERS[self.kind], self.kind)

    def after(self) -> "Period":
        if self.number < NUMBERS[self.kind]:
            return Period(self.year, self.number + 1, self.kind)
        return Period(self.year + 1, 1, self.kind)


def freezes_on(period: Period, calendar: WorkCalendar) -> date:
    """The day of the freeze; always a workday."""
    if period.kind == HALF_MONTH and period.number % 2:
        return calendar.previous_workday(date(period.year, period.month, MIDDLE))
    return calendar.last_workday_of_month(period.year, period.month)


def starts_on(period: Period, calendar: WorkCalendar) -> date:
    """The first day it judges: the day of the freeze before, which was not over then."""
    return freezes_on(period.before(), calendar)


def last_judged(as_of: date) -> date:
    """The last day that is over when a period is frozen on the morning of ``as_of``."""
    return as_of - DAY


def latest(kind: str, today: date, calendar: WorkCalendar) -> Period:
    """The latest period whose day of the freeze has come."""
    number = today.month * 2 if kind == HALF_MONTH else (today.month + 2) // 3
    period = Period(today.year, number, kind)
    while freezes_on(period, calendar) > today:
        period = period.before()
    return period


def due(kind: str, after: date, now: datetime, calendar: WorkCalendar) -> Iterator[JobPeriod]:
    """The periods of a job, see dispatch.jobs.registry.Job: frozen from 06:00 Asia/Shanghai on their day."""
    last = last_day(now)
    since = max(after, last - LONGEST_GAP)
    period = latest(kind, since, calendar)
    while (day := freezes_on(period, calendar)) <= last:
        if since < day:
            yield JobPeriod(period.key, day)
        period = period.after()
