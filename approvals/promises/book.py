"""The list of owed papers as a workbook, one row a paper."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from approvals.promises.queries import Debt
from projects.ledger.lists import Keyed, ListSheet, keyed, list_workbook

WIDTHS = (32, 28, 40, 12, 12, 28, 12, 12, 12, 24)


def workbook(debts: Iterable[Debt]) -> bytes:
    """Bytes of the .xlsx; days late are negative working days left, as on the page."""
    return list_workbook(ListSheet(_("Papers owed"), _titles(), WIDTHS, map(_values, debts)))


def _titles() -> list[str]:
    return [
        _("Project"), _("Step"), _("Paper"), _("Promised on"), _("Due"), _("Before step"), _("Working days left"),
        _("Due day moved on"), _("Settled on"), _("Unit"),
    ]  # fmt: skip


def _values(debt: Debt) -> Keyed:
    row, step = debt.row, debt.row.project_step
    return keyed(row, [
        step.project.name, str(step), row.requirement.name, row.promised_on, row.due_on, debt.before or None, debt.days,
        row.renewed_on, row.lapsed_on, step.unit.name if step.unit else None,
    ])  # fmt: skip
