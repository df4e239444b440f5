"""The filtered instructions as a workbook, one row an instruction."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dispatch.supervision.models import Instruction
from projects.ledger.lists import Keyed, ListSheet, keyed, list_workbook

WIDTHS = (16, 60, 14, 13, 10, 32, 24, 12, 13)


def workbook(rows: Iterable[Instruction]) -> bytes:
    """Bytes of the .xlsx. Needs item__unit, leader and project of each."""
    titles = [
        _("Number"), _("Instruction"), pgettext("instruction", "Leader"), pgettext("instruction", "Issued on"),
        _("Urgency"), _("Project"), _("Lead unit"), _("State"), _("Deadline"),
    ]  # fmt: skip
    return list_workbook(ListSheet(_("Instructions"), titles, WIDTHS, map(_values, rows)))


def _values(row: Instruction) -> Keyed:
    item = row.item
    return keyed(row, [
        row.number, row.text, str(row.leader), row.issued_on, row.get_urgency_display(),
        row.project.name if row.project else None, item.unit.name if item.unit else None, item.get_state_display(),
        item.due_on,
    ])  # fmt: skip
