"""Writing a confirmed import of ledger items: set by set, within the caller's transaction. Raises Conflict.

New items are registered as ``ledger.actions.register`` does it: with a unit and a deadline they are assigned. Those
said to be closed get a second entry of the history that says where it is written. Every entry keeps cell and raw text
of each value. A unit is told once for the whole import, not once an item.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.bulk import insert, set_key, take_versions
from accounts.chunks import row_chunks
from accounts.errors import Conflict
from accounts.models import Organization, Park, User
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.importing import values
from dispatch.ledger.importing.dryrun import units_by_name
from dispatch.ledger.importing.judging import taken
from dispatch.ledger.importing.stored import cooperating_of, in_parts, items_by_id
from dispatch.ledger.models import LedgerEntry, LedgerItem
from dispatch.measures.indexing import item_column
from dispatch.notices.outbox import About, Message, tell_many
from projects.ledger.dryrun import units_of
from projects.ledger.text import normalise_name
from projects.models import ImportBatch, ImportRow

IMPORTED = "import"  # verb of the entry that an import leaves on an item that was there
PARTS = 500
PLAIN = {
    "leader": "leader", "measures": "measures", "standard": "standard", "reward_penalty": "reward_penalty",
    "person": "person_name", "task": "title",
}  # fmt: skip
DATES = {"start": "starts_on", "end": "due_on"}
WRITTEN = (
    "title", "category", "description", "leader", "measures", "starts_on", "due_on", "standard", "reward_penalty",
    "unit", "person_name", "progress", "tokens",
)  # fmt: skip
COLUMNS = PLAIN | DATES | {
    "category": "category", "description": "description", "remark": "description", "responsible_unit": "unit",
    "cooperating_units": "cooperating_units", "status": "progress", "delay_reason": "progress",
    "raised_on": "raised_on", "project_name": "project", "code": "project", "closed": "state", "closed_on": "closed_on",
}  # fmt: skip
State = LedgerItem.State


@dataclass(frozen=True)
class Edge:
    """What every row of an import is written with."""

    batch: ImportBatch
    by: User
    at: datetime
    units: dict[str, Organization]

    @property
    def on(self) -> date:
        return localtime(self.at).date()

    def unit(self, name: str | None) -> Organization | None:
        return self.units.get(normalise_name(name or ""))

    def place(self, row: ImportRow) -> str:
        return f"{self.batch.file_name} · {row.sheet}!{row.row}"


def write(batch: ImportBatch, *, at: datetime) -> None:
    """Writes the rows with action create and update. See ``projects.ledger.registry.ImportKind``."""
    edge = Edge(batch, batch.confirmed_by, at, units_by_name(units_of(batch.park)))
    rows, made = batch.rows.order_by("sheet", "row"), []
    for part in row_chunks(rows.filter(action=ImportRow.Action.UPDATE), PARTS):
        update_items(part, edge)
    for part in row_chunks(rows.filter(action=ImportRow.Action.CREATE), PARTS):
        made += create_items(part, edge)
    _tell_units(made, edge)


def create_items(rows: Sequence[ImportRow], edge: Edge) -> list[LedgerItem]:
    """The items of these rows in file order, with history and cooperating units."""
    first = next_numbers(edge.batch.park, edge.on, len(rows))
    items = [_new_item(row, number, edge) for row, number in zip(rows, first, strict=True)]
    insert(items)
    entries, links = [], []
    for item, row in zip(items, rows, strict=True):
        row.target = item.pk
        entries += _first_entries(item, row, edge)
        links += _links(item, row, edge)
    insert(entries)
    through = LedgerItem.cooperating_units.through
    through.objects.bulk_create([through(ledgeritem_id=pk, organization_id=unit) for pk, unit in links], PARTS)
    set_key(ImportRow, "target", ((row.pk, row.target) for row in rows))
    return items


def next_numbers(park: Park, on: date, count: int) -> list[str]:
    """WT-2026-0007 and so on, as ``register`` gives them. Locks the park's row."""
    Park.objects.select_for_update().get(pk=park.pk)
    prefix = f"WT-{on.year}-"
    rows = LedgerItem.objects.filter(park=park, number__regex=rf"^{prefix}[0-9]{{4,9}}$")
    longest = rows.aggregate(most=Max(Length("number")))["most"]
    last = rows.annotate(size=Length("number")).filter(size=longest).aggregate(last=Max("number"))["last"]
    start = int(last.removeprefix(prefix)) + 1 if last else 1
    return [f"{prefix}{number:04d}" for number in range(start, start + count)]


