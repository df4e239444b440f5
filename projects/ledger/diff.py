"""What importing a row would change. Pure: the caller gives the stored values as plain mappings.

A stored project is a mapping from field name (fields.FIELDS) to value: Decimal, PartialDate, Period, bool or text.
Blank never erases; a date known only as done never replaces a real one.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

from projects.ledger.dates import PartialDate
from projects.ledger.fields import equal, is_empty
from projects.ledger.findings import Finding
from projects.ledger.rows import LedgerRow
from projects.ledger.text import is_blank, normalise_name, similar_name

K = TypeVar("K", bound=Hashable)
Place = tuple[str, int]  # sheet and row
WHY = ("code", "name", "similar", "enterprise", "taken")
LIKE = 0.8  # names of one enterprise's projects this much alike may mean the same project
UNLIKE = 0.3  # a known code under a name less alike than this may be a slip
MOST = 5  # proposals for one row
_NUMERALS = re.compile(r"[0-9一二三四五六七八九十]+")


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    NEEDS_CONFIRMATION = "needs_confirmation"


class Change(NamedTuple):
    """One field: stored value, new value, address and stored content of the cell it comes from."""

    field: str
    old: Any
    new: Any
    cell: str
    raw: str


@dataclass(frozen=True)
class Match(Generic[K]):
    """The stored project a row belongs to. `matched_by`: chosen, key, code, name or None.

    `unsure`: a person must decide first; `proposals` are then the projects it may be, each with the reason (WHY).
    """

    row: LedgerRow
    key: K | None
    matched_by: str | None
    findings: tuple[Finding, ...] = ()
    unsure: bool = False
    proposals: tuple[tuple[K, str], ...] = ()


@dataclass(frozen=True)
class RowDiff(Generic[K]):
    """`findings` are those of the comparison only (the row has its own); `key` is the caller's key of the project."""

    row: LedgerRow
    action: Action
    key: K | None = None
    matched_by: str | None = None
    changes: tuple[Change, ...] = ()
    kept_although_blank: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    proposals: tuple[tuple[K, str], ...] = ()


def diff_row(stored: Mapping[str, Any] | None, row: LedgerRow) -> RowDiff[Any]:
    """The changes `row` makes to `stored`; None: a project that does not exist yet.

    For a new project `changes` lists every value that it would begin with.
    """
    if not row.ok:
        return RowDiff(row, Action.REFUSED)
    if stored is None:
        return RowDiff(row, Action.CREATE, changes=tuple(_changes({}, row)))
    changes = tuple(_changes(stored, row))
    kept = tuple(name for name, found in row.fields.items() if _kept(stored.get(name), found.value, found.raw))
    return RowDiff(row, Action.UPDATE if changes else Action.UNCHANGED, changes=changes, kept_although_blank=kept)


def _changes(stored: Mapping[str, Any], row: LedgerRow) -> Iterable[Change]:
    for name, found in row.fields.items():
        old = stored.get(name)
        if is_empty(found.value) or equal(old, found.value) or _knows_less(found.value, old):
            continue
        yield Change(name, None if is_empty(old) else old, found.value, found.cell, found.raw)


def _knows_less(new: Any, old: Any) -> bool:
    return isinstance(new, PartialDate) and new.value is None and isinstance(old, PartialDate) and old.value is not None


def _kept(old: Any, new: Any, raw: str) -> bool:
    return is_empty(new) and not is_empty(old) and is_blank(raw)


def match(
    rows: Iterable[LedgerRow],
    stored: Mapping[K, Mapping[str, Any]],
    known: Mapping[Place, Match[K]] | None = None,
) -> list[Match[K]]:
    """For every row its stored project: the known match (a person's choice, a row's own key), else by project code,
    else by exact normalised name; never by likeness.

    Warnings: NAME_CHANGED, CODE_CHANGED, NAME_SIMILAR. `unsure` when code and name point to two projects, when a name
    fits several, when an earlier row of the file has taken the project, or when there is one it is like.
    """
    planner = Planner(stored)
    return [planner.match(row, (known or {}).get((row.sheet, row.number))) for row in rows]


class Planner(Generic[K]):
    """`match` and `plan` one row after the other, in file order."""

    def __init__(self, stored: Mapping[K, Mapping[str, Any]]) -> None:
        self.stored, self.index = stored, _Index(stored)
        self.taken: set[K | None] = set()

    def match(self, row: LedgerRow, known: Match[K] | None = None) -> Match[K]:
        """The stored project of the next row."""
        each = known or self.index.find(row)
        if each.key is not None and not each.unsure:
            if each.key in self.taken:
                each = replace(each, unsure=True, proposals=((each.key, "taken"),))
            self.taken.add(each.key)
        return each

    def plan(self, row: LedgerRow, known: Match[K] | None = None, *, confirm_identity: bool = False) -> RowDiff[K]:
        """What the next row would change."""
        each = self.match(row, known)
        diff = diff_row(None if each.key is None else self.stored[each.key], row)
        held = each.unsure or (confirm_identity and each.key is not None and bool(each.findings))
        action = Action.NEEDS_CONFIRMATION if held and diff.action is not Action.REFUSED else diff.action
        return RowDiff(
            row, action, each.key, each.matched_by, diff.changes, diff.kept_although_blank, each.findings,
            each.proposals,
        )  # fmt: skip


