"""Senders of notices for the race and kill tests: ``python -m tests.harness.sender``, see forking.

A dot before each message leaves and after each answer. real: one round of the sender; naive: marks each message before
it sends it, as many programs do.
"""

from datetime import datetime

from tests.harness.forking import Now, dot, serve, set_up


def real(now: Now) -> None:
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


def naive(now: Now) -> None:
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


if __name__ == "__main__":
    set_up()
    from dispatch.notices import planner, sending  # noqa: F401 - loaded once for all
    from dispatch.notices.planning import ZONE

    serve(datetime(2026, 3, 2, 9, tzinfo=ZONE), real=real, naive=naive)
