"""Pages of whoever files: the cards of the month and the form for the phone. Parse, fetch, call one action."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.attempts import status_of
from accounts.permissions import Verb, may
from dispatch.files import queries as files
from dispatch.filing import actions, facts, queries, restating, scope
from dispatch.filing.forms import FilingForm, RestateForm, tried
from dispatch.filing.models import Filing, FilingRound
from projects.text import number_in

PAGE_SIZE = 50
FORM_METHODS = ["GET", "HEAD", "POST"]
FETCHED = (
    "round__park", "project__filing_duty__organization", "project__responsible_unit", "project__enterprise",
    "submitted_by", "checked_by",
)  # fmt: skip


@require_safe
def filing_mine(request):
    """Who opens it wants to file this month's projects in a few minutes, mostly on a phone."""
    require_role(request)
    window = _round_of(request)
    if request.user.role.scope == "park":
        return redirect("dispatch:filing_round", window.pk) if window else redirect("dispatch:filing_round_list")
    rows = Filing.objects.visible_to(request.user).with_filer().filter(scope.filed_by(request.user), round=window)
    page = Paginator(queries.to_do_first(rows.select_related(*FETCHED)), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "window": window,
        "rounds": FilingRound.objects.visible_to(request.user).order_by("-year", "-month")[: queries.ROUNDS_SHOWN],
        "page_obj": page,
        "cards": queries.cards_of(window, list(page), request.user) if window else [],
        "today": clock.today(),
        "import_kind": "filings" if may(request.user, Verb.FILE_PROGRESS) else "",
    }
    return render(request, "dispatch/filing/mine.html", context)


@require_safe
def filing_detail(request, pk):
    """Who opens it wants to read one project's filing, what became of it, and do what comes next."""
    filing, user = found(request, pk), request.user
    restated = filing.restatements.select_related("by", "decided_by")
    context = {
        "filing": filing,
        "row": queries.rows_of([filing])[0],
        "figures": queries.figures_shown(filing),
        "known": facts.known_of(filing),
        "timeline": queries.timeline(filing),
        "shelf": files.shelf(filing, user),
        "restatements": [{"row": row, "lines": queries.change_lines(row.changes)} for row in restated],
        "may_edit": scope.may_file(filing, user) and scope.takes_figures(filing),
        "may_check": scope.may_check(user) and not scope.is_locked(filing),
        "may_restate": restating.may_ask(filing, user),
        "may_name_filer": scope.may_check(user),
        "is_enterprise": user.role.scope == "enterprise",
    }
    return render(request, "dispatch/filing/detail.html", context)


@require_http_methods(FORM_METHODS)
def filing_edit(request, pk):
    """Who opens it stands on the site with a phone, or has the books open, and wants to be done in two minutes."""
    filing, today = found(request, pk), clock.today()
    if not scope.may_file(filing, request.user):
        raise PermissionDenied
    if request.method != "POST" and not scope.takes_figures(filing):
        return redirect("dispatch:filing_detail", pk)
    options = {"filing": filing, "known": facts.known_of(filing), "today": today}
    form = FilingForm(request.POST or None, request.FILES or None, **options)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: _keep(request, form)):
        if _only_saves(request):
            messages.success(request, _("Saved, not handed in yet."))
            return redirect("dispatch:filing_edit", pk)
        messages.success(request, _("Handed in: %(project)s") % {"project": filing.project.name})
        return redirect(f"{reverse('dispatch:filing_mine')}?round={filing.round_id}")
    return _show_form(request, pk, form, options["known"])


def _only_saves(request) -> bool:
    return request.POST.get("do") == "save"


def _keep(request, form):
    act = actions.keep if _only_saves(request) else actions.hand_in
    return act(
        form.filing, form.values, form.uploads, by=request.user, at=clock.now(), version=form.cleaned_data["version"]
    )


def _show_form(request, pk, form, known):
    filing = found(request, pk) if form.is_bound else form.filing
    on_version(form, filing.version)
    last = queries.last_months(filing.round, [filing.project_id])
    context = {
        "filing": filing, "form": form, "known": known, "last_10k": last.get(filing.project_id),
        "shelf": files.shelf(filing, request.user),
    }  # fmt: skip
    return render(request, "dispatch/filing/form.html", context, status=status_of(form))


@require_http_methods(FORM_METHODS)
def filing_restate(request, pk):
    """Who opens it has found a wrong figure in a month that is locked."""
    filing = found(request, pk)
    if not (scope.may_file(filing, request.user) or scope.may_check(request.user)):
        raise PermissionDenied
    before = restating.standing(filing)
    form = RestateForm(request.POST or None, filing=filing, before=before)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: _ask(request, form, filing)):
        messages.success(request, _("The restatement has been asked for. Somebody else decides."))
        return redirect("dispatch:filing_detail", pk)
    context = {"form": form, "filing": filing, "is_locked": scope.is_locked(filing)}
    return render(request, "dispatch/filing/restate.html", context, status=status_of(form))


def _ask(request, form, filing):
    values, words = form.values, form.cleaned_data
    edge = {"by": request.user, "at": clock.now(), "today": clock.today(), "version": words["version"]}
    return restating.ask(filing, values, reason=words["reason"], **edge)


def found(request, pk) -> Filing:
    """The filing if the person may know of it. Raises Http404."""
    require_role(request)
    rows = Filing.objects.visible_to(request.user).with_filer().select_related(*FETCHED)
    return get_object_or_404(rows, pk=pk)


def require_role(request) -> None:
    """Nothing here for people without a role."""
    if request.user.role_id is None:
        raise Http404


def require_staff(request) -> None:
    """Pages of the centre and the units; enterprises have their own."""
    require_role(request)
    if request.user.role.scope == "enterprise":
        raise Http404


def require_checker(request) -> None:
    require_staff(request)
    if not scope.may_check(request.user):
        raise PermissionDenied


def require_exporter(request) -> None:
    require_staff(request)
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied


def on_version(form, version: int) -> None:
    """After being told that somebody was first, sending the same text again is meant."""
    if getattr(form, "was_overtaken", False):
        form.data = form.data.copy()
        form.data["version"] = str(version)


def _round_of(request) -> FilingRound | None:
    number = number_in(request.GET.get("round", ""))
    if number is None:
        return queries.current_round(request.user)
    return get_object_or_404(FilingRound.objects.visible_to(request.user), pk=number)
