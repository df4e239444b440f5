"""Rows alike to a text. The database brings a bounded number of them, ``scoring`` puts them in order.

The newest NEWEST rows are read on every database: they say how rare each word is, and small parks have no more. Older
rows that hold the rare words come from PostgreSQL's full-text index (migration 0004); on SQLite they are not looked at.
Up to NEWEST rows both databases give the same answer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connections
from django.db.models import QuerySet

from accounts.models import User
from dispatch.ledger.models import LedgerItem
from dispatch.measures import scoring
from dispatch.measures.models import Measure
from dispatch.measures.tokens import tokenise

NEWEST = 1000
MOST_OLDER = 2000


@dataclass(frozen=True)
class Alike:
    """Measures in use and closed items alike to a text, best first; ``share`` in each pair is 0 to 1."""

    measures: list[tuple[Measure, float]]
    items: list[tuple[LedgerItem, float]]

    def __bool__(self) -> bool:
        return bool(self.measures or self.items)


def similar(text: str, *, user: User, limit: int = 5, but: Collection[int] = ()) -> Alike:
    """What this person may see and has been solved before. ``but``: ids of items that are left out.

    An item whose measure is listed is not listed once more.
    """
    asked = tokenise(text)[: scoring.ASKED]
    measures = ranked(Measure.objects.visible_to(user).in_use(), asked, limit=limit)
    shown = {measure.item_id for measure, _share in measures if measure.item_id}
    closed = LedgerItem.objects.visible_to(user).filter(state=LedgerItem.State.CLOSED)
    items = ranked(closed.select_related("unit"), asked, limit=limit, but={*but, *shown})
    return Alike(measures, items)


def ranked(rows: QuerySet, asked: Sequence[str], *, limit: int, but: Collection[int] = ()) -> list[tuple]:
    """(row, share) of at most ``limit`` rows with a column ``tokens``."""
    if not asked:
        return []
    found = dict(rows.select_related(None).order_by("-pk").values_list("pk", "tokens")[:NEWEST])
    read = len(found)
    counts = scoring.count(asked, found.values())
    if read == NEWEST and connections[rows.db].vendor == "postgresql":
        found |= _older(rows, scoring.rare(counts, read))
    order = scoring.best(counts, read, found.items(), limit=limit, but=but)
    by_key = rows.in_bulk([key for key, _share in order]) if order else {}
    return [(by_key[key], share) for key, share in order]


def _older(rows: QuerySet, words: Sequence[str]) -> dict[int, str]:
    return dict(_older_rows(rows, words)[:MOST_OLDER]) if words else {}


def _older_rows(rows: QuerySet, words: Sequence[str]) -> QuerySet:
    """(id, tokens) of rows with one of the words, by the index. Words are letters and digits, so nothing to escape."""
    wanted = SearchQuery(" | ".join(f"'{word}'" for word in words), config="simple", search_type="raw")
    held = rows.select_related(None).order_by().annotate(vector=SearchVector("tokens", config="simple"))
    return held.filter(vector=wanted).values_list("pk", "tokens")
