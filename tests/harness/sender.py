"""Senders in processes of their own for the race and kill tests: ``python -m tests.harness.sender``.

Every line "MODE MINUTES" on stdin starts one, forked from a process that has loaded the site already: a start costs
milliseconds, a SIGKILL is a real one. It prints "pid N", a "." before each message leaves and after each answer, so
that the parent can choose its moment, and "ended STATUS". real: one round of the sender, its clock MINUTES ahead;
naive: marks each message before it sends it, as many programs do.
"""

import os
import sys
import time
import traceback
from datetime import datetime, timedelta

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from dispatch.notices import planner, sending  # noqa: F401 - loaded once for all

    print("ready", flush=True)
    for line in iter(sys.stdin.readline, ""):
        mode, minutes = line.split()
        child = os.fork()
        if child == 0:
            os._exit(work(mode, int(minutes)))
        print(f"pid {child}", flush=True)
        print(f"ended {os.waitpid(child, 0)[1]}", flush=True)


def work(mode: str, minutes: int) -> int:
    """The exit status: 0 when the round went through."""
    from dispatch.notices.planning import ZONE

    started = time.monotonic()

    def now() -> datetime:
        passed = timedelta(seconds=time.monotonic() - started)
        return datetime(2026, 3, 2, 9, tzinfo=ZONE) + timedelta(minutes=minutes) + passed

    try:
        naive(now) if mode == "naive" else real(now)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


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
    main()
