"""An own report as a file made in a worker."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.downloads import XLSX
from accounts.models import User
from dispatch.exports.registry import KINDS, Kind, Made, Progress
from dispatch.own_reports import workbook
from dispatch.own_reports.actions import raw_of
from dispatch.own_reports.columns import Env
from dispatch.own_reports.models import SavedReport
from dispatch.own_reports.reading import Reading

KIND = "own_report"
MOST_AT_ONCE = 1000  # rows a person waits for


def report_of(user: User, params: Mapping[str, Any]) -> SavedReport:
    """Raises Http404 when the report is gone or not for this person."""
    report = SavedReport.objects.of(user).filter(pk=int(params["report"])).first()
    if report is None:
        raise Http404
    return report


def may_have(user: User, params: Mapping[str, Any]) -> None:
    report_of(user, params)


def file_name(report: SavedReport, day) -> str:
    return f"{report.name}-{day.isoformat()}.xlsx"


def made(report: SavedReport, reading: Reading, progress: Progress = lambda done, total: None) -> Made:
    content = workbook.render(reading, title=report.name, progress=progress)
    return Made(file_name(report, reading.env.today), XLSX, content)


def make(user: User, params: Mapping[str, Any], progress: Progress) -> Made:
    """The rows that this person may see now."""
    report = report_of(user, params)
    return made(report, Reading(raw_of(report), Env(user, clock.today())), progress)


def register() -> None:
    KINDS[KIND] = Kind(_("Own report"), may_have, make)
