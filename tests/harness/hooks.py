"""Senders of webhooks for the kill test: ``python -m tests.harness.hooks``, see forking.

A dot before each message leaves and after each answer. real: one round; naive: marks each delivery before it sends it.
"""

from tests.harness.forking import Now, dot, serve, set_up


def real(now: Now) -> None:
    from dispatch.webhooks import sending

    _dots()
    sending.bury(now=now())
    sending.send_due(now=now)


def naive(now: Now) -> None:
    """The twin: mark, then send."""
    from dispatch.webhooks import sending
    from dispatch.webhooks.models import WebhookDelivery

    _dots()
    for delivery in WebhookDelivery.objects.select_related("event", "webhook__park").filter(state="waiting"):
        WebhookDelivery.objects.filter(pk=delivery.pk).update(state="sent", sent_at=now())
        sending._send(delivery, now())


def _dots() -> None:
    from dispatch.webhooks import wire

    post = wire.post

    def noisy(*arguments):
        dot()
        answer = post(*arguments)
        dot()
        return answer

    wire.post = noisy


if __name__ == "__main__":
    set_up()
    from dispatch.webhooks import sending, wire  # noqa: F401 - loaded once for all
    from tests.factories import AT

    serve(AT, real=real, naive=naive)
