"""Pages of the files that are made in a worker. They belong to whoever asked for them."""

import json

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts import clock
from accounts.errors import Refused
from approvals.papers.downloads import POLICY
from dispatch.exports import making
from dispatch.exports.models import FileJob
from dispatch.exports.registry import KINDS, may_have, permit

PAGE_SIZE = 50
State = FileJob.State


def _job(request, pk) -> FileJob:
    return get_object_or_404(FileJob.objects.of(request.user), pk=pk)


@require_safe
def file_job_list(request):
    """Who opens it looks for a file asked for earlier."""
    page = Paginator(FileJob.objects.of(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [{"job": job, "label": KINDS[job.kind].label if job.kind in KINDS else ""} for job in page]
    return render(request, "dispatch/exports/list.html", {"page_obj": page, "rows": rows})


@require_POST
def file_ask(request):
    """Who sends it wants a file that takes its time."""
    kind, params = request.POST.get("kind", ""), _params(request.POST.get("params", ""))
    try:
        job = making.ask(kind, params, title=request.POST.get("title", ""), by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("dispatch:file_job_list")
    return redirect("dispatch:file_job", job.pk)


def _params(text: str) -> dict:
    """The arguments a button carries. Raises Http404 for what no button of ours sends."""
    try:
        params = json.loads(text) if len(text) <= making.LONGEST_PARAMS else None
        json.dumps(params, allow_nan=False, ensure_ascii=False).encode()  # no database keeps NaN or half a character
    except (ValueError, RecursionError) as error:
        raise Http404 from error
    if not isinstance(params, dict) or "\\u0000" in text:
        raise Http404
    return params


@require_safe
def file_job(request, pk):
    """Who opens it wants to know how far the file is, and then to have it."""
    job = _job(request, pk)
    busy = job.state in making.OPEN
    context = {"job": job, "busy": busy}
    if request.htmx and not request.htmx.history_restore_request:
        if not busy:
            return HttpResponseClientRedirect(request.path)
        return render(request, "dispatch/exports/_progress.html", context)
    context["may_have"] = may_have(job.kind, request.user, job.params)
    return render(request, "dispatch/exports/detail.html", context)


@require_safe
def file_job_download(request, pk):
    """Who opens it wants the file itself; the right to it is asked again."""
    job = _job(request, pk)
    permit(job.kind, request.user, job.params)
    if job.state != State.DONE or (job.expires_at and job.expires_at <= clock.now()):
        raise Http404
    try:
        response = FileResponse(job.file.open("rb"))
    except OSError as error:
        raise Http404 from error
    response["Content-Type"] = job.content_type or "application/octet-stream"
    response["Content-Disposition"] = content_disposition_header(True, job.file_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def file_job_again(request, pk):
    """Who sends it wants the same file once more."""
    try:
        job = making.again(_job(request, pk), by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("dispatch:file_job", pk)
    return redirect("dispatch:file_job", job.pk)


@require_POST
def file_job_cancel(request, pk):
    """Who sends it does not want to wait for the file."""
    try:
        making.cancel(_job(request, pk), by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The file is no longer being made."))
    return redirect("dispatch:file_job", pk)
