"""Domain data carry ``<name>_zh`` and ``<name>_en``; this picks the one of the active language."""

from django.utils.translation import get_language


def localized(obj, name: str) -> str:
    """Text of ``name`` in the active language, falling back to the Chinese one when the English is empty."""
    if (get_language() or "zh").startswith("en"):
        return getattr(obj, f"{name}_en") or getattr(obj, f"{name}_zh")
    return getattr(obj, f"{name}_zh")
