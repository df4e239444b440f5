"""The sender: claim by compare-and-swap with a lease, send, mark sent. At least once, with a stable reference.

A delivery is claimed only while no older one to the same address is open, so that messages arrive in order; level Ⅰ
(``any_hour``) waits for other level Ⅰ ones only. A process that dies leaves its lease behind; when that has passed the
message is sent again under the same reference. Eight attempts in about 18 hours, then the message is given up and an
alarm is told. Times come from ``now``, a function handed in by the edge. Source: reliability.md 3.3.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, Q, QuerySet

from dispatch.notices import alarms, attachments, channels, compose, planner, planning, retries
from dispatch.notices.channels import Down, Envelope, Later, NotSent, Refused, Slow
from dispatch.notices.models import Channel, Delivery
from workdays.arithmetic import WorkCalendar

LEASE = timedelta(seconds=120)  # longer than a dozen answers in haste
PATIENT_LEASE = timedelta(minutes=11)  # longer than a dozen patient answers, and than a task may run
BATCH = 100
LONGEST_RUN = timedelta(minutes=7)  # below the time limit of a task
MINUTE = timedelta(minutes=1)

State = Delivery.State
Now = Callable[[], datetime]
logger = logging.getLogger(__name__)
NAMED = ("park", "robot", "preference__by", "preference__link", "recipient__notice_choice")


@dataclass
class Run:
    """What one run of the sender learns: ``closed``: channels that do not work, ``slow``: those that answer late."""

    now: Now
    calendar: WorkCalendar
    channels: channels.Open
    closed: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    sent: int = 0


def send_due(*, now: Now, calendar: WorkCalendar) -> int:
    """Sends what is due in this process, oldest first; returns how many messages the other sides have taken."""
    started = now()
    with channels.Open() as opened:
        run, after = Run(now, calendar, opened), 0
        while ids := list(_due(now()).filter(pk__gt=after).values_list("pk", flat=True)[:BATCH]):
            for pk in ids:
                if now() - started > LONGEST_RUN:
                    return run.sent
                _one(pk, run)
            after = ids[-1]
    return run.sent


def bury(*, now: datetime) -> int:
    """Gives up deliveries whose last permitted attempt died without a word; returns how many."""
    lost = Delivery.objects.filter(state=State.SENDING, lease_until__lt=now, attempts__gte=retries.ATTEMPTS)
    buried = 0
    for delivery in lost.select_related(*NAMED):
        buried += _end(delivery, State.DEAD, now, error="The process died in the middle of the last attempt.")
    return buried


def _free(at: datetime) -> Q:
    return Q(state=State.DUE, send_from__lte=at) | Q(state=State.SENDING, lease_until__lt=at)


def _due(at: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(_free(at), attempts__lt=retries.ATTEMPTS).order_by("pk")


def _one(pk: int, run: Run) -> None:
    """One delivery, whatever happens to it: an error of one never keeps the others from leaving."""
    delivery = Delivery.objects.select_related(*NAMED).filter(pk=pk).first()
    if delivery is None:
        return
    name = f"robot/{delivery.robot_id}" if delivery.robot_id else delivery.channel
    patient = name in run.slow or delivery.attempts > 0
    if name in run.closed or _wait_for_hours(delivery, run) or not claim(delivery, now=run.now(), patient=patient):
        return
    try:
        if not _still_wanted(delivery, run.now()) or _over_rate(delivery, run.now()):
            return
        _send(delivery, name, run, patient=patient)
    except NotSent as error:
        if isinstance(error, Down):
            run.closed.add(name)
        fail(delivery, error, now=run.now(), calendar=run.calendar)
    except Exception as error:
        logger.exception("delivery %s could not be sent", delivery.reference)
        fail(delivery, Later(f"unexpected {type(error).__name__}"), now=run.now(), calendar=run.calendar)
    else:
        run.sent += mark_sent(delivery, now=run.now())


def _send(delivery: Delivery, name: str, run: Run, *, patient: bool) -> None:
    """Hands the message over. A channel that left one unanswered is given more time from then on, not closed at once:
    asking again and again in a hurry is what would make doubles."""
    patience = channels.PATIENCE if patient else channels.HASTE
    envelope = Envelope(
        reference=delivery.reference, to=delivery.address, at=run.now(), subject=delivery.subject,
        body=delivery.body, html=delivery.body_html, patience=patience,
        files=attachments.of(delivery),
    )  # fmt: skip
    try:
        run.channels.of(delivery).send(envelope)
    except Slow as error:
        if patient:
            raise
        run.slow.add(name)
        raise Later(str(error)) from error


def claim(delivery: Delivery, *, now: datetime, patient: bool = False) -> bool:
    """Takes the delivery with a fresh lease; False: held by somebody, done, or an older one to this address is open.

    ``patient``: its answers are waited for with PATIENCE."""
    token = str(uuid.uuid4())
    older = Delivery.objects.filter(
        channel=delivery.channel, address=delivery.address, robot=delivery.robot_id, park=delivery.park_id,
        pk__lt=delivery.pk, state__in=[State.DUE, State.SENDING],
    )  # fmt: skip
    if delivery.any_hour:
        older = older.filter(any_hour=True)
    free = Delivery.objects.filter(_free(now), pk=delivery.pk, attempts__lt=retries.ATTEMPTS)
    won = free.filter(~Exists(older)).update(
        state=State.SENDING,
        lease_token=token,
        lease_until=now + (PATIENT_LEASE if patient else LEASE),
        attempts=F("attempts") + 1,
    )
    if won:
        delivery.refresh_from_db(fields=["state", "lease_token", "lease_until", "attempts"])
    return bool(won)


def mark_sent(delivery: Delivery, *, now: datetime) -> bool:
    """Marks it sent if it is still ours."""
    values = {"state": State.SENT, "sent_at": now, "lease_token": "", "lease_until": None, "error": ""}
    return bool(_mine(delivery).update(**values))


def fail(delivery: Delivery, error: NotSent, *, now: datetime, calendar: WorkCalendar) -> None:
    """Puts it back for later, or gives it up: at once when refused, else after the last attempt."""
    if isinstance(error, Refused) or retries.is_last(delivery.attempts):
        _end(delivery, State.DEAD, now, error=str(error))
        return
    wait = retries.wait_after(delivery.attempts, delivery.reference)
    if isinstance(error, Later) and error.wait is not None:
        wait = max(wait, timedelta(seconds=error.wait))
    again = now + wait
    if not delivery.any_hour:
        again = planning.next_open(again, planner.wishes_of(delivery), calendar)
    _back(delivery, send_from=again, error=str(error)[:2000])
    logger.warning("delivery %s: attempt %s failed: %s", delivery.reference, delivery.attempts, error)


def _mine(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=delivery.pk, state=State.SENDING, lease_token=delivery.lease_token)


def _back(delivery: Delivery, **values) -> None:
    _mine(delivery).update(state=State.DUE, lease_token="", lease_until=None, **values)


def _end(delivery: Delivery, state: str, now: datetime, *, error: str) -> bool:
    """Closes it for good; what is given up is told as an alarm in the same transaction."""
    with transaction.atomic():
        values = {"state": state, "lease_token": "", "lease_until": None, "error": error[:2000]}
        ended = bool(_mine(delivery).update(**values))
        if ended and state == State.DEAD:
            alarms.delivery_given_up(delivery, error, at=now)
    return ended


def _wait_for_hours(delivery: Delivery, run: Run) -> bool:
    """Whether it has to wait because the recipient's quiet hours or a day off have begun; then it is put off."""
    if delivery.any_hour or delivery.state != State.DUE or not _has_hours(delivery):
        return False
    now = run.now()
    opens = planning.next_open(now, planner.wishes_of(delivery), run.calendar)
    if opens <= now:
        return False
    Delivery.objects.filter(pk=delivery.pk, state=State.DUE).update(send_from=opens)
    return True


