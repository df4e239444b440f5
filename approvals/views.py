"""Pages of a project's step. Parse, fetch what the user may see, call one action, answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import Conflict, Refused
from accounts.i18n import localized
from approvals import actions, flow, forms, seams, step_page
from approvals.models import DocumentRequirement, ProjectStep
from workdays.models import load_calendar

FORM_METHODS = ["GET", "HEAD", "POST"]
MOVES = frozenset(flow.Verb) - {flow.Verb.UNDO, flow.Verb.DECIDE_ON_COMMITMENT}


def _step(request, pk, code) -> ProjectStep:
    rows = ProjectStep.objects.visible_to(request.user).select_related("project__park", "step", "unit")
    return get_object_or_404(rows, project__pk=pk, code=code)


@require_safe
def step(request, pk, code):
    """Who opens it wants to know how this step stands and to record what just happened."""
    context = step_page.context(_step(request, pk, code), request.user, clock.today())
    return render(request, "approvals/step.html", context)


@require_http_methods(FORM_METHODS)
def step_move(request, pk, code, verb):
    """Who opens it wants to record one change of state, seeing first what it does when it cannot simply be undone."""
    row = _step(request, pk, code)
    if verb not in MOVES:
        raise Http404
    verb = flow.Verb(verb)
    actions.require(request.user, flow.VERB_PERMISSIONS[verb], row)
    usual = step_page.usual(row, verb, clock.today(), load_calendar())
    form = forms.MoveForm(request.POST or None, verb=verb, step=row, today=clock.today(), initial=usual)

    def record():
        for warning in actions.move(row, verb, **form.arguments(), **_edge(request)).warnings:
            messages.warning(request, warning)

    said = {"consequences": step_page.consequences(verb), "cautions": seams.cautions_for(row, verb, request.user)}
    return _record(request, row, form, record, localized(verb, "label"), **said)


@require_http_methods(FORM_METHODS)
def step_undo(request, pk, code):
    """Who opens it has just recorded something wrong and wants the step back as it was."""
    row = _step(request, pk, code)
    if request.user.role.scope == "enterprise":
        raise PermissionDenied(_("You may not do this on this step."))
    form = forms.UndoForm(request.POST or None, step=row, today=clock.today())

    def record():
        actions.undo_last(row, **form.cleaned_data, **_edge(request))

    return _record(request, row, form, record, _("Undo the last record"), step_page.undo_consequences(row))


@require_http_methods(FORM_METHODS)
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

    def record():
        action(row, **form.cleaned_data, by=request.user, at=clock.now())

    return _record(request, row, form, record, title, step_page.applicability_consequences(choice))


@require_http_methods(FORM_METHODS)
def step_document(request, pk, code, requirement):
    """Who opens it has a paper in hand, or knows that it is missing."""
    row = _step(request, pk, code)
    actions.require(request.user, "work_step", row)
    paper = get_object_or_404(DocumentRequirement, step=row.step_id, pk=requirement)
    form = forms.DocumentForm(request.POST or None, step=row, today=clock.today())

    def record():
        actions.record_document(row, paper, **form.cleaned_data, **_edge(request))

    return _record(request, row, form, record, paper.name)


@require_http_methods(FORM_METHODS)
def step_extend(request, pk, code):
    """Who opens it has the head's approval to take up to ten working days more."""
    row = _step(request, pk, code)
    actions.require(request.user, "decide_step", row)
    form = forms.ExtendForm(request.POST or None, step=row, today=clock.today())

    def record():
        actions.extend(row, **form.cleaned_data, **_edge(request))

    return _record(request, row, form, record, _("Extend the limit"))


@require_http_methods(FORM_METHODS)
def step_delivery(request, pk, code):
    """Who opens it has just handed the result to the applicant."""
    row = _step(request, pk, code)
    actions.require(request.user, "work_step", row)
    form = forms.DeliveryForm(request.POST or None, step=row, today=clock.today())

    def record():
        edge = {"by": request.user, "at": clock.now(), "today": clock.today()}
        actions.record_delivery(row, **form.cleaned_data, **edge)

    return _record(request, row, form, record, _("Record the delivery"))


@require_http_methods(FORM_METHODS)
def step_unit(request, pk, code):
    """Who opens it knows which unit, whose desk and which phone this step belongs to."""
    row = _step(request, pk, code)
    actions.require(request.user, "edit_project", row)
    form = forms.UnitForm(request.POST or None, user=request.user, step=row, today=clock.today())

    def record():
        actions.assign_unit(row, **form.cleaned_data, by=request.user, at=clock.now())

    return _record(request, row, form, record, _("Name the handling unit"))


def _edge(request):
    return {"by": request.user, "at": clock.now(), "today": clock.today(), "calendar": load_calendar()}


def _record(request, row, form, record, title, consequences=(), cautions=()):
    """The form's page; sent and accepted: back to the step. A refusal is shown in the form, a conflict has its page."""
    if request.method == "POST" and form.is_valid():
        try:
            record()
        except Conflict:
            raise
        except Refused as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
            if isinstance(refusal, actions.NeedsAcknowledgement):
                form.demand_acknowledgement()
        else:
            messages.success(request, _("Recorded: %(what)s.") % {"what": title})
            return redirect("approvals:step", row.project_id, row.code)
    context = {"row": row, "form": form, "title": title, "consequences": consequences, "cautions": cautions}
    return render(request, "approvals/step_form.html", context, status=422 if form.errors else 200)
