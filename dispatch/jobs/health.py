"""When the machinery is well and when it is not. Pure. Source: reliability.md 2a (R7): silent for two periods is red.

Red is what somebody has to look at; waiting is what the next minutes should settle.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

GREEN, WAITING, RED = "green", "waiting", "red"
MINUTE = timedelta(minutes=1)
# How often each part gives a sign of life. ``embedded`` is manage.py run_jobs, called by cron every five minutes.
PART_PERIODS = {"tick": MINUTE, "worker": MINUTE, "sender": MINUTE, "embedded": 5 * MINUTE}
SILENT_PERIODS = 2
STUCK = timedelta(hours=24)


@dataclass(frozen=True)
class Verdict:
    """``state``: GREEN, WAITING or RED; ``reason``: a code of dispatch.jobs.words, "" when all is well."""

    state: str
    reason: str = ""

    @property
    def is_red(self) -> bool:
        return self.state == RED


def of_part(period: timedelta, last: datetime | None, now: datetime, *, broken: bool = False) -> Verdict:
    """A part that was never heard of, is silent for more than two periods, or reports that it is broken, is red."""
    if last is None:
        return Verdict(RED, "never")
    if now - last > SILENT_PERIODS * period:
        return Verdict(RED, "silent")
    return Verdict(RED, "broken") if broken else Verdict(GREEN)


def of_job(*, missed: int, dead: int, oldest_open: datetime | None, now: datetime) -> Verdict:
    """A job's state. ``missed``: periods due since the latest that was done; ``dead``: runs given up that no later run
    has made good; ``oldest_open``: since when the oldest open run waits."""
    if dead:
        return Verdict(RED, "dead")
    if missed > SILENT_PERIODS:
        return Verdict(RED, "silent")
    if oldest_open is not None and now - oldest_open > STUCK:
        return Verdict(RED, "stuck")
    return Verdict(WAITING, "open") if missed or oldest_open is not None else Verdict(GREEN)


def worst(verdicts: list[Verdict]) -> str:
    """RED if one is red, else GREEN: what waits is no alarm."""
    return RED if any(verdict.is_red for verdict in verdicts) else GREEN
