"""The import in the worker: reads the clock, calls the action. A message carries an id only and may come twice."""

import logging
import threading
from datetime import datetime

from celery import shared_task

from accounts import clock
from projects.ledger import actions
from projects.models import ImportBatch

logger = logging.getLogger(__name__)


# 20,000 new projects with their steps are minutes of one transaction.
@shared_task(name="projects.import_ledger", soft_time_limit=1500, time_limit=1560)
def import_ledger(batch_id: int) -> None:
    """Reads or writes one import, whichever is its present step."""
    actions.work(batch_id, now=clock.now)


def ring(batch_id: int) -> bool:
    """Hands the import to a worker; without a broker the next sweep tries again."""
    try:
        import_ledger.delay(batch_id)
    except import_ledger.OperationalError as error:
        logger.warning("the broker cannot be reached, the next sweep tries again: %s", error)
        return False
    return True


def ring_aside(batch_id: int) -> None:
    """``ring`` beside a request, which never waits for the broker: a hung one would hold it up for seconds."""
    threading.Thread(target=ring, args=[batch_id], daemon=True).start()


def go_on(batch: ImportBatch) -> None:
    """The present step: here and now when it is small, else by a worker."""
    if actions.is_small(batch):
        actions.work(batch.pk, now=clock.now)
    else:
        ring_aside(batch.pk)


def sweep(now: datetime) -> None:
    """Hands out again what has been left lying."""
    for batch_id in actions.stuck_batches(now):
        if not ring(batch_id):
            return
