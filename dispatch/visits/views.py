"""Pages of visits: lists, figures, the form for the phone. Parse, fetch what the user may see, call one action."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.attempts import attempt
from accounts.downloads import attachment
from accounts.permissions import Verb, may
from dispatch.doors import require_exporter, require_reader
from dispatch.files import queries as files
from dispatch.visits import access, actions, figures, queries, scope
from dispatch.visits.forms import FiguresForm, FindingFilter, FindingRows, ScopeForm, VisitForm, found_in
from dispatch.visits.importing.export import export
from dispatch.visits.models import PlannedVisit, Visit
from projects.text import number_in

PAGE_SIZE = 50
FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@vary_on_headers("HX-Request")
def visit_list(request):
    """Who opens it wants to know who was visited when, and what came of it."""
    require_reader(request)
    form = ScopeForm(request.GET, user=request.user, today=clock.today())
    page = paged(request, _visits(request, form))
    context = list_context(request, form, page, "dispatch:visit_export")
    context |= {"may_record": access.may_record(request.user), "each": request.GET.get("each", "")}
    context["import_kind"] = "visits" if access.may_plan(request.user) else ""
    return render(request, _part(request, "dispatch/visits/list.html", "dispatch/visits/_rows.html"), context)


@require_safe
def visit_export(request):
    """Who opens it wants the list on the screen as a workbook."""
    require_exporter(request)
    form = ScopeForm(request.GET, user=request.user, today=clock.today())
    with export(_visits(request, form), park=request.user.park, at=clock.now()) as file:
        return as_file(file.read(), "visits")


@require_safe
@vary_on_headers("HX-Request")
def visit_findings(request):
    """Who opens it wants to see the needs and problems that visits found, and which are still open."""
    require_reader(request)
    form = FindingFilter(request.GET, user=request.user, today=clock.today())
    rows = scope.in_state(scope.findings_in(form.scope, request.user), form.cleaned_data.get("state", ""))
    if form.cleaned_data.get("kind"):
        rows = rows.filter(kind=form.cleaned_data["kind"])
    text = form.cleaned_data.get("q", "")
    for word in text.split():
        rows = rows.filter(visit__enterprise__name__icontains=word)
    page = paged(request, queries.findings_for_list(rows))
    context = list_context(request, form, page, "") | {"seen": queries.seen_items(page, request.user)}
    return render(request, _part(request, "dispatch/visits/findings.html", "dispatch/visits/_findings.html"), context)


@require_safe
def visit_figures(request):
    """Who opens it wants to know how many enterprises were visited, what was found and how much of it is solved."""
    require_reader(request)
    form = FiguresForm(request.GET, user=request.user, today=clock.today())
    wanted = form.scope
    context = {
        "form": form,
        "period": wanted.period,
        "total": figures.total(wanted, request.user),
        "lines": figures.lines(wanted, form.way, request.user),
        "way": form.way,
        "export_url": export_url(request, "dispatch:visit_figures_export"),
    }
    return render(request, "dispatch/visits/figures.html", context)


@require_safe
def visit_figures_export(request):
    """Who opens it wants the figures on the screen as a workbook."""
    require_exporter(request)
    form = FiguresForm(request.GET, user=request.user, today=clock.today())
    lines = figures.lines(form.scope, form.way, request.user)
    return as_file(figures.workbook(lines, figures.total(form.scope, request.user)), "visit-figures")


@require_http_methods(FORM_METHODS)
def visit_new(request):
    """Who opens it stands in the enterprise's yard with a phone and wants to write down what was found."""
    require_reader(request)
    if not access.may_record(request.user):
        raise PermissionDenied
    today, planned, enterprise = clock.today(), *_about(request)
    if enterprise is None:
        return _choose(request, today)
    first = {"project": actions.project_of(enterprise, request.user)}
    options = {"enterprise": enterprise, "user": request.user, "today": today, "initial": first}
    form = VisitForm(request.POST or None, request.FILES or None, **options)
    rows = FindingRows(request.POST or None, prefix="found")
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        visit = attempt(form, lambda: _record(request, form, rows, enterprise, planned, today))
        if visit:
            messages.success(request, _("The visit has been recorded."))
            return redirect("dispatch:visit_detail", visit.pk)
    context = {"form": form, "rows": rows, "enterprise": enterprise, "planned": planned}
    return render(request, "dispatch/visits/form.html", context, status=status_of(request, form))


