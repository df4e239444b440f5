"""The text of a personal token: pn_ + 40 random characters + 6 of checksum. Pure; only its SHA-256 is ever stored."""

import secrets
import string
import zlib
from hashlib import sha256

PREFIX, RANDOM, CHECK = "pn_", 40, 6
LENGTH = len(PREFIX) + RANDOM + CHECK
SHOWN = 9  # characters of the beginning that are kept to tell tokens apart
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase


def make() -> str:
    """A new secret: 238 bits of randomness."""
    head = PREFIX + "".join(secrets.choice(ALPHABET) for _place in range(RANDOM))
    return head + checksum(head)


def checksum(head: str) -> str:
    """CRC-32 in six characters: a mistyped token, and most made-up ones, are known without asking the database."""
    rest, text = zlib.crc32(head.encode()), ""
    for _place in range(CHECK):
        rest, digit = divmod(rest, len(ALPHABET))
        text = ALPHABET[digit] + text
    return text


def is_well_formed(text: str) -> bool:
    """Whether the text could be one of our tokens."""
    head, tail = text[:-CHECK], text[-CHECK:]
    return len(text) == LENGTH and text.isascii() and text.startswith(PREFIX) and checksum(head) == tail


def digest(text: str) -> str:
    """What is stored of a token."""
    return sha256(text.encode()).hexdigest()
