"""When a delivery that did not get through is tried again. Pure, and the same for the same delivery every time."""

import hashlib
from datetime import timedelta

ATTEMPTS = 10
FIRST_WAIT = timedelta(minutes=1)
FACTOR = 3
LONGEST_WAIT = timedelta(hours=24)
JITTER = 0.2


def wait_after(attempts: int, reference: str) -> timedelta:
    """How long to wait after this many failed attempts: 1, 3, 9, 27, 81, 243, 729, 1440, 1440 minutes, each ± 20 %.

    The nine waits make about 66 hours. The share of jitter comes from the reference, so a test knows the moment.
    """
    times: int = FACTOR ** (max(attempts, 1) - 1)
    drawn = int.from_bytes(hashlib.sha256(f"{reference}/{attempts}".encode()).digest()[:4], "big") / 2**32
    return min(FIRST_WAIT * times, LONGEST_WAIT) * (1 - JITTER + 2 * JITTER * drawn)


def is_last(attempts: int) -> bool:
    """Whether the delivery is given up when this attempt fails."""
    return attempts >= ATTEMPTS
