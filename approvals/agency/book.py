"""The services of a period as a workbook: the counts on the first sheet, the entries on the second."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from approvals.agency.queries import Total
from approvals.models import AgentAction
from projects.ledger.sheet import safe_cell


def workbook(totals: Iterable[Total], entries: Iterable[AgentAction]) -> bytes:
    """Bytes of the .xlsx; cancelled entries are on the second sheet with their reason and in no count."""
    book = Workbook()
    titles = [_("Name"), _("Belongs to"), _("Entries"), _("Projects"), _("Latest")]
    rows = [[t.name, t.more, t.entries, t.projects, t.last_on] for t in totals]
    _fill(book.active, _("Counts"), titles, (28, 34, 10, 10, 12), rows)
    titles = [
        _("On"), _("Agent"), _("Organization"), _("Project"), _("On behalf of"), _("Step"), _("What was done"),
        _("Cancelled because"),
    ]  # fmt: skip
    _fill(book.create_sheet(), _("Entries"), titles, (12, 14, 24, 34, 34, 26, 50, 30), map(_values, entries))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet, title: str, titles: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence]) -> None:
    sheet.title = title
    for column, (name, width) in enumerate(zip(titles, widths, strict=True), start=1):
        safe_cell(sheet, 1, column, name).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            safe_cell(sheet, number, column, value).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _values(row: AgentAction) -> list:
    return [
        row.on, str(row.agent), row.agent.organization.name if row.agent.organization_id else None, row.project.name,
        row.on_behalf_of, str(row.project_step) if row.project_step else None, row.what, row.cancelled_reason,
    ]  # fmt: skip
