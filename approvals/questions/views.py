"""The page with the questions that decide which steps a project needs."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.permissions import Verb, may
from approvals.questions import words
from approvals.questions.actions import Unseen, answer
from approvals.questions.forms import AnswersForm
from approvals.questions.preview import preview
from projects.access import is_enterprise, project_or_404, require
from projects.errors import InvalidFields

PREVIEW = "preview"


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def conditions(request, pk: int):
    """Who opens it has learnt something about a project and wants to know which approval steps follow from it."""
    project = project_or_404(request, pk)
    if is_enterprise(request.user):
        raise PermissionDenied(_("This page is for the park; please tell it your answers."))
    now = preview(project, {})
    if request.method != "POST":
        return _show(request, AnswersForm(project=project, variables=now.variables), now)
    require(request.user, Verb.EDIT_PROJECT)
    form = AnswersForm(request.POST, project=project, variables=now.variables)
    if not form.is_valid():
        return _show(request, form, now, status=422)
    shown = preview(project, form.values())
    if request.POST.get("do") == PREVIEW:
        return _show(request, form, shown, previewed=True)
    return _save(request, form, shown)


def _save(request, form: AnswersForm, shown):
    previewed, version = request.POST.get("previewed", ""), form.cleaned_data["version"]
    edge = {"by": request.user, "at": clock.now(), "version": version}
    try:
        done = answer(form.project, form.values(), previewed=previewed, **edge)
    except Unseen as refusal:
        form.add_error(None, str(refusal))
    except InvalidFields as refusal:
        for name, sentences in refusal.errors.items():
            form.add_error(name if name in form.fields else None, sentences)
    else:
        messages.success(request, words.in_one_sentence(done))
        return redirect(f"{reverse('projects:detail', args=[form.project.pk])}?tab=steps")
    return _show(request, form, shown, previewed=True, status=422)


def _show(request, form: AnswersForm, shown, *, previewed=False, status=200):
    context = {
        "project": form.project,
        "form": form,
        "groups": [
            (title, [{"field": field, "decides": words.decided_by(shown.copies, name)} for name, field in fields])
            for title, fields in form.groups()
        ],
        "can_edit": may(request.user, Verb.EDIT_PROJECT),
        "shown": shown,
        "is_previewed": previewed,
        "changes": words.changes_in_words(shown),
        "outcome": words.outcome(shown),
    }
    template = "approvals/questions/_preview.html" if request.htmx else "approvals/questions/conditions.html"
    return render(request, template, context, status=status)
