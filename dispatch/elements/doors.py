"""What all pages of elements share: who may open them, how a form is answered, how a list is sent as a file."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.downloads import attachment
from accounts.permissions import Verb, may
from dispatch.elements import access
from dispatch.elements.models import ElementEntry
from projects.errors import InvalidFields

PAGE_SIZE = 50
HISTORY = 50
FORM_METHODS = ["GET", "HEAD", "POST"]


def require_reader(request) -> None:
    """For enterprises and people without a role these pages do not exist; without the verb they are closed."""
    user = request.user
    if user.role_id is None or user.organization_id is None or user.role.scope == "enterprise":
        raise Http404
    if not access.may_view(user):
        raise PermissionDenied


def require_exporter(request) -> None:
    require_reader(request)
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied


def seen(request, model, pk: int, *related: str):
    """The row if this person may know of it. Raises Http404."""
    require_reader(request)
    return get_object_or_404(model.objects.visible_to(request.user).select_related(*related), pk=pk)


def run(form, action: Callable[[], Any]) -> Any:
    """The action's result, or None with its refusal in the form, at the field where there is one."""
    wrong: dict[str, list[str]] = {}

    def noting() -> Any:
        try:
            return action()
        except InvalidFields as refusal:
            wrong.update(refusal.errors)
            return None

    done = attempt(form, noting)
    for name, sentences in wrong.items():
        form.add_error(name if name in form.fields else None, sentences)
    return done


def form_page(
    request,
    form,
    save: Callable[[], Any],
    *,
    title: str,
    back: str,
    crumb: str,
    present: int | None = None,
    **more: Any,
):
    """A page with one form: accepted, it leads ``back``; refused, what was typed stays.

    ``present``: version of the row as it is now; after being told that somebody was first, sending again is meant.
    """
    if request.method == "POST" and form.is_valid():
        if run(form, save) is not None:
            messages.success(request, _("Saved."))
            return redirect(back)
        if getattr(form, "was_overtaken", False):
            form.data = form.data.copy()
            form.data["version"] = "" if present is None else str(present)
    context = {"form": form, "title": title, "back": back, "crumb": crumb} | more
    return render(request, "dispatch/elements/form.html", context, status=status_of(form))


def edge(request) -> dict[str, Any]:
    return {"by": request.user, "at": clock.now()}


def export_url(request, route: str) -> str:
    """The list on the screen as a file, for those who may take it away."""
    return f"{reverse(route)}?{request.GET.urlencode()}" if may(request.user, Verb.EXPORT_LEDGER) else ""


def as_file(content: bytes, name: str) -> HttpResponse:
    return attachment(content, f"{name}-{clock.today():%Y%m%d}.xlsx")


def paged(request, rows):
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def history_of(kind: str, pk: int):
    rows = ElementEntry.objects.filter(object_type=kind, object_id=pk).select_related("by")
    return rows[:HISTORY]


def part(request, page: str, fragment: str) -> str:
    """The template: the part that htmx asked for, or the page."""
    return fragment if request.htmx and not request.htmx.history_restore_request else page
