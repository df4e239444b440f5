"""What one decided step adds to the figures, and what follows from the sums. Pure; nothing is rounded here.

Source: domain.md 2.5 (clocks, whose days), design.md 2 (statutory and committed limit), domain.md 3.2 (a rate is always
numerator / denominator, and "—" without a denominator). wd: working days, cd: calendar days.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import NamedTuple

from projects.investment import percent
from workdays.arithmetic import WorkCalendar


class Limits(NamedTuple):
    """What a step is measured by, extensions left out. statutory: in ``unit`` ("wd" or "cd"); None: no such limit."""

    committed_wd: int | None
    statutory: int | None
    unit: str


class Used(NamedTuple):
    """Days from day 0 (not counted) to the decision (counted): all of them, and those the department had the file."""

    gross_wd: int
    own_wd: int
    own_cd: int


Span = tuple[date, date | None]
"""Days (start, end] on which somebody else has the file: the enterprise, the upper level, a third party, the park. The
end is None while they last."""


def used(day0: date, decided_on: date, others: Sequence[Span], calendar: WorkCalendar) -> Used:
    """The department's own days are those in no span of others; of spans that overlap a day counts once."""
    gross, days = calendar.count(day0, decided_on), max(0, (decided_on - day0).days)
    away_wd, away_cd = away(day0, decided_on, others, calendar) if others else (0, 0)
    return Used(gross, gross - away_wd, days - away_cd)


def away(day0: date, decided_on: date, others: Sequence[Span], calendar: WorkCalendar) -> tuple[int, int]:
    """Working and calendar days in (day0, decided_on] on which others had the file."""
    workdays = days = 0
    counted = day0
    for start, last in sorted(others, key=itemgetter(0)):
        end = decided_on if last is None or last > decided_on else last
        counted = max(counted, start)
        if counted < end:
            workdays += calendar.count(counted, end)
            days += (end - counted).days
            counted = end
    return workdays, days


class Tally(NamedTuple):
    """Sums over cases; ``total`` of tallies is that of all their cases. Every figure is one of these over another.

    limited, limit_wd, limited_own_wd: steps with a committed limit, their limits and own days. statutory_wd,
    statutory_own_wd (…_cd): the same for statutory limits above zero, in working and in calendar days apart.
    """

    handled: int = 0
    gross_wd: int = 0
    own_wd: int = 0
    limited: int = 0
    limit_wd: int = 0
    limited_own_wd: int = 0
    with_due: int = 0
    on_time: int = 0
    statutory_wd: int = 0
    statutory_own_wd: int = 0
    statutory_cd: int = 0
    statutory_own_cd: int = 0
    with_wd: int = 0
    with_cd: int = 0
    accepted: int = 0
    deferred: int = 0
    committed: int = 0
    returned: int = 0
    rated: int = 0
    score: int = 0
    adopted: int = 0

    @property
    def average_gross(self) -> Decimal | None:
        """Working days from day 0 to the decision, mean."""
        return ratio(self.gross_wd, self.handled)

    @property
    def average_own(self) -> Decimal | None:
        """The department's own working days, mean."""
        return ratio(self.own_wd, self.handled)

    @property
    def average_limit(self) -> Decimal | None:
        """Committed limit of the steps that have one, mean."""
        return ratio(self.limit_wd, self.limited)

    @property
    def on_time_percent(self) -> Decimal | None:
        return percent(self.on_time, self.with_due)

    @property
    def saved_wd(self) -> int:
        return self.statutory_wd - self.statutory_own_wd

    @property
    def saved_cd(self) -> int:
        return self.statutory_cd - self.statutory_own_cd

    @property
    def compression_wd(self) -> Decimal | None:
        """平均办理时间压缩率 of the steps with a statutory limit in working days, per cent; negative when slower."""
        return percent(self.saved_wd, self.statutory_wd)

    @property
    def compression_cd(self) -> Decimal | None:
        """The same for statutory limits in calendar days, compared in calendar days."""
        return percent(self.saved_cd, self.statutory_cd)

    @property
    def deferred_percent(self) -> Decimal | None:
        return percent(self.deferred, self.accepted)

    @property
    def average_score(self) -> Decimal | None:
        return ratio(self.score, self.rated)


def ratio(numerator: int, denominator: int) -> Decimal | None:
    """Unrounded; None (shown as —) for an empty denominator."""
    return Decimal(numerator) / denominator if denominator else None


def tally(limits: Limits, days: Used, *, handled: int = 1, with_due: int = 0, on_time: int = 0) -> Tally:
    """What decided steps with the same limits count for; ``days``: the sums of their days."""
    committed, statutory, unit = limits
    has_limit, in_wd, in_cd = committed is not None, bool(statutory) and unit == "wd", bool(statutory) and unit == "cd"
    return Tally(
        handled=handled,
        gross_wd=days.gross_wd,
        own_wd=days.own_wd,
        limited=handled * has_limit,
        limit_wd=handled * (committed or 0),
        limited_own_wd=days.own_wd * has_limit,
        with_due=with_due,
        on_time=on_time,
        statutory_wd=handled * (statutory or 0) * in_wd,
        statutory_own_wd=days.own_wd * in_wd,
        statutory_cd=handled * (statutory or 0) * in_cd,
        statutory_own_cd=days.own_cd * in_cd,
        with_wd=handled * in_wd,
        with_cd=handled * in_cd,
    )


def total(tallies: Iterable[Tally]) -> Tally:
    """The sums of them all; nothing of nothing."""
    rows = list(tallies)
    return Tally._make(map(sum, zip(*rows, strict=True))) if rows else Tally()
