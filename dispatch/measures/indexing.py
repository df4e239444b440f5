"""Which texts of a row are searched, and the column that holds their words. Pure."""

from collections.abc import Mapping
from typing import Any

from dispatch.measures.tokens import as_column, tokenise

ITEM_TEXTS = ("title", "description", "measures", "progress")
MEASURE_TEXTS = ("title", "problem", "solution", "conditions")


def column(row: Any, names: tuple[str, ...], written: Mapping[str, Any]) -> dict[str, str]:
    """{"tokens": …} when one of the texts is being written, else nothing. ``row`` gives those that are not; None:
    there is no row yet."""
    if not set(names) & set(written):
        return {}
    texts = (written[name] if name in written else getattr(row, name, "") for name in names)
    return {"tokens": as_column(tokenise(*(text or "" for text in texts)))}


def item_column(item: Any, written: Mapping[str, Any]) -> dict[str, str]:
    """For a ledger item whose columns ``written`` are about to be stored."""
    return column(item, ITEM_TEXTS, written)


def measure_column(measure: Any, written: Mapping[str, Any]) -> dict[str, str]:
    """For a measure whose columns ``written`` are about to be stored."""
    return column(measure, MEASURE_TEXTS, written)


def tokens_of(row: Any, names: tuple[str, ...]) -> str:
    """The column as it should stand on this row."""
    return as_column(tokenise(*(getattr(row, name) for name in names)))