def _has_hours(delivery: Delivery) -> bool:
    """A test message of a robot, which carries no notice, is sent when it was asked for."""
    return not delivery.key.startswith("test/")


def _still_wanted(delivery: Delivery, now: datetime) -> bool:
    """Drops a message whose notices are all settled or read, or whose recipient has left; leaves the settled and read
    ones out of one that has others."""
    if planner.has_left(delivery):
        _end(delivery, State.DROPPED, now, error="")
        return False
    notices = list(delivery.notices.select_related(*planner.RECIPIENTS).order_by("pk"))
    if not notices:
        return True
    wanted = [notice for notice in notices if notice.settled_at is None and notice.read_at is None]
    if not wanted:
        _end(delivery, State.DROPPED, now, error="")
        return False
    if len(wanted) < len(notices):
        planner.fill(delivery, wanted, compose.templates_in_force([delivery.park_id]))
        words = {"subject": delivery.subject, "body": delivery.body, "body_html": delivery.body_html}
        _mine(delivery).update(**words)
    return True


def _over_rate(delivery: Delivery, now: datetime) -> bool:
    """Whether the robot has had its messages of this minute; then the delivery waits, and no attempt is counted.

    Only one delivery of a robot is claimed at a time, so nobody else sends between the count and the message.
    """
    if delivery.channel != Channel.ROBOT or delivery.robot is None:
        return False
    limit = max(delivery.robot.per_minute, 1)
    recent = Delivery.objects.filter(robot=delivery.robot_id, state=State.SENT, sent_at__gt=now - MINUTE)
    times = list(recent.order_by("-sent_at").values_list("sent_at", flat=True)[:limit])
    if len(times) < limit:
        return False
    _back(delivery, send_from=times[-1] + MINUTE + timedelta(seconds=1), attempts=delivery.attempts - 1)
    return True
