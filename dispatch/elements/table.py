"""Projects against elements: one row a project, one cell an element. Reads only; queries do not grow with the rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, Min, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from dispatch.elements import words
from dispatch.elements.kinds import KINDS
from dispatch.elements.models import ElementNeed
from dispatch.elements.overview import counted
from projects.ledger.lists import ListSheet, keyed, list_workbook
from projects.models import Project
from projects.text import normalise_name

SORTS = {"name": "name_key", "unit": "responsible_unit__name", "day": "first_on"}
DEFAULT_SORT = "day"


@dataclass(frozen=True)
class Cell:
    """One element of one project; ``need`` None: nothing is needed."""

    element: str
    need: ElementNeed | None

    @property
    def open(self) -> Decimal:
        return self.need.amount - self.need.secured if self.need else Decimal(0)


@dataclass(frozen=True)
class Row:
    project: Project
    cells: list[Cell]


@dataclass(frozen=True)
class Sums:
    """Of one element over all rows of the list."""

    element: str
    needed: Decimal
    secured: Decimal

    @property
    def open(self) -> Decimal:
        return self.needed - self.secured


def projects(user: User, year: int, *, element: str = "", unit: int | None = None, q: str = "", short: bool = False):
    """Projects the user sees that need something in the year; ``short``: of which something is still open."""
    needs = counted(ElementNeed.objects.visible_to(user).filter(year=year))
    if element:
        needs = needs.filter(element=element)
    if short:
        needs = needs.filter(amount__gt=F("secured"))
    rows = Project.objects.visible_to(user).filter(pk__in=needs.order_by().values("project"))
    if unit is not None:
        rows = rows.filter(responsible_unit=unit)
    for word in q.split():
        rows = rows.filter(search_text__icontains=normalise_name(word))
    return rows.select_related("responsible_unit")


def ordered(rows: QuerySet[Project], year: int, sort: str) -> QuerySet[Project]:
    """By name, unit, the first day on which something open is needed, or what is open of an element."""
    name = sort.removeprefix("-")
    mine = Q(element_needs__year=year)
    if name in KINDS:
        of_element = mine & Q(element_needs__element=name)
        wanted = F("element_needs__amount") - F("element_needs__secured")
        rows, column = rows.annotate(wanted=Max(wanted, filter=of_element)), "wanted"
    else:
        name, sort = (name, sort) if name in SORTS else (DEFAULT_SORT, DEFAULT_SORT)
        column = SORTS[name]
    if column == "first_on":
        is_open = mine & Q(element_needs__amount__gt=F("element_needs__secured"))
        rows = rows.annotate(first_on=Min("element_needs__needed_on", filter=is_open))
    order = F(column).desc(nulls_last=True) if sort.startswith("-") else F(column).asc(nulls_last=True)
    return rows.order_by(order, "name_key", "pk")


def cells_of(found: Iterable[Project], user: User, year: int) -> list[Row]:
    found = list(found)
    known: dict[int, dict[str, ElementNeed]] = defaultdict(dict)
    for need in ElementNeed.objects.visible_to(user).filter(year=year, project__in=found).select_related("unit"):
        known[need.project_id][need.element] = need
    return [Row(project, [Cell(code, known[project.pk].get(code)) for code in KINDS]) for project in found]


def sums_of(rows: QuerySet[Project], year: int) -> list[Sums]:
    """Over all of these projects, each element of KINDS."""
    needs = ElementNeed.objects.filter(year=year, project__in=rows.order_by().values("pk"))
    grouped = needs.order_by().values("element").annotate(needed=Sum("amount"), done=Sum("secured"))
    known = {row["element"]: row for row in grouped}
    nothing = {"needed": Decimal(0), "done": Decimal(0)}
    return [
        Sums(code, known.get(code, nothing)["needed"], known.get(code, nothing)["done"]) for code in KINDS
    ]  # fmt: skip


def workbook(rows: QuerySet[Project], user: User, year: int) -> bytes:
    """The table as on the page, in full, and the needs one by one."""
    found, sums = cells_of(rows, user, year), sums_of(rows, year)
    parts = (_("needed"), _("secured"), pgettext("element", "still open"))
    titles: list[Any] = [_("Project"), _("Responsible unit")]
    titles += [f"{words.name_with_unit(code)} {part}" for code in KINDS for part in parts]
    body = [
        keyed(
            row.project,
            [
                row.project.name,
                str(row.project.responsible_unit or ""),
                *(v for cell in row.cells for v in _three(cell)),
            ],
        )
        for row in found
    ]
    body.append([_("Total"), "", *(value for one in sums for value in (one.needed, one.secured, one.open))])
    first = ListSheet(str(year), titles, [36, 20] + [14] * (len(titles) - 2), body)
    return list_workbook(first, _needs_sheet(found), name=_("Needs"))


def _three(cell: Cell) -> tuple[Any, Any, Any]:
    return (cell.need.amount, cell.need.secured, cell.open) if cell.need else (None, None, None)


def _needs_sheet(found: list[Row]) -> ListSheet:
    titles = (
        _("Project"), _("Element"), _("Unit of measure"), _("needed"), _("secured"),
        pgettext("element", "still open"), _("needed by"),
        _("Unit that provides it"), _("note"),
    )  # fmt: skip
    cells = [(row.project, cell) for row in found for cell in row.cells if cell.need]
    body = [
        keyed(cell.need, [project.name, cell.need.get_element_display(), words.unit_of(cell.element), cell.need.amount,
         cell.need.secured, cell.open, cell.need.needed_on, str(cell.need.unit or ""), cell.need.note])
        for project, cell in cells
    ]  # fmt: skip
    return ListSheet(_("Needs"), titles, (36, 14, 14, 14, 14, 14, 12, 20, 30), body)