class _Index(Generic[K]):
    def __init__(self, stored: Mapping[K, Mapping[str, Any]]) -> None:
        self.stored = stored
        self.by_code: dict[str, list[K]] = {}
        self.by_name: dict[str, list[K]] = {}
        self.by_likeness: dict[str, K] = {}
        self.by_enterprise: dict[str, list[K]] = {}
        for key, values in stored.items():
            name = values.get("name") or ""
            if values.get("code"):
                self.by_code.setdefault(values["code"], []).append(key)
            self.by_name.setdefault(normalise_name(name), []).append(key)
            self.by_likeness.setdefault(similar_name(name), key)
            if values.get("enterprise"):
                self.by_enterprise.setdefault(normalise_name(values["enterprise"]), []).append(key)

    def find(self, row: LedgerRow) -> Match[K]:
        name, code = row.value("name"), row.value("code")
        by_code = self.by_code.get(code, []) if code else []
        by_name = self.by_name.get(normalise_name(name), []) if name else []
        if by_code:
            return self._found_by_code(row, by_code, by_name)
        if by_name:
            return self._found_by_name(row, by_name)
        proposals = tuple(self._like(row, name))[:MOST] if name else ()
        return Match(row, None, None, tuple(self._similar(row, name)), bool(proposals), proposals)

    def _found_by_code(self, row: LedgerRow, by_code: list[K], by_name: list[K]) -> Match[K]:
        key = by_code[0]
        old = self.stored[key].get("name") or ""
        name = row.value("name")
        proposals = tuple((each, "code") for each in by_code)
        others = by_name and key not in by_name
        unsure = len(by_code) > 1 or bool(others)
        if not name or normalise_name(old) == normalise_name(name):
            return Match(row, key, "code", unsure=unsure, proposals=proposals if unsure else ())
        if others:
            proposals += tuple((each, "name") for each in by_name)
        unsure = unsure or likeness(old, name) < UNLIKE
        finding = Finding("NAME_CHANGED", row.sheet, row.cell("name"), name, "name", {"old": old})
        return Match(row, key, "code", (finding,), unsure, proposals[:MOST] if unsure else ())

    def _found_by_name(self, row: LedgerRow, by_name: list[K]) -> Match[K]:
        key = by_name[0]
        old, code = self.stored[key].get("code"), row.value("code")
        findings: tuple[Finding, ...] = ()
        if code and old:
            findings = (Finding("CODE_CHANGED", row.sheet, row.cell("code"), code, "code", {"old": old}),)
        several = len(by_name) > 1
        proposals = tuple((each, "name") for each in by_name[:MOST]) if several else ()
        return Match(row, key, "name", findings, several, proposals)

    def _like(self, row: LedgerRow, name: str) -> Iterator[tuple[K, str]]:
        """Projects whose name is nearly this one, and those of the same enterprise with a name much like it."""
        close = self.by_likeness.get(similar_name(name)) if similar_name(name) else None
        if close is not None:
            yield close, "similar"
        enterprise = row.value("enterprise")
        for key in self.by_enterprise.get(normalise_name(enterprise), ()) if enterprise else ():
            if key != close and likeness(self.stored[key].get("name") or "", name) >= LIKE:
                yield key, "enterprise"

    def _similar(self, row: LedgerRow, name: str | None) -> Iterable[Finding]:
        key = self.by_likeness.get(similar_name(name)) if name and similar_name(name) else None
        if key is not None:
            params = {"other": self.stored[key].get("name")}
            yield Finding("NAME_SIMILAR", row.sheet, row.cell("name"), name or "", "name", params)


def likeness(one: str, other: str) -> float:
    """How much alike two names are, 0 to 1; names that differ in a numeral (一期, 二期) are half alike at most."""
    one, other = similar_name(one), similar_name(other)
    ratio = SequenceMatcher(None, one, other).ratio()
    return ratio if _NUMERALS.findall(one) == _NUMERALS.findall(other) else min(0.5, ratio)


def plan(
    rows: Iterable[LedgerRow],
    stored: Mapping[K, Mapping[str, Any]],
    *,
    confirm_identity: bool = False,
    known: Mapping[Place, Match[K]] | None = None,
) -> list[RowDiff[K]]:
    """The dry run: one RowDiff per row, in file order.

    With `confirm_identity` a changed code or name waits for a person; without it the change is made and warned about.
    """
    planner, given = Planner(stored), known or {}
    return [planner.plan(row, given.get((row.sheet, row.number)), confirm_identity=confirm_identity) for row in rows]
