"""Items as a responsibility ledger writes them: {field: value}, for comparing with a file and for handing out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from accounts.chunks import chunks
from dispatch.ledger.importing import values
from dispatch.ledger.models import LedgerItem
from projects.ledger.dates import PartialDate

NAMED = ("project", "unit")
PARTS = 500  # rows in one query


def with_names(rows):
    """What ``values_of`` reads of an item, in a fixed number of queries."""
    return rows.select_related(*NAMED).defer("tokens", "project__search_text", "project__content", "project__remark")


def in_parts(ids: Iterable[int]) -> Iterator[list[int]]:
    return chunks(sorted(set(ids)), PARTS)


def items_by_id(park_id: int, ids: Iterable[int]) -> dict[int, LedgerItem]:
    """Items of the park; one query for every five hundred."""
    found: dict[int, LedgerItem] = {}
    for part in in_parts(ids):
        found |= {item.pk: item for item in with_names(LedgerItem.objects.filter(park=park_id, pk__in=part))}
    return found


def cooperating_of(items: Sequence[LedgerItem]) -> dict[int, list[str]]:
    """Item → names of its cooperating units; one query for every five hundred."""
    found: dict[int, list[str]] = defaultdict(list)
    through = LedgerItem.cooperating_units.through.objects
    for part in in_parts(item.pk for item in items):
        rows = through.filter(ledgeritem__in=part).order_by("organization__name")
        for pk, name in rows.values_list("ledgeritem", "organization__name"):
            found[pk].append(name)
    return found


def values_of(item: LedgerItem, cooperating: Sequence[str]) -> dict[str, Any]:
    """Every field of the table; what is empty is None."""
    description, progress = item.description, item.progress
    unit = item.unit.name if item.unit else values.line_of(description, values.UNIT)
    names = [*cooperating, *values.names_in(values.line_of(description, values.COOPERATING))]
    return {
        "code": item.project.code or None if item.project else None,
        "project_name": item.project.name if item.project else None,
        "number": item.number,
        "task": item.title,
        "category": values.CATEGORIES[item.category],
        "description": values.own_words(description) or None,
        "leader": item.leader or None,
        "measures": item.measures or None,
        "start": item.starts_on and PartialDate(item.starts_on),
        "end": item.due_on and PartialDate(item.due_on),
        "standard": item.standard or None,
        "reward_penalty": item.reward_penalty or None,
        "responsible_unit": unit,
        "person": item.person_name or None,
        "cooperating_units": values.joined(names),
        "status": values.without_line(progress, values.DELAY) or None,
        "delay_reason": values.line_of(progress, values.DELAY),
        "closed": item.state == LedgerItem.State.CLOSED,
        "raised_on": PartialDate(item.raised_on),
        "closed_on": item.closed_on and PartialDate(item.closed_on),
        "remark": values.line_of(description, values.REMARK),
    }
