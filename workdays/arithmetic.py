"""Working-day arithmetic over an immutable calendar. Pure: no database, no clock, no settings.

A day is a workday when it is Monday to Friday and not listed as off, or when it is listed as a make-up
workday (调休上班). Source of the rule: domain.md 2.1 and 2.3; the tables come from the yearly notice of
the State Council General Office.

Every answer is a look-up. Inside the built range a table gives, for each day, how many workdays lie up to
and including it; outside the range the same number follows from Monday-to-Friday weeks in closed form.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

OFFICIAL = "official"
PROVISIONAL = "provisional"
MISSING = "missing"

YEARS_BEFORE = 1
YEARS_AFTER = 10


@dataclass(frozen=True)
class WorkCalendar:
    """The workdays of a country, built once and shared.

    years:   {year: "official" | "provisional"}; a year that is not named is "missing" and counts Monday to Friday.
    off:     {date: holiday name} for days off, weekend days of a holiday block included.
    make_up: {date: holiday name} for weekend days that are worked.

    Dates from 0001-01-01 to 9999-12-31 work. An answer beyond that raises OverflowError.
    """

    years: Mapping[int, str] = field(default_factory=dict)
    off: Mapping[date, str] = field(default_factory=dict)
    make_up: Mapping[date, str] = field(default_factory=dict)

    _first: int = field(init=False, repr=False, compare=False)
    _last: int = field(init=False, repr=False, compare=False)
    _before: int = field(init=False, repr=False, compare=False)
    _surplus: int = field(init=False, repr=False, compare=False)
    _workdays: "array[int]" = field(init=False, repr=False, compare=False)
    _rank: "array[int]" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("years", "off", "make_up"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        self._build()

    def _build(self) -> None:
        named = sorted({*self.years, *(d.year for d in self.off), *(d.year for d in self.make_up)}) or [2000]
        first = date(max(named[0] - YEARS_BEFORE, date.min.year), 1, 1).toordinal()
        last = date(min(named[-1] + YEARS_AFTER, date.max.year), 12, 31).toordinal()
        off = {day.toordinal() for day in self.off}
        made_up = {day.toordinal() for day in self.make_up}
        before = _weekdays_upto(first - 1)
        workdays: array[int] = array("l")
        rank: array[int] = array("l")
        for ordinal in range(first, last + 1):
            if ordinal in made_up or ((ordinal - 1) % 7 < 5 and ordinal not in off):
                workdays.append(ordinal)
            rank.append(before + len(workdays))
        built = {
            "_first": first,
            "_last": last,
            "_before": before,
            "_workdays": workdays,
            "_rank": rank,
            "_surplus": before + len(workdays) - _weekdays_upto(last),
        }
        for name, value in built.items():
            object.__setattr__(self, name, value)

    def _rank_of(self, ordinal: int) -> int:
        """How many workdays lie between 0001-01-01 and this day, the day included."""
        if ordinal > self._last:
            return _weekdays_upto(ordinal) + self._surplus
        if ordinal < self._first:
            return _weekdays_upto(ordinal)
        return self._rank[ordinal - self._first]

    def _workday_at(self, rank: int) -> date:
        """The workday that has this rank, the inverse of `_rank_of`."""
        position = rank - self._before - 1
        if position < 0:
            if rank < 1:
                raise OverflowError("before the first workday of year 1")
            return date.fromordinal(_nth_weekday(rank))
        if position < len(self._workdays):
            return date.fromordinal(self._workdays[position])
        ordinal = _nth_weekday(rank - self._surplus)
        if ordinal > _LAST_ORDINAL:
            raise OverflowError("after the last day of year 9999")
        return date.fromordinal(ordinal)

    def is_workday(self, day: date) -> bool:
        """True when people work on that day."""
        ordinal = day.toordinal()
        return self._rank_of(ordinal) > self._rank_of(ordinal - 1)

    def add(self, day: date, n: int) -> date:
        """The n-th workday strictly after `day`; n = 0 gives `day` itself, workday or not.

        Raises ValueError for n < 0 (use `subtract`), OverflowError beyond year 9999.
        """
        if n <= 0:
            return self._unmoved(day, n)
        return self._workday_at(self._rank_of(day.toordinal()) + n)

    def subtract(self, day: date, n: int) -> date:
        """The n-th workday strictly before `day`; n = 0 gives `day` itself, workday or not.

        Raises ValueError for n < 0, OverflowError before year 1.
        """
        if n <= 0:
            return self._unmoved(day, n)
        return self._workday_at(self._rank_of(day.toordinal() - 1) - n + 1)

    @staticmethod
    def _unmoved(day: date, n: int) -> date:
        if n < 0:
            raise ValueError("the number of workdays must not be negative")
        return day

    def roll_forward(self, day: date) -> date:
        """`day` if it is a workday, else the next workday."""
        return day if self.is_workday(day) else self.add(day, 1)

    def previous_workday(self, day: date) -> date:
        """The last workday on or before `day`."""
        return self._workday_at(self._rank_of(day.toordinal()))

    def count(self, after: date, upto: date) -> int:
        """Workdays in (after, upto]: the first day is not counted, the last one is. 0 when upto <= after."""
        if upto <= after:
            return 0
        return self._rank_of(upto.toordinal()) - self._rank_of(after.toordinal())

    def number(self, day: date) -> int:
        """Workdays from 0001-01-01 to `day`, the day included: a day off has the number of the workday before it."""
        return self._rank_of(day.toordinal())

    def day_of(self, number: int) -> date:
        """The workday with this number. Raises OverflowError outside the years 1 to 9999."""
        return self._workday_at(number)

    def year_status(self, year: int) -> str:
        """One of OFFICIAL, PROVISIONAL and MISSING."""
        return self.years.get(year, MISSING)

    def is_provisional(self, day: date) -> bool:
        """True when the year of `day` has no official table, so that the answer may still change."""
        return self.year_status(day.year) != OFFICIAL

    def provisional_between(self, after: date, upto: date) -> bool:
        """True when any day in (after, upto] lies in a year without an official table."""
        if upto <= after:
            return False
        first_used = date.fromordinal(after.toordinal() + 1)
        return any(self.year_status(year) != OFFICIAL for year in range(first_used.year, upto.year + 1))

    def workday_name(self, day: date) -> str:
        """The holiday a listed day belongs to; "" for an ordinary day. `is_workday` tells off from make-up."""
        return self.make_up.get(day) or self.off.get(day) or ""

    def last_workday_of_month(self, year: int, month: int) -> date:
        """The last workday of a calendar month."""
        following = date(year + month // 12, month % 12 + 1, 1)
        return self.subtract(following, 1)


def missing_years(calendar: WorkCalendar, today: date) -> list[int]:
    """Years somebody should load now: this year at any time, the next one from 1 December (domain.md 2.1)."""
    wanted = [today.year] + ([today.year + 1] if today.month == 12 else [])
    return [year for year in wanted if calendar.year_status(year) != OFFICIAL]


_LAST_ORDINAL = date.max.toordinal()


def _weekdays_upto(ordinal: int) -> int:
    """Mondays to Fridays in [0001-01-01, ordinal]; ordinal 1 is a Monday."""
    weeks, days = divmod(ordinal, 7)
    return 5 * weeks + min(days, 5)


def _nth_weekday(n: int) -> int:
    """Ordinal of the n-th Monday-to-Friday day, counted from 1."""
    weeks, days = divmod(n - 1, 5)
    return 7 * weeks + days + 1
