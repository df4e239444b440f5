"""The filtered ledger as a workbook in the layout it is imported in; what comes back unchanged changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, BinaryIO

from django.db.models import QuerySet

from accounts.chunks import chunks
from accounts.models import Park
from dispatch.ledger import queries
from dispatch.ledger.importing.stored import cooperating_of, values_of, with_names
from dispatch.ledger.importing.table import LAYOUT, LEDGER_ITEMS
from dispatch.ledger.importing.values import CATEGORIES
from dispatch.ledger.models import LedgerItem
from projects.ledger.dryrun import units_of
from projects.ledger.layouts import Leaf
from projects.ledger.template import template
from projects.ledger.writer import Row, list_sheet
from workdays.arithmetic import WorkCalendar

CHUNK = 500
STATE, DAYS, SOURCE = "当前状态", "剩余工作日", "来源"
EXPORT = replace(LAYOUT, leaves=(*LAYOUT.leaves, Leaf(STATE, None), Leaf(DAYS, None), Leaf(SOURCE, None)))


def export(rows: QuerySet[LedgerItem], *, park: Park, at: datetime, today: date, calendar: WorkCalendar) -> BinaryIO:
    """These items in their order: an open temporary file. One query, and two for every five hundred."""
    return list_sheet(
        LEDGER_ITEMS, EXPORT, _rows(rows, today, calendar), park=park, at=at, title=f"{park.name_zh}责任台账",
        remarks=(f"填报单位：{park.centre_name_zh or park.name_zh}", f"数据截至：{today.isoformat()}"),
    )  # fmt: skip


def _rows(rows: QuerySet[LedgerItem], today, calendar: WorkCalendar) -> Iterator[Row]:
    for items in chunks(with_names(rows).iterator(chunk_size=CHUNK), CHUNK):
        cooperating = cooperating_of(items)
        for item in items:
            shown: dict[str, Any] = values_of(item, cooperating.get(item.pk, ()))
            shown |= {
                STATE: str(item.get_state_display()),
                DAYS: queries.days_left(item, today, calendar),
                SOURCE: str(item.get_source_display()),
            }
            yield Row(item.pk, item.version, shown)


def empty(user) -> BinaryIO:
    """The ledger to fill in, with the units of the person's park."""
    units = list(units_of(user.park).order_by("name").values_list("name", flat=True))
    choices = {"category": list(CATEGORIES.values()), "responsible_unit": units}
    leaves = tuple(leaf for leaf in LAYOUT.leaves if leaf.field != "number")
    layout = replace(LAYOUT, leaves=leaves)
    return template(LEDGER_ITEMS, layout, park=user.park, title=f"{user.park.name_zh}责任台账", choices=choices)
