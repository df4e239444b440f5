"""The list of applications for funds with its totals. Reads only."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dispatch.elements.models import FundingApplication
from projects.ledger.lists import ListSheet, keyed, list_workbook
from projects.text import normalise_name

SORTS = {
    "title": "title", "project": "project__name_key", "kind": "kind", "state": "state", "asked": "asked_10k",
    "granted": "granted_10k", "paid": "paid_10k", "submitted": "submitted_on",
}  # fmt: skip
DEFAULT_SORT = "-submitted"
NOTHING = Decimal(0)


@dataclass(frozen=True)
class KindSums:
    """Applications of one kind, 万元; ``kind`` "": all of them together."""

    kind: str
    name: str
    number: int
    asked: Decimal
    granted: Decimal
    paid: Decimal


def narrowed(rows: QuerySet[FundingApplication], *, kind: str = "", state: str = "", year: int | None, q: str = ""):
    """``year``: handed in or decided in it; what has no day yet belongs to none."""
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    if year:
        rows = rows.filter(Q(submitted_on__year=year) | Q(decided_on__year=year))
    for word in q.split():
        rows = rows.filter(Q(title__icontains=word) | Q(project__search_text__icontains=normalise_name(word)))
    return rows


def ordered(rows: QuerySet[FundingApplication], sort: str) -> QuerySet[FundingApplication]:
    sort = sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT
    column = F(SORTS[sort.removeprefix("-")])
    order = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    return rows.select_related("project").order_by(order, "-pk")


def sums(rows: QuerySet[FundingApplication]) -> list[KindSums]:
    """Each kind that there is, then all together; the last line is the sum of the others."""
    grouped = rows.order_by().values("kind").annotate(
        number=Count("pk"), asked=Sum("asked_10k"), granted=Sum("granted_10k"), paid=Sum("paid_10k")
    )  # fmt: skip
    known = {row["kind"]: row for row in grouped}
    found = [
        KindSums(kind.value, str(kind.label), known[kind]["number"], *(known[kind][n] or NOTHING for n in _MONEY))
        for kind in FundingApplication.Kind if kind in known
    ]  # fmt: skip
    together = (sum((getattr(row, name) for row in found), NOTHING) for name in _MONEY)
    return [*found, KindSums("", _("Total"), sum(row.number for row in found), *together)]


_MONEY = ("asked", "granted", "paid")


def workbook(rows: QuerySet[FundingApplication]) -> bytes:
    """The list with a total below, and the sums by kind."""
    found, by_kind = list(rows), sums(rows)
    total = by_kind[-1]
    titles = (
        _("Application"), _("Project"), _("Kind"), _("State"), _("asked for (10k CNY)"), _("granted (10k CNY)"),
        _("paid out (10k CNY)"), _("handed in on"), pgettext("funds", "decided on"), _("note"),
    )  # fmt: skip
    body: list[Any] = [
        keyed(row, [row.title, row.project.name, row.get_kind_display(), row.get_state_display(), row.asked_10k,
         row.granted_10k, row.paid_10k, row.submitted_on, row.decided_on, row.note])
        for row in found
    ]  # fmt: skip
    body.append([_("Total"), "", "", "", total.asked, total.granted, total.paid, None, None, ""])
    lines = [[row.name, row.number, row.asked, row.granted, row.paid] for row in by_kind]
    return list_workbook(
        ListSheet(_("Applications"), titles, (36, 32, 18, 12, 16, 16, 16, 12, 12, 40), body),
        ListSheet(_("By kind"), (_("Kind"), pgettext("how many", "Number"), *titles[4:7]), (20, 8, 16, 16, 16), lines),
    )
