"""Filings among the kinds of workbooks."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Verb
from dispatch.filing.importing.dryrun import filings_of, judge
from dispatch.filing.importing.export import empty
from dispatch.filing.importing.table import FILINGS
from dispatch.filing.importing.writing import undo, write
from dispatch.filing.models import FilingRound
from projects.ledger.kinds import TABLES
from projects.ledger.registry import KINDS, ImportKind
from projects.ledger.text import normalise_name
from projects.models import ImportBatch

MOST = 20


def candidates(batch: ImportBatch, text: str) -> Sequence[dict[str, Any]]:
    """Projects of the month that the person files for, at most twenty."""
    window = FilingRound.objects.filter(
        park=batch.park_id, year=batch.report_year, month=batch.report_month
    ).first()  # fmt: skip
    if window is None or not text.strip():
        return []
    rows = filings_of(window, batch.created_by).filter(project__search_text__icontains=normalise_name(text))
    return [{"id": row.project_id, "name": row.project.name, "code": row.project.code or ""} for row in rows[:MOST]]


def register() -> None:
    TABLES[FILINGS.key] = "dispatch.filing.importing.table:FILINGS"
    KINDS[FILINGS.key] = ImportKind(
        table=FILINGS,
        label=_("Filings"),
        verb=Verb.FILE_PROGRESS,
        dry_run=judge,
        write=write,
        undo=undo,
        candidates=candidates,
        template=empty,
        months=True,
        own_rows=True,
        list_url="dispatch:filing_mine",
    )
