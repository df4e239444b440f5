"""Which periodic jobs there are and when each of their periods is due. Pure apart from the list itself.

A job module registers itself when the app is ready::

    JOBS["warnings"] = Job(periods=daily, work=evaluate_all)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from workdays.arithmetic import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
STARTS_AT = time(6, 0)
LONGEST_GAP = timedelta(days=366)


@dataclass(frozen=True)
class Period:
    """One period of a job: its key, e.g. 2026-11-22 or 2026-11, and the day whose facts it is about."""

    key: str
    as_of: date


@dataclass(frozen=True)
class Job:
    """``periods(after, now, calendar)``: all periods due by ``now`` with as_of later than ``after``, oldest first.

    ``work(run, at, fence)`` does the work and returns counts; it calls ``fence()`` first in each of its transactions,
    which raises LeaseLost when another process has taken the run over. ``standalone``: a period that was given up can
    be made good after later ones are done (a month's bulletin); else the latest run counts (a day's warnings).
    ``after``: jobs whose open runs up to the same day come first; one that was given up holds up nothing.
    """

    periods: Callable[[date, datetime, WorkCalendar], Iterator[Period]]
    work: Callable[[Any, datetime, Callable[[], None]], dict]
    standalone: bool = False
    label: Any = ""
    after: tuple[str, ...] = ()


JOBS: dict[str, Job] = {}

# (now) → looks for other work that has been left lying and hands it to a worker again
resweeps: list[Callable[[datetime], None]] = []


def last_day(now: datetime) -> date:
    """The latest day whose morning (06:00 Asia/Shanghai) has come."""
    local = now.astimezone(ZONE)
    return local.date() if local.time() >= STARTS_AT else local.date() - timedelta(days=1)


def daily(after: date, now: datetime, calendar: WorkCalendar) -> Iterator[Period]:
    """Every day from 06:00 Asia/Shanghai."""
    last = last_day(now)
    day = max(after, last - LONGEST_GAP)
    while day < last:
        day += timedelta(days=1)
        yield Period(day.isoformat(), day)


def monthly(after: date, now: datetime, calendar: WorkCalendar) -> Iterator[Period]:
    """The last workday of every month from 06:00 Asia/Shanghai."""
    last = last_day(now)
    month = max(after, last - LONGEST_GAP).replace(day=1)
    while month <= last:
        day = calendar.last_workday_of_month(month.year, month.month)
        if after < day <= last:
            yield Period(f"{month:%Y-%m}", day)
        month = (month + timedelta(days=32)).replace(day=1)
