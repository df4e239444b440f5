"""Pages of the periodic jobs, for the people who look after the site, and the answer for monitoring programs."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.models import Park
from accounts.permissions import Verb, may
from dispatch.jobs import actions, health, queries
from dispatch.jobs.models import JobRun
from dispatch.jobs.words import job_label


@require_safe
def job_list(request):
    """Who opens it wants to know whether the machinery runs, what was given up and what to do about it."""
    _check(request.user)
    full = _may_read_errors(request.user)
    now = clock.now()
    context = {
        "overview": queries.overview(now, full_errors=full),
        "recent": queries.recent(full_errors=full),
        "now": now,
    }
    return render(request, "dispatch/jobs/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def job_again(request, pk: int):
    """Who sends it has removed the cause and has a run that was given up done again; asked about first."""
    _check(request.user)
    run = get_object_or_404(JobRun, pk=pk)
    if request.method == "POST":
        actions.restart(run, by=request.user, at=clock.now())
        return redirect("dispatch:job_list")
    consequences = [
        _("%(job)s, %(period)s: it gets three new attempts with the next tick.")
        % {"job": job_label(run.job), "period": run.period_key},
        _("What is known of the attempts until now is kept, with your name."),
    ]
    context = {
        "question": _("Run again?"),
        "consequences": consequences,
        "cancel_url": reverse("dispatch:job_list"),
        "danger_text": _("Run again"),
        "is_good": True,
    }
    return render(request, "components/confirm.html", context)


@require_safe
@never_cache
@login_not_required
def healthz(request):
    """200 or 503. Anybody learns red or green; who may see the jobs also learns which part is red and since when."""
    try:
        found = queries.overview(clock.now())
        answer = {"state": found.state} | (details(found) if _may_view(request.user) else {})
    except DatabaseError:
        answer = {"state": health.RED}
    return JsonResponse(answer, status=503 if answer["state"] == health.RED else 200)


def details(found: queries.Overview) -> dict:
    parts = {line.part: _state(line.verdict) | {"at": line.at} for line in found.parts}
    jobs = {
        line.name: _state(line.verdict) | {"done": line.last.row.period_key if line.last else None}
        for line in found.jobs
    }
    return {"parts": parts, "jobs": jobs, "open": len(found.open), "given_up": len(found.dead)}


def _state(verdict: health.Verdict) -> dict[str, str]:
    return {"state": verdict.state, "reason": verdict.reason}


def _may_view(user) -> bool:
    return user.is_authenticated and (user.is_superuser or may(user, Verb.VIEW_JOBS))


def _check(user) -> None:
    if _may_view(user):
        return
    raise Http404 if user.role_id and user.role.scope == "enterprise" else PermissionDenied


def _may_read_errors(user) -> bool:
    """What an error says may name rows of another park: on a site of several parks it is for the operator alone."""
    return user.is_superuser or Park.objects.count() <= 1
