"""The dry run: what confirming a read workbook would do, settled against what the database can hold.

Nothing is written here. Between the reader and the diff, values are brought into the form in which they are stored
(so that a second import finds them equal); after it, rows are checked against the columns and against each other.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

from accounts.models import Organization, Park
from projects.ledger.answers import Answers
from projects.ledger.cells import parse_stage
from projects.ledger.dates import PartialDate, Period
from projects.ledger.diff import Action, Change, Planner, RowDiff
from projects.ledger.facts import STATUS_WORDS, is_fact, month_end
from projects.ledger.fields import equal, to_json
from projects.ledger.merging import Merged, merged
from projects.ledger.proposals import as_proposals, known_matches
from projects.ledger.registry import kind_of
from projects.ledger.remarks import ERROR, Remark, as_remark, remark
from projects.ledger.rows import FieldValue, LedgerRow
from projects.ledger.storable import Locked, Taken, unstorable
from projects.ledger.store import STORED, Values
from projects.ledger.text import normalise_name
from projects.models import Enterprise, ImportRow
from projects.stages import STAGES, Stage, position

STATUS_NAMES = {"suspended": ("暂停", "suspended"), "terminated": ("终止", "terminated")}
_AREAS = ("land_mu", "floor_area_m2")
_CENT = Decimal("0.01")


@dataclass
class Planned:
    """One row of the dry run: the settled diff and everything found about it."""

    merged: Merged
    remarks: list[Remark] = field(default_factory=list)
    proposals: list[dict[str, Any]] = field(default_factory=list)

    @property
    def diff(self) -> RowDiff[int]:
        return self.merged.diff

    @property
    def action(self) -> str:
        """One of ImportRow.Action."""
        if any(each["severity"] == ERROR for each in self.remarks):
            return ImportRow.Action.REFUSED
        if self.diff.action is Action.NEEDS_CONFIRMATION:
            return ImportRow.Action.UNSURE
        return ImportRow.Action.CONFLICT if self.merged.is_open else ImportRow.Action(self.diff.action)


def dry_run(
    rows: Iterable[LedgerRow],
    stored: Mapping[int, Values],
    park: Park,
    *,
    year: int,
    month: int,
    answers: Answers = MappingProxyType({}),
) -> Iterator[Planned]:
    """Every row with what it would change. `stored` as store.stored_values gives it for the same park and month."""
    judge, planner = _Judge(stored, park, year, month, answers), Planner(stored)
    for row, own in _prepared(rows, Names(park)):
        known, remarks = known_matches([row], stored, answers, park.pk)
        told = [remark(kind, row.sheet, row.cell("name")) for kind in remarks.values()]
        yield judge.judged(planner.plan(row, next(iter(known.values()), None)), own + told)


class _Judge:
    """Checks one row after the other; names and codes belong to the first row that asks."""

    def __init__(self, stored: Mapping[int, Values], park: Park, year: int, month: int, answers: Answers) -> None:
        self.stored, self.answers, self.end = stored, answers, month_end(year, month)
        self.taken, self.locked = Taken(stored), Locked(park, year, month)

    def judged(self, diff: RowDiff[int], own: list[Remark]) -> Planned:
        values = self.stored.get(diff.key, {}) if diff.key is not None else {}
        merge = merged(_settled(diff, values, self.end), self.answers)
        diff = merge.diff
        remarks = [as_remark(each) for each in (*diff.row.findings, *diff.findings)] + own
        if diff.action in (Action.CREATE, Action.UPDATE):
            remarks += [*_about_stage(diff, values), *unstorable(diff, values), *self.taken.claim(diff)]
            remarks += [*self.locked.about(diff), *_renamed(diff)]
        elif diff.action is Action.NEEDS_CONFIRMATION:
            remarks.append(remark("IDENTITY_UNSURE", diff.row.sheet, diff.row.cell("name")))
        remarks += [remark("KEPT_HERE", diff.row.sheet, each.cell, each.raw) for each in merge.kept_here]
        return Planned(merge, remarks, as_proposals(diff.proposals, self.stored))


def _renamed(diff: RowDiff[int]) -> list[Remark]:
    """A project that a person has chosen for a row of another name: the row's name counts."""
    name = next((each for each in diff.changes if each.field == "name"), None)
    if diff.matched_by != "chosen" or name is None or not name.old:
        return []
    return [remark("RENAMED", diff.row.sheet, name.cell, name.new, old=name.old)]


