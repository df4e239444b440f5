"""Words of a text for the full-text search, in Chinese without a dictionary. Pure.

A run of Chinese characters gives its overlapping pairs (用地指标 → 用地 地指 指标), a run of one character itself.
Latin words and numbers stay whole, in lower case. Compatibility forms are folded first (NFKC: full-width letters, ㎡).
Pairs find what words find without guessing where a word ends, and the same text always gives the same words.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

MOST_TOKENS = 2000  # of one text; more would only make the index larger
LONGEST_WORD = 40  # characters of a Latin word or number
# Pairs and words that stand in any text of this kind and tell nothing apart.
STOP_WORDS = frozenset(
    ("我们", "以及", "进行", "已经", "可以", "目前", "问题", "情况", "的是", "的问", "是否", "and", "the", "of", "to",
     "in", "for", "is", "on", "at", "by", "with", "a", "an")
)  # fmt: skip
HAN, WORD, GAP = "han", "word", ""


def _is_han(sign: str) -> bool:
    return (
        "\u4e00" <= sign <= "\u9fff"
        or "\u3400" <= sign <= "\u4dbf"
        or "\uf900" <= sign <= "\ufaff"
        or ("\U00020000" <= sign <= "\U0003134f" and sign.isalnum())
        or sign in "々〇"
    )


def _kind(sign: str) -> str:
    if _is_han(sign):
        return HAN
    return WORD if sign.isalnum() else GAP


def _words(text: str) -> Iterator[str]:
    folded = unicodedata.normalize("NFKC", text).lower()
    # Lower case can bring back what folding had removed (İ); a second folding settles it.
    for kind, run in groupby(unicodedata.normalize("NFKC", folded), key=_kind):
        signs = "".join(run)
        if kind == WORD:
            yield signs[:LONGEST_WORD]
        elif kind == HAN:
            yield from (signs[place : place + 2] for place in range(max(1, len(signs) - 1)))


def tokenise(*texts: str) -> list[str]:
    """The different words of the texts in the order of their first appearance, at most MOST_TOKENS."""
    found: dict[str, None] = {}
    for text in texts:
        for word in _words(text):
            if word not in STOP_WORDS:
                found[word] = None
                if len(found) == MOST_TOKENS:
                    return list(found)
    return list(found)


def as_column(tokens: Iterable[str]) -> str:
    """The words as they are stored: one blank before, between and after them, so that " word " finds a whole word."""
    joined = " ".join(tokens)
    return f" {joined} " if joined else ""
