"""Files in the worker: reads the clock, calls the work. A message carries an id only, late, twice or never."""

import logging
import threading
from datetime import datetime

from celery import shared_task

from accounts import clock
from dispatch.exports import work

logger = logging.getLogger(__name__)


@shared_task(name="dispatch.make_file")
def make_file(job_id: int) -> None:
    """Makes one file."""
    work.make(job_id, now=clock.now)


def ring(job_id: int) -> bool:
    """Hands the file to a worker; without a broker the next sweep tries again."""
    try:
        make_file.delay(job_id)
    except make_file.OperationalError as error:
        logger.warning("the broker cannot be reached, the next sweep tries again: %s", error)
        return False
    return True


def ring_aside(job_id: int) -> None:
    """``ring`` beside a request, which never waits for the broker: a hung one would hold it up for seconds."""
    threading.Thread(target=ring, args=[job_id], daemon=True).start()


def sweep(now: datetime) -> None:
    """Every minute: gives up what is lost, hands out again what has been left lying."""
    work.bury(now=now)
    for job_id in work.left_lying(now=now):
        if not ring(job_id):
            return
