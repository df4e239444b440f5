"""Pages of the officer who hands out links and answers urgings, and the door that a link opens."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.permissions import Verb
from approvals.actions import require
from approvals.models import AccessLink, ProjectStep, Urge
from approvals.portal import actions, forms, links, queries, slips, visits
from projects.access import project_or_404

FORM_METHODS = ["GET", "HEAD", "POST"]


def _project(request, pk):
    project = project_or_404(request, pk)
    if not links.may_hand_out(request.user, project):
        raise PermissionDenied
    return project


@require_http_methods(FORM_METHODS)
def link_list(request, pk):
    """Who opens it wants to give somebody of the enterprise a way in, or to see who has used one."""
    project = _project(request, pk)
    form = forms.LinkForm(request.POST or None, park_id=project.park_id)
    if request.method == "POST" and form.is_valid():
        link, secret = links.hand_out(project, **form.cleaned_data, by=request.user, at=clock.now())
        return _shown_once(request, link, secret)
    rows = queries.links_of(project, request.user, clock.now())
    context = {"project": project, "form": form, "links": rows}
    return render(request, "approvals/portal/links.html", context, status=422 if form.errors else 200)


def _shown_once(request, link: AccessLink, secret: str) -> HttpResponse:
    """The page with the secret: the only one there will be."""
    address = request.build_absolute_uri(reverse("approvals:link_open", args=[secret]))
    context = {
        "project": link.project,
        "link": link,
        "address": address,
        "drawing": slips.drawing(address),
        "picture": slips.picture(address),
    }
    return visits.private(render(request, "approvals/portal/link_made.html", context))


@require_http_methods(FORM_METHODS)
def link_withdraw(request, pk, link):
    """Who opens it wants the link to stop opening anything, at once."""
    project = _project(request, pk)
    row = get_object_or_404(AccessLink.objects.visible_to(request.user).filter(project=project), pk=link)
    back = reverse("approvals:link_list", args=[project.pk])
    if request.method == "POST":
        links.withdraw(row, by=request.user, at=clock.now())
        messages.success(request, _("The link of %(name)s has been withdrawn.") % {"name": row})
        return redirect(back)
    context = {
        "question": _("Withdraw the link of %(name)s?") % {"name": row},
        "consequences": [
            _("The link opens nothing from now on; a visit that is running ends with its next click."),
            _("What was handed in or asked by it stays."),
        ],
        "cancel_url": back,
        "danger_text": _("Withdraw the link"),
    }
    return render(request, "components/confirm.html", context)


@require_http_methods(FORM_METHODS)
def urge_answer(request, pk, code):
    """Who opens it has been urged and can say when and how it goes on."""
    rows = ProjectStep.objects.visible_to(request.user).select_related("project", "step")
    row = get_object_or_404(rows, project__pk=pk, code=code)
    require(request.user, Verb.WORK_STEP, row)
    waiting = Urge.objects.visible_to(request.user).filter(project_step=row, answered_at=None).order_by("-pk")
    newest = waiting.values_list("pk", flat=True).first()
    form = forms.AnswerForm(request.POST or None, initial={"upto": newest})
    if request.method == "POST" and form.is_valid():
        actions.answer_urges(row, **form.cleaned_data, by=request.user, at=clock.now())
        messages.success(request, _("Answered. The enterprise sees it on its page."))
        return redirect("approvals:step", pk, code)
    context = {"row": row, "form": form, "title": _("Answer the urging"), "consequences": ()}
    return render(request, "approvals/step_form.html", context, status=422 if form.errors else 200)


def _status_of_guess(ip: str | None, now) -> int:
    """A wrong secret is counted; who holds a right one is let in however many others guess from the same address."""
    if links.too_many_guesses(ip, at=now):
        return 429
    links.note_guess(ip, at=now)
    return 404


@login_not_required
@require_http_methods(FORM_METHODS)
def link_open(request, token):
    """Who opens it was given a link or a QR code. Only the button starts the visit: a preview is no use."""
    now, ip = clock.now(), links.address_of(request)
    link = links.find(token)
    if link is None:
        return visits.private(visits.no_entry(request, _status_of_guess(ip, now)))
    if not link.is_open(now):
        return visits.private(visits.no_entry(request, 410, link.project.park))
    if request.method == "POST":
        visits.begin(request, link, now)
        return visits.private(redirect("approvals:my_home"))
    context = {"link": link, "project": link.project, "park": link.project.park}
    return visits.private(render(request, "approvals/portal/landing.html", context))
