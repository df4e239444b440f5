"""Cleaning and matching of text from cells. Pure."""

import re
import unicodedata
from functools import lru_cache

from projects.ledger.findings import Note
from projects.ledger.traditional import TO_SIMPLIFIED
from projects.ledger.workbook import Value, raw_text

ZERO_WIDTH = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# OOXML writes characters that XML forbids as _x0000_ ; Excel shows them as control characters.
ESCAPED_CONTROL = re.compile(r"_x00(?:0[0-8BCEF]|1[0-9A-F]|7F)_", re.IGNORECASE)
# The underscore of a text that only looks like such an escape (ECMA-376 22.9.2.19); held back meanwhile.
ESCAPED_UNDERSCORE = re.compile("_x005F_(?=x[0-9A-F]{4}_)", re.IGNORECASE)
_HELD = "\ufdd0"
# A guard that exports put before a text which a spreadsheet would take for a formula.
GUARDED = re.compile(r"\A'(?='*[=+\-@＝＋－＠\t\r])")
BLANK_WORDS = frozenset({"", "/", "\\", "-", "--", "—", "——", "–", "―", "无", "待定", "暂无", "空", "\\n"})
_SPACE = re.compile(r"\s+")


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Key for comparing words: NFKC, no zero-width characters, no white space, brackets and dashes of one kind,
    traditional characters in their simplified form.
    """
    text = unicodedata.normalize("NFKC", text)
    # What is printable has no white space but blanks.
    text = text.replace(" ", "") if text.isprintable() else CONTROL.sub("", _SPACE.sub("", ZERO_WIDTH.sub("", text)))
    return text if text.isascii() and "[" not in text and "]" not in text else text.translate(_ALIKE)


_ALIKE = TO_SIMPLIFIED | str.maketrans(
    {"【": "(", "】": ")", "[": "(", "]": ")", "〔": "(", "〕": ")", "–": "-", "—": "-", "―": "-", "−": "-", "‐": "-"}
    | {"‑": "-", "﹣": "-", "～": "~", "〜": "~", "∼": "~", "“": '"', "”": '"', "＂": '"', "‘": "'", "’": "'"}
)


def words(value: Value) -> str:
    """`folded` text of any cell value; numbers and dates as the file stores them."""
    return folded(value if isinstance(value, str) else raw_text(value))


def is_blank(value: Value) -> bool:
    """Empty, blanks only, or one of the words for nothing (``/ — 无 待定``, samples README section 2)."""
    if value is None:
        return True
    return isinstance(value, str) and words(value) in BLANK_WORDS


def clean_text(value: Value, *, limit: int, lines: bool = False) -> tuple[str | None, tuple[Note, ...]]:
    """The text of a cell as people wrote it, without invisible characters and outer blanks.

    Line breaks stay when `lines` is true and vanish (between Chinese characters) or become a blank otherwise.
    Longer than `limit` characters: None with TEXT_TOO_LONG. Nothing is ever cut silently.
    """
    if is_blank(value):
        return None, ()
    text = raw_text(value)
    if len(text) <= limit and text.isprintable() and "'" not in text and "_x" not in text:
        return text.strip(), ()  # nothing to clean: most cells
    text = ESCAPED_UNDERSCORE.sub(_HELD, text)
    notes: tuple[Note, ...] = ()
    stripped = CONTROL.sub("", ESCAPED_CONTROL.sub("", text.replace("\r\n", "\n").replace("_x000D_", "")))
    if stripped != text.replace("\r\n", "\n").replace("_x000D_", ""):
        notes = (Note("CONTROL_CHARACTER"),)
    stripped = ZERO_WIDTH.sub("", stripped).replace("\u00a0", " ").replace("\r", "\n").replace("\t", " ")
    stripped = GUARDED.sub("", stripped).replace(_HELD, "_")
    stripped = "\n".join(line.strip() for line in stripped.split("\n")).strip()
    if not lines:
        stripped = _join_lines(stripped)
    if len(stripped) > limit:
        return None, (*notes, Note("TEXT_TOO_LONG", {"length": len(stripped), "limit": limit}))
    return stripped or None, notes


def _join_lines(text: str) -> str:
    text = re.sub(r"(?<=[^\x00-\x7f])\s*\n\s*|\s*\n\s*(?=[^\x00-\x7f])", "", text)
    return re.sub(r"\s*\n\s*", " ", text)


def normalise_name(name: str) -> str:
    """Key for exact matching of names: two names are the same when their keys are equal. 一期 and 二期 stay apart."""
    return folded(name).lower()


_TAIL = re.compile(r"(?:建设)?(?:项目|工程)$")
_PUNCTUATION = re.compile(r"[^\w]+")


def similar_name(name: str) -> str:
    """Key for names that look like one: `normalise_name` without punctuation and the ending 项目/工程."""
    return _TAIL.sub("", _PUNCTUATION.sub("", normalise_name(name)))
