"""What one decided step adds to the figures, and what follows from the sums. Pure; nothing is rounded here.

Source: domain.md 2.5 (clocks, whose days), design.md 2 (statutory and committed limit), domain.md 3.2 (a rate is always
numerator / denominator, and "—" without a denominator). wd: working days, cd: calendar days.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from approvals.clocks import Party, PauseSpan, charged_days
from projects.investment import percent
from workdays.arithmetic import WorkCalendar


class Case(NamedTuple):
    """One step decided in the period: its dates, limits, pauses and what else is counted about it.

    day0: the day of receipt or acceptance from which the clocks of the step count. due_on: the earlier of the two due
    days; a statutory limit of zero (on the spot) sets none. statutory: the limit in ``unit`` ("wd" or "cd"), extension
    left out. score: the enterprise's rating, 1 to 5.
    """

    day0: date
    decided_on: date
    due_on: date | None
    committed_wd: int | None
    statutory: int | None
    unit: str
    pauses: Sequence[PauseSpan] = ()
    on_commitment: bool = False
    returned: bool = False
    score: int | None = None


class Used(NamedTuple):
    """Days from day 0 (not counted) to the decision (counted): all of them, and those the department had the file."""

    gross_wd: int
    own_wd: int
    own_cd: int


def used(case: Case, calendar: WorkCalendar) -> Used:
    """The department's own days are those outside every pause that is charged to somebody else (enterprise, upper
    level, third party, park): of a pause, the days after its first up to its last."""
    gross = calendar.count(case.day0, case.decided_on)
    if not case.pauses:
        return Used(gross, gross, max(0, (case.decided_on - case.day0).days))
    charges = charged_days(case.day0, case.decided_on, case.pauses, today=case.decided_on, calendar=calendar)
    return Used(gross, charges.workdays[Party.DEPARTMENT], charges.calendar_days[Party.DEPARTMENT])


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


def tally(case: Case, calendar: WorkCalendar) -> Tally:
    """What one decided step counts for."""
    days = used(case, calendar)
    has_limit, has_statutory = case.committed_wd is not None, bool(case.statutory)
    in_wd, in_cd = has_statutory and case.unit == "wd", has_statutory and case.unit == "cd"
    return Tally(
        handled=1,
        gross_wd=days.gross_wd,
        own_wd=days.own_wd,
        limited=int(has_limit),
        limit_wd=case.committed_wd or 0,
        limited_own_wd=days.own_wd if has_limit else 0,
        with_due=int(case.due_on is not None),
        on_time=int(case.due_on is not None and case.decided_on <= case.due_on),
        statutory_wd=case.statutory or 0 if in_wd else 0,
        statutory_own_wd=days.own_wd if in_wd else 0,
        statutory_cd=case.statutory or 0 if in_cd else 0,
        statutory_own_cd=days.own_cd if in_cd else 0,
        with_wd=int(in_wd),
        with_cd=int(in_cd),
        committed=int(case.on_commitment),
        returned=int(case.returned),
        rated=int(case.score is not None),
        score=case.score or 0,
    )


def total(tallies: Iterable[Tally]) -> Tally:
    """The sums of them all; nothing of nothing."""
    rows = list(tallies)
    return Tally._make(map(sum, zip(*rows, strict=True))) if rows else Tally()
