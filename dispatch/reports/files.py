"""The three files of a bulletin, made in the request when small and in a worker when long."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.downloads import DOCX, PDF, XLSX
from accounts.models import User
from dispatch.exports.registry import KINDS, Kind, Made, Progress
from dispatch.reports import pages, papers, printing, workbook
from dispatch.reports.issuing import preview
from dispatch.reports.models import Bulletin
from dispatch.reports.workbook import file_name

LONGEST_AT_ONCE = 600  # rows of all annexes together
TYPES = {"xlsx": XLSX, "docx": DOCX, "pdf": PDF}
LABELS = {"xlsx": _("Bulletin as .xlsx"), "docx": _("Bulletin as .docx"), "pdf": _("Bulletin as PDF")}


def rows_in(snapshot: Mapping[str, Any]) -> int:
    """Rows of the annexes."""
    return sum(len(group["rows"]) for group in snapshot["annex1"]["groups"]) + sum(
        len(snapshot[f"annex{number}"]) for number in range(2, 7)
    )


def made(bulletin: Bulletin, fmt: str, snapshot: Mapping[str, Any], progress: Progress = printing.ignore) -> Made:
    """One file of what is shown now; of an issued bulletin always the same content."""
    match fmt:
        case "pdf":
            content = printing.render(snapshot, progress)
        case "docx":
            content = papers.render(snapshot, papers.template_of(bulletin.park_id))
        case _:
            content = workbook.render(snapshot)
    return Made(file_name(snapshot, fmt), TYPES[fmt], content)


def register() -> None:
    for fmt in TYPES:
        KINDS[f"bulletin_{fmt}"] = Kind(label=LABELS[fmt], may=_may, make=_maker(fmt))


def _may(user: User, params: Mapping[str, Any]) -> None:
    """As the page of the bulletin. Raises Http404, PermissionDenied."""
    _bulletin(user, params)


def _bulletin(user: User, params: Mapping[str, Any]) -> Bulletin:
    if set(params) != {"bulletin"} or type(params["bulletin"]) is not int:
        raise Http404
    found = pages.bulletins(user).filter(pk=params["bulletin"]).first()
    if found is None:
        raise Http404
    return found


def _maker(fmt: str):
    def make(user: User, params: Mapping[str, Any], progress: Progress) -> Made:
        bulletin = _bulletin(user, params)
        snapshot = preview(bulletin)
        total = rows_in(snapshot)
        progress(0, total)
        done = made(bulletin, fmt, snapshot, progress)
        progress(total, total)
        return done

    return make
