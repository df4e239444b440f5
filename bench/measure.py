"""Measures a workload and its limit in turn, so that both see the same machine."""

import resource
import statistics
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

Run = Callable[[], object]


@dataclass
class Side:
    """Milliseconds of every call of ours, or of the limit."""

    name: str
    times: list[float] = field(default_factory=list)
    queries: int | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    def as_row(self) -> dict:
        return asdict(self) | {"min": min(self.times), "median": self.median, "max": max(self.times)}


def in_turn(ours: Run, limit: Run | None, *, rounds: int, calls: int, limit_name: str, undo: bool = False) -> dict:
    """Calls both ``rounds`` × ``calls`` times, alternating; ``undo`` rolls back what each call wrote."""
    sides = [(Side("ours"), ours)] + ([(Side(limit_name), limit)] if limit else [])
    for side, run in sides:
        with CaptureQueriesContext(connection) as captured, kept_out(undo):
            run()
        side.queries = len([q for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]])
    connection.queries_log.clear()
    for _round in range(rounds):
        for _call in range(calls):
            for side, run in sides:
                with kept_out(undo):
                    begun = time.perf_counter()
                    run()
                    side.times.append((time.perf_counter() - begun) * 1000)
    rows = [side.as_row() for side, _run in sides]
    ratio = sides[0][0].median / sides[1][0].median if limit else None
    return {"ours": rows[0], "limit": rows[1] if limit else None, "ratio": ratio, "peak_mib": peak_mib()}


@contextmanager
def kept_out(undo: bool):
    if not undo:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def peak_mib() -> float:
    """Largest resident size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
