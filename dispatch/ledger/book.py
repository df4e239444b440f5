"""The filtered ledger as a workbook, one row an item."""

from collections.abc import Iterable
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from dispatch.ledger.queries import Row
from projects.ledger.sheet import safe_cell

WIDTHS = (15, 9, 12, 14, 36, 30, 24, 12, 12, 24, 36, 12, 12, 24, 24, 12, 16, 36)


def workbook(rows: Iterable[Row]) -> bytes:
    """Bytes of the .xlsx; days late are negative working days left, as on the page."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Responsibility ledger")
    for column, (title, width) in enumerate(zip(_titles(), WIDTHS, strict=True), start=1):
        safe_cell(sheet, 1, column, str(title)).font = Font(bold=True)
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
        _("Number"), _("Kind"), _("Category"), _("Source"), _("Title"), _("Project"), _("Responsible unit"),
        _("Person"), _("State"), _("Leader"), _("Measures"), _("From"), _("Until"), _("Acceptance standard"),
        _("Reward and penalty"), _("Working days left"), _("Missing elements"), _("Latest progress"),
    ]  # fmt: skip


def _values(row: Row) -> list:
    item = row.item
    return [
        item.number, item.get_kind_display(), item.get_category_display(), item.get_source_display(), item.title,
        item.project.name if item.project else None, item.unit.name if item.unit else None, item.person_name,
        item.get_state_display(), item.leader, item.measures, item.starts_on, item.due_on, item.standard,
        item.reward_penalty, row.days, "、".join(row.missing), item.progress,
    ]  # fmt: skip
