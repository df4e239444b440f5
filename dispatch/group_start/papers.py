"""集中开工项目清单 as a workbook and on paper (A4 or A3)."""

from collections.abc import Sequence
from datetime import date

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts import pdf
from accounts.i18n import localized
from dispatch.group_start import queries
from dispatch.group_start.models import GroupStart
from dispatch.group_start.queries import Candidate
from dispatch.group_start.readiness import Readiness, Ready
from projects.ledger.lists import Keyed, ListSheet, keyed, list_workbook

NAME = "集中开工项目清单"
SIZES = ("A4", "A3")


def workbook(start: GroupStart, rows: Sequence[Candidate]) -> bytes:
    """One row for each step a project lacks; a project that lacks none has one row."""
    titles = [
        _("No."), _("Project"), _("Enterprise"), _("Total investment (10k CNY)"), _("Responsible unit"),
        _("Can start"), _("Working days"), _("Forecast"), _("Started on"), _("Still lacks"), _("By whom"),
        _("Latest finish"), _("Note"),
    ]  # fmt: skip
    lines = [line for number, row in enumerate(rows, 1) for line in _lines(number, row)]
    return list_workbook(ListSheet(NAME, titles, [6, 32, 28, 14, 20, 10, 10, 12, 12, 44, 20, 12, 24], lines))


def _lines(number: int, row: Candidate) -> list[Keyed]:
    found, project = row.readiness, row.project
    head = [
        number, project.name, str(project.enterprise or ""), project.total_investment_10k,
        str(project.responsible_unit or ""), row.outcome_name if row.has_started else row.status or row.word,
        _days(found), found.forecast_on, row.actual_on,
    ]  # fmt: skip
    note = row.entry.note if row.entry else ""
    lacks = [[lack.text, lack.unit_name, lack.latest_on] for lack in row.lacks] or [["", "", None]]
    return [keyed(row.entry or project, [*head, *lack, note]) for lack in lacks]


def _days(found: Readiness) -> int | None:
    """Working days to spare; below 0: short by; None when not known."""
    if found.ready is Ready.UNKNOWN:
        return None
    return -found.days if found.ready is Ready.NO else found.days


def paper(start: GroupStart, rows: Sequence[Candidate], *, today: date, size: str = "A4") -> bytes:
    """The list across the page, as PDF."""
    context = {
        "title": f"{start.title}　{NAME}",
        "foot": f"{localized(start.park, 'name')} · {today.isoformat()}",
        "landscape": True,
        "size": size if size in SIZES else SIZES[0],
        "start": start,
        "rows": rows,
        "totals": queries.totals(rows),
    }
    return pdf.from_html(render_to_string("dispatch/group_start/list_pdf.html", context))
