"""The ladder of a response case, one day at a time. Pure: same state, facts and day give the same result.

Source: domain.md 3.4 and its guards. What it leaves open is settled here:

* A day sees what was answered before it; the evaluation is the first thing in the morning.
* Levels move, and cases open and close, on workdays only; clean evaluations are counted every day.
* A missed deadline raises the level while the cause stands. Such a level does not fall because its cause was milder
  all along: an evaluation is clean when there is no cause, or when the cause is milder than the level and than
  anything it has been since the case came to that level. A clean evaluation never raises.
* Two clean evaluations without any cause close the case from every level; otherwise it falls by one.
* Held: nothing moves. On release the deadlines start again; what was answered stays answered.
* A raised level must be acknowledged and acted upon anew; a fallen one need not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from dispatch.response.policy import ONE, THREE, Policy
from workdays.arithmetic import WorkCalendar

OPENED, RAISED, LOWERED, HELD, RELEASED, OVERDUE, CLOSED = (
    "opened", "raised", "lowered", "held", "released", "overdue", "closed"
)  # fmt: skip
# What can be missed, in the order in which it falls due.
ACKNOWLEDGE, ACT, REPORT, CLEAR = "acknowledge", "act", "report", "clear"
# Reasons of moves.
BY_TRIGGER, NO_CAUSE, MILDER = "trigger", "no_cause", "milder"
MISSED = {ACKNOWLEDGE: "acknowledge_missed", ACT: "act_missed", REPORT: "report_missed", CLEAR: "clear_missed"}
SUSPENDED, PAUSED, SWITCHED_OFF, ENDED_HOLD = "suspended", "paused", "switched_off", "hold_over"


@dataclass(frozen=True)
class State:
    """Where a case stands after the evaluation of ``evaluated_on``. ``cause_level``: the worst that
    its cause has asked for since the case came to its level."""

    level: int
    opened_on: date
    level_since_on: date
    clock_from_on: date
    evaluated_on: date
    cause_level: int
    acknowledged_on: date | None = None
    acted_on: date | None = None
    reported_on: date | None = None
    is_held: bool = False
    clean_days: int = 0
    gone_days: int = 0
    overdue: tuple[str, ...] = ()
    closed_on: date | None = None


@dataclass(frozen=True)
class Facts:
    """What the day says about the cause. ``trigger``: the level it asks for, None without a cause; ``held``: why it
    does not count (SUSPENDED, PAUSED, SWITCHED_OFF) or "". ``kind`` and ``value`` only explain.
    """

    trigger: int | None
    held: str = ""
    kind: str = ""
    value: int | Decimal | None = None


@dataclass(frozen=True)
class Move:
    """One thing the evaluation did: an event of the case."""

    kind: str
    from_level: int | None
    to_level: int | None
    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Limits:
    """The days on which answers are due; None: not asked for at this level."""

    acknowledge_by: date
    act_by: date | None
    report_by: date | None
    clear_by: date


def limits(state: State, calendar: WorkCalendar, policy: Policy) -> Limits:
    """Deadlines of the state, in workdays from its clock; "the same day" is the next workday if it is none."""
    days = policy.deadlines[state.level]
    start = state.clock_from_on
    reported = max(start, state.reported_on) if state.reported_on else start

    def by(wd: int | None, first: date = start) -> date | None:
        return None if wd is None else calendar.roll_forward(calendar.add(first, wd))

    return Limits(
        acknowledge_by=calendar.roll_forward(calendar.add(start, days.acknowledge_wd)),
        act_by=by(days.act_wd),
        report_by=by(days.report_wd, reported),
        clear_by=calendar.roll_forward(calendar.add(start, days.clear_wd)),
    )


def missed(state: State, as_of: date, calendar: WorkCalendar, policy: Policy) -> tuple[str, ...]:
    """What was due before ``as_of`` and not given before it, in the order of the deadlines' kinds."""
    due = limits(state, calendar, policy)
    found = []
    if due.acknowledge_by < as_of and not _before(state.acknowledged_on, as_of):
        found.append(ACKNOWLEDGE)
    if due.act_by is not None and due.act_by < as_of and not _before(state.acted_on, as_of):
        found.append(ACT)
    if due.report_by is not None and due.report_by < as_of:
        found.append(REPORT)
    if due.clear_by < as_of:
        found.append(CLEAR)
    return tuple(found)


def advance(
    state: State | None, facts: Facts, as_of: date, calendar: WorkCalendar, policy: Policy
) -> tuple[State | None, list[Move]]:
    """The state after the evaluation of ``as_of`` and what it did. ``state`` None: there is no open case.

    A day that was evaluated already, and a closed case, stay as they are.
    """
    if state is None:
        return _open(facts, as_of, calendar)
    if state.closed_on is not None or state.evaluated_on >= as_of:
        return state, []
    moves: list[Move] = []
    if facts.held:
        if not state.is_held:
            moves.append(Move(HELD, state.level, state.level, facts.held))
        return replace(state, is_held=True, clean_days=0, gone_days=0, evaluated_on=as_of), moves
    if state.is_held:
        moves.append(Move(RELEASED, state.level, state.level, ENDED_HOLD))
        state = replace(state, is_held=False, clock_from_on=as_of, overdue=())
    state = _counted(replace(state, evaluated_on=as_of), facts)
    if calendar.is_workday(as_of):
        state, move = _moved(state, facts, as_of, calendar, policy)
        moves += [move] if move else []
    return state, moves


