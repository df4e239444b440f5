"""Writing confirmed visits and planned ones, and taking them back. Within the caller's transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.bulk import insert, set_key, take_versions, update_columns
from accounts.errors import Conflict, Refused
from accounts.models import User
from dispatch.ledger.importing import values as ledger_values
from dispatch.ledger.importing.judging import taken
from dispatch.ledger.importing.undoing import overtaken, refuse_touched, take_away, touched
from dispatch.ledger.importing.writing import next_numbers
from dispatch.ledger.models import LedgerEntry, LedgerItem
from dispatch.measures.indexing import item_column
from dispatch.visits import plans, rules
from dispatch.visits.importing.dryrun import PLANNED, TEXTS, VISITED
from dispatch.visits.importing.table import quarter_in
from dispatch.visits.models import Finding, GridEnterprise, PlannedVisit, Visit, VisitChange, VisitGrid
from projects.ledger.text import normalise_name
from projects.models import ImportBatch, ImportRow

Action = ImportRow.Action
IMPORTED, UNDONE = "import", "import_back"


def write(batch: ImportBatch, *, at: datetime) -> None:
    """Changes first, then planned visits, then visits with their findings. Raises Conflict."""
    edge = SimpleNamespace(batch=batch, by=batch.confirmed_by, at=at, today=localtime(at).date())
    rows = list(batch.rows.filter(action__in=[Action.CREATE, Action.UPDATE]).order_by("sheet", "row"))
    by_kind = {
        (kind, action): [row for row in rows if row.action == action and row.values["_"]["kind"] == kind]
        for kind in (VISITED, PLANNED)
        for action in (Action.CREATE, Action.UPDATE)
    }
    _change_plans(by_kind[PLANNED, Action.UPDATE], edge)
    _change_visits(by_kind[VISITED, Action.UPDATE], edge)
    _new_plans(by_kind[PLANNED, Action.CREATE], edge)
    _new_visits(by_kind[VISITED, Action.CREATE], edge)


def _values(row: ImportRow, side: str = "new") -> dict[str, Any]:
    return {each["field"]: each[side] for each in taken(row.changes)}


def _place(row: ImportRow, edge) -> str:
    return f"{edge.batch.file_name} · {row.sheet}!{row.row}"[:200]


def _history(row: ImportRow, changes: Sequence[dict[str, Any]], edge, verb: str, **what: Any) -> VisitChange:
    return VisitChange(
        park_id=edge.batch.park_id,
        verb=verb,
        note=_place(row, edge),
        changes=list(changes),
        by=edge.by,
        at=edge.at,
        **what,
    )


def _new_plans(rows: Sequence[ImportRow], edge) -> None:
    """One planned visit an enterprise and quarter; every visitor is told once a quarter."""
    made = []
    for row in rows:
        known, year_quarter = row.values["_"], row.values["_"]["quarter"]
        made.append(
            PlannedVisit(
                park_id=edge.batch.park_id, year=year_quarter[0], quarter=year_quarter[1], grid_id=known["grid"],
                enterprise_id=known["enterprise"], project_id=row.project_id, visitor_id=known["visitor"],
                plan_on=ledger_values.day_of(_values(row).get("plan_on")), created_by=edge.by, created_at=edge.at,
            )
        )  # fmt: skip
    insert(made)
    insert(_history(row, [], edge, IMPORTED, planned_id=plan.pk) for row, plan in zip(rows, made, strict=True))
    set_key(ImportRow, "target", ((row.pk, plan.pk) for row, plan in zip(rows, made, strict=True)))
    quarters: dict[rules.Quarter, Counter] = {}
    for plan in made:
        quarters.setdefault(rules.Quarter(plan.year, plan.quarter), Counter())[plan.visitor_id] += 1
    for quarter, counts in quarters.items():
        plans.tell_plan(edge.batch.park, quarter, counts, by=edge.by, at=edge.at, today=edge.today)


def _change_plans(rows: Sequence[ImportRow], edge, *, side: str = "new", verb: str = IMPORTED) -> None:
    not_visited = PlannedVisit.objects.filter(~Exists(Visit.objects.filter(planned=OuterRef("pk"))), cancelled_at=None)
    taken_over, changed = _claimed(not_visited, rows, side), []
    people, grids = _named_before(rows, edge) if side == "old" else ({}, {})
    for row in rows:
        values, known = _values(row, side), row.values["_"]
        columns: dict[str, Any] = {}
        if "plan_on" in values:
            columns["plan_on"] = ledger_values.day_of(values["plan_on"])
        if "visitor" in values:
            columns["visitor_id"] = known["visitor"] if side == "new" else people.get(values["visitor"])
        if "grid" in values:
            columns["grid_id"] = known["grid"] if side == "new" else grids.get(values["grid"])
        if "quarter" in values:
            columns["year"], columns["quarter"] = quarter_in(values["quarter"], edge.today.year) or known["quarter"]
        changed.append((_put(taken_over[row.target], columns), columns))
    update_columns(changed)
    insert(_history(row, _words(row, side), edge, verb, planned_id=row.target) for row in rows)


def _claimed(here: QuerySet, rows: Sequence[ImportRow], side: str) -> dict[int, Any]:
    """The rows' visits or plans, each at the version that was shown, or that the import left. Raises Conflict."""
    since = 0 if side == "new" else 1
    if not take_versions(here, ((row.target, (row.version or 0) + since) for row in rows)):
        raise changed_since()
    return here.model.objects.in_bulk([row.target for row in rows])


