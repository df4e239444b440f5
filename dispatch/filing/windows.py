"""When a month is filed, checked and locked. Pure.

Source: domain.md 4.1: units report by the 25th (the statistics month ends there), the centre checks from the 26th to
the last workday of the month. Ours: the window opens on the 16th; a 25th that is no workday moves forward to the next
one (by analogy to Civil Code 203, as limits do, domain.md 2.3), never past the lock; who is late may still hand in
until the lock and is shown as late; the lock falls at the end of office hours of the last workday.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from workdays.arithmetic import WorkCalendar

OPENS_DAY = 16
CLOSES_DAY = 25
SOON_WD = 3  # workdays before the close on which people are reminded


class State(StrEnum):
    """Where a window stands; BEFORE has no row yet."""

    BEFORE = "before"
    OPEN = "open"
    CHECKING = "checking"
    LOCKED = "locked"


class Reminder(StrEnum):
    """What people who still owe are told, in this order."""

    OPENED = "opened"
    SOON = "soon"
    LAST = "last"
    LATE = "late"


@dataclass(frozen=True)
class Window:
    """Days of one month's filing: handed in by ``closes_on``, checked until the evening of ``locks_on``."""

    year: int
    month: int
    opens_on: date
    closes_on: date
    locks_on: date

    def state_on(self, day: date) -> State:
        """The state during ``day``; on ``locks_on`` itself the centre still checks."""
        if day < self.opens_on:
            return State.BEFORE
        if day <= self.closes_on:
            return State.OPEN
        return State.CHECKING if day <= self.locks_on else State.LOCKED


def window(year: int, month: int, calendar: WorkCalendar) -> Window:
    """The days of the month's window."""
    locks_on = calendar.last_workday_of_month(year, month)
    closes_on = min(calendar.roll_forward(date(year, month, CLOSES_DAY)), locks_on)
    return Window(year, month, min(date(year, month, OPENS_DAY), closes_on), closes_on, locks_on)


def months_to_open(as_of: date) -> list[tuple[int, int]]:
    """(year, month) whose window has opened by ``as_of``: that of its month, once the 16th has come."""
    return [(as_of.year, as_of.month)] if as_of.day >= OPENS_DAY else []


def reminder_on(opens_on: date, closes_on: date, as_of: date, calendar: WorkCalendar) -> Reminder | None:
    """The latest reminder whose day has come by ``as_of``: so a missed day is made up for by the next, once."""
    if as_of < opens_on:
        return None
    days = {
        Reminder.OPENED: opens_on,
        Reminder.SOON: max(calendar.subtract(closes_on, SOON_WD), opens_on),
        Reminder.LAST: closes_on,
        Reminder.LATE: closes_on + timedelta(days=1),
    }
    return [kind for kind, day in days.items() if day <= as_of][-1]
