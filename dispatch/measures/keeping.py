"""The words of rows that were written past the actions: by an import, or before there was a search."""

from collections.abc import Callable

from django.db import transaction

from dispatch.jobs.registry import JOBS, Job, daily
from dispatch.ledger.models import LedgerItem
from dispatch.measures.indexing import ITEM_TEXTS, MEASURE_TEXTS, tokens_of
from dispatch.measures.models import Measure

NAME = "search_words"
BATCH = 500
SOURCES = ((LedgerItem, ITEM_TEXTS), (Measure, MEASURE_TEXTS))


def refresh_tokens(row: LedgerItem | Measure) -> None:
    """Bring the words of one row up to date; the row's version and history are not touched."""
    texts = ITEM_TEXTS if isinstance(row, LedgerItem) else MEASURE_TEXTS
    row.tokens = tokens_of(row, texts)
    type(row).objects.filter(pk=row.pk).update(tokens=row.tokens)


def fill(*, fence: Callable[[], None] = lambda: None, everything: bool = False) -> int:
    """Write the words where there are none (``everything``: on all rows); how many rows changed. One transaction a
    batch, ``fence`` first in each."""
    changed = 0
    for model, texts in SOURCES:
        last = 0
        while rows := _next(model, texts, last, everything):
            last = rows[-1].pk
            with transaction.atomic():
                fence()
                changed += sum(_write(row, tokens_of(row, texts)) for row in rows)
    return changed


def _write(row: LedgerItem | Measure, words: str) -> int:
    """1 when the row was changed; not when somebody has written its texts, and words with them, in the meantime."""
    if row.tokens == words:
        return 0
    return type(row).objects.filter(pk=row.pk, tokens=row.tokens).update(tokens=words)


def _next(model, texts: tuple[str, ...], after: int, everything: bool) -> list:
    rows = model.objects.filter(pk__gt=after).only("pk", "tokens", *texts).order_by("pk")
    return list((rows if everything else rows.filter(tokens=""))[:BATCH])


def work(run, at, fence) -> dict:
    """The nightly job."""
    return {"filled": fill(fence=fence)}


def register() -> None:
    JOBS[NAME] = Job(periods=daily, work=work)
