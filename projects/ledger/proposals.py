"""Which project a row is: what a person has chosen, what the row's own key says, and whom to propose in doubt."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from projects.ledger.answers import NEW, Answers, about_row
from projects.ledger.diff import Match, Place
from projects.ledger.row_keys import read_key
from projects.ledger.rows import LedgerRow
from projects.ledger.store import Values
from projects.models import ImportBatch, Project

MOST = 20


def known_matches(
    rows: Iterable[LedgerRow], stored: Mapping[int, Values], answers: Answers, park_id: int
) -> tuple[dict[Place, Match[int]], dict[Place, str]]:
    """({(sheet, row): match} of rows whose project is known before code and name are looked at, {place: remark kind}).

    A key of a project that is not there any more leaves the row to be decided; a damaged one is passed over.
    """
    found: dict[Place, Match[int]] = {}
    remarks: dict[Place, str] = {}
    for row in rows:
        place = row.sheet, row.number
        chosen = about_row(answers, *place)
        if chosen == NEW:
            found[place] = Match(row, None, "chosen")
        elif isinstance(chosen, int) and chosen in stored:
            found[place] = Match(row, chosen, "chosen")
        elif row.row_key:
            key = read_key(row.row_key, "projects", park_id=park_id)
            if key.pk in stored:
                found[place] = Match(row, key.pk, "key")
            elif key.pk is not None:
                found[place], remarks[place] = Match(row, None, None, unsure=True), "KEY_GONE"
            else:
                remarks[place] = "KEY_INVALID"
    return found, remarks


def as_proposals(proposals: Sequence[tuple[int, str]], stored: Mapping[int, Values]) -> list[dict[str, Any]]:
    """ImportRow.proposals: the surest first, each project once."""
    found: dict[int, dict[str, Any]] = {}
    for key, why in proposals:
        values = stored[key]
        told = {name: values.get(name) or "" for name in ("name", "code", "enterprise")}
        found.setdefault(key, {"id": key, "why": why} | told)
    return list(found.values())


def candidates(batch: ImportBatch, text: str) -> Sequence[dict[str, Any]]:
    """Projects of the park whose name, code or enterprise holds the text, at most twenty: {"id", "name", "code"}."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    found = Project.objects.filter(park=batch.park_id, search_text__contains=wanted)
    return [
        {"id": pk, "name": name, "code": code}
        for pk, name, code in found.order_by("name", "pk").values_list("pk", "name", "code")[:MOST]
    ]
