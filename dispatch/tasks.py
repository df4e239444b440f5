"""Celery tasks: read the clock, call the actions. A message carries an id only and may come late, twice or never."""

import logging

from celery import shared_task

from accounts import clock
from dispatch.jobs import actions
from dispatch.jobs.registry import resweeps

logger = logging.getLogger(__name__)


@shared_task(name="dispatch.tick")
def tick() -> None:
    """Every minute: plans what is due, gives up what is lost, rings for what is open."""
    now = clock.now()
    actions.plan(now=now)
    actions.bury(now=now)
    ring()
    for resweep in resweeps:
        resweep(now)


@shared_task(name="dispatch.run_job")
def run_job(run_id: int) -> None:
    """Works one run, then rings for the next one."""
    if actions.run_one(run_id, now=clock.now):
        ring()


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
