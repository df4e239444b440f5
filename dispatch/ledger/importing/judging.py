"""How a row of a workbook is judged against what is stored: changes, conflicts, remarks. For every kind of dispatch.

Reads nothing and writes nothing; values travel in their JSON form (projects.ledger.fields.to_json).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dispatch.ledger.importing.remarks import remark
from projects.ledger.answers import MINE, SKIP, THEIRS, about_conflict, about_row
from projects.ledger.base import Side, merge
from projects.ledger.fields import is_empty, to_json
from projects.ledger.remarks import ERROR, Remark, as_remark
from projects.ledger.rows import LedgerRow
from projects.ledger.text import folded, is_blank, normalise_name, similar_name

PROPOSED = 20


def about(row: LedgerRow, kind: str, name: str, **params: Any) -> Remark:
    """A finding about one field's cell of the row."""
    found = row.fields.get(name)
    return remark(kind, row.sheet, row.cell(name), found.raw if found else "", **params)


@dataclass
class Judged:
    """One row: ``new`` are its values in JSON form by field, ``target`` the stored row it is, None for a new one."""

    row: LedgerRow
    new: dict[str, Any]
    target: int | None = None
    version: int | None = None
    project_id: int | None = None
    matched_by: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    proposals: list[dict[str, Any]] = field(default_factory=list)
    skipped: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        return any(each["severity"] == ERROR for each in self.remarks)

    @property
    def action(self) -> str:
        """One of ImportRow.Action."""
        if self.skipped:
            return "skipped"
        if self.refused:
            return "refused"
        if self.proposals:
            return "unsure"
        if any(each.get("choice") == "" for each in self.changes):
            return "conflict"
        if self.target is None:
            return "create"
        return "update" if any(each.get("choice") != THEIRS for each in self.changes) else "unchanged"

    def say(self, kind: str, name: str, **params: Any) -> None:
        self.remarks.append(about(self.row, kind, name, **params))

    def drop(self, name: str) -> dict[str, Any] | None:
        """Takes the change of this field out; returns it."""
        found = next((each for each in self.changes if each["field"] == name), None)
        if found:
            self.changes.remove(found)
        return found

    def values(self) -> dict[str, Any]:
        """As ImportRow.values keeps them, with what else the write has to know under ``_``."""
        found = {
            name: {"value": to_json(each.value), "raw": each.raw, "cell": each.cell}
            for name, each in self.row.fields.items()
            if each.raw or each.value is not None
        }
        return found | ({"_": self.extra} if self.extra else {})


def begun(rows: Iterable[LedgerRow], answers: Mapping[str, Any], prepare: Any) -> Iterator[Judged]:
    """Every row with its values and what the reader has found; rows that a person leaves out are marked."""
    for row in rows:
        judged = Judged(row, prepare(row), remarks=[as_remark(each) for each in row.findings])
        judged.skipped = about_row(answers, row.sheet, row.number) == SKIP
        yield judged


def compare(judged: Judged, here: Mapping[str, Any] | None, answers: Mapping[str, Any]) -> None:
    """Fills in changes and what was kept although the file's cell is blank. ``here`` None: everything is new."""
    row, stored = judged.row, here or {}
    if here is None:
        judged.changes = [_change(row, name, None, value) for name, value in judged.new.items() if not is_empty(value)]
        return
    base = row.row_base if judged.matched_by == "key" else None
    judged.new |= {name: stored[name] for name in judged.new if _says_the_same(row, name, stored.get(name))}
    for name, side in merge(base, judged.new, stored).items():
        old, new = stored.get(name), judged.new[name]
        if is_empty(new) and not is_empty(old) and _is_blank_cell(row, name):
            judged.kept.append(name)
        if side is Side.MINE:
            judged.changes.append(_change(row, name, old, new))
        elif side is Side.CONFLICT:
            choice = about_conflict(answers, row.sheet, row.cell(name))
            judged.changes.append(_change(row, name, old, new) | {"theirs": old, "choice": choice})


def _is_blank_cell(row: LedgerRow, name: str) -> bool:
    found = row.fields.get(name)
    return found is None or is_blank(found.raw)


def _says_the_same(row: LedgerRow, name: str, old: Any) -> bool:
    """The cell holds the stored text as it is, whatever its parser makes of it."""
    found = row.fields.get(name)
    return isinstance(old, str) and found is not None and folded(found.raw) == folded(old)


def _change(row: LedgerRow, name: str, old: Any, new: Any) -> dict[str, Any]:
    found = row.fields.get(name)
    old = None if is_empty(old) else old
    return {"field": name, "old": old, "new": new, "cell": row.cell(name), "raw": found.raw if found else ""}


def taken(changes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The changes that are to be written: those without a conflict, and those decided for the file."""
    return [each for each in changes if each.get("choice", MINE) == MINE]


@dataclass(frozen=True)
class Named:
    """Something that a row names: a project, an enterprise."""

    pk: int
    name: str
    code: str = ""


class Register:
    """Rows by code, exact normalised name and likeness. A likeness is proposed, never taken."""

    def __init__(self, rows: Iterable[Named]) -> None:
        self.rows: dict[int, Named] = {}
        self.codes: dict[str, int] = {}
        self.names: dict[str, list[int]] = {}
        self.likes: dict[str, list[int]] = {}
        for row in rows:
            self.rows[row.pk] = row
            if row.code:
                self.codes.setdefault(row.code, row.pk)
            self.names.setdefault(normalise_name(row.name), []).append(row.pk)
            if like := similar_name(row.name):
                self.likes.setdefault(like, []).append(row.pk)

    def by_name(self, name: str) -> list[int]:
        return self.names.get(normalise_name(name), [])

    def near(self, name: str) -> list[Named]:
        """Those that differ in punctuation or an ending only, else those one of which contains the other."""
        like = similar_name(name)
        if not like:
            return []
        found = self.likes.get(like) or [
            pk for key, pks in self.likes.items() if _contains(key, like) for pk in pks
        ]  # fmt: skip
        return [self.rows[pk] for pk in found[:PROPOSED]]


def _contains(one: str, other: str) -> bool:
    """One name within the other, and at least six tenths of it: 一期 and 二期 never are."""
    short_, long_ = sorted((one, other), key=len)
    return len(short_) >= 4 and short_ in long_ and 10 * len(short_) >= 6 * len(long_)


def proposals(found: Iterable[Named], why: str) -> list[dict[str, Any]]:
    return [{"id": each.pk, "name": each.name, "why": why} for each in found]
