"""Pages of papers. Parse, fetch what the user may see, call one action, answer."""

from django.conf import settings
from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import Conflict, Refused
from accounts.permissions import Verb
from approvals import actions as steps
from approvals.hooks import step_url
from approvals.models import DocumentRequirement, PaperDownload, ProjectStep, StepFile
from approvals.papers import actions, archive, downloads, forms, part, queries
from projects.models import Project
from workdays.models import load_calendar

FORM_METHODS = ["GET", "HEAD", "POST"]


def _step(request, pk, code) -> ProjectStep:
    rows = ProjectStep.objects.visible_to(request.user).select_related("project__park", "step", "unit")
    return get_object_or_404(rows, project__pk=pk, code=code)


def _paper(row, requirement) -> DocumentRequirement:
    return get_object_or_404(DocumentRequirement, step=row.step_id, pk=requirement)


def _edge(request) -> dict:
    return {"by": request.user, "at": clock.now(), "today": clock.today()}


def _back(row):
    return redirect(f"{step_url(row)}#papers")


def _try(request, form, action, done: str):
    """Whether the action went through; a refusal is shown in the form."""
    try:
        action()
    except Conflict:
        raise
    except Refused as refusal:
        for reason in refusal.reasons:
            form.add_error(None, reason)
        return False
    messages.success(request, done)
    return True


def _page(request, row, form, template, **more):
    context = {"row": row, "form": form} | more
    return render(request, f"approvals/papers/{template}.html", context, status=422 if form.errors else 200)


@require_http_methods(FORM_METHODS)
def paper_upload(request, pk, code, requirement):
    """Came for: hand in this paper, or a better version of it."""
    row = _step(request, pk, code)
    paper = _paper(row, requirement)
    actions.Sender(request.user).permit(row, clock.now())
    form = forms.UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():

        def hand_in():
            actions.add_file(row, paper, form.cleaned_data["file"], **_edge(request))

        if _try(request, form, hand_in, _("Handed in: %(paper)s.") % {"paper": paper.name}):
            return _back(row)
    most = settings.PAPER_UPLOAD_MAX_BYTES
    return _page(request, row, form, "upload", paper=paper, max_bytes=str(most), max_mb=most // 1024 // 1024)


@require_POST
def paper_use(request, pk, code, requirement, file):
    """Came for: this paper was handed in at another step already, use it here."""
    row = _step(request, pk, code)
    paper = _paper(row, requirement)
    actions.Sender(request.user).permit(row, clock.now())
    files = StepFile.objects.visible_to(request.user).select_related("document__project_step", "document__requirement")
    actions.use_file(row, paper, get_object_or_404(files, pk=file), **_edge(request))
    messages.success(request, _("Handed in: %(paper)s.") % {"paper": paper.name})
    return _back(row)


@require_http_methods(FORM_METHODS)
def paper_review(request, pk, code):
    """Came for: go through everything handed in once, accept or return each."""
    row = _step(request, pk, code)
    steps.require(request.user, Verb.WORK_STEP, row)
    views = queries.papers_of(row, request.user)
    form = forms.ReviewForm(request.POST or None, step=row, views=views)
    if request.method == "POST" and form.is_valid():
        edge = _edge(request) | {"calendar": load_calendar(), "version": form.cleaned_data["version"]}
        if _try(request, form, lambda: actions.review_files(row, form.decisions, **edge), _("Reviewed.")):
            return _back(row)
    return _page(request, row, form, "review", views=views)


@require_http_methods(FORM_METHODS)
def paper_notice(request, pk, code):
    """Came for: tell the enterprise everything that is missing or wrong, at once."""
    row = _step(request, pk, code)
    steps.require(request.user, Verb.WORK_STEP, row)
    views = queries.papers_of(row, request.user)
    form = forms.NoticeForm(request.POST or None, step=row, views=views)
    if request.method == "POST" and form.is_valid():
        values = {"missing": (), **form.cleaned_data, **_edge(request), "calendar": load_calendar()}
        if _try(request, form, lambda: actions.issue_notice(row, **values), _("The enterprise has been told.")):
            return _back(row)
    returned = [view for view in views if view.as_rule().is_returned]
    waiting = [view for view in views if view.as_rule().waits]
    return _page(request, row, form, "notice", returned=returned, waiting=waiting)


@require_http_methods(FORM_METHODS)
def paper_resubmit(request, pk, code):
    """Came for: everything of the notice has been handed in, the case may go on."""
    row = _step(request, pk, code)
    actions.Sender(request.user).permit(row, clock.now())
    form = forms.ResubmitForm(request.POST or None, step=row)
    if request.method == "POST" and form.is_valid():
        edge = _edge(request) | {"calendar": load_calendar(), "version": form.cleaned_data["version"]}
        if _try(request, form, lambda: actions.resubmit(row, **edge), _("Handed in anew; the case goes on.")):
            return _back(row)
    open_pause = row.pauses.filter(ended_on=None).first()
    told = part.notice(row, queries.papers_of(row, request.user), open_pause)
    return _page(request, row, form, "resubmit", **told)


def _file(request, pk) -> StepFile:
    rows = StepFile.objects.visible_to(request.user).filter(scan=StepFile.Scan.AVAILABLE)
    return get_object_or_404(rows, pk=pk)


@require_safe
def paper_file(request, pk):
    """Came for: read this paper. Gives the short-lived address of its bytes."""
    file = _file(request, pk)
    signature = downloads.sign(file.pk, str(request.user.pk), request.session.session_key)
    query = "?inline=1" if "inline" in request.GET else ""
    response = redirect("approvals:paper_download", file.pk, signature)
    response["Location"] += query
    return response


@require_safe
def paper_download(request, pk, signature):
    """The bytes, for the person and session the address was made for; every reading is recorded."""
    downloads.require_signature(signature, pk, str(request.user.pk), request.session.session_key)
    file = _file(request, pk)
    inline = "inline" in request.GET
    response = downloads.respond(file, inline=inline)
    way = PaperDownload.Way.SHOWN if inline else PaperDownload.Way.SAVED
    downloads.record([file], at=clock.now(), by=request.user, way=way)
    return response


def _project(request, pk) -> Project:
    return get_object_or_404(Project.objects.visible_to(request.user).select_related("park", "enterprise"), pk=pk)


@require_safe
def papers(request, pk):
    """Came for: which papers of this project are there, in which version, and who has looked at them?"""
    context = part.project_context(_project(request, pk), request.user, clock.today())
    context["is_staff"] = request.user.role.scope != "enterprise"
    return render(request, "approvals/papers/project.html", context)


@require_POST
def papers_zip(request, pk):
    """Came for: all papers in one file. A form, because every reading is recorded."""
    project = _project(request, pk)
    found = queries.project_papers(project, request.user)
    files = archive.newest_files(found)
    if not files:
        raise Refused(_("There are no papers to download yet."))
    downloads.record(files, at=clock.now(), by=request.user, way=PaperDownload.Way.ZIP)
    response = StreamingHttpResponse(archive.stream(found), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{project.name} {clock.today()}.zip")
    response["X-Content-Type-Options"] = "nosniff"
    return response