def _open(facts: Facts, as_of: date, calendar: WorkCalendar) -> tuple[State | None, list[Move]]:
    if facts.trigger is None or facts.held or not calendar.is_workday(as_of):
        return None, []
    state = State(THREE, as_of, as_of, as_of, as_of, cause_level=facts.trigger)
    return state, [Move(OPENED, None, THREE, BY_TRIGGER, _explained(facts))]


def _counted(state: State, facts: Facts) -> State:
    """The state with today's evaluation counted as clean, as without cause, or as neither."""
    if facts.trigger is None:
        return replace(state, clean_days=state.clean_days + 1, gone_days=state.gone_days + 1)
    if facts.trigger > state.level and facts.trigger > state.cause_level:
        return replace(state, clean_days=state.clean_days + 1, gone_days=0)
    return replace(state, clean_days=0, gone_days=0, cause_level=min(state.cause_level, facts.trigger))


def _moved(
    state: State, facts: Facts, as_of: date, calendar: WorkCalendar, policy: Policy
) -> tuple[State, Move | None]:
    """At most one move of the level on a workday."""
    if state.gone_days >= policy.clean_evaluations:
        return replace(state, closed_on=as_of), Move(CLOSED, state.level, None, NO_CAUSE, _explained(facts))
    if state.clean_days >= policy.clean_evaluations and state.level < THREE:
        return _lowered(state, facts, as_of)
    if state.clean_days or facts.trigger is None:
        return state, None
    if facts.trigger < state.level:
        return _raised(state, facts, as_of, BY_TRIGGER)
    late = missed(state, as_of, calendar, policy)
    if late and state.level > ONE:
        return _raised(state, facts, as_of, MISSED[late[0]])
    fresh = [code for code in late if code not in state.overdue]
    state = replace(state, overdue=late)
    if not fresh:
        return state, None
    return state, Move(OVERDUE, state.level, state.level, MISSED[fresh[0]], {"missed": fresh} | _explained(facts))


def _raised(state: State, facts: Facts, as_of: date, reason: str) -> tuple[State, Move]:
    """One level up; answers of earlier days were for the old level."""
    higher = replace(
        state,
        level=state.level - 1,
        level_since_on=as_of,
        clock_from_on=as_of,
        cause_level=facts.trigger or state.cause_level,
        acknowledged_on=_kept(state.acknowledged_on, as_of),
        acted_on=_kept(state.acted_on, as_of),
        reported_on=_kept(state.reported_on, as_of),
        overdue=(),
    )
    return higher, Move(RAISED, state.level, higher.level, reason, _explained(facts))


def _lowered(state: State, facts: Facts, as_of: date) -> tuple[State, Move]:
    """One level down; the cause counts from what it is now."""
    lower = replace(
        state,
        level=state.level + 1,
        level_since_on=as_of,
        clock_from_on=as_of,
        clean_days=0,
        cause_level=facts.trigger if facts.trigger is not None else THREE,
        overdue=(),
    )
    return lower, Move(LOWERED, state.level, lower.level, MILDER, _explained(facts))


def _explained(facts: Facts) -> dict[str, Any]:
    value = facts.value if isinstance(facts.value, int) or facts.value is None else str(facts.value)
    return {"kind": facts.kind, "value": value, "trigger": facts.trigger}


def _before(answered_on: date | None, as_of: date) -> bool:
    return answered_on is not None and answered_on < as_of


def _kept(answered_on: date | None, as_of: date) -> date | None:
    """An answer survives a raise when it was given on that day or later (a day worked off late)."""
    return answered_on if answered_on is not None and answered_on >= as_of else None


def replay(
    days: Iterable[date],
    triggers_by_day: Mapping[date, int | Facts | None],
    policy: Policy,
    calendar: WorkCalendar,
    *,
    answered: bool,
) -> list[tuple[date, Move]]:
    """What the ladder would have done on these days, for trying a rule on the past: every move with its day.

    ``triggers_by_day``: the level asked for (or Facts); a day that is missing has no cause. ``answered``: everybody
    acknowledges, acts and reports on the day of the level, but only the end of the cause clears; else nobody does
    anything. A cause that comes back after its case was closed opens another case.
    """
    state: State | None = None
    done: list[tuple[date, Move]] = []
    for day in sorted(days):
        given = triggers_by_day.get(day)
        facts = given if isinstance(given, Facts) else Facts(given)
        state, moves = advance(state, facts, day, calendar, policy)
        done += [(day, move) for move in moves]
        if state is not None and state.closed_on is not None:
            state = None
        if state is not None and answered:
            state = replace(
                state,
                acknowledged_on=state.acknowledged_on or day,
                acted_on=state.acted_on or day,
                reported_on=day,
            )
    return done
