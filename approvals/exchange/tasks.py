"""What was left lying is tried every minute: pushed messages that a request had no time for."""

import time
from datetime import datetime

from django.core.exceptions import PermissionDenied

from accounts import clock
from approvals.exchange import actions
from approvals.models import ExchangeMessage

AT_ONCE = 500
SECONDS = 20.0


def within(seconds: float) -> actions.GoOn:
    """Says yes until so many seconds have passed."""
    ends = time.monotonic() + seconds
    return lambda: time.monotonic() < ends


def sweep(now: datetime) -> None:
    """Tries open messages that nobody has tried yet, in the name of who received them."""
    rows = ExchangeMessage.objects.filter(state=ExchangeMessage.State.OPEN, why="", platform__is_active=True)
    found = list(rows.select_related("platform", "received_by__organization").order_by("pk")[:AT_ONCE])
    go_on = within(SECONDS)
    for person in sorted({message.received_by for message in found}, key=lambda user: user.pk):
        own = [message for message in found if message.received_by_id == person.pk]
        try:
            actions.settle(own, by=person, at=now, today=clock.today(), go_on=go_on)
        except PermissionDenied as refusal:
            pks = [message.pk for message in own]
            rows.filter(pk__in=pks).update(why=str(refusal)[: actions.LONGEST_WHY])
