"""Pages of the words: what a notice says, per event and language."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import Refused
from dispatch.notices import actions, compose, queries, samples, wording
from dispatch.notices.delivery_views import manager
from dispatch.notices.events import EVENTS
from dispatch.notices.forms import TemplateForm

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def template_list(request):
    """Who opens it wants to know what the park's notices say."""
    manager(request)
    return render(request, "dispatch/notices/template_list.html", {"rows": queries.template_rows(request.user.park)})


@require_http_methods(FORM_METHODS)
def template_edit(request, event, language):
    """Who opens it wants a notice to say something else, and to see it before anybody gets it."""
    manager(request)
    versions = _versions(request, event, language)
    form = TemplateForm(request.POST or None, event=event, language=language, template=versions.first())
    preview = None
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            preview = _preview(form.cleaned_data, event, language)
        elif _saved(request, form, event, language):
            return redirect("dispatch:template_list")
    context = {
        "form": form,
        "event": EVENTS[event],
        "event_code": event,
        "language": language,
        "language_name": dict(settings.LANGUAGES)[language],
        "preview": preview or _preview(form.initial, event, language),
        "placeholders": sorted(actions.placeholders_of(event)),
        "versions": versions,
        "has_own": bool(form.initial.get("subject") or form.initial.get("text")),
    }
    return render(request, "dispatch/notices/template_form.html", context, status=422 if form.errors else 200)


@require_http_methods(FORM_METHODS)
def template_default(request, event, language):
    """Who sends it wants the words back that the installation brought."""
    manager(request)
    newest = _versions(request, event, language).first()
    here = reverse("dispatch:template_edit", args=[event, language])
    if request.method == "POST":
        actions.save_template(
            request.user.park, event, language, subject="", text="", version=newest.version if newest else 0,
            by=request.user, at=clock.now(),
        )  # fmt: skip
        messages.success(request, _("The default words are in force again."))
        return redirect(here)
    context = {
        "question": _("Go back to the default words?"),
        "consequences": [_("The park's own words stay in the list of versions.")],
        "cancel_url": here,
        "danger_text": _("Back to the default"),
        "is_good": True,
    }
    return render(request, "components/confirm.html", context)


def _versions(request, event, language):
    if event not in EVENTS or language not in dict(settings.LANGUAGES):
        raise Http404
    return queries.versions_of(request.user.park, event, language)


def _saved(request, form, event, language) -> bool:
    try:
        actions.save_template(
            request.user.park, event, language, **form.cleaned_data, by=request.user, at=clock.now()
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved. The new words are in force."))
    return True


def _preview(values, event, language) -> dict[str, str]:
    subject, text = compose.default_words(event, language)
    return {
        "subject": wording.fill(values.get("subject") or subject, samples.SAMPLE),
        "text": wording.fill(values.get("text") or text, samples.SAMPLE),
    }
