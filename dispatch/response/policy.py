"""The settings of the response ladder as a typed value, with the defaults of domain.md 3.4. Pure.

A policy is data (``ResponsePolicy.params``); whatever is left out keeps its default. Triggers of steps, milestones,
investment, enrolment and issues and all deadlines are those of domain.md 3.4. Those of issues returned again (red like
one that is late by more than 5 workdays, so level II like it), commitment checks, stale projects and ended
certificates, the rhythm of the first tier and the day of the fourth are ours: no source names them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from types import MappingProxyType
from typing import Any

ONE, TWO, THREE = 1, 2, 3
LEVELS = (THREE, TWO, ONE)
REMINDER = 0

STEP = "step"
STATUTORY = "statutory"
MILESTONE = "milestone"
START = "start"
INVESTMENT = "investment"
ENROLMENT = "enrolment"
ISSUE = "issue"
RETURNED = "returned"
COMMITMENT = "commitment"
STALE = "stale"
CERTIFICATE = "certificate"

HANDLER = "handler"
WINDOW_HEAD = "window_head"
SPECIALIST = "specialist"
UNIT_HEAD = "unit_head"
CENTRE_HEAD = "centre_head"
DEPUTY_LEADER = "deputy_leader"
PROJECT_LEADER = "project_leader"
CHIEF_LEADER = "chief_leader"
OFFICES = (HANDLER, WINDOW_HEAD, SPECIALIST, UNIT_HEAD, CENTRE_HEAD, DEPUTY_LEADER, PROJECT_LEADER, CHIEF_LEADER)

Bound = Decimal | None
Bounds = Mapping[int, Bound]


def _bounds(third: str | None, second: str | None, first: str | None) -> Bounds:
    made = (None if text is None else Decimal(text) for text in (third, second, first))
    return MappingProxyType(dict(zip(LEVELS, made, strict=True)))


# {kind: {level: more than}}; None: the trigger alone never asks for this level. Workdays, calendar days or percentage
# points past the limit, as WORKDAYS and POINTS say. Investment asks for level III from its bound on, not above it.
TRIGGERS: Mapping[str, Bounds] = MappingProxyType(
    {
        STEP: _bounds("0", "3", "10"),
        STATUTORY: _bounds(None, None, "0"),
        MILESTONE: _bounds("0", "7", "30"),
        START: _bounds("0", "7", "90"),
        INVESTMENT: _bounds("10", "15", "30"),
        ENROLMENT: _bounds(None, "0", "30"),
        ISSUE: _bounds("0", "2", None),
        RETURNED: _bounds(None, "0", None),
        COMMITMENT: _bounds("0", "2", None),
        STALE: _bounds("0", "10", None),
        CERTIFICATE: _bounds("0", "7", "30"),
    }
)
WORKDAYS = frozenset({STEP, ISSUE, COMMITMENT, STALE})
POINTS = frozenset({INVESTMENT})
OURS = frozenset({RETURNED, COMMITMENT, STALE, CERTIFICATE})


@dataclass(frozen=True)
class Deadlines:
    """Workdays from the start of the clock; None: nothing of the kind is asked. ``act``: a plan (II), a meeting (I)."""

    acknowledge_wd: int
    act_wd: int | None
    report_wd: int | None
    clear_wd: int


DEADLINES: Mapping[int, Deadlines] = MappingProxyType(
    {THREE: Deadlines(1, None, None, 3), TWO: Deadlines(1, 2, None, 5), ONE: Deadlines(0, 3, 5, 10)}
)
# Who is told in addition at each level.
TOLD: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        REMINDER: (HANDLER, SPECIALIST),
        THREE: (HANDLER, WINDOW_HEAD, SPECIALIST),
        TWO: (UNIT_HEAD, CENTRE_HEAD, DEPUTY_LEADER),
        ONE: (PROJECT_LEADER, CHIEF_LEADER),
    }
)


@dataclass(frozen=True)
class Rhythm:
    """When the tiers meet. ``weekly_on``: ISO weekday of tier 1; ``half_day``: day of the month of tier 2 (beside the
    last workday); ``monthly_wd``: workday of the month of tier 3; ``quarterly_wd``: workday of the quarter of tier 4.
    """

    weekly_on: int = 1
    half_day: int = 15
    monthly_wd: int = 5
    quarterly_wd: int = 10


@dataclass(frozen=True)
class Policy:
    """One version of the ladder."""

    version: int = 1
    is_enabled: bool = True
    triggers: Mapping[str, Bounds] = field(default_factory=lambda: TRIGGERS)
    deadlines: Mapping[int, Deadlines] = field(default_factory=lambda: DEADLINES)
    told: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: TOLD)
    rhythm: Rhythm = field(default_factory=Rhythm)
    clean_evaluations: int = 2

    def told_at(self, level: int) -> tuple[str, ...]:
        """The offices told at a level: its own and those of the milder levels; of a reminder, its own alone."""
        if level == REMINDER:
            return self.told[REMINDER]
        wanted = [office for step in LEVELS if step >= level for office in self.told[step]]
        return tuple(dict.fromkeys(wanted))


DEFAULT = Policy()


@dataclass(frozen=True)
class Fault:
    """A setting that cannot be: where (``triggers.step.2``) and why, as a code of FAULTS."""

    where: str
    code: str


UNKNOWN, NUMBER, RANGE, ORDER, OFFICE = "unknown", "number", "range", "order", "office"


class PolicyError(ValueError):
    """Settings that cannot be read; ``faults`` names every one."""

    def __init__(self, faults: list[Fault]):
        super().__init__(", ".join(f"{fault.where}: {fault.code}" for fault in faults))
        self.faults = faults


def policy_from(params: Mapping[str, Any], *, version: int = 1, is_enabled: bool = True) -> Policy:
    """The policy of stored settings. Raises PolicyError with everything that is wrong."""
    faults = check(params)
    if faults:
        raise PolicyError(faults)
    return Policy(
        version=version,
        is_enabled=is_enabled,
        triggers=MappingProxyType({kind: _merged(kind, params.get("triggers", {})) for kind in TRIGGERS}),
        deadlines=MappingProxyType({level: _deadlines(level, params.get("deadlines", {})) for level in LEVELS}),
        told=MappingProxyType(
            {level: tuple(params.get("told", {}).get(str(level), TOLD[level])) for level in (REMINDER, *LEVELS)}
        ),
        rhythm=Rhythm(**{name: int(value) for name, value in {**vars(Rhythm()), **params.get("rhythm", {})}.items()}),
        clean_evaluations=int(params.get("clean_evaluations", 2)),
    )


def as_params(policy: Policy) -> dict[str, Any]:
    """The settings as JSON; ``policy_from`` reads them back."""
    return {
        "triggers": {
            kind: {str(level): None if bounds[level] is None else str(bounds[level]) for level in LEVELS}
            for kind, bounds in policy.triggers.items()
        },
        "deadlines": {str(level): dict(vars(days)) for level, days in policy.deadlines.items()},
        "told": {str(level): list(offices) for level, offices in policy.told.items()},
        "rhythm": dict(vars(policy.rhythm)),
        "clean_evaluations": policy.clean_evaluations,
    }


def check(params: Mapping[str, Any]) -> list[Fault]:
    """Everything in the settings that is unknown, no number, outside its range or in the wrong order."""
    parts = ("triggers", "deadlines", "told", "rhythm", "clean_evaluations")
    faults = [Fault(str(name), UNKNOWN) for name in params if name not in parts]
    for part, looker in (("triggers", _check_triggers), ("deadlines", _check_deadlines), ("told", _check_told),
                         ("rhythm", _check_rhythm)):  # fmt: skip
        value = params.get(part, {})
        faults += looker(value) if isinstance(value, Mapping) else [Fault(part, UNKNOWN)]
    return faults + _check_number("clean_evaluations", params.get("clean_evaluations", 2), 1, 10)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _merged(kind: str, stored: Mapping[str, Any]) -> Bounds:
    given = stored.get(kind, {})
    return MappingProxyType(
        {level: _number(given[str(level)]) if str(level) in given else TRIGGERS[kind][level] for level in LEVELS}
    )


def _deadlines(level: int, stored: Mapping[str, Any]) -> Deadlines:
    merged = {**vars(DEADLINES[level]), **stored.get(str(level), {})}
    act, report = ((None if merged[name] is None else int(merged[name])) for name in ("act_wd", "report_wd"))
    return Deadlines(int(merged["acknowledge_wd"]), act, report, int(merged["clear_wd"]))


def _check_triggers(stored: Mapping[str, Any]) -> Iterator[Fault]:
    for kind, given in stored.items():
        if kind not in TRIGGERS or not isinstance(given, Mapping):
            yield Fault(f"triggers.{kind}", UNKNOWN)
            continue
        wrong = [Fault(f"triggers.{kind}.{level}", UNKNOWN) for level in given if level not in ("1", "2", "3")]
        for level in map(str, LEVELS):
            if given.get(level) is not None:
                wrong += _check_number(f"triggers.{kind}.{level}", given[level], 0, 1000, whole=kind not in POINTS)
        yield from wrong
        if not wrong:
            bounds = [bound for bound in _merged(kind, stored).values() if bound is not None]
            if any(milder >= worse for milder, worse in pairwise(bounds)):
                yield Fault(f"triggers.{kind}", ORDER)


def _check_deadlines(stored: Mapping[str, Any]) -> Iterator[Fault]:
    for level, given in stored.items():
        if level not in ("1", "2", "3") or not isinstance(given, Mapping):
            yield Fault(f"deadlines.{level}", UNKNOWN)
            continue
        wrong = []
        for name, value in given.items():
            where = f"deadlines.{level}.{name}"
            if name not in vars(DEADLINES[ONE]):
                wrong.append(Fault(where, UNKNOWN))
            elif value is not None or name in ("acknowledge_wd", "clear_wd"):
                wrong += _check_number(where, value, 1 if name in ("report_wd", "clear_wd") else 0, 250)
        yield from wrong
        if not wrong:
            days = _deadlines(int(level), stored)
            order = [wd for wd in (days.acknowledge_wd, days.act_wd, days.clear_wd) if wd is not None]
            if order != sorted(order):
                yield Fault(f"deadlines.{level}", ORDER)


def _check_told(stored: Mapping[str, Any]) -> Iterator[Fault]:
    for level, offices in stored.items():
        if level not in ("0", "1", "2", "3") or not isinstance(offices, list | tuple):
            yield Fault(f"told.{level}", UNKNOWN)
        elif any(office not in OFFICES for office in offices):
            yield Fault(f"told.{level}", OFFICE)


def _check_rhythm(stored: Mapping[str, Any]) -> Iterator[Fault]:
    highest = {"weekly_on": 5, "half_day": 28, "monthly_wd": 15, "quarterly_wd": 50}
    for name, value in stored.items():
        if name not in highest:
            yield Fault(f"rhythm.{name}", UNKNOWN)
        else:
            yield from _check_number(f"rhythm.{name}", value, 1, highest[name])


def _check_number(where: str, value: Any, low: int, high: int, *, whole: bool = True) -> list[Fault]:
    number = _number(value)
    if number is None or (whole and not isinstance(value, str) and not isinstance(value, int)):
        return [Fault(where, NUMBER)]
    if whole and number != number.to_integral_value():
        return [Fault(where, NUMBER)]
    return [] if low <= number <= high else [Fault(where, RANGE)]