class Names:
    """Spelling of enterprises and units as the database has them, by their keys. Two queries."""

    def __init__(self, park: Park) -> None:
        self.enterprises = dict(Enterprise.objects.filter(park=park).values_list("name_key", "name"))
        self.units: dict[str, str] = {}
        for name, short in units_of(park).values_list("name", "short_name"):
            self.units.setdefault(normalise_name(name), name)
            if short:
                self.units.setdefault(normalise_name(short), name)
        self.known_enterprises, self.known_units = set(self.enterprises), set(self.units)

    def enterprise(self, name: str) -> str:
        return self.enterprises.setdefault(normalise_name(name), name)

    def unit(self, name: str) -> str:
        return self.units.setdefault(normalise_name(name), name)


def units_of(park: Park):
    """Organizations a ledger's 责任单位 may name."""
    kinds = [Organization.Kind.UNIT, Organization.Kind.PARK_OFFICE]
    return Organization.objects.filter(park=park, kind__in=kinds).order_by("-kind", "pk")


def _prepared(rows: Iterable[LedgerRow], names: Names) -> Iterator[tuple[LedgerRow, list[Remark]]]:
    credit: dict[str, str] = {}
    for row in rows:
        fields = {name: _storable(name, found, names) for name, found in row.fields.items() if name in STORED}
        enrolled_on = fields.get("enrolled_on")
        if enrolled_on and enrolled_on.value is not None:
            fields["enrolled"] = fields.get("enrolled", enrolled_on)._replace(value=True)
        remarks = list(_one_credit_code(row, fields, credit))
        yield replace(row, fields=fields), remarks


def _storable(name: str, found: FieldValue, names: Names) -> FieldValue:
    """The value as the database would give it back."""
    value = found.value
    if name == "enterprise" and value:
        value = names.enterprise(value)
    elif name in ("responsible_unit", "leader_unit") and value:
        value = names.unit(value)
    elif isinstance(value, Period):
        value = Period(_first_day(value.start), value.end and PartialDate(value.end.last_day))
    return found._replace(value=value)


def _first_day(start: PartialDate | None) -> PartialDate | None:
    if start is None or start.value is None:
        return None
    months = {"year": 12, "half": 6, "quarter": 3}.get(start.precision or "", 0)
    day = start.value.replace(day=1, month=start.value.month - months + 1) if months else start.value
    return PartialDate(day)


def _one_credit_code(row: LedgerRow, fields: dict[str, FieldValue], credit: dict[str, str]) -> Iterator[Remark]:
    """An enterprise has one credit code: the first of the file counts for all its rows."""
    enterprise, code = fields.get("enterprise"), fields.get("credit_code")
    if not (enterprise and enterprise.value and code and code.value):
        return
    first = credit.setdefault(normalise_name(enterprise.value), code.value)
    if first != code.value:
        fields["credit_code"] = code._replace(value=first)
        yield remark("CREDIT_CODE_DIFFERS", row.sheet, code.cell, code.raw, other=first)


def _settled(diff: RowDiff[int], stored: Values, end) -> RowDiff[int]:
    """Without changes that the database could not tell from what it holds."""
    if diff.action not in (Action.CREATE, Action.UPDATE):
        return diff
    changes = tuple(each for one in diff.changes if (each := _settled_change(diff.row, one, stored, end)))
    action = diff.action if changes or diff.key is None else Action.UNCHANGED
    return replace(diff, changes=changes, action=action)


