"""Files of the wall that take long: made in the worker, offered in place of the wait."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.downloads import PDF, XLSX
from accounts.models import User
from accounts.permissions import Verb, may
from dispatch.exports.registry import KINDS, Kind, Made, Progress
from dispatch.wall import paper, workbook
from dispatch.wall.choices import Chosen, chosen
from projects.access import is_enterprise

MOST_AT_ONCE = 1000  # projects a person waits for; about two seconds


def offer(request: HttpRequest, found: Chosen, kind: str, title: str) -> HttpResponse | None:
    """A page with the choice, for more than MOST_AT_ONCE projects; nothing when the person has chosen to wait."""
    if "now" in request.GET or len(found.lines) <= MOST_AT_ONCE:
        return None
    here = request.GET.copy()
    here["now"] = "1"
    context = {
        "count": len(found.lines),
        "kind": kind,
        "params": {"query": request.GET.urlencode()},
        "title": title,
        "now_url": f"{request.path}?{here.urlencode()}",
    }
    return render(request, "dispatch/exports/offer.html", context)


def name_of(found: Chosen, ending: str) -> str:
    """E.g. 挂图作战2026-11-22.a0.pdf"""
    return _("wall of plans {day}.{ending}").format(day=found.today.isoformat(), ending=ending)


def may_have(user: User, params: Mapping[str, Any]) -> None:
    """As the page. Raises PermissionDenied."""
    if user.role_id is None or is_enterprise(user) or user.park is None or not may(user, Verb.EXPORT_LEDGER):
        raise PermissionDenied
    QueryDict(params["query"])


def make_pdf(user: User, params: Mapping[str, Any], progress: Progress) -> Made:
    """Paper with the projects this person may see now."""
    query = QueryDict(params["query"])
    found, size = chosen(query, user, clock.today()), "a0" if query.get("paper") == "a0" else "a3"
    content = paper.made(found, size, park=user.park, now=clock.now(), progress=progress)
    return Made(name_of(found, f"{size}.pdf"), PDF, content)


def make_xlsx(user: User, params: Mapping[str, Any], progress: Progress) -> Made:
    """The workbook with the projects this person may see now."""
    found = chosen(QueryDict(params["query"]), user, clock.today())
    return Made(name_of(found, "xlsx"), XLSX, workbook.made(found, progress))


def register() -> None:
    KINDS["wall_pdf"] = Kind(gettext_lazy("Wall of plans on paper"), may_have, make_pdf)
    KINDS["wall_xlsx"] = Kind(gettext_lazy("Wall of plans as a list"), may_have, make_xlsx)
