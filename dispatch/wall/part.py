"""Puts the wall beside table and board of the project list, and its files into the worker."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dispatch.wall import files
from projects import seams

ELSEWHERE = ("view", "page", "sort")  # of the list; the wall has an order of its own


def view_of_list(request: HttpRequest) -> dict[str, Any]:
    """The wall with the filters of the list."""
    query = request.GET.copy()
    for name in ELSEWHERE:
        query.pop(name, None)
    address = reverse("dispatch:wall")
    return {"label": _("Wall of plans"), "href": f"{address}?{query.urlencode()}" if query else address}


def register() -> None:
    files.register()
    if view_of_list not in seams.list_views:
        seams.list_views.append(view_of_list)
