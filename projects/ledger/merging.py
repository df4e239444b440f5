"""Cells that were changed on both sides since the workbook was handed out (base.merge), and what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from projects.ledger.answers import THEIRS, Answers, about_conflict
from projects.ledger.base import Side, merge
from projects.ledger.diff import Action, Change, RowDiff
from projects.ledger.fields import to_json


@dataclass(frozen=True)
class Merged:
    """``kept_here``: cells of the file that are older than what stands here; ``theirs``: cells of conflicts where a
    person has chosen what stands here; ``conflicts``: field → choice, empty while it is open.
    """

    diff: RowDiff[int]
    kept_here: tuple[Change, ...] = ()
    theirs: tuple[Change, ...] = ()
    conflicts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return "" in self.conflicts.values()


def merged(diff: RowDiff[int], answers: Answers) -> Merged:
    """The diff of a row that carries its own base, without what only we have changed since."""
    row = diff.row
    if diff.action is not Action.UPDATE or not row.row_base or diff.matched_by != "key":
        return Merged(diff)
    mine = {each.field: to_json(each.new) for each in diff.changes}
    sides = merge(row.row_base, mine, {each.field: to_json(each.old) for each in diff.changes})
    changes: list[Change] = []
    kept: list[Change] = []
    theirs: list[Change] = []
    conflicts: dict[str, str] = {}
    for each in diff.changes:
        side = sides[each.field]
        if side is Side.THEIRS:
            kept.append(each)
            continue
        if side is Side.CONFLICT:
            conflicts[each.field] = about_conflict(answers, row.sheet, each.cell)
        (theirs if conflicts.get(each.field) == THEIRS else changes).append(each)
    action = Action.UPDATE if changes else Action.UNCHANGED
    return Merged(replace(diff, changes=tuple(changes), action=action), tuple(kept), tuple(theirs), conflicts)


def was(base: str, name: str, candidates: list[Any]) -> Any:
    """The one among earlier values that a stamp was made from; None when none fits."""
    other = "\x00"
    for value in candidates:
        if merge(base, {name: value}, {name: other})[name] is Side.THEIRS:
            return value
    return None
