"""The filtered measures as a workbook, one row a measure."""

from collections.abc import Iterable

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dispatch.measures.models import Measure
from projects.ledger.lists import Keyed, ListSheet, keyed, list_workbook

WIDTHS = (36, 14, 44, 60, 36, 16, 14, 12, 30)


def workbook(rows: Iterable[Measure]) -> bytes:
    """Bytes of the .xlsx. ``rows`` carry ``times_used``."""
    return list_workbook(ListSheet(pgettext("reusable", "Measures"), _titles(), WIDTHS, map(_values, rows)))


def _titles() -> list[str]:
    return [
        _("Title"), _("Category"), _("Problem"), _("How it was solved"), _("When it applies"), _("From item"),
        _("Published on"), _("Taken over (times)"), _("Withdrawn because"),
    ]  # fmt: skip


def _values(row: Measure) -> Keyed:
    return keyed(row, [
        row.title, row.get_category_display(), row.problem, row.solution, row.conditions,
        row.item.number if row.item else None, localtime(row.published_at).date(), row.times_used, row.withdrawn_reason,
    ])  # fmt: skip
