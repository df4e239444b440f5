"""Checking, sending back, issuing and restating a bulletin; a sentence changed by hand."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.errors import Refused
from accounts.permissions import Verb
from dispatch.reports import actions, editing, issuing, layout, pages
from dispatch.reports.forms import IssueForm, RestateForm, SendBackForm, SentenceForm
from dispatch.reports.sentences import notice, with_final

ASK = ["GET", "HEAD", "POST"]


@require_http_methods(ASK)
def bulletin_check(request, pk):
    """Who opens it has read the draft and vouches for it; asked about."""
    bulletin = pages.bulletin_of(request, pk, Verb.CHECK_BULLETIN)
    here = pages.page_of(bulletin)
    if request.method == "POST":
        issuing.check(bulletin, by=request.user, at=clock.now(), version=pages.seen_version(request))
        messages.success(request, _("The bulletin is checked and can be issued."))
        return redirect(here)
    context = {
        "question": _("Have you checked the bulletin of %(month)s?") % {"month": bulletin},
        "consequences": [
            _("It can be issued from now on."),
            _("Any change of text or facts makes it a draft again."),
        ],
        "action": f"{request.path}?version={bulletin.version}",
        "cancel_url": here,
        "danger_text": _("It is checked"),
        "is_good": True,
    }
    return render(request, "components/confirm.html", context)


@require_http_methods(ASK)
def bulletin_send_back(request, pk):
    """Who opens it has found something that must be changed."""
    bulletin = pages.bulletin_of(request, pk, Verb.CHECK_BULLETIN)
    form = SendBackForm(request.POST or None, initial={"version": bulletin.version})
    if request.method == "POST" and form.is_valid():
        edge = {"by": request.user, "at": clock.now(), **form.cleaned_data}
        if attempt(form, lambda: issuing.send_back(bulletin, **edge)):
            messages.success(request, _("The bulletin is a draft again."))
            return redirect(pages.page_of(bulletin))
    return _ask(request, form, bulletin, _("Send the bulletin back"), _("Send back"))


@require_http_methods(ASK)
def bulletin_issue(request, pk):
    """Who opens it gives the checked bulletin its number and addressees; then it is frozen for good."""
    bulletin = pages.bulletin_of(request, pk, Verb.ISSUE_BULLETIN)
    form = IssueForm(request.POST or None, initial=_proposed(bulletin))
    if bulletin.revision:
        form.fields["number"].disabled = True
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        edge = {"by": request.user, "at": clock.now(), "version": version}
        if attempt(form, lambda: issuing.issue(bulletin, addressed=issuing.Addressed(**values), **edge)):
            messages.success(request, _("The bulletin has been issued."))
            return redirect(pages.page_of(bulletin))
    lines = [
        _("Text and figures are frozen and no longer change."),
        _("Every responsible unit can read it from now on."),
    ]
    question = _("Issue the bulletin of %(month)s?") % {"month": bulletin}
    return _ask(request, form, bulletin, question, _("Issue"), lines)


def _proposed(bulletin) -> dict:
    paper = notice(with_final(bulletin.snapshot, send_to=bulletin.send_to, copy_to=bulletin.copy_to))
    return {
        "version": bulletin.version,
        "number": issuing.next_number(bulletin),
        "send_to": paper.send_to,
        "copy_to": paper.copy_to,
    }


@require_http_methods(ASK)
def bulletin_restate(request, pk):
    """Who opens it has learned that an issued bulletin was wrong."""
    bulletin = pages.bulletin_of(request, pk, Verb.MAKE_BULLETIN)
    form = RestateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        edge = {"by": request.user, "at": clock.now(), **form.cleaned_data}
        if made := attempt(form, lambda: actions.restate(bulletin, **edge)):
            messages.success(request, _("The restatement is a draft. The issued bulletin stays as it was."))
            return redirect(pages.page_of(made))
    lines = [
        _("A new draft of the month is made from today's facts as of the same day."),
        _("The issued bulletin stays readable and says that it was restated."),
    ]
    question = _("Restate the bulletin of %(month)s?") % {"month": bulletin}
    return _ask(request, form, bulletin, question, _("Restate"), lines)


def _ask(request, form, bulletin, question, words, lines=()):
    context = {
        "question": question, "consequences": lines, "form": form, "action": request.path,
        "cancel_url": pages.page_of(bulletin), "danger_text": words, "is_good": True,
    }  # fmt: skip
    return render(request, "components/confirm.html", context, status=status_of(form))


@vary_on_headers("HX-Request")
@require_http_methods(ASK)
def bulletin_sentence(request, pk, sentence):
    """Who opens it wants one sentence to read differently; the assembled one stays readable beside it."""
    bulletin = pages.bulletin_of(request, pk, Verb.MAKE_BULLETIN)
    edits = editing.edits_in_force(bulletin)
    paper = notice(with_final(bulletin.snapshot, edits=editing.as_stored(edits)))
    row = next((one for one in editing.marked(paper, edits) if one.sentence.key == sentence), None)
    if row is None:
        raise Http404
    if bulletin.state == bulletin.State.ISSUED and request.method != "POST":
        raise Refused(_("This bulletin has been issued and no longer changes."))
    form = SentenceForm(request.POST or None, initial={"version": bulletin.version, "after": row.sentence.text})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        after = "" if "revert" in request.POST else values["after"]
        edge = {"by": request.user, "at": clock.now(), "version": values["version"]}
        if attempt(form, lambda: editing.edit_sentence(bulletin, sentence, after=after, **edge) or True):
            return redirect(f"{pages.page_of(bulletin)}#{sentence}")
    context = {"bulletin": bulletin, "row": row, "form": form, "name": layout.sentence_name(sentence),
               "action": reverse("dispatch:bulletin_sentence", args=[bulletin.pk, sentence])}  # fmt: skip
    part = request.htmx and not request.htmx.history_restore_request
    template = "dispatch/reports/_sentence_form.html" if part else "dispatch/reports/sentence.html"
    return render(request, template, context, status=status_of(form))
