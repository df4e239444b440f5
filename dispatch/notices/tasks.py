"""The sender in the worker: reads the clock, calls the actions. The message carries nothing and may come twice."""

import logging
from datetime import datetime

from celery import shared_task

from accounts import clock
from dispatch.jobs.beats import beat
from dispatch.notices import planner, sending
from workdays.models import load_calendar

PART = "sender"
logger = logging.getLogger(__name__)


@shared_task(name="dispatch.send_notices")
def send_notices() -> None:
    """Makes messages of what may leave now, and sends what is due."""
    work()


def work() -> dict[str, int]:
    """One round of the sender in this process; returns how many messages were made, sent and given up."""
    calendar, now = load_calendar(), clock.now()
    beat(PART, now=now)
    buried = sending.bury(now=now)
    made = planner.plan_deliveries(now=now, calendar=calendar)
    sent = sending.send_due(now=clock.now, calendar=calendar)
    return {"made": made, "sent": sent, "given_up": buried}


def ring(now: datetime) -> None:
    """Every minute; without a broker the next tick tries again."""
    try:
        send_notices.delay()
    except send_notices.OperationalError as error:
        logger.warning("the broker cannot be reached, the next tick tries again: %s", error)
