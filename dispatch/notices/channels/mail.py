"""E-mail over django.core.mail: text and simple HTML, one Message-ID for all attempts, one connection for a run."""

import smtplib
from contextlib import suppress

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from dispatch.notices.channels import HASTE, Down, Envelope, Later, Refused, Slow

TRY_LATER = range(400, 500)
CLOSING = 421


class Mail:
    """The site's mail server."""

    def __init__(self) -> None:
        self._connection = None
        self._patience = HASTE

    def send(self, envelope: Envelope) -> None:
        self._open(envelope.patience)
        try:
            self._connection.send_messages([message_of(envelope)])
        except Exception as error:
            self._give_up()
            raise _reason(error) from error

    def close(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
        self._connection = None

    def _open(self, patience: float) -> None:
        if self._connection is not None and patience != self._patience:
            self.close()
        if self._connection is None:
            self._patience = patience
            self._connection = get_connection(timeout=patience)
            try:
                self._connection.open()
            except Exception as error:
                self._give_up()
                raise Down(_words(error)) from error

    def _give_up(self) -> None:
        """A connection that failed may be in the middle of a message: the next one gets a new one, without goodbye."""
        broken, self._connection = self._connection, None
        with suppress(Exception):
            broken.connection.close()


def message_of(envelope: Envelope) -> EmailMultiAlternatives:
    headers = {
        "Message-ID": message_id(envelope.reference),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    subject = " ".join(envelope.subject.split())
    message = EmailMultiAlternatives(
        subject, envelope.body, settings.DEFAULT_FROM_EMAIL, [envelope.to], headers=headers
    )
    if envelope.html:
        message.attach_alternative(envelope.html, "text/html")
    for file in envelope.files:
        message.attach(file.name, file.content, file.content_type)
    return message


def message_id(reference: str) -> str:
    return f"<{reference}@{settings.NOTICE_MESSAGE_ID_DOMAIN}>"


def _reason(error: Exception) -> Exception:
    """Whose fault it is. What is said about the recipient or the content ends; about the server or the way waits."""
    if isinstance(error, TimeoutError):
        return Slow(_words(error))
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return Later(_words(error)) if any(code in TRY_LATER for code in codes) else Refused(_words(error))
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, TimeoutError):
        return Slow(_words(error))
    if isinstance(error, smtplib.SMTPDataError) and error.smtp_code != CLOSING:
        return Later(_words(error)) if error.smtp_code in TRY_LATER else Refused(_words(error))
    if isinstance(error, (smtplib.SMTPException, OSError)):
        return Down(_words(error))
    if isinstance(error, (ValueError, TypeError, LookupError)):  # a message that cannot be written as a mail
        return Refused(_words(error))
    return Later(_words(error))  # e.g. the time limit of the task


def _words(error: Exception) -> str:
    """Class and text of the error; a failed sign-in is told without what the server repeats of it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"SMTPAuthenticationError {error.smtp_code}"
    return f"{type(error).__name__}: {error}"[:500]
