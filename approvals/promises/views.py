"""Pages about papers owed and promises. Parse, fetch what the user may see, call one action, answer."""

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
from approvals.actions import require
from approvals.flow import Verb as FlowVerb
from approvals.models import CommittedStep, ProjectStep, StepDocument
from approvals.promises import actions, candidates, forms, queries
from approvals.promises.book import workbook
from approvals.promises.rules import START_BANS
from approvals.step_page import consequences
from projects.models import Project
from workdays.models import load_calendar

FORM_METHODS = ["GET", "HEAD", "POST"]
PAGE_SIZE = 50


@require_safe
def debts(request):
    """Who opens it wants to know which papers are owed, by whom, and which of them are running late."""
    form, rows = _owed(request)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "debts": queries.debts(page, clock.today(), load_calendar()),
        "chips": _chips(request, form),
        "export_url": _export_url(request),
    }
    return render(request, "approvals/promises/debts.html", context)


@require_safe
def debts_export(request):
    """The same list as a workbook."""
    _form, rows = _owed(request)
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied(_("You may not export lists."))
    today = clock.today()
    content = workbook(queries.debts(rows, today, load_calendar()))
    return attachment(content, f"papers-owed-{today}.xlsx")


def _owed(request):
    _require_staff(request.user)
    rows = queries.owed(request.user)
    form = forms.DebtFilter(request.GET, user=request.user, rows=rows)
    return form, form.narrow_due(form.narrow(rows), clock.today(), load_calendar())


@require_safe
def commitments(request):
    """Who opens it wants to know which promises are to be checked, by when, and what the checks have found."""
    _require_staff(request.user)
    rows, today = queries.committed(request.user), clock.today()
    form = forms.CommitmentFilter(request.GET, user=request.user, rows=rows)
    found = _in_state(form.narrow(rows), form.cleaned_data.get("state", ""), today)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "checks": queries.checks(page, today, load_calendar()),
        "chips": _chips(request, form),
    }
    return render(request, "approvals/promises/commitments.html", context)


def _in_state(rows, state, today):
    if state == forms.DUE:
        return queries.to_check(rows, today)
    if state == forms.OPEN:
        return rows.exclude(outcome=CommittedStep.Outcome.KEPT)
    return rows if state == forms.EVERY else rows.filter(outcome=state)


@require_http_methods(FORM_METHODS)
def debt_renew(request, pk, code, requirement):
    """Who opens it wants to give the enterprise more time for one paper, which is possible once."""
    row = _step(request, pk, code)
    require(request.user, Verb.DECIDE_STEP, row)
    rows = StepDocument.objects.visible_to(request.user).select_related("requirement")
    document = get_object_or_404(rows, project_step=row, requirement__pk=requirement)
    document.project_step = row
    form = forms.RenewForm(request.POST or None, step=row, today=clock.today())

    def record():
        actions.renew_debt(document, **form.cleaned_data, **_edge(request))

    title = _("Move the due day of “%(paper)s”") % {"paper": document.requirement.name}
    return _answer(request, row, form, record, title, [_("The due day of a paper is moved only once.")])


@require_http_methods(FORM_METHODS)
def commitment_decide(request, pk, code):
    """Who opens it has the signed promise in hand and decides the step on it, to check it later."""
    row = _step(request, pk, code)
    require(request.user, Verb.DECIDE_STEP, row)
    form = forms.DecideForm(request.POST or None, step=row, today=clock.today())

    def record():
        actions.decide_on_commitment(row, **form.arguments(), **_edge(request))

    told = [
        _("The step is approved at once; its certificate counts from the day of the decision."),
        _("The promise is to be checked within %(n)d working days.") % {"n": row.step.commitment_check_days},
    ]
    return _answer(request, row, form, record, _("Decide on commitment"), told)


@require_http_methods(FORM_METHODS)
def commitment_check(request, pk, code):
    """Who opens it has looked whether the promise was kept."""
    row = _step(request, pk, code)
    require(request.user, Verb.DECIDE_STEP, row)
    rows = CommittedStep.objects.visible_to(request.user).select_related("commitment")
    committed = get_object_or_404(rows, project_step=row, round=row.round)
    committed.project_step = row
    may_revoke = may(request.user, Verb.REVOKE_STEP)
    form = forms.CheckForm(request.POST or None, step=row, today=clock.today(), may_revoke=may_revoke)

    def record():
        actions.record_check(committed, **form.arguments(), **_edge(request))

    return _answer(request, row, form, record, _("Record the check"), _falls(row), committed=committed)


def _falls(row) -> list[str]:
    """What a revocation would do."""
    after = queries.hangs_on(row)
    text = _("If the approval is revoked: %(what)s")
    told = [text % {"what": consequences(FlowVerb.REVOKE)[0]}]
    if after:
        names = "、".join(map(str, after))
        told.append(_("Steps that would wait again: %(steps)s.") % {"steps": names})
    return told


@require_http_methods(FORM_METHODS)
def build_first(request, pk):
    """Who opens it wants the project to begin building on one promise, with everything checked before acceptance."""
    project = get_object_or_404(Project.objects.visible_to(request.user).select_related("enterprise", "park"), pk=pk)
    if not may(request.user, Verb.DECIDE_STEP):
        raise PermissionDenied(_("You may not do this on this step."))
    choices = candidates.of(project, request.user)
    form = forms.BuildFirstForm(request.POST or None, choices=choices, today=clock.today())
    if request.method == "POST" and form.is_valid():
        values = form.arguments()
        if _tried(form, lambda: actions.build_first(project, **values, **_edge(request))):
            messages.success(request, _("%(n)d steps decided on one promise.") % {"n": len(values["codes"])})
            return redirect(f"{reverse('approvals:commitments')}?project={project.pk}")
    context = {"project": project, "form": form, "choices": choices, "bans": START_BANS}
    status = 422 if form.errors else 200
    return render(request, "approvals/promises/build_first.html", context, status=status)


def _require_staff(user) -> None:
    """These lists are the park's; enterprises have a page of their own."""
    if user.role is None or user.role.scope == "enterprise":
        raise Http404


def _step(request, pk, code) -> ProjectStep:
    rows = ProjectStep.objects.visible_to(request.user).select_related("project__park", "project__enterprise", "step")
    return get_object_or_404(rows, project__pk=pk, code=code)


def _edge(request):
    return {"by": request.user, "at": clock.now(), "today": clock.today(), "calendar": load_calendar()}


def _tried(form, action) -> bool:
    """Whether the action went through; else its reasons stand in the form. A conflict has its own page."""
    try:
        action()
    except Conflict:
        raise
    except Refused as refusal:
        for reason in refusal.reasons:
            form.add_error(None, reason)
        return False
    return True


def _answer(request, row, form, record, title, told=(), **more):
    """The form's page; sent and accepted: back to the step."""
    if request.method == "POST" and form.is_valid() and _tried(form, record):
        messages.success(request, _("Recorded: %(what)s.") % {"what": title})
        return redirect("approvals:step", row.project_id, row.code)
    context = {"row": row, "form": form, "title": title, "told": told, **more}
    return render(request, "approvals/promises/form.html", context, status=422 if form.errors else 200)


def _chips(request, form) -> list[dict]:
    project = form.chosen_project
    if project is None:
        return []
    query = request.GET.copy()
    query.pop("project", None)
    query.pop("page", None)
    return [{"label": _("Project"), "value": project.name, "remove_url": f"?{query.urlencode()}"}]


def _export_url(request) -> str:
    if not may(request.user, Verb.EXPORT_LEDGER):
        return ""
    return f"{reverse('approvals:debts_export')}?{request.GET.urlencode()}"
