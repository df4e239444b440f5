"""Celery tasks: read the clock, call the actions. A message carries an id only and may come late, twice or never."""

import logging
from collections.abc import Callable
from datetime import datetime

from celery import current_app, shared_task

from accounts import clock
from dispatch.jobs import actions
from dispatch.jobs.beats import TICK, WORKER, beat
from dispatch.jobs.registry import resweeps

logger = logging.getLogger(__name__)


@shared_task(name="dispatch.tick")
def tick() -> None:
    """Every minute: plans what is due, gives up what is lost, rings for what is open."""
    now = clock.now()
    minute(now=now)
    beat(WORKER, now=now)


@shared_task(name="dispatch.run_job")
def run_job(run_id: int) -> None:
    """Works one run, then rings for the next one."""
    beat(WORKER, now=clock.now())
    if actions.run_one(run_id, now=clock.now):
        ring()


def minute(*, now: datetime, bell: bool = True) -> dict[str, int]:
    """The work of a tick; returns {"planned": n, "rung": n}. A part that fails is written into the tick's sign of life
    and holds up none of the others; without a broker nothing is handed to workers until the next tick."""
    errors: dict[str, str] = {}
    done = {"planned": _try("plan", lambda: actions.plan(now=now), errors), "rung": 0}
    _try("bury", lambda: actions.bury(now=now), errors)
    facts: dict[str, object] = {"errors": errors}
    if bell:
        facts["broker"] = broker_fault()
        done["rung"] = 0 if facts["broker"] else _try("ring", ring, errors)
        for resweep in () if facts["broker"] else resweeps:
            _try(f"{resweep.__module__}.{resweep.__qualname__}", lambda sweep=resweep: sweep(now), errors)
    beat(TICK, now=now, facts=facts)
    return done


def _try(name: str, work: Callable[[], int | None], errors: dict[str, str]) -> int:
    try:
        return work() or 0
    except Exception as error:
        logger.exception("%s failed in the tick", name)
        errors[name] = type(error).__name__
        return 0


def broker_fault() -> str:
    """ "" when the broker answers, else the name of the error; never its text, which may hold the broker's address."""
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=3)
    except Exception as error:
        logger.warning("the broker cannot be reached, the next tick tries again: %s", error)
        return type(error).__name__
    return ""


def ring() -> int:
    """Sends a message for every open run; returns how many went out. Without a broker the next tick tries again."""
    rung = 0
    for run_id in actions.open_runs(now=clock.now()):
        try:
            run_job.delay(run_id)
        except run_job.OperationalError as error:
            logger.warning("the broker cannot be reached, the next tick tries again: %s", error)
            break
        rung += 1
    return rung
