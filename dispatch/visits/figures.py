"""Coverage and solved figures of visits by grid, unit or visitor. Five queries, however many rows there are."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from dispatch.visits.models import VisitGrid
from dispatch.visits.rules import Figures
from dispatch.visits.scope import IS_SOLVED, SOLVED, Scope, findings_in, planned_in, visits_in
from projects.ledger.lists import ListSheet, list_workbook

NAMES = {"grid": VisitGrid, "unit": Organization, "visitor": User}
COLUMNS = {
    "planned": {"grid": "grid", "unit": "unit_id", "visitor": "visitor"},
    "visits": {"grid": "grid", "unit": "organization", "visitor": "visitor"},
    "found": {"grid": "visit__grid", "unit": "visit__organization", "visitor": "visit__visitor"},
}
WIDTHS = (28, 12, 14, 12, 12, 12, 12, 12)


@dataclass(frozen=True)
class Line:
    """One group, or all together (``name`` "")."""

    name: str
    figures: Figures
    scope: Scope

    @property
    def links(self) -> dict[str, str]:
        """Figure → address of exactly its rows."""
        visits, findings = reverse("dispatch:visit_list"), reverse("dispatch:visit_findings")
        return {
            "planned": reverse("dispatch:visit_plan") + self.scope.query(each="enterprise"),
            "visited": visits + self.scope.query(each="enterprise"),
            "visits": visits + self.scope.query(),
            "found": findings + self.scope.query(),
            "solved": findings + self.scope.query(state=SOLVED),
        }


def total(scope: Scope, user: User) -> Line:
    """All together; an enterprise visited by two counts once. 3 queries."""
    visits = visits_in(scope, user).order_by().aggregate(
        visits=Count("pk"), visited=Count("enterprise", distinct=True)
    )  # fmt: skip
    planned = planned_in(scope, user).order_by().aggregate(planned=Count("enterprise", distinct=True))
    found = findings_in(scope, user).order_by().aggregate(found=Count("pk"), solved=Count("pk", filter=IS_SOLVED))
    return Line("", Figures(**planned, **visits, **found), scope)


def lines(scope: Scope, way: str, user: User) -> list[Line]:
    """A line for each group of ``way`` (one of scope.WAYS) with anything to show, by name; 4 queries."""
    counted: dict[int | None, dict[str, int]] = defaultdict(dict)
    for source, rows in (
        ("planned", planned_in(scope, user)), ("visits", visits_in(scope, user)), ("found", findings_in(scope, user)),
    ):  # fmt: skip
        column = COLUMNS[source][way]
        for row in rows.order_by().values(column).annotate(**_counts(source)):
            counted[row.pop(column)] |= row
    named = _names(way, [key for key in counted if key is not None])
    found = [
        Line(named.get(key, ""), Figures(**numbers), scope.only(way, key)) for key, numbers in counted.items()
    ]  # fmt: skip
    return sorted(found, key=lambda line: (not line.name, line.name))


def _counts(source: str) -> dict[str, Count]:
    if source == "planned":
        return {"planned": Count("enterprise", distinct=True)}
    if source == "visits":
        return {"visits": Count("pk"), "visited": Count("enterprise", distinct=True)}
    return {"found": Count("pk"), "solved": Count("pk", filter=IS_SOLVED)}


def _names(way: str, keys: list[int]) -> dict[int, str]:
    return {row.pk: str(row) for row in NAMES[way]._default_manager.filter(pk__in=keys)}


def workbook(found: list[Line], whole: Line) -> bytes:
    """Bytes of the .xlsx: all together first, then the groups; rates in per cent, empty where there is none."""
    titles = [
        _("Group"), _("Enterprises planned"), _("Enterprises visited"), _("Visits made"), _("Coverage (%)"), _("Found"),
        _("Solved"), _("Solved rate (%)"),
    ]  # fmt: skip
    rows = [_values(line, _("Total") if line is whole else line.name or _("Without group")) for line in (whole, *found)]
    return list_workbook(ListSheet(_("Visits"), titles, WIDTHS, rows))


def _values(line: Line, name: str) -> list[Any]:
    f = line.figures
    return [name, f.planned, f.visited, f.visits, f.coverage, f.found, f.solved, f.solved_rate]
