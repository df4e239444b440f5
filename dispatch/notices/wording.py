"""Words of a message: placeholders filled, texts cut to what a channel takes. Pure.

A placeholder is a plain name in braces. It is looked up in the notice's facts and nowhere else: no attributes, no
indexes, no format codes, so that a template cannot reach anything but the facts.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
NOTHING = "—"
LONGEST_FACT = 500
CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, 8232, 8233], " ")
# Characters that turn the reading direction round can make an address look like another one.
CONTROL |= dict.fromkeys([0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069], "")


def placeholders(text: str) -> set[str]:
    """Names in braces."""
    return set(PLACEHOLDER.findall(text))


def faults(text: str, allowed: Iterable[str]) -> list[str]:
    """What is wrong with a template's text: unknown names, and every brace that is not part of a plain name."""
    unknown = sorted(placeholders(text) - set(allowed))
    rest = PLACEHOLDER.sub("", text)
    strange = re.findall(r"\{[^{}]{0,60}\}|[{}]", rest)
    return [f"{{{name}}}" for name in unknown] + list(dict.fromkeys(strange))


def fill(text: str, facts: Mapping[str, object]) -> str:
    """The text with its placeholders replaced; facts that are missing or empty read "—"."""
    return PLACEHOLDER.sub(lambda match: plain(facts.get(match[1])), text)


def plain(value: object) -> str:
    """A fact as one line of text."""
    if isinstance(value, (list, tuple)):
        return "、".join(plain(each) for each in value) or NOTHING
    if value is None or isinstance(value, dict) or value == "":
        return NOTHING
    text = " ".join(str(value).translate(CONTROL).split())
    return text if len(text) <= LONGEST_FACT else f"{text[: LONGEST_FACT - 1]}…"


def size(text: str) -> int:
    """Bytes in UTF-8."""
    return len(text.encode())


def cut_line(text: str, limit: int) -> str:
    """The text with at most ``limit`` bytes, cut between characters and marked with "…"."""
    if size(text) <= limit:
        return text
    kept = text.encode()[: max(limit - size("…"), 0)].decode(errors="ignore")
    return f"{kept}…" if limit >= size("…") else ""


def fit(head: str, parts: Sequence[str], foot: str, *, limit: int, more: str) -> str:
    """head, as many whole parts as fit, how many more there are, foot; never more than ``limit`` bytes.

    ``more``: a sentence with {count}. A first part that is too long by itself is cut. ``head`` and ``foot`` are short.
    """
    lines = [head, *parts, foot] if foot else [head, *parts]
    whole = "\n".join(lines)
    if size(whole) <= limit:
        return whole
    for kept in range(len(parts) - 1, 0, -1):
        told = more.replace("{count}", str(len(parts) - kept))
        text = "\n".join(filter(None, [head, *parts[:kept], told, foot]))
        if size(text) <= limit:
            return text
    told = more.replace("{count}", str(len(parts) - 1)) if len(parts) > 1 else ""
    frame = "\n".join(filter(None, [head, told, foot]))
    room = limit - size(frame) - 1
    first = cut_line(parts[0], room) if parts and room > size("…") else ""
    return cut_line("\n".join(filter(None, [head, first, told, foot])), limit)
