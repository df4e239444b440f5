"""Taking back an import of ledger items while nobody has gone on with any of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.bulk import take_versions
from accounts.errors import Refused
from dispatch.ledger.importing import values
from dispatch.ledger.importing.dryrun import units_by_name
from dispatch.ledger.importing.judging import taken
from dispatch.ledger.importing.stored import in_parts, items_by_id
from dispatch.ledger.importing.writing import COLUMNS, WRITTEN, Edge, _columns, _plain, set_cooperating
from dispatch.ledger.models import LedgerEntry, LedgerItem
from dispatch.measures.indexing import item_column
from dispatch.notices.outbox import settle
from projects.ledger.dryrun import units_of
from projects.models import ImportBatch, ImportRow

UNDONE = "import_undone"
NAMED = 10  # items a refusal names


def undo(batch: ImportBatch, *, by, at: datetime) -> None:
    """New items go, changed ones get their values back. Raises Refused, naming those that somebody has touched."""
    rows = batch.rows.filter(action__in=[ImportRow.Action.CREATE, ImportRow.Action.UPDATE], target__isnull=False)
    made = list(rows.filter(action=ImportRow.Action.CREATE).values_list("target", flat=True))
    changed = list(rows.filter(action=ImportRow.Action.UPDATE).order_by("target"))
    refuse_touched([*touched(made), *_moved_on(changed)])
    settle("ledger_import", [batch.pk], at=at)
    take_away(made)
    _give_back(changed, Edge(batch, by, at, units_by_name(units_of(batch.park))))


def refuse_touched(numbers: Sequence[str]) -> None:
    if numbers:
        text = _("Somebody has gone on with what this import brought: %(items)s. Nothing was taken back.")
        more = "…" if len(numbers) > NAMED else ""
        raise Refused(text % {"items": "、".join(numbers[:NAMED]) + more})


def overtaken() -> Refused:
    """Somebody was quicker than the undo itself."""
    return Refused(_("Somebody has gone on with what this import brought. Nothing was taken back."))


def touched(ids: Iterable[int], apart: Sequence[Any] = ()) -> list[str]:
    """Numbers of the items that are no longer as they were imported; one query a relation for every five hundred.

    ``apart``: models whose rows came with the import.
    """
    found: set[str] = set()
    for part in in_parts(ids):
        items = dict(LedgerItem.objects.filter(pk__in=part).values_list("pk", "number"))
        found |= set(LedgerItem.objects.filter(pk__in=part).exclude(version=1).values_list("number", flat=True))
        entries = LedgerEntry.objects.filter(item__in=part).exclude(verb__in=["register", "close"]).order_by()
        found |= {items[pk] for pk in entries.values_list("item", flat=True)}
        for relation in LedgerItem._meta.related_objects:
            if relation.related_model in (LedgerEntry, *apart) or relation.on_delete is None:
                continue
            name = relation.field.name
            hanging = relation.related_model._base_manager.filter(**{f"{name}__in": part}).order_by()
            if not relation.field.many_to_many:
                found |= {items[pk] for pk in hanging.values_list(name, flat=True).annotate(n=Count("pk"))}
    return sorted(found)


def take_away(ids: Iterable[int]) -> None:
    """Deletes the items with their first entries."""
    for part in in_parts(ids):
        LedgerItem.objects.filter(pk__in=part).delete()


def _moved_on(rows: Sequence[ImportRow]) -> list[str]:
    versions = {row.target: (row.version or 0) + 1 for row in rows}
    found = []
    for part in in_parts(pk for pk in versions if pk):
        here = LedgerItem.objects.filter(pk__in=part).values_list("pk", "number", "version")
        found += [number for pk, number, version in here if version != versions[pk]]
    return sorted(found)


def _give_back(rows: Sequence[ImportRow], edge: Edge) -> None:
    left = ((row.target, (row.version or 0) + 1) for row in rows)
    if not take_versions(LedgerItem.objects.filter(park=edge.batch.park_id), left, updated_at=edge.at):
        raise overtaken()
    items = items_by_id(edge.batch.park_id, (row.target for row in rows if row.target))
    entries: list[LedgerEntry] = []
    cooperating: dict[int, list[int]] = {}
    for row in rows:
        item, old = items[row.target], {change["field"]: change["old"] for change in taken(row.changes)}
        columns = _columns(old, item.description, item.progress, edge)
        columns = {name: _empty(LedgerItem, name) if value is None else value for name, value in columns.items()}
        for name, value in columns.items():
            setattr(item, name, value)
        item.tokens = item_column(item, columns).get("tokens", item.tokens)
        if "cooperating_units" in old:
            names = values.names_in(old["cooperating_units"])
            cooperating[item.pk] = list({unit.pk: unit for name in names if (unit := edge.unit(name))})
        entries.append(_entry(item, row, edge))
    LedgerItem.objects.bulk_update(items.values(), WRITTEN, batch_size=100)
    set_cooperating(cooperating)
    LedgerEntry.objects.bulk_create(entries, batch_size=500)


def _empty(model: Any, name: str) -> Any:
    column = model._meta.get_field(name)
    return None if column.null else ""


def _entry(item: LedgerItem, row: ImportRow, edge: Edge) -> LedgerEntry:
    changes = [
        {"field": COLUMNS[each["field"]], "old": _plain(each["new"]), "new": _plain(each["old"])}
        for each in taken(row.changes)
        if each["field"] in COLUMNS
    ]
    return LedgerEntry(
        item=item, verb=UNDONE, from_state=item.state, to_state=item.state, note=edge.place(row), changes=changes,
        on=localtime(edge.at).date(), by=edge.by, at=edge.at,
    )  # fmt: skip
