"""How alike a stored text is to a new one: the share of the new text's words that it has, rare words counting more.

Pure, and the same on every database: the database only brings rows that may be alike.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log

ASKED = 40  # words of the new text that are looked at, the first ones
ALIKE = 0.2  # share from which a row is worth showing
RARE = 0.03  # of the rows read: so many together may hold the words that older rows are looked up by


def weight(holding: int, read: int) -> float:
    """What a word counts that ``holding`` of ``read`` rows have: log(1 + read / holding)."""
    return log(1 + max(read, 1) / max(holding, 1))


def count(asked: Sequence[str], columns: Iterable[str]) -> dict[str, int]:
    """How many columns hold each asked word."""
    padded = [f" {word} " for word in asked]
    counts = [0] * len(asked)
    for column in columns:
        for place, word in enumerate(padded):
            if word in column:
                counts[place] += 1
    return dict(zip(asked, counts, strict=True))


def rare(counts: Mapping[str, int], read: int) -> list[str]:
    """The rarest words, as many as RARE of the rows hold together; words that none of them holds are the rarest."""
    chosen, together = [], 0
    for word, number in sorted(counts.items(), key=lambda pair: pair[1]):
        together += number
        if together > RARE * read:
            break
        chosen.append(word)
    return chosen


def best(
    counts: Mapping[str, int],
    read: int,
    rows: Iterable[tuple[int, str]],
    *,
    limit: int,
    but: Collection[int] = (),
) -> list[tuple[int, float]]:
    """(id, share) of the rows that are alike enough, best first, among equals the newer one first.

    ``counts``: asked word → how many of the ``read`` rows hold it; ``rows``: (id, column of words in blanks).
    """
    weights = [(f" {word} ", weight(number, read)) for word, number in counts.items()]
    whole = sum(value for _word, value in weights)
    scored = ((key, _found(weights, tokens) / whole) for key, tokens in rows if key not in but)
    alike = [(key, share) for key, share in scored if share >= ALIKE]
    return sorted(alike, key=lambda pair: (-round(pair[1], 9), -pair[0]))[:limit]


def _found(weights: Iterable[tuple[str, float]], tokens: str) -> float:
    return sum(value for word, value in weights if word in tokens)
