"""Widths of texts without a font, and lines that fit a width. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

NO_START = set("、，。；：？！）】》”’%‰…·,.;:?!)]}")
NO_END = set("（【《“‘([{")
_REMARK = re.compile(r"\s*（[^（）]*）|\s*\([^()]*\)")
_TOKEN = re.compile(r"[ ]|[A-Za-z0-9&/'’.,;:%+]+[-–]?|.", re.DOTALL)


def short_name(name: str) -> str:
    """The name without remarks in brackets, as it stands on the map."""
    return _REMARK.sub("", name).strip() or name


def text_width(text: str, size: float) -> float:
    """Estimated width in pixels at a font size: CJK 1 em, capitals and digits 0.66, other Latin 0.55, space 0.3."""
    return size * sum(map(_ems, text))


@lru_cache(maxsize=4096)
def _ems(char: str) -> float:
    if char == " ":
        return 0.3
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    return 0.66 if char.isupper() or char.isdigit() else 0.55


def longest_word(texts: Iterable[str], size: float) -> float:
    """Width of the longest piece that ``wrap`` would only split for want of room."""
    return max((text_width(word, size) for text in texts for word in _TOKEN.findall(text)), default=0.0)


def wrap(text: str, width: float, size: float) -> tuple[str, ...]:
    """Lines no wider than ``width``, as few as possible and about equally long.

    No line begins with a closing mark or ends with an opening one; words are split only when they alone are too long.
    """
    tokens = _tokens(text, width, size)
    lines = _fill(tokens, width, size)
    best, narrower = lines, width - 1
    while len(lines) > 1 and narrower > 0:
        tried = _fill(tokens, narrower, size)
        if len(tried) > len(lines) or any(text_width(line, size) > width for line in tried):
            break
        best, narrower = tried, narrower - 1
    return best


def _tokens(text: str, width: float, size: float) -> list[str]:
    """Pieces that stay whole: marks cling to their neighbours, words that are too long are cut."""
    pieces: list[str] = []
    for token in _TOKEN.findall(" ".join(text.split())):
        joins = pieces and (token in NO_START or pieces[-1][-1] in NO_END) and pieces[-1] != " "
        if joins and text_width(pieces[-1] + token, size) <= width:
            pieces[-1] += token
        else:
            pieces.extend(_cut(token, width, size))
    return pieces


def _cut(token: str, width: float, size: float) -> list[str]:
    parts = [""]
    for char in token:
        if parts[-1] and text_width(parts[-1] + char, size) > width:
            parts.append("")
        parts[-1] += char
    return parts


def _fill(tokens: list[str], width: float, size: float) -> tuple[str, ...]:
    lines = [""]
    for piece in tokens:
        if lines[-1] and text_width((lines[-1] + piece).rstrip(), size) > width:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece if lines[-1] or not piece.isspace() else ""
    lines[-1] = lines[-1].rstrip()
    return tuple(line for line in lines if line)
