"""Senders of webhooks in processes of their own for the kill test: ``python -m tests.harness.hooks``.

As tests.harness.sender: every line "MODE MINUTES" on stdin forks one, which prints a "." before each message leaves and
after each answer. real: one round, its clock MINUTES ahead; naive: marks each delivery before it sends it.
"""

import os
import sys
import time
import traceback
from datetime import datetime, timedelta

import django

MODES = ("real", "naive")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from dispatch.webhooks import sending  # noqa: F401 - loaded once for all

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
    from dispatch.webhooks import wire
    from tests.factories import AT

    started, post = time.monotonic(), wire.post

    def noisy(*arguments):
        print(".", flush=True)
        answer = post(*arguments)
        print(".", flush=True)
        return answer

    def now() -> datetime:
        return AT + timedelta(minutes=minutes, seconds=time.monotonic() - started)

    wire.post = noisy
    try:
        {"real": real, "naive": naive}[mode](now)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def real(now) -> None:
    from dispatch.webhooks import sending

    sending.bury(now=now())
    sending.send_due(now=now)


def naive(now) -> None:
    """The twin: mark, then send."""
    from dispatch.webhooks import sending
    from dispatch.webhooks.models import WebhookDelivery

    for delivery in WebhookDelivery.objects.select_related("event", "webhook__park").filter(state="waiting"):
        WebhookDelivery.objects.filter(pk=delivery.pk).update(state="sent", sent_at=now())
        sending._send(delivery, now())


if __name__ == "__main__":
    main()
