"""Pages of the centre: the months, the board of one, checking, locking, restatements. Parse, fetch, call one action."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.attempts import status_of
from accounts.downloads import attachment
from accounts.errors import Refused
from accounts.permissions import Verb, may
from dispatch.filing import actions, queries, restating, rounds, scope
from dispatch.filing.forms import BoardFilter, DecideForm, FilerForm, ReturnForm, VersionForm, tried
from dispatch.filing.importing.export import export
from dispatch.filing.models import Filing, FilingDuty, FilingRound
from dispatch.filing.views import (
    FETCHED,
    FORM_METHODS,
    PAGE_SIZE,
    found,
    on_version,
    require_checker,
    require_exporter,
    require_staff,
)
from projects.models import Project
from projects.text import number_in

SHOWN = 8  # refusals of a bulk acceptance told on the page


@require_safe
def filing_round_list(request):
    """Who opens it wants to see how complete each month is, and go to one."""
    require_staff(request)
    return render(request, "dispatch/filing/rounds.html", {"rows": queries.rounds_for(request.user)})


@require_safe
def filing_round(request, pk):
    """Who opens it wants to know who has not handed in, and to check what has come."""
    window = _window(request, pk)
    visible = Filing.objects.visible_to(request.user).filter(round=window)
    lines = queries.board(window, visible)
    form = BoardFilter(request.GET, window=window, lines=lines)
    page = Paginator(queries.for_list(_narrowed(form, visible)), PAGE_SIZE).get_page(request.GET.get("page"))
    text = request.GET.get("add", "")[:100]
    context = {
        "window": window, "lines": lines, "form": form, "page_obj": page, "rows": queries.rows_of(page),
        "totals": queries.totals(lines), "words": queries.STANDINGS,
        "total": sum(line.total for line in lines), "today": clock.today(),
        "may_check": scope.may_check(request.user), "is_locked": window.state == FilingRound.State.LOCKED,
        "export_url": _export_url(request, window), "add": text,
        "import_kind": "filings" if may(request.user, Verb.FILE_PROGRESS) else "",
        "found": queries.find_projects(window, request.user, text) if text and scope.may_check(request.user) else None,
    }  # fmt: skip
    return render(request, "dispatch/filing/round.html", context)


@require_safe
def filing_round_export(request, pk):
    """Who opens it wants the rows on the board as a workbook."""
    require_exporter(request)
    window = _window(request, pk)
    visible = Filing.objects.visible_to(request.user).filter(round=window)
    form = BoardFilter(request.GET, window=window, lines=queries.board(window, visible))
    with export(window, _narrowed(form, visible), at=clock.now()) as file:
        return attachment(file.read(), f"filing-{window}.xlsx")


@require_POST
def filing_remind(request, pk):
    """Came for: tell everybody who still owes."""
    window = _to_check(request, pk)
    try:
        told = rounds.remind(window, by=request.user, at=clock.now(), today=clock.today())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext("%(n)s person has been reminded.", "%(n)s people have been reminded.", told)
        messages.success(request, text % {"n": told})
    return redirect("dispatch:filing_round", pk)


@require_POST
def filing_include(request, pk):
    """Came for: a project that is not on the month's list has figures all the same."""
    window = _to_check(request, pk)
    number = number_in(request.POST.get("project", ""))
    if number is None:
        return redirect("dispatch:filing_round", pk)
    project = get_object_or_404(Project.objects.visible_to(request.user), pk=number)
    filing = rounds.include(window, project, by=request.user, at=clock.now())
    return redirect("dispatch:filing_detail", filing.pk)


@require_POST
def filing_accept_many(request, pk):
    """Came for: accept what is in order, all at once."""
    window = _to_check(request, pk)
    ids = [number for text in request.POST.getlist("filing") if (number := number_in(text)) is not None]
    rows = Filing.objects.visible_to(request.user).filter(round=window, pk__in=ids).with_filer()
    filings = rows.select_related(*FETCHED).order_by("pk")
    results = actions.accept_many(filings, by=request.user, at=clock.now(), today=clock.today())
    _tell(request, results)
    return redirect(_back(request, reverse("dispatch:filing_round", args=[pk])))


def _tell(request, results) -> None:
    refused = [result for result in results if result.why]
    done = len(results) - len(refused)
    if done:
        text = ngettext("%(n)s filing has been accepted.", "%(n)s filings have been accepted.", done)
        messages.success(request, text % {"n": done})
    for result in refused[:SHOWN]:
        messages.error(request, f"{result.filing.project.name}: {result.why}")
    if len(refused) > SHOWN:
        text = ngettext("%(n)s more was refused.", "%(n)s more were refused.", len(refused) - SHOWN)
        messages.error(request, text % {"n": len(refused) - SHOWN})
    if not results:
        messages.info(request, _("Nothing was chosen."))


@require_http_methods(FORM_METHODS)
def filing_lock(request, pk):
    """Came for: the month is done before its last day; asked about first."""
    window = _to_check(request, pk)
    form = VersionForm(request.POST or None, initial={"version": window.version})
    if request.method == "POST" and form.is_valid() and tried(form, lambda: _lock(request, form, window)):
        messages.success(request, _("The month is locked."))
        return redirect("dispatch:filing_round", pk)
    missing = Filing.objects.visible_to(request.user).filter(round=window).exclude(state=Filing.State.ACCEPTED).count()
    lines = [_("From now on figures change only by a restatement, decided by somebody else.")]
    text = ngettext("%(n)s filing is not accepted and stays missing.", "%(n)s filings stay missing.", missing)
    context = {
        "question": _("Lock %(month)s?") % {"month": window},
        "consequences": [*lines, text % {"n": missing}] if missing else lines,
        "cancel_url": reverse("dispatch:filing_round", args=[pk]),
        "danger_text": _("Lock the month"),
        "form": form,
    }
    return render(request, "components/confirm.html", context, status=status_of(form))


