"""Channels: how one message leaves. Each is a ``Channel`` with one method that returns when the other side has taken
the message, and else raises one of three errors that say whose fault it is."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings

from dispatch.notices.attachments import Attached
from dispatch.notices.models import Channel as Code

HASTE, PATIENCE = 10.0, 60.0  # seconds to wait for an answer: at first, and after a message that went unanswered
CONNECT = 5.0


@dataclass(frozen=True)
class Envelope:
    """One message ready to leave. ``reference`` is the same for every attempt; ``at``: the moment of this attempt;
    ``patience``: seconds to wait for an answer. ``files`` go along with a mail."""

    reference: str
    to: str
    at: datetime
    subject: str
    body: str
    html: str = ""
    patience: float = HASTE
    files: tuple[Attached, ...] = ()


class NotSent(Exception):
    """The message did not get through; the text holds no address with a key and no secret."""


class Down(NotSent):
    """The channel does not work: nothing is known about the message. Try again later, and leave the others for now."""


class Slow(Down):
    """The other side took the message but gave no answer in time; it may have arrived."""


class Later(NotSent):
    """Not now, for this message or recipient. ``wait``: seconds the other side asks for, None: our own schedule."""

    def __init__(self, text: str, wait: float | None = None):
        super().__init__(text)
        self.wait = wait


class Refused(NotSent):
    """This message will never get through as it is."""


class Channel(Protocol):
    """What sends. Opened once for a run of messages and closed after it."""

    def send(self, envelope: Envelope) -> None:
        """Returns when the other side has taken the message. Raises Down, Slow, Later or Refused."""

    def close(self) -> None:
        """Gives connections back; never raises."""


def set_up() -> frozenset[str]:
    """Channels of people that this installation has settings for."""
    found = {Code.EMAIL.value} if settings.NOTICE_EMAIL else set()
    if settings.NOTICE_SMS_BACKEND:
        found.add(Code.SMS.value)
    return frozenset(found)


class Open(AbstractContextManager["Open"]):
    """The channels of one run, each opened when it is first needed."""

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}

    def of(self, delivery) -> Channel:
        """The channel of a delivery. Raises Refused when it is not set up any more."""
        name = f"robot/{delivery.robot_id}" if delivery.channel == Code.ROBOT else delivery.channel
        if name not in self._channels:
            self._channels[name] = self._make(delivery)
        return self._channels[name]

    @staticmethod
    def _make(delivery) -> Channel:
        from dispatch.notices.channels import mail, robots, sms

        if delivery.channel == Code.EMAIL and settings.NOTICE_EMAIL:
            return mail.Mail()
        if delivery.channel == Code.SMS and settings.NOTICE_SMS_BACKEND:
            return sms.Sms()
        if delivery.channel == Code.ROBOT and delivery.robot is not None:
            return robots.GroupRobot(delivery.robot)
        raise Refused("This channel is not set up.")

    def __exit__(self, *_error) -> None:
        for channel in self._channels.values():
            channel.close()