def _put(found: Any, columns: Mapping[str, Any]) -> Any:
    for name, value in columns.items():
        setattr(found, name, value)
    return found


def _named_before(rows: Sequence[ImportRow], edge) -> tuple[dict[str, int], dict[str, int]]:
    """People and grids of the park that the changed plans had before, by name."""
    values, park_id = [_values(row, "old") for row in rows], edge.batch.park_id
    people = User.objects.filter(organization__park=park_id, display_name__in=_names(values, "visitor"))
    grids = VisitGrid.objects.filter(park=park_id, name__in=_names(values, "grid"))
    return (
        dict(people.order_by("-pk").values_list("display_name", "pk")),
        dict(grids.order_by("-pk").values_list("name", "pk")),
    )


def _names(values: Sequence[Mapping[str, Any]], field: str) -> set[str]:
    return {each[field] for each in values if each.get(field)}


COLUMN = {"quarter": "quarter", "plan_on": "plan_on", "visitor": "visitor", "grid": "grid", "visited_on": "visited_on"}
COLUMN |= {name: name for name in TEXTS}


def _words(row: ImportRow, side: str = "new") -> list[dict[str, Any]]:
    """Changes as the history keeps them, with cell and raw text."""
    old, new = ("old", "new") if side == "new" else ("new", "old")
    return [
        {
            "field": COLUMN[each["field"]], "old": _plain(each[old]), "new": _plain(each[new]),
            "cell": f"{row.sheet}!{each['cell']}", "raw": each["raw"],
        }
        for each in taken(row.changes)
        if each["field"] in COLUMN
    ]  # fmt: skip


def _plain(value: Any) -> Any:
    return value.get("value") if isinstance(value, dict) else value


def _change_visits(rows: Sequence[ImportRow], edge, *, side: str = "new", verb: str = IMPORTED) -> None:
    visits, changed = _claimed(Visit.objects.all(), rows, side), []
    for row in rows:
        values = _values(row, side)
        columns: dict[str, Any] = {name: values[name] or "" for name in TEXTS if name in values}
        if "visited_on" in values:
            columns["visited_on"] = ledger_values.day_of(values["visited_on"])
        changed.append((_put(visits[row.target], columns), columns))
    update_columns(changed)
    insert(_history(row, _words(row, side), edge, verb, visit_id=row.target) for row in rows)
    more = [row for row in rows if row.values["_"].get("more")] if side == "new" else []
    _findings([(row, visits[row.target], row.values["_"]["more"]) for row in more], edge)


def _new_visits(rows: Sequence[ImportRow], edge) -> None:
    enterprises = [row.values["_"]["enterprise"] for row in rows]
    grids = dict(GridEnterprise.objects.filter(enterprise__in=enterprises).values_list("enterprise", "grid"))
    planned = _open_plans(rows, enterprises)
    people = {user.pk: user for user in User.objects.filter(pk__in={row.values["_"]["visitor"] for row in rows})}
    made = [_visit(row, planned, grids, people, edge) for row in rows]
    insert(made)
    insert(_history(row, [], edge, "record", visit_id=visit.pk) for row, visit in zip(rows, made, strict=True))
    set_key(ImportRow, "target", ((row.pk, visit.pk) for row, visit in zip(rows, made, strict=True)))
    found = [
        (row, visit, (_values(row).get("problems") or "").split("\n")) for row, visit in zip(rows, made, strict=True)
    ]
    _findings(found, edge)


def _open_plans(rows: Sequence[ImportRow], enterprises: Sequence[int]) -> dict[tuple[int, int, int], int]:
    """Open plans of these enterprises by quarter; the first visit of a quarter settles its plan."""
    plans_ = PlannedVisit.objects.filter(enterprise__in=enterprises, cancelled_at=None, visit=None)
    return {(row.enterprise_id, row.year, row.quarter): row.pk for row in plans_.order_by("pk")}


def _visit(row: ImportRow, planned, grids, people, edge) -> Visit:
    known, values = row.values["_"], _values(row)
    day: date = ledger_values.day_of(values["visited_on"])
    quarter = rules.quarter_of(day)
    visitor = people[known["visitor"]]
    texts = {name: values.get(name) or "" for name in TEXTS}
    if values.get("visitor") and normalise_name(values["visitor"]) != normalise_name(visitor.display_name or ""):
        texts["companions"] = "、".join(filter(None, [values["visitor"], texts["companions"]]))
    return Visit(
        park_id=edge.batch.park_id, enterprise_id=known["enterprise"], project_id=row.project_id,
        planned_id=planned.pop((known["enterprise"], quarter.year, quarter.number), None),
        grid_id=known.get("grid") or grids.get(known["enterprise"]), visited_on=day, visitor_id=visitor.pk,
        organization_id=visitor.organization_id, created_at=edge.at, **texts,
    )  # fmt: skip


