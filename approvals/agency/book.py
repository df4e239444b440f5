"""The services of a period as a workbook: the counts on the first sheet, the entries on the second."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from approvals.agency.queries import Total
from approvals.models import AgentAction
from projects.ledger.lists import Keyed, ListSheet, keyed, list_workbook


def workbook(totals: Iterable[Total], entries: Iterable[AgentAction]) -> bytes:
    """Bytes of the .xlsx; cancelled entries are on the second sheet with their reason and in no count."""
    titles = [_("Name"), _("Belongs to"), _("Entries"), _("Projects"), _("Latest")]
    rows = [[t.name, t.more, t.entries, t.projects, t.last_on] for t in totals]
    counts = ListSheet(_("Counts"), titles, (28, 34, 10, 10, 12), rows)
    titles = [
        _("On"), _("Agent"), _("Organization"), _("Project"), _("On behalf of"), _("Step"), _("What was done"),
        _("Cancelled because"),
    ]  # fmt: skip
    widths = (12, 14, 24, 34, 34, 26, 50, 30)
    return list_workbook(counts, ListSheet(_("Entries"), titles, widths, map(_values, entries)))


def _values(row: AgentAction) -> Keyed:
    return keyed(row, [
        row.on, str(row.agent), row.agent.organization.name if row.agent.organization_id else None, row.project.name,
        row.on_behalf_of, str(row.project_step) if row.project_step else None, row.what, row.cancelled_reason,
    ])  # fmt: skip
