"""The rhythm of the four dispatch tiers (四级调度), and which tier takes a case. Pure. Source: domain.md 3.4.

Tier 1 meets on one weekday of every week, on the next workday if that is a holiday (which may fall into the next
week). Tier 2 meets on the 15th, on the workday before it if that is a day off (an account is never called in late),
and on the last workday. Tier 3 meets on the 5th workday, tier 4 on the 10th workday of the quarter (our choice,
"quarterly" is all that is published) and whenever the chief leader asks.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from dispatch.response.policy import ONE, TWO, Rhythm
from workdays.arithmetic import WorkCalendar

TIERS = (1, 2, 3, 4)
DAY = timedelta(days=1)
DEFAULT = Rhythm()


def sessions_between(
    tier: int, first: date, last: date, calendar: WorkCalendar, rhythm: Rhythm = DEFAULT
) -> list[date]:
    """The session days of a tier in [first, last], in order. Raises KeyError for an unknown tier."""
    found = _DAYS[tier](first, last, calendar, rhythm)
    return sorted({day for day in found if first <= day <= last})


def next_session(tier: int, today: date, calendar: WorkCalendar, rhythm: Rhythm = DEFAULT) -> date:
    """The next session day of a tier, today included."""
    reach = today
    while True:
        reach += timedelta(days=40)
        if days := sessions_between(tier, today, reach, calendar, rhythm):
            return days[0]


def latest_before(tier: int, today: date, calendar: WorkCalendar, rhythm: Rhythm = DEFAULT) -> date:
    """The last session day of a tier before today."""
    return sessions_between(tier, today - timedelta(days=140), today - DAY, calendar, rhythm)[-1]


def tier_of(
    level: int,
    level_since_on: date,
    *,
    is_overdue: bool,
    today: date,
    calendar: WorkCalendar,
    rhythm: Rhythm = DEFAULT,
) -> int:
    """The tier that takes an open case: III the first; II the second, and the third once a session of the second has
    passed since the level was reached; I the third, and the fourth once a session of the third has passed or an answer
    is overdue. A session on the day itself has not passed.
    """
    if level > TWO:
        return 1
    tier = 2 if level == TWO else 3
    carried = bool(sessions_between(tier, level_since_on, today - DAY, calendar, rhythm))
    return tier + 1 if carried or (level == ONE and is_overdue) else tier


def _weekly(first: date, last: date, calendar: WorkCalendar, rhythm: Rhythm) -> Iterator[date]:
    day = first - timedelta(days=35)
    day += timedelta(days=(rhythm.weekly_on - day.isoweekday()) % 7)
    while day <= last:
        yield calendar.roll_forward(day)
        day += timedelta(days=7)


def _half_monthly(first: date, last: date, calendar: WorkCalendar, rhythm: Rhythm) -> Iterator[date]:
    for month in _months(first, last):
        yield calendar.previous_workday(month.replace(day=rhythm.half_day))
        yield calendar.last_workday_of_month(month.year, month.month)


def _monthly(first: date, last: date, calendar: WorkCalendar, rhythm: Rhythm) -> Iterator[date]:
    for month in _months(first, last):
        yield calendar.add(month - DAY, rhythm.monthly_wd)


def _quarterly(first: date, last: date, calendar: WorkCalendar, rhythm: Rhythm) -> Iterator[date]:
    for month in _months(first, last):
        if month.month % 3 == 1:
            yield calendar.add(month - DAY, rhythm.quarterly_wd)


def _months(first: date, last: date) -> Iterator[date]:
    """First days of the months whose sessions may fall into [first, last]."""
    month = (first - timedelta(days=100)).replace(day=1)
    while month <= last + timedelta(days=31):
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


_DAYS: dict[int, Callable[[date, date, WorkCalendar, Rhythm], Iterator[date]]] = {
    1: _weekly,
    2: _half_monthly,
    3: _monthly,
    4: _quarterly,
}