def _lock(request, form, window):
    edge = {"by": request.user, "at": clock.now(), "today": clock.today()}
    return rounds.lock(window, version=form.cleaned_data["version"], **edge)


@require_POST
def filing_accept(request, pk):
    """Came for: these figures are right."""
    filing = found(request, pk)
    require_checker(request)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return redirect("dispatch:filing_detail", pk)
    try:
        edge = {"by": request.user, "at": clock.now(), "today": clock.today()}
        actions.accept(filing, version=form.cleaned_data["version"], **edge)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Accepted; the project's register has the figures."))
    return redirect("dispatch:filing_detail", pk)


@require_http_methods(FORM_METHODS)
def filing_return(request, pk):
    """Came for: something is wrong; say what."""
    filing = found(request, pk)
    require_checker(request)
    form = ReturnForm(request.POST or None, initial={"version": filing.version})
    if request.method == "POST" and form.is_valid() and tried(form, lambda: _send_back(request, form, filing)):
        messages.success(request, _("Returned."))
        return redirect("dispatch:filing_detail", pk)
    on_version(form, found(request, pk).version)
    context = {
        "filing": filing,
        "form": form,
        "heading": _("Return the filing"),
        "submit": _("Return it"),
        "cancel_url": reverse("dispatch:filing_detail", args=[pk]),
    }
    return render(request, "dispatch/filing/act.html", context, status=status_of(form))


def _send_back(request, form, filing):
    words, edge = form.cleaned_data, {"by": request.user, "at": clock.now(), "today": clock.today()}
    return actions.send_back(filing, reason=words["reason"], version=words["version"], **edge)


@require_http_methods(FORM_METHODS)
def filing_filer(request, pk):
    """Came for: say who files for this project, a unit or the enterprise itself."""
    require_staff(request)
    rows = Project.objects.visible_to(request.user).select_related("enterprise", "responsible_unit")
    project = get_object_or_404(rows, pk=pk)
    require_checker(request)
    duty = FilingDuty.objects.filter(project=project).first()
    first = {"who": "named" if duty else "unit", "organization": duty.organization_id if duty else None}
    form = FilerForm(request.POST or None, project=project, user=request.user, initial=first)
    if request.method == "POST" and form.is_valid():
        tried(form, lambda: _set_filer(request, form, project))
        if form.is_valid():
            messages.success(request, _("Saved."))
            return redirect(_back(request, reverse("projects:detail", args=[pk])))
    context = {"project": project, "form": form, "cancel_url": _back(request, reverse("projects:detail", args=[pk]))}
    return render(request, "dispatch/filing/filer.html", context, status=status_of(form))


def _set_filer(request, form, project) -> None:
    actions.set_filer(project, form.filer, by=request.user, at=clock.now())


@require_safe
def filing_restatements(request):
    """Who opens it wants to see which locked figures have been corrected, by whom and why."""
    require_staff(request)
    page = Paginator(queries.restatements(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [{"row": row, "lines": queries.change_lines(row.changes)} for row in page]
    context = {"page_obj": page, "rows": rows, "may_check": scope.may_check(request.user)}
    return render(request, "dispatch/filing/restatements.html", context)


@require_http_methods(FORM_METHODS)
def filing_decide(request, pk):
    """Came for: grant or refuse a restatement that somebody else has asked for."""
    require_staff(request)
    row = get_object_or_404(queries.restatements(request.user), pk=pk)
    require_checker(request)
    form = DecideForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: _decide(request, form, row)):
        messages.success(request, _("Decided."))
        return redirect("dispatch:filing_restatements")
    row = get_object_or_404(queries.restatements(request.user), pk=pk)
    context = {"row": row, "lines": queries.change_lines(row.changes), "form": form}
    return render(request, "dispatch/filing/decide.html", context, status=status_of(form))


def _decide(request, form, row):
    words, edge = form.cleaned_data, {"by": request.user, "at": clock.now(), "today": clock.today()}
    grant, reason = words["grant"] == "yes", words["decision"]
    return restating.decide(row, grant=grant, decision=reason, version=words["version"], **edge)


def _window(request, pk) -> FilingRound:
    require_staff(request)
    return get_object_or_404(FilingRound.objects.visible_to(request.user).select_related("park", "locked_by"), pk=pk)


def _to_check(request, pk) -> FilingRound:
    window = _window(request, pk)
    if not scope.may_check(request.user):
        raise PermissionDenied
    return window


def _narrowed(form, rows):
    values = form.cleaned_data if form.is_valid() else {}
    rows = queries.in_standing(rows, values.get("state", ""))
    if values.get("unit"):
        rows = rows.with_filer().filter(filer_id=int(values["unit"]))
    for word in values.get("q", "").split():
        rows = rows.filter(project__search_text__icontains=word)
    return rows


def _export_url(request, window) -> str:
    address = reverse("dispatch:filing_round_export", args=[window.pk])
    return f"{address}?{request.GET.urlencode()}" if may(request.user, Verb.EXPORT_LEDGER) else ""


def _back(request, usual: str) -> str:
    """The page the person came from, when it is one of ours."""
    wanted = request.POST.get("back") or request.GET.get("back") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else usual
