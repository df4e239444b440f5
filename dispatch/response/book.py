"""The filtered cases as a workbook, one row a case."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dispatch.response.queries import Row
from projects.ledger.lists import Keyed, ListSheet, keyed, list_workbook

WIDTHS = (8, 36, 30, 24, 24, 8, 13, 13, 13, 13, 13, 13, 22, 10)


def workbook(rows: Iterable[Row]) -> bytes:
    """Bytes of the .xlsx."""
    return list_workbook(ListSheet(_("Response cases"), _titles(), WIDTHS, map(_values, rows)))


def _titles() -> list[str]:
    return [
        _("Level"), _("About"), _("Rule"), _("Project"), _("Unit"), _("Dispatch tier"), _("Opened on"),
        _("At this level since"), _("Acknowledge by"), _("Acknowledged on"), _("Plan or meeting by"), _("Cleared by"),
        pgettext("answers", "Overdue"), _("Held"),
    ]  # fmt: skip


def _values(row: Row) -> Keyed:
    case = row.case
    return keyed(case, [
        row.roman, row.line.about, row.line.rule_name, case.project.name if case.project else None,
        case.unit.name if case.unit else None, row.tier, case.opened_on, case.level_since_on, case.acknowledge_by_on,
        case.acknowledged_on, case.act_by_on, case.clear_by_on, row.late_names, _("yes") if case.is_held else "",
    ])  # fmt: skip
