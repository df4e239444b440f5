"""The responsibility ledger among the kinds of workbooks."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Verb
from dispatch.ledger.importing.dryrun import judge
from dispatch.ledger.importing.export import empty
from dispatch.ledger.importing.table import LEDGER_ITEMS
from dispatch.ledger.importing.undoing import undo
from dispatch.ledger.importing.writing import write
from projects.ledger.kinds import TABLES
from projects.ledger.registry import KINDS, ImportKind
from projects.models import ImportBatch, Project

MOST = 20


def candidates(batch: ImportBatch, text: str) -> Sequence[dict[str, Any]]:
    """Projects of the park that a row may belong to, at most twenty."""
    if not text.strip():
        return []
    rows = Project.objects.filter(park=batch.park_id).search(text).order_by("name", "pk")
    found = rows.values_list("pk", "name", "code")[:MOST]
    return [{"id": pk, "name": name, "code": code or ""} for pk, name, code in found]


def register() -> None:
    TABLES[LEDGER_ITEMS.key] = "dispatch.ledger.importing.table:LEDGER_ITEMS"
    KINDS[LEDGER_ITEMS.key] = ImportKind(
        table=LEDGER_ITEMS,
        label=_("Responsibility ledger"),
        verb=Verb.IMPORT_LEDGER,
        dry_run=judge,
        write=write,
        undo=undo,
        candidates=candidates,
        template=empty,
        list_url="dispatch:ledger_list",
    )
