"""When a message that did not get through is tried again. Pure, and the same for the same message every time."""

import hashlib
from datetime import timedelta

ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=1)
FACTOR = 3
LONGEST_WAIT = timedelta(hours=12)
JITTER = 0.2


def wait_after(attempts: int, reference: str) -> timedelta:
    """How long to wait after this many failed attempts: 1, 3, 9, 27, 81, 243, 729 minutes, each ± 20 %.

    The seven waits of a message make about 18 hours. The share of jitter comes from the reference, so that messages
    that failed together do not come back together and a test knows the moment exactly.
    """
    times: int = FACTOR ** (max(attempts, 1) - 1)
    wait = min(FIRST_WAIT * times, LONGEST_WAIT)
    drawn = int.from_bytes(hashlib.sha256(f"{reference}/{attempts}".encode()).digest()[:4], "big") / 2**32
    return wait * (1 - JITTER + 2 * JITTER * drawn)


def is_last(attempts: int) -> bool:
    """Whether the message is given up when this attempt fails."""
    return attempts >= ATTEMPTS
