"""Pages of the services on behalf. Parse, fetch what the user may see, call one action, answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.downloads import attachment
from accounts.errors import Conflict, Refused
from accounts.permissions import Verb, may
from approvals.agency import actions, book, queries
from approvals.agency.forms import CancelForm, PeriodFilter, RecordForm
from approvals.figures.tabs import tabs
from approvals.models import AgentAction
from projects.access import project_or_404

PAGE_SIZE = 50
MY_PROJECTS = 12


def _visible(request):
    """Entries the person may see; enterprises read theirs on their own page: 404."""
    if request.user.role is None or request.user.role.scope == "enterprise":
        raise Http404
    return AgentAction.objects.visible_to(request.user)


def _period(request):
    """(filter, entries that pass it)."""
    visible = _visible(request)
    form = PeriodFilter(request.GET, user=request.user, today=clock.today())
    return form, form.narrow(visible)


@require_safe
def agency(request):
    """Who opens it wants to know who did how much for whom, or is an agent about to write something down."""
    form, rows = _period(request)
    page = Paginator(queries.for_list(rows), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "numbers": queries.numbers(rows),
        "totals": [(total, _narrower(request, form, total)) for total in queries.totals(rows, form.grouping)],
        "group": queries.GROUPS[form.grouping],
        "mine": list(queries.projects_of(request.user)[:MY_PROJECTS]),
        "export_url": _export_url(request),
        "tabs": tabs(request.user, "agency"),
    }
    return render(request, "approvals/agency/list.html", context)


def _narrower(request, form, total) -> str:
    """Address of exactly the entries behind one count; none where no step was named."""
    if total.key == "":
        return ""
    query = request.GET.copy()
    query.pop("page", None)
    query["since"], query["until"] = form["since"].value(), form["until"].value()
    query["group"], query[form.grouping] = form.grouping, total.key
    return f"?{query.urlencode()}"


def _export_url(request) -> str:
    if not may(request.user, Verb.EXPORT_LEDGER):
        return ""
    return f"{reverse('approvals:agency_export')}?{request.GET.urlencode()}"


@require_safe
def agency_export(request):
    """Who opens it wants the period on the screen as a workbook."""
    form, rows = _period(request)
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied
    content = book.workbook(queries.totals(rows, form.grouping), queries.for_list(rows))
    return attachment(content, f"agency-{clock.today():%Y%m%d}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def agency_record(request, pk):
    """Who opens it, often on a phone, has just done something for the enterprise and wants it written down."""
    project = project_or_404(request, pk)
    if not actions.may_record(request.user, project):
        raise PermissionDenied
    edge = {"project": project, "user": request.user, "today": clock.today(), "step_code": request.GET.get("step", "")}
    form = RecordForm(request.POST or None, **edge)
    if request.method == "POST" and form.is_valid():
        try:
            when = {"by": request.user, "at": clock.now(), "today": clock.today()}
            actions.record(project, **form.arguments(), **when)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded."))
            return redirect(f"{reverse('projects:detail', args=[project.pk])}?tab=enterprise")
    context = {"form": form, "project": project}
    return render(request, "approvals/agency/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def agency_cancel(request, pk):
    """Who opens it wrote something down by mistake."""
    rows = _visible(request).select_related("project__park", "agent")
    row = get_object_or_404(rows, pk=pk)
    own = row.agent_id == request.user.pk and actions.is_agent(request.user, row.project)
    if not (own or actions.records_for_any(request.user, row.project)):
        raise PermissionDenied
    form = CancelForm(request.POST or None)
    back = f"{reverse('projects:detail', args=[row.project_id])}?tab=enterprise"
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel(row, **form.cleaned_data, by=request.user, at=clock.now())
        except Conflict:
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Cancelled. The entry stays on the list."))
            return redirect(back)
    context = {"form": form, "entry": row, "back": back}
    return render(request, "approvals/agency/cancel.html", context, status=422 if form.errors else 200)
