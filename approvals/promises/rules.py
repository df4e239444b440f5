"""When papers that follow later are due and what happens then, and when a promise is checked. Pure.

Source: domain.md section 1 (容缺受理 and 告知承诺 are different) and 2.4.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from approvals import clocks
from approvals.flow import PAUSED, RUNNING, State, Verb
from workdays.arithmetic import WorkCalendar

COMMITTABLE = ("yes", "conditional")
CONDITIONAL = "conditional"
ASSESSMENTS, ACCEPTANCE = "EVAL", "ACCEPT"
"""Codes of two lines. No construction before an assessment is approved (环评法 25, 水保法 26, 节能法 15), so none of
them is promised when building first; acceptance is where the promises are checked, so it is not promised itself."""
START_BANS = ("环境影响评价法第二十五条", "水土保持法第二十六条", "节约能源法第十五条")
USUAL_CHECK_BEFORE = "S18"


class AtDeadline(StrEnum):
    """What becomes of a case whose promised papers did not come; values of ``ApprovalPolicy.at_deadline``."""

    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    FLAGGED = "flagged"


@dataclass(frozen=True)
class DebtDue:
    """Until when a paper is owed: a day, or the step (code) that is not decided without it."""

    on: date | None
    before: str = ""


def debt_due(
    accepted: date,
    committed_limit: int | None,
    calendar: WorkCalendar,
    *,
    zone_days: int | None = None,
    due_before: str = "",
) -> DebtDue:
    """min(committed limit, 5) workdays after acceptance, or the zone's own number; or before a later step.

    ``due_before`` is the step that waits for the paper, "" when there is none (domain.md section 1).
    """
    if due_before:
        return DebtDue(None, due_before)
    return DebtDue(clocks.supplement_due(accepted, committed_limit, calendar, zone_days=zone_days))


def renewed_due(due_on: date, renewal_wd: int, calendar: WorkCalendar) -> date:
    """The due day after the one renewal: so many workdays after the old due day."""
    return calendar.roll_forward(calendar.add(due_on, renewal_wd))


def lapsed_before(as_of: date, calendar: WorkCalendar) -> date:
    """Debts due before this day have lapsed by ``as_of``: a workday has come since (WD-07)."""
    return calendar.previous_workday(as_of)


def outcome(rule: AtDeadline | str, state: State) -> Verb | None:
    """How the case ends when papers have lapsed; None: they are only flagged, as with every decided step.

    A paused step is resumed before it is refused; ``WITHDRAW`` is possible from a pause.
    """
    if state not in RUNNING | PAUSED:
        return None
    ends = {AtDeadline.WITHDRAWN: Verb.WITHDRAW, AtDeadline.REFUSED: Verb.DECIDE_REFUSE, AtDeadline.FLAGGED: None}
    return ends[AtDeadline(rule)]


def is_late_supply(supplied_on: date | None, due_on: date | None) -> bool:
    """Whether a promised paper came after its due day; the due day itself is in time."""
    return supplied_on is not None and due_on is not None and supplied_on > due_on


def days_left(due_on: date, today: date, calendar: WorkCalendar) -> int:
    """Workdays left, 0 on the due day; negative when late, where a weekend alone counts as one."""
    late = clocks.lateness(due_on, today, calendar)
    return -max(late.workdays, 1) if late.is_late else clocks.remaining(today, due_on, calendar)


def check_due(decided_on: date, check_days: int, calendar: WorkCalendar) -> date:
    """Last day to check a promise: so many workdays after the decision it carried."""
    return calendar.roll_forward(calendar.add(decided_on, check_days))


def in_order(codes: Iterable[str], before: Mapping[str, Collection[str]]) -> list[str]:
    """The codes with every step after those it waits for (``before``), else in the order given; no cycles."""
    wanted = list(codes)
    placed: dict[str, None] = {}

    def place(code: str, path: frozenset[str]) -> None:
        if code in placed or code in path:
            return
        for earlier in wanted:
            if _reaches(earlier, code, before):
                place(earlier, path | {code})
        placed[code] = None

    for code in wanted:
        place(code, frozenset())
    return list(placed)


def _reaches(earlier: str, later: str, before: Mapping[str, Collection[str]]) -> bool:
    """Whether ``later`` waits for ``earlier``, at once or through steps between."""
    seen: set[str] = set()
    fresh = list(before.get(later, ()))
    while fresh:
        code = fresh.pop()
        if code == earlier:
            return True
        if code not in seen:
            seen.add(code)
            fresh += before.get(code, ())
    return False
