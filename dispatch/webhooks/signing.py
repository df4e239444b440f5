"""Signatures of webhook messages. Pure. Receivers check them as docs/webhooks.md shows.

Signed is ``timestamp + "." + body`` (bytes) with HMAC-SHA256; the header holds one "v1=<hex>" for each secret in force,
so that a receiver with the old secret and one with the new both find theirs while a secret is being changed.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "v1="
WINDOW = 300  # seconds a receiver accepts a message for, to either side
START = "whs_"


def new_secret() -> str:
    """A secret of 256 random bits, shown once."""
    return START + secrets.token_urlsafe(32)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """One "v1=<hex>"."""
    return PREFIX + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def header(known: Iterable[str], timestamp: str, body: bytes) -> str:
    """The value of X-Navigator-Signature; empty secrets are left out."""
    return ",".join(signature(secret, timestamp, body) for secret in known if secret)


def is_genuine(secret: str, timestamp: str, body: bytes, found: str, *, now: float) -> bool:
    """Whether one of the signatures in the header is right and the message fresh; compares in constant time."""
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 15:
        return False
    if abs(now - int(timestamp)) > WINDOW:
        return False
    right = signature(secret, timestamp, body).encode()
    return any(hmac.compare_digest(right, part.strip().encode()) for part in found.split(","))
