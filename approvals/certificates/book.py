"""The filtered certificates as a workbook, one row each."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from approvals.certificates.queries import Row
from projects.ledger.lists import Keyed, ListSheet, keyed, list_workbook

WIDTHS = (34, 8, 28, 24, 22, 12, 12, 14, 22, 10, 40)


def workbook(rows: Iterable[Row]) -> bytes:
    """Bytes of the .xlsx; days left are calendar days, negative after the end."""
    return list_workbook(ListSheet(_("Certificates"), _titles(), WIDTHS, map(_values, rows)))


def _titles() -> list[str]:
    return [
        _("Project"), _("Code"), _("Step"), _("Number"), _("Handling unit"), _("Issued on"), _("Valid until"),
        _("Calendar days left"), _("State"), _("Renewed"), _("Renewals"),
    ]  # fmt: skip


def _values(row: Row) -> Keyed:
    certificate, step = row.certificate, row.step
    renewals = "\n".join(f"{line['on']} → {line['until']} {line['reason']}" for line in certificate.history)
    return keyed(certificate, [
        step.project.name, step.code, step.step.name, certificate.number, step.unit.name if step.unit else None,
        certificate.issued_on, certificate.valid_until, row.days, row.text, certificate.renewals, renewals,
    ])  # fmt: skip
