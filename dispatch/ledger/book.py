"""The filtered ledger as a workbook, one row an item."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from dispatch.ledger.queries import Row
from projects.ledger.lists import Keyed, ListSheet, keyed, list_workbook

WIDTHS = (15, 9, 12, 14, 36, 30, 24, 12, 12, 24, 36, 12, 12, 24, 24, 12, 16, 36)


def workbook(rows: Iterable[Row]) -> bytes:
    """Bytes of the .xlsx; days late are negative working days left, as on the page."""
    return list_workbook(ListSheet(_("Responsibility ledger"), _titles(), WIDTHS, map(_values, rows)))


def _titles() -> list[str]:
    return [
        _("Number"), _("Kind"), _("Category"), _("Source"), _("Title"), _("Project"), _("Responsible unit"),
        _("Person"), _("State"), _("Leader"), _("Measures"), _("From"), _("Until"), _("Acceptance standard"),
        _("Reward and penalty"), _("Working days left"), _("Missing elements"), _("Latest progress"),
    ]  # fmt: skip


def _values(row: Row) -> Keyed:
    item = row.item
    return keyed(item, [
        item.number, item.get_kind_display(), item.get_category_display(), item.get_source_display(), item.title,
        item.project.name if item.project else None, item.unit.name if item.unit else None, item.person_name,
        item.get_state_display(), item.leader, item.measures, item.starts_on, item.due_on, item.standard,
        item.reward_penalty, row.days, "、".join(row.missing), item.progress,
    ])  # fmt: skip
