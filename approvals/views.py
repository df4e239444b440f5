"""Pages of a project's step and of the enterprise. Parse, fetch what the user may see, call one action, answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import Conflict, Refused
from accounts.i18n import localized
from approvals import actions, enterprise, flow, forms, step_page
from approvals.models import DocumentRequirement, ProjectStep
from projects.models import Project
from workdays.models import load_calendar

MOVES = frozenset(flow.Verb) - {flow.Verb.UNDO}


def _step(request, pk, code) -> ProjectStep:
    rows = ProjectStep.objects.visible_to(request.user).select_related("project__park", "step", "unit")
    return get_object_or_404(rows, project=pk, code=code)


def _staff_only(request) -> None:
    if request.user.role.scope == "enterprise":
        raise PermissionDenied(_("You may not do this on this step."))


@require_safe
def step(request, pk, code):
    """Who opens it wants to know how this step stands and to record what just happened."""
    context = step_page.context(_step(request, pk, code), request.user, clock.today())
    return render(request, "approvals/step.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def step_move(request, pk, code, verb):
    """Who opens it wants to record one change of state, seeing first what it does when it cannot simply be undone."""
    row = _step(request, pk, code)
    if verb not in MOVES:
        raise Http404
    verb = flow.Verb(verb)
    actions.require(request.user, flow.VERB_PERMISSIONS[verb], row)
    form = forms.MoveForm(request.POST or None, verb=verb, step=row, today=clock.today())
    if request.method == "POST" and form.is_valid():
        done = _try(form, lambda: actions.move(row, verb, **form.arguments(), **_edge(request)))
        if done:
            for warning in done.warnings:
                messages.warning(request, warning)
            return _back(request, row, _("Recorded: %(what)s.") % {"what": localized(verb, "label")})
    return _form_page(request, row, form, localized(verb, "label"), step_page.consequences(verb))


@require_http_methods(["GET", "HEAD", "POST"])
def step_undo(request, pk, code):
    """Who opens it has just recorded something wrong and wants the step back as it was."""
    row = _step(request, pk, code)
    _staff_only(request)
    form = forms.UndoForm(request.POST or None, step=row, today=clock.today())
    if request.method == "POST" and form.is_valid():
        undone = _try(form, lambda: actions.undo_last(row, **form.cleaned_data, **_edge(request)))
        if undone:
            return _back(request, row, _("The last record has been undone."))
    return _form_page(request, row, form, _("Undo the last record"), step_page.undo_consequences(row))


@require_http_methods(["GET", "HEAD", "POST"])
def step_applicability(request, pk, code, choice):
    """Who opens it knows whether the project needs this step at all and wants to settle it."""
    row = _step(request, pk, code)
    actions.require(request.user, "set_applicability", row)
    choices = {
        "applies": (forms.AppliesForm, actions.set_applies, _("This step applies")),
        "not-applicable": (forms.NotApplicableForm, actions.set_not_applicable, _("Mark as not applicable")),
    }
    if choice not in choices:
        raise Http404
    form_class, action, title = choices[choice]
    form = form_class(request.POST or None, step=row, today=clock.today())
    if request.method == "POST" and form.is_valid():
        by_at = {"by": request.user, "at": clock.now()}
        if _try(form, lambda: action(row, **form.cleaned_data, **by_at)):
            return _back(request, row, _("Saved."))
    return _form_page(request, row, form, title, step_page.applicability_consequences(choice))


@require_POST
def step_document(request, pk, code, requirement):
    """Who sends it has a paper in hand, or knows that it is missing."""
    row = _step(request, pk, code)
    actions.require(request.user, "work_step", row)
    paper = get_object_or_404(DocumentRequirement, step=row.step_id, pk=requirement)
    form = forms.DocumentForm(request.POST, step=row, today=clock.today())
    return _act(request, row, form, lambda: actions.record_document(row, paper, **form.cleaned_data, **_edge(request)))


@require_POST
def step_extend(request, pk, code):
    """Who sends it has the head's approval to take up to ten working days more."""
    row = _step(request, pk, code)
    actions.require(request.user, "decide_step", row)
    form = forms.ExtendForm(request.POST, step=row, today=clock.today())
    return _act(request, row, form, lambda: actions.extend(row, **form.cleaned_data, **_edge(request)))


@require_POST
def step_delivery(request, pk, code):
    """Who sends it has just handed the result to the applicant."""
    row = _step(request, pk, code)
    actions.require(request.user, "work_step", row)
    form = forms.DeliveryForm(request.POST, step=row, today=clock.today())
    return _act(request, row, form, lambda: actions.record_delivery(row, **form.cleaned_data, **_edge(request)))


@require_POST
def step_unit(request, pk, code):
    """Who sends it knows which unit and whose phone this step belongs to."""
    row = _step(request, pk, code)
    actions.require(request.user, "edit_project", row)
    form = forms.UnitForm(request.POST, user=request.user, step=row, today=clock.today())
    by_at = {"by": request.user, "at": clock.now()}
    return _act(request, row, form, lambda: actions.assign_unit(row, **form.cleaned_data, **by_at))


@require_safe
def enterprise_home(request):
    """The enterprise wants to know: where am I, what must I do next, with which papers, where, and until when."""
    if request.user.role_id is None or request.user.role.scope != "enterprise":
        raise PermissionDenied(_("This page is for enterprises."))
    projects = list(Project.objects.visible_to(request.user).select_related("park").order_by("-created_at", "pk"))
    chosen = enterprise.choose(projects, request.GET.get("project"))
    context = enterprise.context(projects, chosen, request.user, clock.today(), load_calendar())
    return render(request, "approvals/enterprise_home.html", context)


def _edge(request):
    return {"by": request.user, "at": clock.now(), "today": clock.today(), "calendar": load_calendar()}


def _try(form, action):
    """The action's result, or None with its refusal as an error of the form. A conflict is a page of its own."""
    try:
        return action()
    except Conflict:
        raise
    except Refused as refusal:
        for reason in getattr(refusal, "reasons", [str(refusal)]):
            form.add_error(None, reason)
        return None


def _act(request, row, form, action):
    """One inline form: done and back to the step, or the form alone with its errors."""
    if form.is_valid() and _try(form, action):
        return _back(request, row, _("Saved."))
    return _form_page(request, row, form, str(row), [])


def _back(request, row, text):
    messages.success(request, text)
    return redirect("approvals:step", row.project_id, row.code)


def _form_page(request, row, form, title, consequences):
    context = {"row": row, "form": form, "title": title, "consequences": consequences}
    return render(request, "approvals/step_form.html", context, status=422 if form.errors else 200)
