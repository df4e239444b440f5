"""The place to plug in text messages: NOTICE_SMS_BACKEND names a class with ``send(phone, text, reference)``.

There is no common gateway: a park has a contract with one provider or with its province's platform. docs/notices.md
shows how to write the class. Empty setting: nobody is reachable by text message.
"""

import logging
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from dispatch.notices import wording
from dispatch.notices.channels import Envelope, Later, NotSent

LONGEST = 70 * 4  # characters: four parts of a long Chinese message
logger = logging.getLogger(__name__)


class SmsBackend(Protocol):
    """What a gateway has to offer."""

    def send(self, phone: str, text: str, reference: str) -> None:
        """Returns when the gateway has taken the message. ``reference``: the same for every attempt, for the gateway to
        drop doubles. Raises channels.Down, Slow, Later or Refused; anything else counts as Later."""


class LogBackend:
    """Example: writes a line instead of sending. The number is masked: logs are no place for phone numbers."""

    def send(self, phone: str, text: str, reference: str) -> None:
        logger.info("text message %s to %s***%s, %d characters", reference, phone[:3], phone[-2:], len(text))


class Sms:
    """The channel: cuts the text and hands it to the backend."""

    def __init__(self) -> None:
        self.backend: SmsBackend = import_string(settings.NOTICE_SMS_BACKEND)()

    def send(self, envelope: Envelope) -> None:
        text = " ".join(envelope.body.translate(wording.CONTROL).split())
        try:
            self.backend.send(
                envelope.to, text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…", envelope.reference
            )
        except NotSent:
            raise
        except Exception as error:
            raise Later(f"{type(error).__name__}") from None

    def close(self) -> None:
        """Nothing is kept open."""
