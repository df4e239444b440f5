"""What a rule would have done in a past period, beside the rule in force: counts, and who would have been told. Pure.

A warning counts where it first stood within the period. The response ladder is asked twice: nobody answers, and
everybody acknowledges, acts and reports on the day (only the end of the cause clears). Source: domain.md 3.4.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from dispatch.response.ladder import OPENED, RAISED, Facts, Move, replay
from dispatch.response.policy import CHIEF_LEADER, LEVELS, Policy
from dispatch.response.triggers import kind_of, measured, trigger_level
from dispatch.warnings.levels import Level
from dispatch.warnings.replay import Case, spans
from workdays.arithmetic import WorkCalendar

PAUSED = "paused"
LONGEST = timedelta(days=366)
WORST_FIRST = (Level.RED, Level.YELLOW, Level.BLUE)


@dataclass(frozen=True)
class Fired:
    """A case with the first day on which it stood in the period and the worst it was in it. ``response``: the highest
    level of the ladder when nobody answers, ``answered`` when everybody does; None where no case is opened."""

    case: Case
    first: date
    level: Level
    response: int | None
    answered: int | None


@dataclass(frozen=True)
class Outcome:
    """``before``: how many stood already when the period began; they are not among ``fired``."""

    fired: list[Fired]
    before: int
    by_month: dict[str, Counter[str]] = field(default_factory=dict)
    by_level: Counter[str] = field(default_factory=Counter)
    by_response: Counter[int] = field(default_factory=Counter)
    by_answered: Counter[int] = field(default_factory=Counter)
    chief: int = 0
    chief_answered: int = 0

    @property
    def total(self) -> int:
        return len(self.fired)


class Ladder:
    """The response ladder over cases; equal lives are worked out once."""

    def __init__(self, rule: str, first: date, last: date, policy: Policy, calendar: WorkCalendar):
        self.rule, self.first, self.last, self.policy, self.calendar = rule, first, last, policy, calendar
        self._known: dict[tuple[object, ...], tuple[int | None, int | None]] = {}

    def highest(self, case: Case) -> tuple[int | None, int | None]:
        """The highest levels reached up to the end of the period: nobody answers, everybody answers."""
        kind = kind_of(self.rule, case.thing.label)
        if kind is None or not self.policy.is_enabled:
            return None, None
        life = (kind, case.due_on, case.first, case.over, case.thing.silent, case.behind_pp)
        if life not in self._known:
            facts = dict(self._facts(kind, case))
            self._known[life] = self._reached(facts, answered=False), self._reached(facts, answered=True)
        return self._known[life]

    def _facts(self, kind: str, case: Case) -> Iterator[tuple[date, Facts]]:
        day = case.first
        while day <= self.last and (case.over is None or day < case.over):
            if case.is_silent(day):
                yield day, Facts(None, held=PAUSED)
            else:
                value = measured(kind, case.due_on, case.behind_pp, day, self.calendar)
                yield day, Facts(None if value is None else trigger_level(kind, value, self.policy))
            day += timedelta(days=1)

    def _reached(self, facts: dict[date, Facts], *, answered: bool) -> int | None:
        moves = replay(facts, facts, self.policy, self.calendar, answered=answered)
        return min((level for _day, move in moves if (level := _up_to(move))), default=None)


def _up_to(move: Move) -> int | None:
    return move.to_level if move.kind in (OPENED, RAISED) else None


def outcome(cases: Iterable[Case], *, first: date, last: date, ladder: Ladder) -> Outcome:
    """The cases that began to stand within the period, counted by month, by light and by response level."""
    fired: list[Fired] = []
    before = 0
    for case in cases:
        began = next(iter(spans(case)), None)
        if began is None or began[0] > last:
            continue
        if began[0] < first:
            before += _stands_in(case, first, last)
            continue
        fired.append(Fired(case, began[0], _worst(case, last), *ladder.highest(case)))
    fired.sort(key=lambda one: (one.first, one.case.key))
    return _counted(fired, before, ladder.policy)


def _stands_in(case: Case, first: date, last: date) -> bool:
    return any(start <= last and (end is None or end > first) for start, end in spans(case))


def _worst(case: Case, last: date) -> Level:
    """The worst light up to the end of the period: levels only rise, so that of the last day it stood."""
    days = [min(last, end - timedelta(days=1)) if end else last for start, end in spans(case) if start <= last]
    found = [level for day in days if (level := case.level_on(day))]
    return min(found, key=WORST_FIRST.index)


def _counted(fired: list[Fired], before: int, policy: Policy) -> Outcome:
    by_month: dict[str, Counter[str]] = {}
    for one in fired:
        by_month.setdefault(f"{one.first:%Y-%m}", Counter())[one.level.value] += 1
    to_chief = {level for level in LEVELS if CHIEF_LEADER in policy.told_at(level)}
    return Outcome(
        fired,
        before,
        by_month,
        Counter(one.level.value for one in fired),
        Counter(one.response for one in fired if one.response),
        Counter(one.answered for one in fired if one.answered),
        sum(one.response in to_chief for one in fired),
        sum(one.answered in to_chief for one in fired),
    )


def last_quarter(today: date) -> tuple[date, date]:
    """First and last day of the latest quarter that is over."""
    this = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    last = this - timedelta(days=1)
    return date(last.year, last.month - 2, 1), last
