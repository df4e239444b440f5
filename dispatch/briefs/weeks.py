"""Weeks of the brief: Monday to Sunday (ISO), the day its data are frozen, and the two moments. Pure.

Source: domain.md 4.2. Frozen on Friday 12:00, on the last workday before when Friday is off; published at 17:00. When
Monday to Friday are all off but the weekend is worked, on the last day worked of the weekend. A week in which nobody
works has no brief: its facts go into the next one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workdays.arithmetic import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
FROZEN_AT, PUBLISHED_AT = time(12), time(17)
WEEK = timedelta(days=7)
FURTHEST = 8  # weeks to look for a neighbour: no holiday is as long


@dataclass(frozen=True, order=True)
class Week:
    """``monday`` is its first day."""

    monday: date

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def year(self) -> int:
        """ISO year, which is another than the calendar year around New Year."""
        return self.monday.isocalendar().year

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def key(self) -> str:
        return f"{self.year}-W{self.number:02d}"

    def moved(self, weeks: int) -> "Week":
        return Week(self.monday + weeks * WEEK)


def week_of(day: date) -> Week:
    """The week of this day."""
    return Week(day - timedelta(days=day.weekday()))


def week_from(text: str) -> Week:
    """ "2026-W47" → the week. Raises ValueError."""
    year, separator, number = text.partition("-W")
    if not (separator and year.isascii() and year.isdigit() and number.isascii() and number.isdigit()):
        raise ValueError(text)
    return Week(date.fromisocalendar(int(year), int(number), 1))


def freeze_day(week: Week, calendar: WorkCalendar) -> date | None:
    """The last day of the week up to which data are taken; None in a week without workdays."""
    friday = week.monday + timedelta(days=4)
    for last in (friday, week.sunday):
        day = calendar.previous_workday(last)
        if day >= week.monday:
            return day
    return None


def moment(day: date, clock: time) -> datetime:
    """The day at this hour in the park."""
    return datetime.combine(day, clock, ZONE)


def week_before(week: Week, calendar: WorkCalendar) -> Week:
    """The week before that has a brief."""
    return _neighbour(week, calendar, -1)


def week_after(week: Week, calendar: WorkCalendar) -> Week:
    """The week after that has a brief."""
    return _neighbour(week, calendar, 1)


def _neighbour(week: Week, calendar: WorkCalendar, way: int) -> Week:
    found = (week.moved(way * n) for n in range(1, FURTHEST))
    return next((one for one in found if freeze_day(one, calendar)), week.moved(way))


def tasks_of(week: Week, calendar: WorkCalendar) -> tuple[date, date]:
    """First and last day of the tasks that fall to this brief: weeks without one are in the next."""
    return week_before(week, calendar).sunday + timedelta(days=1), week.sunday


def due_weeks(after: date, now: datetime, clock: time, calendar: WorkCalendar) -> Iterator[tuple[Week, date]]:
    """Weeks with a freeze day later than ``after`` whose hour ``clock`` has come by ``now``, oldest first."""
    week = week_of(after)
    while week.monday <= now.astimezone(ZONE).date():
        day = freeze_day(week, calendar)
        if day is not None and day > after and moment(day, clock) <= now:
            yield week, day
        week = week.moved(1)
