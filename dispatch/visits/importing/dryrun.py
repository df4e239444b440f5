"""What confirming a read workbook of visits would do. Reads only, in a fixed number of queries.

A row with a day that has come is a visit; with a day still to come, or a quarter only, a planned one. A visit is known
by the key of its row, or by enterprise and day; a planned one by enterprise and quarter. Problems of a cell become
findings: solved on the spot where the row says so, else items of the ledger; there they are corrected.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime

from accounts.models import User
from dispatch.ledger.importing import values as ledger_values
from dispatch.ledger.importing.dryrun import as_row, units_by_name
from dispatch.ledger.importing.judging import Judged, Named, Register, begun, compare, proposals
from dispatch.ledger.importing.remarks import remark
from dispatch.visits import access, rules
from dispatch.visits.importing.table import VISITS, problems_in, quarter_in
from dispatch.visits.models import PlannedVisit, Visit, VisitGrid
from projects.ledger.answers import about_row
from projects.ledger.dates import PartialDate
from projects.ledger.dryrun import units_of
from projects.ledger.fields import to_json
from projects.ledger.registry import Outcome
from projects.ledger.row_keys import read_key
from projects.ledger.rows import LedgerRow
from projects.ledger.text import normalise_name
from projects.models import ImportBatch, Project

TEXTS = ("companions", "met_name", "place", "summary")
VISITED, PLANNED = "visit", "planned"
PLAN_KEY = 10**15  # keys of planned visits in a list of both begin above it


def judge(rows: Sequence[LedgerRow], *, batch: ImportBatch, at: datetime) -> Outcome:
    """The dry run of ``projects.ledger.registry.ImportKind``."""
    judged = list(begun(rows, batch.answers, lambda row: {}))
    known = _Known(batch, localtime(at).date())
    seen: dict[tuple[Any, ...], int] = {}
    for each in judged:
        if not each.skipped:
            _look(each, known, seen)
    return Outcome([as_row(each, batch, "enterprise") for each in judged])


class _Known:
    """Enterprises, visits, plans, people and grids of the park, by what a row calls them."""

    def __init__(self, batch: ImportBatch, today: date) -> None:
        self.batch, self.today, self.by = batch, today, batch.created_by
        park = batch.park_id
        rows = access.visitable(self.by).order_by("pk").values_list("pk", "name")
        self.enterprises = Register(Named(pk, name) for pk, name in rows)
        self.projects: dict[tuple[int, str], int] = {}
        own = Project.objects.filter(park=park, enterprise__isnull=False).order_by("-pk")
        for pk, name, enterprise in own.values_list("pk", "name", "enterprise"):
            self.projects[enterprise, normalise_name(name)] = pk
        self.visits: dict[int, Visit] = {}
        self.by_day: dict[tuple[int, date], list[int]] = defaultdict(list)
        for visit in with_findings(Visit.objects.filter(park=park)):
            self.visits[visit.pk] = visit
            self.by_day[visit.enterprise_id, visit.visited_on].append(visit.pk)
        self.plans = {row.pk: row for row in plans_of(park)}
        self.by_quarter = {(row.enterprise_id, row.year, row.quarter): row for row in self.plans.values()}
        self.made = set(Visit.objects.filter(planned__in=self.plans).values_list("planned", flat=True))
        self.people: dict[str, list[int]] = defaultdict(list)
        people = User.objects.filter(organization__park=park, is_active=True).exclude(role__scope="enterprise")
        for pk, name in people.values_list("pk", "display_name"):
            self.people[normalise_name(name or "")].append(pk)
        self.grids = {
            normalise_name(name): pk for pk, name in VisitGrid.objects.filter(park=park).values_list("pk", "name")
        }
        self.units = units_by_name(units_of(batch.park))

    def person(self, name: str | None) -> int | None:
        """The one account of this name."""
        found = self.people.get(normalise_name(name or ""), [])
        return found[0] if len(found) == 1 and name else None


def with_findings(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """The same visits with all that ``visit_values`` reads."""
    rows = visits.select_related("enterprise", "project", "visitor", "grid").prefetch_related("findings__item__unit")
    return rows.defer("project__search_text", "project__content", "project__remark")


def plans_of(park_id: int, **wanted: Any):
    rows = PlannedVisit.objects.filter(park=park_id, cancelled_at=None, **wanted)
    return rows.select_related("enterprise", "project", "visitor", "grid")


def visit_values(visit: Visit) -> dict[str, Any]:
    """A visit as a workbook writes it; findings one a line."""
    findings = list(visit.findings.all())
    texts = [" ".join(row.text.split()) for row in findings]
    solutions = [" ".join(row.solution.split()) for row in findings if row.solution]
    solved = [bool(row.solved_on) or bool(row.item and row.item.state == "closed") for row in findings]
    units = dict.fromkeys(row.item.unit.name for row in findings if row.item and row.item.unit)
    return {
        "enterprise": visit.enterprise.name,
        "project_name": visit.project.name if visit.project else None,
        "visited_on": PartialDate(visit.visited_on),
        "visitor": visit.visitor.display_name or None,
        "grid": visit.grid.name if visit.grid else None,
        **{name: getattr(visit, name) or None for name in TEXTS},
        "problems": "\n".join(texts) or None,
        "category": ledger_values.CATEGORIES[findings[0].category] if findings else None,
        "responsible_unit": "、".join(units) or None,
        "solved": all(solved) if findings else None,
        "solution": "\n".join(solutions) or None,
    }


def plan_values(row: PlannedVisit) -> dict[str, Any]:
    """A planned visit as a workbook writes it."""
    return {
        "enterprise": row.enterprise.name,
        "project_name": row.project.name if row.project else None,
        "quarter": f"{row.year}年{'一二三四'[row.quarter - 1]}季度",
        "plan_on": row.plan_on and PartialDate(row.plan_on),
        "visitor": row.visitor.display_name if row.visitor else None,
        "grid": row.grid.name if row.grid else None,
    }


def _look(each: Judged, known: _Known, seen: dict[tuple[Any, ...], int]) -> None:
    kind, day, quarter = _when(each, known)
    if kind is None:
        return
    each.extra["kind"] = kind
    enterprise = _enterprise(each, known)
    if enterprise is None:
        return
    each.extra["enterprise"] = enterprise
    each.project_id = known.projects.get((enterprise, normalise_name(each.row.value("project_name") or "")))
    key = (kind, enterprise, day or quarter)
    if (first := seen.setdefault(key, each.row.number)) != each.row.number:
        each.say("ROW_TWICE", "enterprise", first=first)
        return
    if kind == VISITED and day:
        _visit(each, known, enterprise, day)
    elif quarter:
        _plan(each, known, enterprise, quarter, day)


def _when(each: Judged, known: _Known) -> tuple[str | None, date | None, tuple[int, int] | None]:
    """(visit or planned, its day, its quarter)."""
    row = each.row
    on, planned = row.value("visited_on"), row.value("plan_on")
    if on and on.value:
        if on.precision != "day":
            each.say("VISIT_DATE", "visited_on")
            return None, None, None
        if on.value <= known.today:
            return VISITED, on.value, None
        planned = planned or on
    text = row.value("quarter")
    quarter = quarter_in(text, known.batch.report_year or known.today.year) if text else None
    day = planned.value if planned and planned.precision == "day" else None
    if text and quarter is None:
        each.say("VISIT_WHEN", "quarter")
    elif quarter is None and planned and planned.value:
        found = rules.quarter_of(planned.value)
        quarter = (found.year, found.number)
    elif quarter is None:
        each.say("VISIT_WHEN", "visited_on")
    return (PLANNED if quarter else None), day, quarter


def _enterprise(each: Judged, known: _Known) -> int | None:
    row, register = each.row, known.enterprises
    answer = about_row(known.batch.answers, row.sheet, row.number)
    if answer in register.rows:
        each.matched_by = "chosen"
        return answer
    name = row.value("enterprise")
    exact = register.by_name(name) if name else []
    if len(exact) == 1:
        return exact[0]
    near = [register.rows[pk] for pk in exact] or register.near(name or "")
    if near:
        each.say("ENTERPRISE_CONFIRM", "enterprise", other=near[0].name)
        each.proposals = proposals(near, "name")
    elif name:
        each.say("ENTERPRISE_NOT_FOUND", "enterprise")
    return None


def _visit(each: Judged, known: _Known, enterprise: int, day: date) -> None:
    row, found = each.row, None
    key = read_key(row.row_key, VISITS.key, park_id=known.batch.park_id)
    if key.pk is not None and key.pk in known.visits and known.visits[key.pk].enterprise_id == enterprise:
        each.matched_by, found = "key", known.visits[key.pk]
    elif row.row_key:
        each.remarks.append(remark("KEY_UNKNOWN", row.sheet, row.cell("enterprise"), row.row_key))
    same = known.by_day.get((enterprise, day), [])
    if found is None and len(same) == 1:
        each.matched_by, found = "name", known.visits[same[0]]
    each.new = _new_visit(each, known, day)
    if found is None:
        compare(each, None, known.batch.answers)
        _who(each, known)
    else:
        each.target, each.version, each.project_id = found.pk, found.version, found.project_id
        compare(each, {name: to_json(value) for name, value in visit_values(found).items()}, known.batch.answers)
        _keep_settled(each, found)
    _texts_fit(each)


def _new_visit(each: Judged, known: _Known, day: date) -> dict[str, Any]:
    row = each.row
    names = (
        "enterprise",
        "project_name",
        "visitor",
        "grid",
        *TEXTS,
        "problems",
        "category",
        "responsible_unit",
        "solved",
        "solution",
    )
    new = {name: to_json(row.value(name)) for name in names if name in row.fields}
    new["visited_on"] = to_json(PartialDate(day))
    if new.get("enterprise"):
        new["enterprise"] = known.enterprises.rows[each.extra["enterprise"]].name
    if new.get("problems"):
        new["problems"] = "\n".join(" ".join(text.split()) for text in problems_in(new["problems"]))
    if new.get("category"):
        new["category"] = ledger_values.category_word(new["category"])
        if ledger_values.category_code(new["category"]) is None:
            each.say("CATEGORY_UNKNOWN", "category")
            new["category"] = ledger_values.CATEGORIES["other"]
    return new


def _who(each: Judged, known: _Known) -> None:
    """Whose visit a new one is: an account of this name, else who imports; the name then is kept among companions."""
    name = each.row.value("visitor")
    person = known.person(name)
    each.extra["visitor"] = person or known.by.pk
    if name and person is None:
        each.say("VISITOR_UNKNOWN", "visitor")
    grid = each.row.value("grid")
    each.extra["grid"] = known.grids.get(normalise_name(grid or ""))
    if grid and each.extra["grid"] is None:
        each.say("GRID_UNKNOWN", "grid")
    unit = known.units.get(normalise_name(each.row.value("responsible_unit") or ""))
    each.extra["unit"] = unit.pk if unit else None
    if each.row.value("responsible_unit") and unit is None:
        each.say("NO_SUCH_UNIT", "responsible_unit")


def _keep_settled(each: Judged, visit: Visit) -> None:
    """Of a visit that is here an import corrects the day and the texts, and adds findings that were forgotten."""
    labels = {"category": "问题类别", "responsible_unit": "责任单位", "solved": "是否解决", "solution": "解决情况"}
    labels |= {"project_name": "项目", "grid": "网格"}
    added = next((change for change in each.changes if change["field"] == "problems"), None)
    said = {normalise_name(row.text) for row in visit.findings.all()}
    more = (
        [text for text in (added["new"] or "").split("\n") if text and normalise_name(text) not in said]
        if added
        else []
    )
    if added and not more:
        each.changes.remove(added)
    elif added:
        each.extra["more"] = more
        each.extra["visitor"] = visit.visitor_id
    if (change := each.drop("visitor")) and normalise_name(change["new"] or "") not in normalise_name(visit.companions):
        each.say("SETTLED_HERE", "visitor", label="走访人")
    each.drop("enterprise")
    for name, label in labels.items():
        if each.drop(name) and not more:
            each.say("SETTLED_HERE", name, label=label)


def _plan(each: Judged, known: _Known, enterprise: int, quarter: tuple[int, int], day: date | None) -> None:
    row, found = each.row, known.by_quarter.get((enterprise, *quarter))
    key = read_key(row.row_key, VISITS.key, park_id=known.batch.park_id).pk
    if key is not None and key - PLAN_KEY in known.plans and known.plans[key - PLAN_KEY].enterprise_id == enterprise:
        each.matched_by, found = "key", known.plans[key - PLAN_KEY]
    elif found is not None:
        each.matched_by = "name"
    person, grid = known.person(row.value("visitor")), known.grids.get(normalise_name(row.value("grid") or ""))
    each.new = {
        "enterprise": known.enterprises.rows[enterprise].name,
        "quarter": f"{quarter[0]}年{'一二三四'[quarter[1] - 1]}季度",
        "plan_on": to_json(day and PartialDate(day)),
        "visitor": row.value("visitor"),
        "grid": row.value("grid"),
    }
    each.extra |= {"quarter": list(quarter), "visitor": person, "grid": grid}
    if each.new["visitor"] and person is None:
        each.say("PLAN_VISITOR_UNKNOWN", "visitor")
        each.new["visitor"] = None
    if each.new["grid"] and grid is None:
        each.say("GRID_UNKNOWN", "grid")
        each.new["grid"] = None
    compare(each, {k: to_json(v) for k, v in plan_values(found).items()} if found else None, known.batch.answers)
    each.extra["is_plan"] = True
    if found:
        each.target, each.version, each.project_id = found.pk, found.version, found.project_id
        each.drop("enterprise")
        if each.changes and found.pk in known.made:
            each.say("PLAN_DONE", each.changes[0]["field"])
    if (found is None or each.changes) and rules.Quarter(*quarter) < rules.quarter_of(known.today):
        each.say("QUARTER_OVER", "quarter")


LIMITS = {"companions": 200, "met_name": 100, "place": 200}


def _texts_fit(each: Judged) -> None:
    """The name of a visitor without an account still fits among the companions."""
    name, companions = each.row.value("visitor"), each.row.value("companions")
    if each.target is None and name and companions and len(name) + len(companions) > LIMITS["companions"] - 1:
        each.say("NOT_STORABLE", "companions", zh="同行人员过长", en="Too long")
