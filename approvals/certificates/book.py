"""The filtered certificates as a workbook, one row each."""

from collections.abc import Iterable
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from approvals.certificates.queries import Row
from projects.ledger.sheet import safe_cell

WIDTHS = (34, 8, 28, 24, 22, 12, 12, 14, 22, 10, 40)


def workbook(rows: Iterable[Row]) -> bytes:
    """Bytes of the .xlsx; days left are calendar days, negative after the end."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Certificates")
    for column, (title, width) in enumerate(zip(_titles(), WIDTHS, strict=True), start=1):
        safe_cell(sheet, 1, column, title).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(_values(row), start=1):
            safe_cell(sheet, number, column, value).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _titles() -> list[str]:
    return [
        _("Project"), _("Code"), _("Step"), _("Number"), _("Handling unit"), _("Issued on"), _("Valid until"),
        _("Calendar days left"), _("State"), _("Renewed"), _("Renewals"),
    ]  # fmt: skip


def _values(row: Row) -> list:
    certificate, step = row.certificate, row.step
    renewals = "\n".join(f"{line['on']} → {line['until']} {line['reason']}" for line in certificate.history)
    return [
        step.project.name, step.code, step.step.name, certificate.number, step.unit.name if step.unit else None,
        certificate.issued_on, certificate.valid_until, row.days, row.text, certificate.renewals, renewals,
    ]  # fmt: skip