@require_safe
def visit_detail(request, pk):
    """Who opens it wants to read what a visit saw and what has become of its findings."""
    visit = _visit(request, pk)
    findings = list(visit.findings.select_related("item__unit"))
    others = urlencode({"from": "2000-01-01", "q": visit.enterprise.name})
    context = {
        "visit": visit,
        "findings": findings,
        "seen": queries.seen_items(findings, request.user),
        "shelf": files.shelf(visit, request.user),
        "timeline": queries.timeline(visit.history.select_related("by")),
        "may_correct": access.may_correct(visit, request.user),
        "others_url": f"{reverse('dispatch:visit_list')}?{others}",
    }
    return render(request, "dispatch/visits/detail.html", context)


@require_http_methods(FORM_METHODS)
def visit_edit(request, pk):
    """Who opens it has written something wrong, or forgotten a finding."""
    visit, today = _visit(request, pk), clock.today()
    if not access.may_correct(visit, request.user):
        raise PermissionDenied
    first = {name: getattr(visit, name) for name in (*actions.CORRECTABLE, "version")}
    options = {"enterprise": visit.enterprise, "user": request.user, "today": today, "visit": visit}
    form = VisitForm(request.POST or None, initial=first, **options)
    rows = FindingRows(request.POST or None, prefix="found")
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        values = {"fields": form.values(), "findings": found_in(rows), "version": form.cleaned_data["version"]}
        who = {"by": request.user, "at": clock.now(), "today": today}
        if attempt(form, lambda: actions.correct(visit, **values, **who)):
            messages.success(request, _("Saved."))
            return redirect("dispatch:visit_detail", visit.pk)
        on_version(form, _visit(request, pk).version)
    context = {"form": form, "rows": rows, "enterprise": visit.enterprise, "visit": visit}
    return render(request, "dispatch/visits/form.html", context, status=status_of(request, form))


def export_url(request, route: str) -> str:
    allowed = route and may(request.user, Verb.EXPORT_LEDGER)
    return f"{reverse(route)}?{request.GET.urlencode()}" if allowed else ""


def as_file(content: bytes, name: str) -> HttpResponse:
    return attachment(content, f"{name}-{clock.today():%Y%m%d}.xlsx")


def paged(request, rows):
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def list_context(request, form, page, export: str) -> dict:
    return {
        "form": form,
        "period": form.period,
        "page_obj": page,
        "export_url": export_url(request, export),
        "is_each": request.GET.get("each") == "enterprise",
    }


def _part(request, page: str, fragment: str) -> str:
    return fragment if request.htmx and not request.htmx.history_restore_request else page


def _visits(request, form):
    rows = scope.visits_in(form.scope, request.user)
    if request.GET.get("each") == "enterprise":
        rows = scope.each_enterprise(rows)
    return queries.for_list(queries.search(rows, form.cleaned_data.get("q", "")))


def _visit(request, pk) -> Visit:
    require_reader(request)
    rows = Visit.objects.visible_to(request.user)
    named = ("enterprise", "project", "organization", "visitor", "grid", "planned")
    return get_object_or_404(rows.select_related(*named), pk=pk)


def _about(request):
    """The planned visit and the enterprise that the address names, if the user may visit them.

    What is sent when the plan has been settled in the meantime is a visit beside the plan: nothing typed is lost.
    """
    planned, enterprise = (number_in(request.GET.get(name, "")) for name in ("planned", "enterprise"))
    if planned is not None:
        rows = PlannedVisit.objects.visible_to(request.user).select_related("enterprise", "grid").filter(pk=planned)
        if row := rows.filter(cancelled_at=None, visit=None).first():
            return row, row.enterprise
        if request.method == "POST" and (row := rows.first()):
            return None, row.enterprise
    if enterprise is not None:
        return None, get_object_or_404(access.visitable(request.user), pk=enterprise)
    return None, None


def _choose(request, today):
    text = " ".join(request.GET.get("q", "").split())[:100]
    context = {
        "q": text,
        "hits": queries.find_enterprises(request.user, text) if text else [],
        "plan": queries.my_plan(request.user, today),
    }
    return render(request, "dispatch/visits/choose.html", context, status=422 if request.method == "POST" else 200)


def _record(request, form, rows, enterprise, planned, today):
    values = form.values() | {"project": form.cleaned_data["project"], "visited_on": form.cleaned_data["visited_on"]}
    return actions.record(
        enterprise=enterprise, planned=planned, findings=found_in(rows), photos=form.uploads,
        token=form.cleaned_data["token"], by=request.user, at=clock.now(), today=today, **values,
    )  # fmt: skip


def on_version(form, version: int) -> None:
    """After being told that somebody was first, sending the same text again is meant."""
    if getattr(form, "was_overtaken", False):
        form.data = form.data.copy()
        form.data["version"] = str(version)


def status_of(request, form) -> int:
    if request.method != "POST":
        return 200
    return 409 if getattr(form, "was_overtaken", False) else 422