def _settled_change(row: LedgerRow, change: Change, stored: Values, end) -> Change | None:
    old, new = change.old, change.new
    if isinstance(new, Period) and isinstance(old, Period):
        new = Period(new.start or old.start, new.end or old.end)
    if change.field in _AREAS and old is not None and old.quantize(_CENT, ROUND_HALF_UP) == new:
        return None
    if change.field == "credit_code" and not (row.value("enterprise") or stored.get("enterprise")):
        return None
    if change.field.startswith("planned_dates."):
        if not _plan_counts(row, change.field, stored, end):
            return None
        old = old or stored.get(change.field.removeprefix("planned_"))  # no fact yet: the plan is what it shows
    return None if equal(old, new) else change._replace(old=old, new=new)


def _plan_counts(row: LedgerRow, name: str, stored: Values, end) -> bool:
    """A planned date beside a date that is itself only a plan says nothing new: the first one is kept."""
    short = name.partition(".")[2]
    other = row.value(f"dates.{short}")
    stage = row.stage_code if row.stage_code not in (None, *STATUS_WORDS) else stage_of(stored)
    return other is None or is_fact(short, other, stage, end)


def stage_of(stored: Values) -> str:
    """The stage a stored project is in, from its ledger word."""
    code = parse_stage(stored.get("stage_raw")).code
    return code if code and code not in STATUS_WORDS else Stage.PLANNING.value


def _about_stage(diff: RowDiff[int], stored: Values) -> Iterator[Remark]:
    change = next((each for each in diff.changes if each.field == "stage_raw"), None)
    code = diff.row.stage_code
    if change is None or code is None:
        return
    zh, en = _stage_names(code)
    if not diff.row.stage_exact:
        yield remark("STAGE_LOOSE", diff.row.sheet, change.cell, change.raw, zh=zh, en=en)
    before = stage_of(stored)
    goes_back = stored and code not in STATUS_WORDS and position(code) < position(before)
    if goes_back and (before, code) != (Stage.EQUIPPING, Stage.COMPLETED):  # equipment often comes first
        old_zh, old_en = _stage_names(before)
        words = {"zh": zh, "en": en, "old_zh": old_zh, "old_en": old_en}
        yield remark("STAGE_BACK", diff.row.sheet, change.cell, change.raw, **words)


def _stage_names(code: str) -> tuple[str, str]:
    if code in STATUS_WORDS:
        return STATUS_NAMES[code]
    return STAGES[Stage(code)].name_zh, STAGES[Stage(code)].name_en


def as_row(each: Planned, versions: Mapping[int, int], batch) -> ImportRow:
    """A row for the database."""
    diff, row = each.diff, each.diff.row
    found = unjudged_row(row, batch, each.action)
    found.matched_by = diff.matched_by or ""
    found.kept, found.findings, found.proposals = list(diff.kept_although_blank), each.remarks, each.proposals
    if found.action != ImportRow.Action.UNSURE:
        found.project_id = found.target = diff.key
        found.version = versions.get(diff.key or 0)
        found.changes = [_as_change(one, each.merged) for one in (*diff.changes, *each.merged.theirs)]
    return found


def _as_change(change: Change, merge: Merged) -> dict[str, Any]:
    found = {
        "field": change.field, "old": to_json(change.old), "new": to_json(change.new),
        "cell": change.cell, "raw": change.raw,
    }  # fmt: skip
    if change.field in merge.conflicts:
        found |= {"theirs": found["old"], "choice": merge.conflicts[change.field]}
    return found


def unjudged_row(row: LedgerRow, batch, action: str) -> ImportRow:
    """A row with its values as the file has them; what it changes and what was found is still to be said."""
    values = {
        name: {"value": to_json(found.value), "raw": found.raw, "cell": found.cell}
        for name, found in row.fields.items()
        if found.raw or found.value is not None
    }
    if row.stage_code and "stage_raw" in values:
        values["stage_raw"]["code"] = row.stage_code
    return ImportRow(
        batch=batch, sheet=row.sheet[:100], row=row.number, action=action, values=values,
        name=(row.value(kind_of(batch.kind).table.title) or "")[:200],
    )  # fmt: skip
