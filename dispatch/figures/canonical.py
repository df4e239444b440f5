"""One JSON value, one byte string, one fingerprint. Pure."""

import hashlib
import json
from typing import Any


def canonical(snapshot: dict[str, Any]) -> bytes:
    """Sorted keys, no blanks, UTF-8."""
    return json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(snapshot: dict[str, Any]) -> str:
    """sha256 of the canonical form, hexadecimal."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()
