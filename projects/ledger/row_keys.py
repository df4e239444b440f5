"""The key of a row in a workbook that we hand out: ``<kind>:<id>:<check>``, signed for one park and one kind.

A signature does not give a right: who hands a row in may change it only if its park and kind are their own, and the
import looks the row up among those anyway. It keeps a copied, mistyped or foreign key from meaning another row.
"""

from typing import NamedTuple

from django.core import signing

_LONGEST = 200  # characters
_HIGHEST = 2**63 - 1


class RowKey(NamedTuple):
    """``pk`` None: not a key to go by; ``why``: missing, kind (of another list) or check (damaged, or another park)."""

    pk: int | None
    why: str = ""


def key_text(kind: str, pk: int, *, park_id: int) -> str:
    """What stands in the hidden column."""
    return str(_signer(park_id).sign(f"{kind}:{pk}"))


def read_key(text: object, kind: str, *, park_id: int) -> RowKey:
    """The row that the text of a cell means, when it was handed out by us for this park and kind. Never raises."""
    if text is None or not str(text).strip():
        return RowKey(None, "missing")
    written = str(text).strip()
    try:
        if len(written) > _LONGEST:
            return RowKey(None, "check")
        found, _colon, number = _signer(park_id).unsign(written).partition(":")
        pk = int(number)
    except (signing.BadSignature, ValueError):
        return RowKey(None, "check")
    if found != kind:
        return RowKey(None, "kind")
    return RowKey(pk) if 0 < pk <= _HIGHEST else RowKey(None, "check")


def _signer(park_id: int) -> signing.Signer:
    return signing.Signer(salt=f"projects.ledger.row_keys.{park_id}")
