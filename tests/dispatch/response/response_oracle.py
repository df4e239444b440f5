"""What the ladder must do, worked out from the whole history for every day anew: shares nothing with the ladder.

Keeps a log and nothing else. Every question ("since when", "how often clean", "which day is the second workday after")
is answered by walking over days.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

ONE = timedelta(days=1)
# level: (acknowledge, plan or meeting, report, clear) in workdays; domain.md 3.4
WITHIN = {3: (1, None, None, 3), 2: (1, 2, None, 5), 1: (0, 3, 5, 10)}


@dataclass
class Life:
    """One cause from the first day on: what it asks for and whether it is held, and what people answered when."""

    cause: dict[date, int | None]
    held: set[date] = field(default_factory=set)
    answers: dict[str, set[date]] = field(default_factory=dict)  # acknowledge, act, report
    works: Callable[[date], bool] = lambda day: day.weekday() < 5


def nth_workday(day: date, n: int, works: Callable[[date], bool]) -> date:
    while n:
        day += ONE
        n -= works(day)
    while not works(day):
        day += ONE
    return day


def log_of(life: Life) -> list[tuple[date, str, int | None]]:
    """(day, what, level after it) of everything that happens."""
    log: list[tuple[date, str, int | None]] = []
    for today in sorted(life.cause):
        log += happens(life, log, today)
    return log


def level_on(log: list[tuple[date, str, int | None]], day: date) -> int | None:
    """The level after the day's evaluation, None without an open case."""
    seen = [level for on, _what, level in log if on <= day]
    return seen[-1] if seen else None


def happens(life: Life, log, today: date):
    asks, works = life.cause[today], life.works(today)
    level = level_on(log, today)
    if level is None:
        return [(today, "opened", 3)] if asks and works and today not in life.held else []
    was_held = next((what == "held" for _d, what, _l in reversed(log) if what in ("held", "released")), False)
    was_held = was_held and not _opened_after_hold(log)
    if today in life.held:
        return [] if was_held else [(today, "held", level)]
    found = [(today, "released", level)] if was_held else []
    if works:
        found += moves(life, log + found, today, level, asks)
    return found


def _opened_after_hold(log) -> bool:
    opened = max(n for n, (_d, what, _l) in enumerate(log) if what == "opened")
    holds = [n for n, (_d, what, _l) in enumerate(log) if what == "held"]
    return not holds or holds[-1] < opened


def moves(life: Life, log, today: date, level: int, asks: int | None):
    gone = run_length(life, log, today, lambda day: life.cause[day] is None, after_move=False)
    if gone >= 2:
        return [(today, "closed", None)]
    clean = run_length(life, log, today, lambda day: is_clean(life, log, day, level), after_move=True)
    if clean >= 2 and level < 3:
        return [(today, "lowered", level + 1)]
    if clean or asks is None:
        return []
    if asks < level:
        return [(today, "raised", level - 1)]
    late = overdue(life, log, today, level)
    if late and level > 1:
        return [(today, "raised", level - 1)]
    fresh = late - told_overdue(life, log, today, level)
    return [(today, "overdue", level)] if fresh else []


def since(log) -> date:
    return max(day for day, what, _l in log if what in ("opened", "raised", "lowered"))


def opened(log) -> date:
    return max(day for day, what, _l in log if what == "opened")


def worst(life: Life, log, before: date) -> int:
    """The worst the cause has asked for since the level was reached, the day itself included."""
    day, found = since(log), 3
    while day < before:
        if day not in life.held and life.cause[day]:
            found = min(found, life.cause[day])
        day += ONE
    return found


def is_clean(life: Life, log, day: date, level: int) -> bool:
    asks = life.cause[day]
    return asks is None or (asks > level and asks > worst(life, log, day))


def run_length(life: Life, log, today: date, holds: Callable[[date], bool], *, after_move: bool) -> int:
    first = since(log) if after_move else opened(log)
    length, day = 0, today
    while day > first and day not in life.held and holds(day):
        length, day = length + 1, day - ONE
    return length


def clock(log) -> date:
    """Deadlines count from the last move of the level or the last release."""
    return max(day for day, what, _l in log if what in ("opened", "raised", "lowered", "released"))


def answered(life: Life, log, kind: str, today: date) -> bool:
    """Before today, and for this level: since the last raise (or the opening)."""
    first = max(day for day, what, _l in log if what in ("opened", "raised"))
    return any(first <= day < today for day in life.answers.get(kind, ()))


def overdue(life: Life, log, today: date, level: int) -> set[str]:
    start, found = clock(log), set()
    acknowledge, act, report, clear = WITHIN[level]
    if nth_workday(start, acknowledge, life.works) < today and not answered(life, log, "acknowledge", today):
        found.add("acknowledge")
    if act is not None and nth_workday(start, act, life.works) < today and not answered(life, log, "act", today):
        found.add("act")
    if report is not None:
        first = max(day for day, what, _l in log if what in ("opened", "raised"))
        reports = [day for day in life.answers.get("report", ()) if first <= day < today]
        if nth_workday(max([start, *reports]), report, life.works) < today:
            found.add("report")
    if nth_workday(start, clear, life.works) < today:
        found.add("clear")
    return found


def told_overdue(life: Life, log, today: date, level: int) -> set[str]:
    """What was overdue at the last evaluation that looked: a workday with a cause that was neither clean nor held."""
    day = today - ONE
    while day > clock(log):
        looked = life.works(day) and day not in life.held and life.cause[day] is not None
        if looked and not is_clean(life, log, day, level):
            return overdue(life, log, day, level)
        day -= ONE
    return set()
