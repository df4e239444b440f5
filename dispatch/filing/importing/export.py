"""The filings of a month as a workbook in the layout they are imported in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from dispatch.filing import queries
from dispatch.filing.importing.dryrun import filings_of, values_of
from dispatch.filing.importing.table import FILINGS, LAYOUT
from dispatch.filing.models import FilingRound
from projects.ledger.layouts import Leaf
from projects.ledger.template import template
from projects.ledger.writer import Row, list_sheet

FILER, STATE, RETURNED, HANDED_IN, LATE = "填报单位（人）", "状态", "退回原因", "报送时间", "逾期"
EXPORT = replace(
    LAYOUT, leaves=(*LAYOUT.leaves, *(Leaf(name, None, width=16) for name in (FILER, STATE, RETURNED, HANDED_IN, LATE)))
)


def export(window: FilingRound, rows, *, at: datetime) -> BinaryIO:
    """These filings of the window, by organization and project; money 万元. An open temporary file."""
    return list_sheet(
        FILINGS, EXPORT, _rows(rows), park=window.park, at=at, title=f"{window.park.name_zh}投资填报",
        remarks=(f"报告月份：{window.year}年{window.month}月", "单位：万元"), year=window.year, month=window.month,
    )  # fmt: skip


def _rows(rows) -> Iterator[Row]:
    found = queries.for_list(rows).select_related(*queries.LIST).iterator(chunk_size=500)
    for row in queries.rows_of(found):
        filing = row.filing
        shown = values_of(filing) | {
            FILER: str(row.filer or ""), STATE: str(row.word), RETURNED: filing.return_reason or None,
            HANDED_IN: f"{localtime(filing.submitted_at):%Y-%m-%d %H:%M}" if filing.submitted_at else None,
            LATE: _("yes") if filing.is_late else None,
        }  # fmt: skip
        yield Row(filing.pk, filing.version, shown)


def empty(user) -> BinaryIO:
    """The workbook of the present month to fill in, with the names of the projects the person files for."""
    window = queries.current_round(user)
    names = [] if window is None else [row.project.name for row in filings_of(window, user)]
    month = {"year": window.year, "month": window.month} if window else {}
    title = f"{user.park.name_zh}投资填报"
    return template(FILINGS, LAYOUT, park=user.park, title=title, choices={"project_name": names}, **month)
