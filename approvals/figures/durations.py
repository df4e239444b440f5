"""Median, best and share within a target of a set of durations. Pure; nothing is rounded here."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Summary:
    """``within`` of ``with_target`` kept their target; median and best are None without a single duration."""

    count: int
    median: Decimal | None
    best: Decimal | None
    within: int
    with_target: int


def median(values: Iterable[Decimal | int]) -> Decimal | None:
    """The middle value, or the mean of the two in the middle; None when there is none."""
    ordered = sorted(Decimal(value) for value in values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def summary(durations: Iterable[tuple[Decimal | int, bool | None]]) -> Summary:
    """Of (duration, whether it kept its target; None: it has no target)."""
    rows = list(durations)
    kept = [keeps for _value, keeps in rows if keeps is not None]
    values = [Decimal(value) for value, _keeps in rows]
    return Summary(len(rows), median(values), min(values, default=None), sum(kept), len(kept))
