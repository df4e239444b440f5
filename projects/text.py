"""Text that people type: what is refused, the keys names are compared by, and what the search looks in. Pure."""

import unicodedata
from dataclasses import dataclass

from pypinyin import Style, lazy_pinyin

from projects.ledger.text import normalise_name, similar_name

__all__ = [
    "LONG_TEXT",
    "TextProblem",
    "find_problem",
    "initials",
    "normalise_name",
    "search_text",
    "similar_name",
    "tidy",
]

LONG_TEXT = 5000  # characters a field for running text may hold


@dataclass(frozen=True)
class TextProblem:
    """Why a text cannot be stored; ``kind`` is ``control`` (with the character's code) or ``length``."""

    kind: str
    code: str = ""
    length: int = 0
    limit: int = 0


def tidy(value: str, *, lines: bool = False) -> str:
    """Outer blanks gone, line ends as \\n; a text of one line (``lines`` false) has no line ends or tabs left."""
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip() if lines else " ".join(text.split("\n")).replace("\t", " ").strip()


def find_problem(value: str, *, limit: int) -> TextProblem | None:
    """NUL, other control characters, lone surrogates and more than ``limit`` characters are refused."""
    for character in value:
        if character not in "\n\t" and unicodedata.category(character) in {"Cc", "Cs"}:
            return TextProblem("control", code=f"U+{ord(character):04X}")
    return TextProblem("length", length=len(value), limit=limit) if len(value) > limit else None


def initials(name: str) -> str:
    """First letters of the pinyin of every Chinese character; other characters stay: 宏图3D打印 → ht3ddy."""
    return "".join(lazy_pinyin(normalise_name(name), style=Style.FIRST_LETTER, errors="default"))


def search_text(name: str, enterprise: str = "", code: str = "") -> str:
    """What a search looks in: keys of name, enterprise and code, and the initials of both names, one word each."""
    parts = [
        normalise_name(name),
        normalise_name(enterprise),
        normalise_name(code),
        initials(name),
        initials(enterprise),
    ]
    return " ".join(part for part in parts if part)


def number_in(text: str) -> int | None:
    """The key or version that an address or a form names; None for anything else, and for more than 18 digits, which
    no column holds."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None
