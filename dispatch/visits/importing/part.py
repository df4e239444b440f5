"""Visits among the kinds of workbooks."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Verb
from dispatch.visits import queries
from dispatch.visits.importing.dryrun import judge
from dispatch.visits.importing.export import empty
from dispatch.visits.importing.table import VISITS
from dispatch.visits.importing.writing import undo, write
from projects.ledger.kinds import TABLES
from projects.ledger.registry import KINDS, ImportKind
from projects.models import ImportBatch


def candidates(batch: ImportBatch, text: str) -> Sequence[dict[str, Any]]:
    """Enterprises that a row may mean, at most twenty."""
    if not text.strip():
        return []
    return [{"id": row.pk, "name": row.name} for row in queries.find_enterprises(batch.created_by, text)]


def register() -> None:
    TABLES[VISITS.key] = "dispatch.visits.importing.table:VISITS"
    KINDS[VISITS.key] = ImportKind(
        table=VISITS,
        label=_("Visits"),
        verb=Verb.PLAN_VISITS,
        dry_run=judge,
        write=write,
        undo=undo,
        candidates=candidates,
        template=empty,
        list_url="dispatch:visit_list",
    )
