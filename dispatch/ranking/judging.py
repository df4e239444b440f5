"""Whether a due task was done in time, and which days were not counted against the unit. Pure.

Every working day of a step belongs to one party (approvals.days, domain.md 2.5); a ledger item's days are its unit's
but for those on which its closure waited to be verified (the centre's) or it was moved up (the upper level's). A task
is late when a late day is the unit's own: the department's, or the park's where the park itself handles the step.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from approvals.clocks import PAUSE_KINDS, Party, PauseSpan, StepClock, charged_days
from approvals.days.rules import DaysSpent, Segment, days_spent
from workdays.arithmetic import WorkCalendar

VERIFYING, MOVED_UP, EXCUSED = "verifying", "moved_up", "excused"
WHY_ZH = {VERIFYING: "申请销号后待审核", MOVED_UP: "挂账由上级协调", "deferred_documents": "容缺材料待补"}
PARTIES_ZH = {
    Party.ENTERPRISE: "企业",
    Party.DEPARTMENT: "部门",
    Party.UPPER: "上级",
    Party.THIRD_PARTY: "第三方",
    Party.PARK: "中心",
}
WAITS = {"closing": (Party.PARK, VERIFYING), "hung": (Party.UPPER, MOVED_UP)}


@dataclass(frozen=True)
class Verdict:
    """``late_wd``: late working days of the unit's own; one late on days off alone is late with 0. ``in_time`` of an
    open task: not late so far."""

    due_on: date
    done_on: date | None
    in_time: bool
    late_wd: int
    counted_wd: int
    not_counted: tuple[Segment, ...]


def judge(
    *,
    start: date,
    due: date,
    done: date | None,
    spans: Sequence[PauseSpan],
    holder: Party,
    as_of: date,
    calendar: WorkCalendar,
    accepted: date | None = None,
) -> Verdict:
    """Of a task that began on ``start``. Days after ``as_of`` do not exist; ``spans``: when others had it."""
    own = {Party.DEPARTMENT, holder}
    end = done or as_of
    late = charged_days(due, end, spans, today=as_of, calendar=calendar, holder=holder)
    spent = days_spent(
        received=start, accepted=accepted, decided=end, pauses=spans, holder=holder, today=as_of, calendar=calendar
    )
    return Verdict(
        due, done,
        in_time=not any(late.calendar_days[party] for party in own),
        late_wd=sum(late.workdays[party] for party in own),
        counted_wd=sum(spent.workdays[party] for party in own),
        not_counted=_others(spent, own),
    )  # fmt: skip


def _others(spent: DaysSpent, own: set[Party]) -> tuple[Segment, ...]:
    return tuple(one for one in spent.segments if one.party not in own and one.workdays)


def judge_step(
    clock: StepClock, *, received: date | None, accepted: date | None, as_of: date, calendar: WorkCalendar
) -> Verdict | None:
    """Of a step whose clock has a due day, else None. A decision after ``as_of`` has not been made yet."""
    done = clock.decided if clock.decided and clock.decided <= as_of else None
    known = replace(clock, decided=done)
    due = known.read(as_of, calendar).effective
    start = received or accepted or clock.day0
    if due is None or start is None:
        return None
    return judge(
        start=start, due=due.on, done=done, spans=_until(clock.pauses, as_of), holder=clock.holder, as_of=as_of,
        calendar=calendar, accepted=accepted,
    )  # fmt: skip


def _until(spans: Iterable[PauseSpan], as_of: date) -> list[PauseSpan]:
    """What was known of them on the day: one that began later was not there, one that ended later was open."""
    seen = [span for span in spans if span.start <= as_of]
    return [replace(span, end=None) if span.end and span.end > as_of else span for span in seen]


def waits(entries: Iterable[tuple[str, date]], as_of: date) -> list[PauseSpan]:
    """When others had a ledger item. ``entries``: (state after it, day) of its history, oldest first."""
    found: list[PauseSpan] = []
    state, since = "", as_of
    for after, on in entries:
        if after == state or on > as_of:
            continue
        if state in WAITS:
            found.append(_wait(state, since, on))
        state, since = after, on
    if state in WAITS:
        found.append(_wait(state, since, None))
    return found


def _wait(state: str, since: date, until: date | None) -> PauseSpan:
    party, kind = WAITS[state]
    end = None if until is None else max(since, until)
    return PauseSpan(since, end, stops_committed=False, stops_statutory=False, party=party, kind=kind)


def segment_json(one: Segment) -> dict[str, Any]:
    """Days (after, upto] that were not the unit's, in words of the field."""
    kind = PAUSE_KINDS.get(one.why)
    return {
        "after": one.after.isoformat(),
        "to": one.upto.isoformat(),
        "party": PARTIES_ZH[one.party],
        "why": WHY_ZH.get(one.why) or (kind.name_zh if kind else one.why),
        "days": one.workdays,
    }
