"""Deliveries in the worker: reads the clock, calls the sender. The message carries nothing and may come twice."""

import logging
import threading
from datetime import datetime

from celery import shared_task

from accounts import clock

logger = logging.getLogger(__name__)


@shared_task(name="dispatch.send_webhooks")
def send_webhooks() -> None:
    """Sends what is due."""
    from dispatch.webhooks import sending

    sending.bury(now=clock.now())
    sending.send_due(now=clock.now)


def ring(now: datetime | None = None) -> bool:
    """Every minute, and after each commit that wrote an event; without a broker the next tick tries again."""
    try:
        send_webhooks.delay()
    except send_webhooks.OperationalError as error:
        logger.warning("the broker cannot be reached, the next tick tries again: %s", error)
        return False
    return True


def ring_aside() -> None:
    """``ring`` beside a request, which never waits for the broker: a hung one would hold it up for seconds."""
    threading.Thread(target=ring, daemon=True).start()
