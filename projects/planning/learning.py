"""What finished tasks teach about durations: how many, median, p80, best. Pure; durations in whole working days.

Median: the middle one, or halfway between the two in the middle. p80: nearest rank, the shortest duration within which
at least four of five were finished. Source: design.md 4 "Plan".
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FOUR_OF_FIVE = (4, 5)


@dataclass(frozen=True, slots=True)
class Learned:
    """``n`` finished tasks; ``counts``: {working days: how often}. ``within`` of ``with_limit`` kept their limit."""

    n: int
    median: float
    p80: int
    best: int
    counts: Mapping[int, int]
    within: int = 0
    with_limit: int = 0

    def is_enough(self, minimum: int) -> bool:
        """Whether the sample may be used: at least ``minimum`` finished tasks."""
        return self.n >= minimum


def learned(durations: Iterable[int], kept: Iterable[bool] = ()) -> Learned | None:
    """Of the durations of finished tasks; None without any. ``kept``: of those with a limit, whether they kept it."""
    return from_counts(Counter(durations), list(kept))


def from_counts(counts: Mapping[int, int], kept: Iterable[bool] = ()) -> Learned | None:
    """Raises ValueError for a duration or a number of times below 0."""
    if any(days < 0 or times < 0 for days, times in counts.items()):
        raise ValueError("durations and their numbers must not be negative")
    seen = {days: counts[days] for days in sorted(counts) if counts[days]}
    n = sum(seen.values())
    if not n:
        return None
    found = list(kept)
    middle = (_ranked(seen, (n + 1) // 2) + _ranked(seen, n // 2 + 1)) / 2
    p80 = _ranked(seen, -(-n * FOUR_OF_FIVE[0] // FOUR_OF_FIVE[1]))
    return Learned(n, middle, p80, min(seen), seen, sum(found), len(found))


def _ranked(seen: Mapping[int, int], rank: int) -> int:
    """The ``rank``-th shortest duration, from 1; ``seen`` in order."""
    for days, times in seen.items():
        rank -= times
        if rank <= 0:
            return days
    raise ValueError("no such rank")


def as_json(one: Learned) -> dict[str, Any]:
    """As it is stored; keys of JSON are texts."""
    return {
        "n": one.n,
        "median": one.median,
        "p80": one.p80,
        "best": one.best,
        "counts": {str(days): times for days, times in one.counts.items()},
        "within": one.within,
        "with_limit": one.with_limit,
    }


def from_json(row: Mapping[str, Any]) -> Learned:
    """As it was stored. Raises KeyError for a row that is not one of these."""
    counts = {int(days): int(times) for days, times in row["counts"].items()}
    kept = (row.get("within", 0), row.get("with_limit", 0))
    return Learned(row["n"], row["median"], row["p80"], row["best"], counts, *kept)
