"""A sender in a process of its own for the race and kill tests: ``python -m tests.harness.sender MODE MINUTES``.

real: one round of the sender, its clock MINUTES ahead; prints "." before each message leaves and after each answer, so
that the parent can choose its moment. naive: marks each message before it sends it, as many programs do. Starts when a
line comes in on stdin.
"""

import os
import sys
import time
from datetime import datetime, timedelta

import django


def main(mode: str, minutes: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from dispatch.notices.planning import ZONE

    started = time.monotonic()

    def now() -> datetime:
        passed = timedelta(seconds=time.monotonic() - started)
        return datetime(2026, 3, 2, 9, tzinfo=ZONE) + timedelta(minutes=int(minutes)) + passed

    print("ready", flush=True)
    sys.stdin.readline()
    naive(now) if mode == "naive" else real(now)


def real(now) -> None:
    from dispatch.notices import planner, sending
    from dispatch.notices.channels import mail
    from workdays.arithmetic import WorkCalendar

    send = mail.Mail.send

    def noisy(self, envelope):
        dot()
        send(self, envelope)
        dot()

    mail.Mail.send = noisy
    calendar = WorkCalendar({2026: "official"})
    sending.bury(now=now())
    planner.plan_deliveries(now=now(), calendar=calendar)
    sending.send_due(now=now, calendar=calendar)


def naive(now) -> None:
    """The twin: mark, then send."""
    from dispatch.notices import planner
    from dispatch.notices.channels import Envelope, mail
    from dispatch.notices.models import Delivery
    from workdays.arithmetic import WorkCalendar

    planner.plan_deliveries(now=now(), calendar=WorkCalendar({2026: "official"}))
    post = mail.Mail()
    for delivery in Delivery.objects.filter(state="due").order_by("pk"):
        Delivery.objects.filter(pk=delivery.pk).update(state="sent", sent_at=now())
        dot()
        post.send(Envelope(delivery.reference, delivery.address, now(), delivery.subject, delivery.body))
        dot()


def dot() -> None:
    print(".", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
