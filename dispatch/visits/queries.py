"""Visits, plans and grids as pages show them. Reads only; the number of queries does not grow with the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from accounts.models import User
from dispatch.ledger.models import LedgerItem
from dispatch.visits import access, rules
from dispatch.visits.models import Finding, PlannedVisit, Visit, VisitChange, VisitGrid
from projects.models import Enterprise, Project
from projects.text import initials, normalise_name

HITS = 20
SOLVED_FINDING = Q(findings__solved_on__isnull=False) | Q(findings__item__state=LedgerItem.State.CLOSED)
HAPPENED = {
    "record": gettext_lazy("Visit recorded"),
    "correct": gettext_lazy("Visit corrected"),
    "move": gettext_lazy("Planned visit moved"),
    "take_off": gettext_lazy("Taken off the plan"),
    "import": gettext_lazy("Changed by an import"),
    "import_back": gettext_lazy("Import taken back"),
}


def for_list(rows: QuerySet[Visit]) -> QuerySet[Visit]:
    """Names a row shows, and how many findings it has (``found``, ``solved``)."""
    named = rows.select_related("enterprise", "project", "organization", "visitor", "grid")
    named = named.defer("project__search_text", "project__content", "project__remark")
    return named.annotate(
        found=Count("findings", distinct=True), solved=Count("findings", filter=SOLVED_FINDING, distinct=True)
    ).order_by("-visited_on", "-pk")


def search(rows: QuerySet, text: str) -> QuerySet:
    """Rows with an enterprise, whose enterprise or project matches every word (project: also code and initials)."""
    for word in text.split():
        projects = Project.objects.filter(search_text__icontains=normalise_name(word))
        rows = rows.filter(Q(enterprise__name__icontains=word) | Q(enterprise__in=projects.values("enterprise")))
    return rows


def find_enterprises(user: User, text: str) -> list[Enterprise]:
    """Enterprises the user may visit whose name, initials, project or project code match; at most HITS."""
    known = access.visitable(user)
    rows = known
    for word in text.split():
        projects = Project.objects.filter(search_text__icontains=normalise_name(word))
        rows = rows.filter(Q(name__icontains=word) | Q(pk__in=projects.values("enterprise")))
    found = list(rows.order_by("name")[:HITS])
    if found or not text.isascii() or not text.strip():
        return found
    wanted = normalise_name(text)
    names = known.order_by("name").values_list("pk", "name")[:5000]
    hits = [pk for pk, name in names if wanted in initials(name)][:HITS]
    return list(Enterprise.objects.filter(pk__in=hits).order_by("name"))


@dataclass(frozen=True)
class PlanRow:
    """``visit``: the one made for it, if the user sees it; ``is_done``: made by whomever."""

    planned: PlannedVisit
    visit_id: int | None
    is_done: bool


def plan_rows(rows: Iterable[PlannedVisit], user: User) -> list[PlanRow]:
    rows = list(rows)
    made = dict(Visit.objects.filter(planned__in=rows).values_list("planned", "pk"))
    seen = set(Visit.objects.visible_to(user).filter(pk__in=made.values()).values_list("pk", flat=True))
    return [
        PlanRow(row, made.get(row.pk) if made.get(row.pk) in seen else None, row.pk in made)
        for row in rows
    ]  # fmt: skip


def for_plan(rows: QuerySet[PlannedVisit]) -> QuerySet[PlannedVisit]:
    named = rows.select_related("enterprise", "grid__unit", "visitor__organization")
    return named.order_by("year", "quarter", "plan_on", "grid__name", "enterprise__name", "pk")


def undone(rows: QuerySet[PlannedVisit]) -> QuerySet[PlannedVisit]:
    return rows.filter(~Exists(Visit.objects.filter(planned=OuterRef("pk"))))


def my_plan(user: User, today: date) -> list[PlannedVisit]:
    """What the user still has to visit this quarter, at most HITS."""
    quarter = rules.quarter_of(today)
    rows = PlannedVisit.objects.visible_to(user).filter(
        visitor=user, year=quarter.year, quarter=quarter.number, cancelled_at=None
    )
    return list(for_plan(undone(rows))[:HITS])


@dataclass(frozen=True)
class Progress:
    """How far a grid or a visitor has come: planned visits made of all planned."""

    name: str
    done: int
    planned: int


def progress(rows: QuerySet[PlannedVisit], way: str) -> list[Progress]:
    """By ``way`` grid or visitor, by name; one query."""
    column, name = {"grid": ("grid", "grid__name"), "visitor": ("visitor", "visitor__display_name")}[way]
    counted = rows.order_by().values(column, name).annotate(
        planned=Count("pk", distinct=True), done=Count("visit", distinct=True)
    )  # fmt: skip
    found = [Progress(row[name] or "", row["done"], row["planned"]) for row in counted]
    return sorted(found, key=lambda each: (not each.name, each.name))


@dataclass(frozen=True)
class Preview:
    """What making the plan would add to a grid. ``there``: enterprises of it that are planned already."""

    grid: VisitGrid
    new: int
    there: int


def preview(grids: Iterable[VisitGrid], places: dict[int, rules.Place], planned: set[int]) -> list[Preview]:
    new = rules.to_plan(places, planned)
    return [
        Preview(
            grid,
            sum(place.grid_id == grid.pk for place in new.values()),
            sum(place.grid_id == grid.pk and pk in planned for pk, place in places.items()),
        )
        for grid in grids
    ]


def findings_for_list(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    named = rows.select_related("visit__enterprise", "visit__visitor", "visit__project", "item__unit")
    return named.order_by("-visit__visited_on", "-visit", "order", "pk")


def seen_items(findings: Iterable[Finding], user: User) -> set[int]:
    """Ids of the ledger items behind the findings that the user may open; one query."""
    ids = [finding.item_id for finding in findings if finding.item_id]
    return set(LedgerItem.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def timeline(changes: Iterable[VisitChange]) -> list[dict[str, Any]]:
    """Rows for the timeline component."""
    return [
        {"at": row.at, "who": row.by, "what": HAPPENED.get(row.verb, row.verb), "note": _note(row)} for row in changes
    ]


def _note(row: VisitChange) -> str:
    model = Visit if row.visit_id else PlannedVisit
    said = [row.note] if row.note else []
    for change in row.changes:
        if change["field"] == "findings":
            said.append(f"+ {change['new']}")
        else:
            label = model._meta.get_field(change["field"]).verbose_name
            said.append(f"{label}：{_shown(change['old'])} → {_shown(change['new'])}")
    return " · ".join(said)


def _shown(value: Any) -> str:
    return "—" if value in (None, "") else str(value)
