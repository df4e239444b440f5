"""On which days a report is due by mail. Pure."""

from datetime import date, timedelta
from enum import StrEnum

from workdays.arithmetic import WorkCalendar


class Rhythm(StrEnum):
    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


def latest_due(rhythm: str, day: date, calendar: WorkCalendar) -> date | None:
    """The last day up to ``day`` on which a report of this rhythm is due; None for one that is never sent.

    Every workday; the week's Monday or the first workday after; the month's first workday.
    """
    match rhythm:
        case Rhythm.DAILY:
            return day if calendar.is_workday(day) else calendar.previous_workday(day)
        case Rhythm.WEEKLY:
            monday = day - timedelta(days=day.weekday())
            return _latest(monday, monday - timedelta(days=7), day, calendar)
        case Rhythm.MONTHLY:
            first = day.replace(day=1)
            return _latest(first, (first - timedelta(days=1)).replace(day=1), day, calendar)
    return None


def _latest(this: date, before: date, day: date, calendar: WorkCalendar) -> date:
    due = calendar.roll_forward(this)
    return due if due <= day else calendar.roll_forward(before)


def is_due(rhythm: str, since: date, day: date, calendar: WorkCalendar) -> bool:
    """Whether something is to be sent on ``day`` when the last time, or the beginning, was on ``since``.

    Days that were missed are made good once.
    """
    due = latest_due(rhythm, day, calendar)
    return due is not None and since < due