def _new_item(row: ImportRow, number: str, edge: Edge) -> LedgerItem:
    new = _new_values(row)
    columns = _columns(new, "", "", edge)
    unit, due = columns.get("unit"), columns.get("due_on")
    closed = bool(new.get("closed") and unit and due)
    said = values.day_of(new.get("closed_on"))
    raised = min(values.day_of(new.get("raised_on")) or edge.on, edge.on, said or edge.on)
    if row.values.get("_", {}).get("file_number"):
        columns["description"] = values.with_line(
            columns.get("description", ""), values.NUMBER, row.values["_"]["file_number"]
        )
    state = State.CLOSED if closed else State.ASSIGNED if unit and due else State.REGISTERED
    return LedgerItem(
        park_id=edge.batch.park_id, number=number, source=LedgerItem.Source.LEDGER, project_id=row.project_id,
        kind=LedgerItem.Kind.PROBLEM if {"category", "raised_on"} & set(new) else LedgerItem.Kind.TASK, state=state,
        raised_on=raised, assigned_on=edge.on if unit and due and not closed else raised if closed else None,
        closed_on=(said or max(raised, min(due, edge.on))) if closed else None, closed_by=edge.by if closed else None,
        created_at=edge.at, created_by=edge.by, updated_at=edge.at, **columns, **item_column(None, columns),
    )  # fmt: skip


def _new_values(row: ImportRow) -> dict[str, Any]:
    return {change["field"]: change["new"] for change in taken(row.changes)}


def _columns(new: dict[str, Any], description: str, progress: str, edge: Edge) -> dict[str, Any]:
    """Columns of an item that these values set; ``description`` and ``progress`` are what it holds now."""
    found: dict[str, Any] = {PLAIN[name]: value for name, value in new.items() if name in PLAIN}
    found |= {DATES[name]: values.day_of(value) for name, value in new.items() if name in DATES}
    if "category" in new:
        found["category"] = values.category_code(new["category"]) or LedgerItem.Category.OTHER
    if "description" in new:
        description = values.with_own_words(description, new["description"])
    if "responsible_unit" in new:
        unit = edge.unit(new["responsible_unit"])
        found["unit"] = unit
        description = values.with_line(description, values.UNIT, None if unit else new["responsible_unit"])
    if "cooperating_units" in new:
        unknown = [name for name in values.names_in(new["cooperating_units"]) if edge.unit(name) is None]
        description = values.with_line(description, values.COOPERATING, values.joined(unknown))
    if "remark" in new:
        description = values.with_line(description, values.REMARK, new["remark"])
    if "status" in new:
        progress = "\n".join(filter(None, [new["status"], *_delay_line(progress)]))
    if "delay_reason" in new:
        progress = values.with_line(progress, values.DELAY, new["delay_reason"])
    return found | {"description": description, "progress": progress}


def _delay_line(progress: str) -> list[str]:
    reason = values.line_of(progress, values.DELAY)
    return [f"{values.DELAY}：{reason}"] if reason else []


def _links(item: LedgerItem, row: ImportRow, edge: Edge) -> list[tuple[int, int]]:
    names = values.names_in(_new_values(row).get("cooperating_units"))
    found = {unit.pk for name in names if (unit := edge.unit(name)) and unit.pk != item.unit_id}
    return [(item.pk, pk) for pk in sorted(found)]


def _first_entries(item: LedgerItem, row: ImportRow, edge: Edge) -> list[LedgerEntry]:
    state = State.ASSIGNED if item.state == State.CLOSED else item.state
    who = {"item_id": item.pk, "by": edge.by, "at": edge.at}
    found = [
        LedgerEntry(
            verb="register", from_state="", to_state=state, note=edge.place(row), changes=_history(row), on=edge.on,
            **who,
        )
    ]  # fmt: skip
    if item.state == State.CLOSED:
        with override("zh-hans"):
            note = _("Closed in the imported ledger: %(place)s") % {"place": edge.place(row)}
        found.append(
            LedgerEntry(
                verb=ItemVerb.CLOSE, from_state=state, to_state=State.CLOSED, note=note, changes=[], on=item.closed_on,
                **who,
            )
        )  # fmt: skip
    return found


