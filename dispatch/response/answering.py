"""Which answers a case wants and takes, in order. Pure over a case's fields."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from dispatch.response import ladder
from dispatch.response.policy import ONE


@dataclass(frozen=True)
class Wanted:
    """An answer that is asked for: its code (ladder), by when, when it was given."""

    code: str
    by_on: date
    given_on: date | None

    def is_late(self, today: date) -> bool:
        return self.given_on is None and self.by_on < today

    def is_open(self) -> bool:
        return self.given_on is None


def wanted(case: Any) -> list[Wanted]:
    """The answers of the case's level with their days, in the order of the ladder. Closed cases want nothing."""
    if case.closed_on is not None:
        return []
    rows = [Wanted(ladder.ACKNOWLEDGE, case.acknowledge_by_on, case.acknowledged_on)]
    if case.act_by_on:
        rows.append(Wanted(ladder.ACT, case.act_by_on, case.acted_on))
    if case.report_by_on:
        rows.append(Wanted(ladder.REPORT, case.report_by_on, None))
    return [*rows, Wanted(ladder.CLEAR, case.clear_by_on, None)]


def late(case: Any, today: date) -> list[str]:
    """Codes of what is overdue; a held case is never late."""
    return [] if case.is_held else [row.code for row in wanted(case) if row.is_late(today)]


def next_wanted(case: Any) -> Wanted | None:
    """What is asked for next: the first answer not given yet."""
    return next((row for row in wanted(case) if row.is_open()), None)


def takes(case: Any) -> list[str]:
    """The answers that can be given now: acknowledge, plan, meeting, report, note."""
    if case.closed_on is not None:
        return ["note"]
    first = [] if case.acknowledged_on else ["acknowledge"]
    return [*first, *(["meeting", "report", "plan"] if case.level == ONE else ["plan"]), "note"]
