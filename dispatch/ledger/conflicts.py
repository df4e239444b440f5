"""After a conflict: what the others did in the meantime, and a form that loses neither theirs nor mine."""

from dataclasses import dataclass
from typing import Any

from dispatch.ledger import queries
from dispatch.ledger.actions.edits import group_text
from dispatch.ledger.actions.shared import plain
from dispatch.ledger.forms import ItemForm
from dispatch.ledger.models import LedgerEntry, LedgerItem


@dataclass(frozen=True)
class Difference:
    """A field another person changed. ``mine`` is None where nothing was typed against it; ``name``: of the field, ""
    when the form has none."""

    label: str
    old: str
    theirs: str
    mine: str | None
    who: Any
    at: Any
    name: str = ""


def entries_since(item: LedgerItem, version: int) -> list[LedgerEntry]:
    """What was written since this version, newest first: a version is one more than the writes behind it."""
    newer = max(0, item.version - version)
    return list(item.history.select_related("by").order_by("-pk")[:newer])


def what_happened(item: LedgerItem, version: int) -> list[dict[str, Any]]:
    """The same for people: who, when, what, and each field old → new."""
    return queries.timeline(entries_since(item, version))


def merge(form: ItemForm, fresh: LedgerItem, initial: dict) -> tuple[ItemForm, list[Difference]]:
    """The form again on the present item: fields only the others changed show their value, typed ones keep mine.

    ``initial``: values of the present item for an empty form.
    """
    entries = entries_since(fresh, form.cleaned_data["version"] or 0)
    latest: dict[str, tuple[dict, LedgerEntry]] = {}
    first_old: dict[str, Any] = {}
    for entry in entries:
        for change in entry.changes:
            latest.setdefault(change["field"], (change, entry))
            first_old[change["field"]] = change["old"]
    again = ItemForm(form.data.copy(), user=form.user, item=fresh, initial=initial)
    differences = []
    for name, (change, entry) in latest.items():
        known = name in form.fields
        mine = _mine(form, name) if known else None
        typed = known and mine not in (first_old[name], change["new"])
        if name in again.fields and mine == first_old[name]:
            put_theirs(again, name)
        text = queries.shown(name, mine) if typed else None
        olds, news = queries.shown(name, change["old"]), queries.shown(name, change["new"])
        place = name if typed and name in again.fields else ""
        differences.append(Difference(queries.field_label(name), olds, news, text, entry.by, entry.at, place))
    again.data["version"] = str(fresh.version)
    return again, differences


def put_theirs(form: ItemForm, name: str) -> None:
    """The present value of the item into what was sent. ``form.data`` is a mutable copy."""
    field = form.fields[name]
    value = form.get_initial_for_field(field, name)
    if isinstance(value, list):
        form.data.setlist(name, [str(each.pk) for each in value])
        return
    value = field.prepare_value(value)
    form.data[name] = "" if value is None else str(value)


def _mine(form: ItemForm, name: str):
    value = form.cleaned_data.get(name)
    return group_text(value) if name == "cooperating_units" else plain(value)
