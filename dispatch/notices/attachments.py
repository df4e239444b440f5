"""Files that go along with a mail. Who has files to send registers a source; what is too large stays a link."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dispatch.notices.models import Channel, Delivery, Notice

MOST_BYTES = 10 * 1024 * 1024  # of one mail
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attached:
    """A file with the name its reader sees."""

    name: str
    content_type: str
    content: bytes


# (notices of one mail) → the files of those it knows, for their recipient as of now
sources: list[Callable[[Sequence[Notice]], Sequence[Attached]]] = []


def of(delivery: Delivery) -> tuple[Attached, ...]:
    """The files of a mail's notices, as many as fit. A source that fails costs the attachment, never the mail."""
    if delivery.channel != Channel.EMAIL or not sources:
        return ()
    notices = list(delivery.notices.select_related("recipient__role", "recipient__organization__park").order_by("pk"))
    found: list[Attached] = []
    room = MOST_BYTES
    for source in sources:
        try:
            files = source(notices)
        except Exception:
            logger.exception("the files of %s could not be attached", delivery.reference)
            continue
        for file in files:
            if len(file.content) <= room:
                found.append(file)
                room -= len(file.content)
    return tuple(found)
