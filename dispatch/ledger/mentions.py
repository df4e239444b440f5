"""Who is mentioned in a text by ``@name``. Pure."""

from collections.abc import Mapping


def named(text: str, people: Mapping[int, str]) -> set[int]:
    """Keys of the people whose name stands behind an ``@`` (or the full-width ＠); the longest name that fits counts.

    Two people of one name are both meant. ``people``: key → name.
    """
    by_name: dict[str, set[int]] = {}
    for key, name in people.items():
        if name:
            by_name.setdefault(name.casefold(), set()).add(key)
    names = sorted(by_name, key=len, reverse=True)
    found: set[int] = set()
    for part in text.replace("＠", "@").split("@")[1:]:
        spoken = part.casefold()
        match = next((name for name in names if spoken.startswith(name)), None)
        found |= by_name[match] if match else set()
    return found
