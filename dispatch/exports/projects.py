"""The project ledger of a long list: offered in the background instead of made while the person waits."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.downloads import XLSX
from accounts.models import User
from accounts.permissions import Verb, may
from dispatch.exports.registry import KINDS, Kind, Made, Progress
from projects import seams
from projects.access import is_enterprise
from projects.ledger.export import chosen, export

KIND = "project_ledger"
MOST_AT_ONCE = 1000  # rows a person waits for


def offer(request: HttpRequest, rows) -> HttpResponse | None:
    """A page with the choice, for more than MOST_AT_ONCE rows; nothing when the person has chosen to wait."""
    if "now" in request.GET or (count := rows.count()) <= MOST_AT_ONCE:
        return None
    here = request.GET.copy()
    here["now"] = "1"
    context = {
        "count": count,
        "kind": KIND,
        "params": {"query": request.GET.urlencode()},
        "title": _("Project ledger of %(day)s") % {"day": clock.today().isoformat()},
        "now_url": f"{request.path}?{here.urlencode()}",
    }
    return render(request, "dispatch/exports/offer.html", context)


def may_have(user: User, params: Mapping[str, Any]) -> None:
    """As the page of the same list."""
    if is_enterprise(user) or user.park is None or not may(user, Verb.EXPORT_LEDGER):
        raise PermissionDenied
    QueryDict(params["query"])


def make(user: User, params: Mapping[str, Any], progress: Progress) -> Made:
    """The workbook with the rows this person may see now."""
    today, rows = clock.today(), chosen(QueryDict(params["query"]), user)
    file = export(rows, park=user.park, year=today.year, month=today.month, at=clock.now(), progress=progress)
    return Made(_("project ledger {day}.xlsx").format(day=today.isoformat()), XLSX, file)


def register() -> None:
    KINDS[KIND] = Kind(gettext_lazy("Project ledger"), may_have, make)
    if offer not in seams.long_lists:
        seams.long_lists.append(offer)
