"""What the park has of each element against what its projects need. Reads only; a fixed number of queries.

Sums are of the whole park, so that everybody who sees them sees the same shortage; single needs are shown to people
who see the project. Projects that were terminated need nothing any more.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.i18n import localized
from accounts.models import Park, User
from dispatch.elements.balance import LAST, LEVELS, Balance, Line, Need, balance, lines, short_from
from dispatch.elements.kinds import KINDS, ElementKind
from dispatch.elements.models import ElementNeed, ElementSupply
from dispatch.figures.rates import round_half_up
from projects.ledger.lists import ListSheet, list_workbook
from projects.models import Project


@dataclass(frozen=True)
class ElementRow:
    """One element in a year. ``seen``: how many of the ``projects`` with a need this person sees."""

    kind: ElementKind
    supply: ElementSupply | None
    balance: Balance
    projects: int
    seen: int
    short_on: date | None


def counted(rows: QuerySet[ElementNeed]) -> QuerySet[ElementNeed]:
    """Needs that count."""
    return rows.exclude(project__status=Project.Status.TERMINATED)


def of_park(park: Park, year: int) -> QuerySet[ElementNeed]:
    return counted(ElementNeed.objects.filter(project__park=park, year=year))


def years(user: User, today: date) -> list[int]:
    """Years to choose from: those with figures, this one and the next, newest first."""
    park = user.organization.park
    known = set(ElementNeed.objects.filter(project__park=park).order_by().values_list("year", flat=True).distinct())
    known |= set(ElementSupply.objects.filter(park=park).order_by().values_list("year", flat=True).distinct())
    return sorted(known | {today.year, today.year + 1}, reverse=True)


def overview(user: User, year: int) -> list[ElementRow]:
    """All elements, in the order of KINDS."""
    park = user.organization.park
    supplies = {row.element: row for row in ElementSupply.objects.visible_to(user).filter(year=year)}
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    sums = {"amount_sum": Sum("amount"), "secured_sum": Sum("secured"), "number": Count("pk")}
    for row in of_park(park, year).order_by().values("element", "needed_on").annotate(**sums):
        grouped[row["element"]].append(row)
    mine = counted(ElementNeed.objects.visible_to(user).filter(year=year)).order_by().values("element")
    seen = {row["element"]: row["number"] for row in mine.annotate(number=Count("pk"))}
    return [_row(kind, supplies.get(code), grouped[code], seen.get(code, 0)) for code, kind in KINDS.items()]


def _row(kind: ElementKind, supply: ElementSupply | None, days: list[dict[str, Any]], seen: int) -> ElementRow:
    """Needs of a day count as one: the first day that cannot be met is the same."""
    needs = [Need(n, day["amount_sum"], day["secured_sum"], day["needed_on"]) for n, day in enumerate(days)]
    amount = supply.amount if supply else None
    found = balance(amount, needs)
    on = short_from(lines(amount, needs)) if found.is_short else None
    return ElementRow(kind, supply, found, sum(day["number"] for day in days), seen, on)


@dataclass(frozen=True)
class Turn:
    """A need in its turn, for the page of one element."""

    need: ElementNeed
    line: Line


def turns(user: User, element: str, year: int) -> tuple[ElementRow, list[Turn]]:
    """The element's sums, and the needs this person sees, each with what is left for it when its turn comes."""
    rows = of_park(user.organization.park, year).filter(element=element)
    facts = rows.order_by().values_list("pk", "amount", "secured", "needed_on", "project__level")
    needs = [Need(pk, amount, secured, on, LEVELS.get(level, LAST)) for pk, amount, secured, on, level in facts]
    supply = ElementSupply.objects.visible_to(user).filter(year=year, element=element).first()
    amount = supply.amount if supply else None
    found, sums = lines(amount, needs), balance(amount, needs)
    visible = counted(ElementNeed.objects.visible_to(user).filter(year=year, element=element))
    seen = {need.pk: need for need in visible.select_related("project", "unit")}
    on = short_from(found) if sums.is_short else None
    row = ElementRow(KINDS[element], supply, sums, len(needs), len(seen), on)
    return row, [Turn(seen[line.need.key], line) for line in found if line.need.key in seen]


def workbook(rows: list[ElementRow], year: int) -> bytes:
    """The overview as on the page."""
    titles = (
        _("Element"), _("Unit of measure"), _("available"), _("needed"), _("secured"),
        pgettext("element", "still open"), _("left over"),
        _("Cover (%)"), pgettext("how many", "Projects"), _("Short from"),
    )  # fmt: skip
    return list_workbook(
        ListSheet(str(year), titles, (16, 14) + (14,) * 8, [_line(row) for row in rows]), name=_("Element")
    )


def _line(row: ElementRow) -> list[Any]:
    sums = row.balance
    cover = None if sums.cover is None else round_half_up(sums.cover * 100, 1)
    names = [localized(row.kind, "name"), localized(row.kind, "unit")]
    return [*names, sums.supply, sums.needed, sums.secured, sums.open, sums.surplus, cover, row.projects, row.short_on]
