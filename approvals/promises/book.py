"""The list of owed papers as a workbook, one row a paper."""

from collections.abc import Iterable
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from approvals.promises.queries import Debt
from projects.ledger.sheet import safe_cell

WIDTHS = (32, 28, 40, 12, 12, 28, 12, 12, 12, 24)


def workbook(debts: Iterable[Debt]) -> bytes:
    """Bytes of the .xlsx; days late are negative working days left, as on the page."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Papers owed")
    for column, (title, width) in enumerate(zip(_titles(), WIDTHS, strict=True), start=1):
        safe_cell(sheet, 1, column, title).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, debt in enumerate(debts, start=2):
        for column, value in enumerate(_values(debt), start=1):
            safe_cell(sheet, number, column, value).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _titles() -> list[str]:
    return [
        _("Project"), _("Step"), _("Paper"), _("Promised on"), _("Due"), _("Before step"), _("Working days left"),
        _("Due day moved on"), _("Settled on"), _("Unit"),
    ]  # fmt: skip


def _values(debt: Debt) -> list:
    row, step = debt.row, debt.row.project_step
    return [
        step.project.name, str(step), row.requirement.name, row.promised_on, row.due_on, debt.before or None, debt.days,
        row.renewed_on, row.lapsed_on, step.unit.name if step.unit else None,
    ]  # fmt: skip