def _findings(found: Sequence[tuple[ImportRow, Visit, Sequence[str]]], edge) -> None:
    """Findings of many visits at once; those not solved on the spot are registered on the ledger, as the page does."""
    new, items = [], []
    older = Finding.objects.filter(visit__in=[visit.pk for row, visit, _texts in found if row.action == Action.UPDATE])
    orders = Counter(older.values_list("visit", flat=True))
    for row, visit, texts in found:
        for order, text in enumerate(filter(None, texts), orders[visit.pk]):
            finding = _finding(row, visit, order, text)
            new.append(finding)
            if finding.solved_on is None:
                items.append((row, visit, finding))
    numbers = next_numbers(edge.batch.park, edge.today, len(items)) if items else []
    made = [_item(*each, number, edge) for each, number in zip(items, numbers, strict=True)]
    insert(made)
    for item, (*_origin, finding) in zip(made, items, strict=True):
        finding.item_id = item.pk
    insert(new)
    insert(
        LedgerEntry(
            item_id=item.pk, verb="register", from_state="", to_state=item.state, note=item.description, changes=[],
            on=edge.today, by=edge.by, at=edge.at,
        )
        for item in made
    )  # fmt: skip


def _finding(row: ImportRow, visit: Visit, order: int, text: str) -> Finding:
    values = {name: (row.values.get(name) or {}).get("value") for name in ("category", "solved", "solution")}
    category = ledger_values.category_code(ledger_values.category_word(values["category"])) or LedgerItem.Category.OTHER
    finding = Finding(visit_id=visit.pk, order=order, category=category, text=text)
    if values["solved"]:
        finding.solved_on, finding.solution = visit.visited_on, values["solution"] or ""
    return finding


def _item(row: ImportRow, visit: Visit, finding: Finding, number: str, edge) -> LedgerItem:
    columns = {"title": rules.title_of(finding.text), "description": finding.text}
    return LedgerItem(
        park_id=edge.batch.park_id, number=number, source=LedgerItem.Source.VISIT, visit_id=visit.pk,
        project_id=visit.project_id, kind=LedgerItem.Kind.PROBLEM, category=finding.category,
        unit_id=row.values["_"].get("unit"), raised_on=edge.today, created_at=edge.at, created_by=edge.by,
        updated_at=edge.at, **columns, **item_column(None, columns),
    )  # fmt: skip


def changed_since() -> Conflict:
    return Conflict(_("Visits have been changed since this file was read. Please read it again."))


def undo(batch: ImportBatch, *, by: User, at: datetime) -> None:
    """New visits and plans go with their findings and items, changed ones get their values back. Raises Refused."""
    edge = SimpleNamespace(batch=batch, by=by, at=at, today=localtime(at).date())
    rows = list(batch.rows.filter(action__in=[Action.CREATE, Action.UPDATE], target__isnull=False))
    of = {kind: [row for row in rows if row.values["_"]["kind"] == kind] for kind in (VISITED, PLANNED)}
    made = {kind: [row.target for row in each if row.action == Action.CREATE] for kind, each in of.items()}
    changed = {kind: [row for row in each if row.action == Action.UPDATE] for kind, each in of.items()}
    if any(row.values["_"].get("more") for row in changed[VISITED]):
        raise Refused(_("Findings were added to visits that had been here before; take those back on their pages."))
    items = list(LedgerItem.objects.filter(finding__visit__in=made[VISITED]).values_list("pk", flat=True))
    refuse_touched(_touched_items(items, made[VISITED]) + _touched(made))
    Finding.objects.filter(visit__in=made[VISITED]).delete()
    take_away(items)
    Visit.objects.filter(pk__in=made[VISITED]).delete()
    PlannedVisit.objects.filter(pk__in=made[PLANNED]).delete()
    try:
        _change_visits(changed[VISITED], edge, side="old", verb=UNDONE)
        _change_plans(changed[PLANNED], edge, side="old", verb=UNDONE)
    except Conflict as error:
        raise overtaken() from error


def _touched_items(items: Sequence[int], visits: Sequence[int]) -> list[str]:
    """Numbers of items somebody has gone on with; their own finding does not count."""
    return touched(items, apart=(Finding,)) if items or visits else []


def _touched(made: dict[str, list[int]]) -> list[str]:
    found = [
        str(visit)
        for visit in Visit.objects.filter(pk__in=made[VISITED]).exclude(version=1).select_related("enterprise")
    ]
    files = (
        Visit.objects.filter(pk__in=made[VISITED], attachments__isnull=False).select_related("enterprise").distinct()
    )
    later = PlannedVisit.objects.filter(pk__in=made[PLANNED]).select_related("enterprise")
    found += [str(visit) for visit in files]
    found += [str(row.enterprise) for row in later if row.version != 1 or row.cancelled_at]
    made_since = later.filter(visit__isnull=False).exclude(visit__in=made[VISITED])
    return sorted({*found, *(str(row.enterprise) for row in made_since)})
