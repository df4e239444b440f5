"""The ledger as a board: the first items of each column in one query, and how many each column has in another."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from accounts.models import Organization
from dispatch.ledger import queries
from dispatch.ledger.models import LedgerItem
from workdays.arithmetic import WorkCalendar

MOST_SHOWN = 20
BY = {"board": "state", "units": "unit"}  # name in the address → column of the item


@dataclass
class Column:
    """``key``: state, or id of the unit (None: of no unit); ``total``: items of the column, shown or not."""

    key: str | int | None
    label: str
    total: int = 0
    rows: list[queries.Row] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def board(rows, by: str, sort: str, today: date, calendar: WorkCalendar) -> list[Column]:
    """Columns in the order of the work, or by the units' names; at most MOST_SHOWN items each, in the order ``sort``.

    Three queries however many items there are.
    """
    totals = dict(rows.order_by().values_list(by).annotate(number=Count("pk")))
    columns = {key: Column(key, label, totals.get(key, 0)) for key, label in _heads(by, totals)}
    order = queries.order_of(sort)
    nth = Window(RowNumber(), partition_by=[F(by)], order_by=order)
    first = queries.for_list(rows.annotate(nth=nth).filter(nth__lte=MOST_SHOWN)).order_by(*order)
    for row in queries.rows_of(first, today, calendar):
        columns[row.item.unit_id if by == "unit" else row.item.state].rows.append(row)
    return list(columns.values())


def _heads(by: str, totals) -> list[tuple]:
    if by == "state":
        closed = LedgerItem.State.CLOSED
        return [(key, str(label)) for key, label in LedgerItem.State.choices if key != closed or totals.get(key)]
    units = Organization.objects.filter(pk__in=[key for key in totals if key]).order_by("name")
    nobody = [(None, _("Nobody yet"))] if None in totals else []
    return [*nobody, *((unit.pk, str(unit)) for unit in units)]
