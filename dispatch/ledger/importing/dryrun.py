"""What confirming a read responsibility ledger would do. Reads only; its queries grow by two for every 500 items.

An item is known by the key of its row in a workbook of ours, by its number, or by project and exact title. An import
says what an item says; it never moves one along its way: units and deadlines of assigned items, closures and reopenings
are left to the acts of the ledger, and the row says so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import override

from accounts.models import Organization
from accounts.permissions import Verb, may
from dispatch.ledger import flow
from dispatch.ledger.importing import values
from dispatch.ledger.importing.judging import Judged, Named, Register, begun, compare
from dispatch.ledger.importing.linking import Links
from dispatch.ledger.importing.remarks import remark
from dispatch.ledger.importing.stored import cooperating_of, items_by_id, values_of
from dispatch.ledger.importing.table import FIVE
from dispatch.ledger.models import LedgerItem, lineage
from projects.actions.shared import text_error
from projects.ledger.answers import NEW, about_row
from projects.ledger.dryrun import units_of
from projects.ledger.fields import to_json
from projects.ledger.registry import Outcome
from projects.ledger.row_keys import read_key
from projects.ledger.rows import LedgerRow
from projects.ledger.text import normalise_name
from projects.models import ImportBatch, ImportRow, Project

FIVE_EN = {
    "leader": "leader", "measures": "measures", "dates": "dates", "standard": "acceptance standard",
    "reward_penalty": "reward and penalty",
}  # fmt: skip
SETTLED = {"project_name": "项目", "code": "项目", "raised_on": "提出时间"}
ASSIGNED = {"responsible_unit": "责任单位", "end": "定工期（止）"}
QUIET = ("number", "code", "closed_on")
State = LedgerItem.State


def judge(rows: Sequence[LedgerRow], *, batch: ImportBatch, at: datetime) -> Outcome:
    """The dry run of ``projects.ledger.registry.ImportKind``."""
    judged = list(begun(rows, batch.answers, values.prepared))
    links = Links(projects_of(batch.park_id), batch.answers)
    live = [each for each in judged if not each.skipped]
    for each in live:
        links.link(each)
    importer = _Importer(batch)
    for each in live:
        importer.spell(each)
    known = _Known(batch, live)
    seen: dict[tuple[Any, ...], int] = {}
    for each in live:
        _about_five(each)
        known.find(each)
        _refuse_twice(each, seen)
        item = known.items.get(each.target or 0)
        here = known.values(item) if item else None
        compare(each, here, batch.answers)
        importer.look(each, item, localtime(at).date())
    return Outcome([as_row(each, batch, "task") for each in judged])


def projects_of(park_id: int) -> Register:
    """Every project of the park by code and name; one query."""
    rows = Project.objects.filter(park=park_id).order_by("pk").values_list("pk", "name", "code")
    return Register(Named(pk, name, code or "") for pk, name, code in rows)


def as_row(each: Judged, batch: ImportBatch, title: str) -> ImportRow:
    """The row for the database."""
    return ImportRow(
        batch=batch, sheet=each.row.sheet[:100], row=each.row.number, name=str(each.row.value(title) or "")[:200],
        action=each.action, matched_by=each.matched_by[:8], project_id=each.project_id, target=each.target,
        version=each.version, values=each.values(), changes=each.changes, kept=each.kept, findings=each.remarks,
        proposals=each.proposals,
    )  # fmt: skip


def _about_five(each: Judged) -> None:
    """One remark a row, at the first empty part."""
    empty = values.empty_parts(each.row)
    if empty:
        names = ["dates" if name in ("start", "end", "period") else name for name in empty]
        words = {"zh": "、".join(FIVE[name] for name in names), "en": ", ".join(FIVE_EN[name] for name in names)}
        each.say("FIVE_INCOMPLETE", empty[0], **words)


def _refuse_twice(each: Judged, seen: dict[tuple[Any, ...], int]) -> None:
    """The same item, or the same new task of one project, once a file."""
    if each.refused or each.proposals:
        return
    key = (
        ("item", each.target) if each.target else ("task", each.project_id, normalise_name(each.new.get("task") or ""))
    )
    first = seen.setdefault(key, each.row.number)
    if first != each.row.number:
        each.say("ROW_TWICE", "task", first=first)


class _Known:
    """Items of the park that rows of the file are: three queries, and two more for every five hundred found."""

    def __init__(self, batch: ImportBatch, judged: Iterable[Judged]) -> None:
        self.park_id, self.answers = batch.park_id, batch.answers
        self.judged = list(judged)
        heads = LedgerItem.objects.filter(park=batch.park_id).order_by("pk")
        self.numbers: dict[str, int] = {}
        self.titles: dict[tuple[int | None, str], list[tuple[int, bool]]] = defaultdict(list)
        self.ids: set[int] = set()
        wanted = {normalise_name(each.new.get("task") or "") for each in self.judged}
        for pk, project, number, title, state in heads.values_list("pk", "project", "number", "title", "state"):
            self.ids.add(pk)
            self.numbers[number] = pk
            if (key := normalise_name(title)) in wanted:
                self.titles[project, key].append((pk, state != State.CLOSED))
        found = {pk for each in self.judged for pk in self._candidates(each)}
        self.items = items_by_id(batch.park_id, found)
        self.cooperating = cooperating_of(list(self.items.values()))

    def values(self, item: LedgerItem) -> dict[str, Any]:
        found = values_of(item, self.cooperating.get(item.pk, ()))
        return {name: to_json(value) for name, value in found.items()}

    def find(self, each: Judged) -> None:
        """The item the row is: its key, its number, or project and title."""
        key = read_key(each.row.row_key, "ledger_items", park_id=self.park_id)
        if each.row.row_key and (key.pk is None or key.pk not in self.ids):
            each.remarks.append(remark("KEY_UNKNOWN", each.row.sheet, each.row.cell("task"), each.row.row_key or ""))
        elif key.pk is not None:
            self._is(each, key.pk, "key")
            return
        if number := self.numbers.get(each.new.get("number") or ""):
            self._is(each, number, "code")
        elif not each.refused and not each.proposals:
            self._by_title(each)

    def _by_title(self, each: Judged) -> None:
        found = self.titles.get((each.project_id, normalise_name(each.new.get("task") or "")), [])
        if not found or about_row(self.answers, each.row.sheet, each.row.number) == NEW:
            return
        still_open = [pk for pk, is_open in found if is_open]
        if len(found) == 1 or len(still_open) == 1:
            self._is(each, still_open[0] if still_open else found[0][0], "name")
        else:
            each.say("ITEM_UNSURE", "task", count=len(found))

    def _is(self, each: Judged, pk: int, matched_by: str) -> None:
        item = self.items[pk]
        each.target, each.version, each.matched_by = pk, item.version, matched_by
        each.extra["linked"] = each.project_id
        if matched_by == "key":
            _forget_link(each, item)

    def _candidates(self, each: Judged) -> list[int]:
        key = read_key(each.row.row_key, "ledger_items", park_id=self.park_id).pk
        by_number = self.numbers.get(each.new.get("number") or "")
        titles = self.titles.get((each.project_id, normalise_name(each.new.get("task") or "")), [])
        return [pk for pk in (key, by_number, *(pk for pk, _open in titles)) if pk in self.ids]


def _forget_link(each: Judged, item: LedgerItem) -> None:
    """The row's key says which item it is; what its project's name looks like need not be asked."""
    each.proposals = []
    links, own = ("LINK_NOT_FOUND", "LINK_CONFIRM", "NAME_MISSING", "CODE_DIFFERS"), each.row.cell("task")
    each.remarks = [found for found in each.remarks if found["kind"] not in links or found["cell"] == own]
    each.project_id = item.project_id


class _Importer:
    """What the person who imports may write, and how units are called. Three queries."""

    def __init__(self, batch: ImportBatch) -> None:
        self.by = batch.created_by
        self.verifies = may(self.by, Verb.VERIFY_LEDGER_ITEM)
        self.lineage = lineage(self.by.organization) if self.by.organization_id else []
        self.units = units_by_name(units_of(batch.park))

    def spell(self, each: Judged) -> None:
        """Units and the category in the words an item gives back."""
        unit = self.units.get(normalise_name(each.new.get("responsible_unit") or ""))
        if unit:
            each.new["responsible_unit"] = unit.name
        if names := values.names_in(each.new.get("cooperating_units")):
            each.new["cooperating_units"] = self.joined(names, unit)
        if each.new.get("category") and values.category_code(each.new["category"]) is None:
            each.say("CATEGORY_UNKNOWN", "category")
            each.new["category"] = values.CATEGORIES["other"]

    def joined(self, names: Iterable[str], in_charge: Organization | None) -> str | None:
        """Known ones first, as an item has them: by name, then the others as they were written."""
        found = [(name, self.units.get(normalise_name(name))) for name in names]
        known = sorted({unit.name for _name, unit in found if unit and unit != in_charge})
        return values.joined([*known, *(name for name, unit in found if unit is None)])

    def look(self, each: Judged, item: LedgerItem | None, today) -> None:
        """Takes out what an import may not change and says so; adds what keeps the row from being written."""
        if item is None:
            self._closing(each, today)
            each.extra |= {"file_number": each.new.get("number")} if each.new.get("number") else {}
            each.drop("number")
        else:
            each.project_id = item.project_id
            self._existing(each, item)
        self._units(each)
        _dates_in_order(each, item)
        _unstorable(each)

    def _closing(self, each: Judged, today) -> None:
        """A new item that is said to be closed: only with everything a closure takes, else it is registered as open."""
        if not each.new.get("closed"):
            return
        unit = self.units.get(normalise_name(each.new.get("responsible_unit") or ""))
        due, on = values.day_of(each.new.get("end")), values.day_of(each.new.get("closed_on"))
        why = None
        if unit is None or due is None:
            why = ("没有责任单位或工期", "it has no unit or no deadline")
        elif on and on > today:
            why = ("销号时间还没有到", "the day of closure is still to come")
        elif not self.verifies:
            why = ("导入人没有审核销号的权限", "who imports may not verify closures")
        elif not flow.may_verify(
            verifier_id=self.by.pk, verifier_lineage=self.lineage, unit_id=unit.pk, asked_by_id=None
        ):
            why = ("导入人属于责任单位", "who imports belongs to the unit in charge")
        if why:
            each.say("CLOSED_NOT_TAKEN", "closed", zh=why[0], en=why[1])
            each.drop("closed")
            each.drop("closed_on")

    def _existing(self, each: Judged, item: LedgerItem) -> None:
        for name in QUIET:
            each.drop(name)
        if (closed := each.drop("closed")) and (closed["new"] or item.state == State.CLOSED):
            each.say("CLOSE_HERE", "closed")
        settled = dict(SETTLED)
        if item.state != State.REGISTERED:
            settled |= ASSIGNED
        linked = each.extra.get("linked")
        for name, label in settled.items():
            found = each.drop(name)
            if found and not (name == "project_name" and linked == item.project_id):
                each.say("SETTLED_HERE", name, label=label)
        if item.state == State.CLOSED and each.changes:
            each.say("ITEM_CLOSED", each.changes[0]["field"])

    def _units(self, each: Judged) -> None:
        for change in each.changes:
            if change["field"] == "responsible_unit" and normalise_name(change["new"]) not in self.units:
                each.say("NO_SUCH_UNIT", "responsible_unit")


def units_by_name(rows: Iterable[Organization]) -> dict[str, Organization]:
    """Units by their names and short names, normalised; the names come first."""
    rows = list(rows)
    found: dict[str, Organization] = {}
    for name in ("name", "short_name"):
        for unit in rows:
            if key := normalise_name(getattr(unit, name) or ""):
                found.setdefault(key, unit)
    return found


def _dates_in_order(each: Judged, item: LedgerItem | None) -> None:
    new: Mapping[str, Any] = {change["field"]: change["new"] for change in each.changes}
    start = values.day_of(new.get("start")) or (item.starts_on if item else None)
    end = values.day_of(new.get("end")) or (item.due_on if item else None)
    if start and end and end < start and {"start", "end"} & set(new):
        each.say("DATES_ORDER", "end" if "end" in new else "start")


LIMITS = {"leader": 60, "person": 60, "task": 200}


def _unstorable(each: Judged) -> None:
    """What the columns refuse, in both languages."""
    for change in each.changes:
        if not isinstance(change["new"], str) or not text_error(change["new"], LIMITS.get(change["field"], 5000)):
            continue
        said = {}
        for short, code in (("zh", "zh-hans"), ("en", "en")):
            with override(code):
                said[short] = text_error(change["new"], LIMITS.get(change["field"], 5000))
        each.say("NOT_STORABLE", change["field"], **said)
