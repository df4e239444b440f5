"""Pages of the responsibility ledger that show. Parse, fetch what the user may see, answer."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.downloads import attachment
from accounts.permissions import Verb, may
from dispatch.ledger import boards, queries
from dispatch.ledger.filters import LedgerFilter
from dispatch.ledger.importing.export import export
from dispatch.ledger.pages import detail, item_of, visible_items
from workdays.models import load_calendar

PAGE_SIZE = 50
RARE = ("unit", "category", "kind", "source")


@require_safe
@vary_on_headers("HX-Request")
def ledger_list(request):
    """Who opens it wants to know which items wait for them and which are late."""
    visible = visible_items(request)
    today, calendar = clock.today(), load_calendar()
    soon = queries.soon(today, calendar)
    form = LedgerFilter(request.GET, user=request.user, today=today, soon=soon)
    sort = request.GET.get("sort", queries.DEFAULT_SORT)
    rows = queries.for_list(queries.ordered(form.narrow(visible), sort))
    view = request.GET.get("view", "")
    context = {
        "form": form,
        "sort": sort,
        "views": _views(request, view),
        "chips": _chips(request, form),
        "may_register": may(request.user, Verb.REGISTER_LEDGER_ITEM),
        "export_url": _export_url(request),
        "import_kind": "ledger_items" if may(request.user, Verb.IMPORT_LEDGER) else "",
    }
    if view in boards.BY:
        columns = boards.board(form.narrow(visible), boards.BY[view], sort, today, calendar)
        context |= {"board": columns, "view": view, "count": sum(column.total for column in columns)}
    else:
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {"page_obj": page, "rows": queries.rows_of(page, today, calendar), "count": page.paginator.count}
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "dispatch/ledger_rows.html", context)
    context["stats"] = queries.counts(visible, today, soon)
    context["more_open"] = any(request.GET.get(name) for name in RARE)
    return render(request, "dispatch/ledger_list.html", context)


@require_safe
def ledger_export(request):
    """Who opens it wants the list on the screen as a workbook."""
    visible = visible_items(request)
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied
    today, calendar = clock.today(), load_calendar()
    form = LedgerFilter(request.GET, user=request.user, today=today, soon=queries.soon(today, calendar))
    rows = queries.ordered(form.narrow(visible), request.GET.get("sort", ""))
    with export(rows, park=request.user.park, at=clock.now(), today=today, calendar=calendar) as file:
        return attachment(file.read(), f"ledger-{today:%Y%m%d}.xlsx")


@require_safe
def ledger_detail(request, pk):
    """Who opens it wants to know what they have to do with this item, and to do it at once."""
    return detail(request, item_of(request, pk))


def _views(request, view: str) -> list[dict]:
    """Table, board by state, board by unit: the same rows, so each keeps the filters."""
    names = [("", _("Table")), ("board", _("Board by state")), ("units", _("Board by unit"))]
    present, tabs = (view if view in boards.BY else ""), []
    for name, label in names:
        query = request.GET.copy()
        for gone in ("page", "view"):
            query.pop(gone, None)
        if name:
            query["view"] = name
        tabs.append({"label": label, "href": f"?{query.urlencode()}", "active": name == present})
    return tabs


def _chips(request, form) -> list[dict]:
    if not form.chosen_project:
        return []
    query = request.GET.copy()
    query.pop("project", None)
    query.pop("page", None)
    return [{"label": _("Project"), "value": form.chosen_project.name, "remove_url": f"?{query.urlencode()}"}]


def _export_url(request) -> str:
    if not may(request.user, Verb.EXPORT_LEDGER):
        return ""
    return f"{reverse('dispatch:ledger_export')}?{request.GET.urlencode()}"