def _history(row: ImportRow) -> list[dict[str, Any]]:
    """Entries as the history keeps them, each with the cell and the raw text it comes from."""
    return [
        {
            "field": COLUMNS[change["field"]], "old": _plain(change["old"]), "new": _plain(change["new"]),
            "cell": f"{row.sheet}!{change['cell']}", "raw": change["raw"],
        }
        for change in taken(row.changes)
        if change["field"] in COLUMNS
    ]  # fmt: skip


def _plain(value: Any) -> Any:
    return value.get("value") if isinstance(value, dict) else value


def update_items(rows: Sequence[ImportRow], edge: Edge) -> list[LedgerItem]:
    """Changes what the items say, each on the version that was shown; states stay as they are."""
    _claim(rows, edge)
    items = items_by_id(edge.batch.park_id, (row.target for row in rows if row.target))
    before = {pk: set(names) for pk, names in cooperating_of(list(items.values())).items()}
    regrouped: dict[int, list[int]] = {}
    for row in rows:
        item, new = items[row.target], _new_values(row)
        columns = _columns(new, item.description, item.progress, edge)
        for name, value in columns.items():
            setattr(item, name, value)
        item.tokens = item_column(item, columns).get("tokens", item.tokens)
        if "cooperating_units" in new and before.get(item.pk, set()) != set(values.names_in(new["cooperating_units"])):
            regrouped[item.pk] = [unit for _item, unit in _links(item, row, edge)]
    LedgerItem.objects.bulk_update(items.values(), WRITTEN, batch_size=100)
    set_cooperating(regrouped)
    insert(
        LedgerEntry(
            item_id=row.target, verb=IMPORTED, from_state=items[row.target].state, to_state=items[row.target].state,
            note=edge.place(row), changes=_history(row), on=edge.on, by=edge.by, at=edge.at,
        )
        for row in rows
    )  # fmt: skip
    return list(items.values())


def set_cooperating(units: Mapping[int, Sequence[int]]) -> None:
    """{item: its cooperating units from now on}."""
    through = LedgerItem.cooperating_units.through
    for part in in_parts(units):
        through.objects.filter(ledgeritem__in=part).delete()
    links = [through(ledgeritem_id=pk, organization_id=unit) for pk, ids in units.items() for unit in ids]
    through.objects.bulk_create(links, PARTS)


def _claim(rows: Sequence[ImportRow], edge: Edge) -> None:
    """Takes every item at the version that was shown."""
    still_open = LedgerItem.objects.filter(park=edge.batch.park_id).exclude(state=State.CLOSED)
    if not take_versions(still_open, ((row.target, row.version) for row in rows), updated_at=edge.at):
        raise changed_since()


def changed_since() -> Conflict:
    return Conflict(_("Ledger items have been changed since this file was read. Please read it again."))


def _tell_units(items: Sequence[LedgerItem], edge: Edge) -> None:
    """One notice to everybody of a unit about all that it has got; nobody is told of what is closed already."""
    got: dict[int, list[LedgerItem]] = defaultdict(list)
    for item in items:
        if item.state == State.ASSIGNED and item.unit_id:
            got[item.unit_id].append(item)
    people: dict[int, list[User]] = defaultdict(list)
    for user in User.objects.filter(organization__in=got, is_active=True, role__isnull=False).exclude(pk=edge.by.pk):
        people[user.organization_id].append(user)
    entries = [(_message(unit, mine, edge), people[unit], unit) for unit, mine in got.items()]
    tell_many(entries, as_of=edge.on, at=edge.at)


def _message(unit_id: int, items: Sequence[LedgerItem], edge: Edge) -> Message:
    facts = {
        "count": len(items), "unit": str(items[0].unit), "file": edge.batch.file_name,
        "due_on": min(item.due_on for item in items).isoformat(), "number": items[0].number,
    }  # fmt: skip
    about = About("ledger_import", edge.batch.pk, f"{reverse('dispatch:ledger_list')}?unit={unit_id}")
    return Message(edge.batch.park, "ledger_imported", f"ledger/import/{edge.batch.pk}/{unit_id}", about, facts)
