"""Pages of a plan's baselines and history. Reading is for everybody of the park and the project's units."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.downloads import attachment
from accounts.permissions import Verb, may
from dispatch.doors import require_exporter, require_reader
from dispatch.plan import baseline_page
from dispatch.plan.actions import baselines
from dispatch.plan.actions.shared import version_of
from dispatch.plan.forms import BaselineForm, renew
from dispatch.plan.models import Plan, PlanEntry
from dispatch.plan.views import FORM_METHODS, back_to, planned, posted, tried
from projects.errors import NeedsAcknowledgement
from projects.models import Project
from workdays.models import load_calendar

PAGE_SIZE = 50


def _project(request, pk: int) -> Project:
    require_reader(request)
    return get_object_or_404(Project.objects.visible_to(request.user), pk=pk)


def _comparison(request, project: Project) -> baseline_page.Comparison:
    when = {"today": clock.today(), "calendar": load_calendar()}
    return baseline_page.comparison(project, request.user, request.GET, **when)


@require_safe
def plan_baselines(request, pk):
    """Who opens it asks what was promised when, by whom, and how far that is from what is expected now."""
    project = _project(request, pk)
    shown = _comparison(request, project)
    user = request.user
    may_save = may(user, Verb.EDIT_PLAN) and may(user, Verb.ADVANCE_STAGE) and project.is_active
    context = {
        "project": project, "shown": shown, "may_save": may_save, "back": back_to(project),
        "may_export": may(user, Verb.EXPORT_LEDGER), "query": request.GET.urlencode(),
        "is_all": (is_all := "all" in request.GET), "lines": shown.lines if is_all else shown.moved,
    }  # fmt: skip
    return render(request, "dispatch/plan/baselines.html", context)


@require_safe
def plan_baselines_xlsx(request, pk):
    """The comparison shown, as a workbook."""
    require_exporter(request)
    project = _project(request, pk)
    content = baseline_page.workbook(_comparison(request, project))
    return attachment(content, f"{_('Baselines')}-{project.name}.xlsx")


@require_http_methods(FORM_METHODS)
def plan_baseline_add(request, pk):
    """Who opens it promises dates, and says why they are new."""
    project = planned(request, pk)
    plan = Plan.objects.filter(project=project).first()
    form = BaselineForm(posted(request), initial={"version": version_of(plan), "basis": "latest"})
    asked: list[str] = []
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and (saved := tried(form, lambda: _save(request, project, form, asked))):
        messages.success(request, _("Baseline v%(number)s has been saved.") % {"number": saved.number})
        return redirect("dispatch:plan_baselines", pk)
    renew(form, version_of(plan))
    context = {"form": form, "project": project, "asked": asked, "back": back_to(project)}
    status = 409 if asked or form.non_field_errors() else 422 if form.errors else 200
    return render(request, "dispatch/plan/baselines_add.html", context, status=status)


def _save(request, project: Project, form: BaselineForm, asked: list[str]) -> Any:
    given = form.cleaned_data
    when = {"at": clock.now(), "today": clock.today(), "calendar": load_calendar()}
    try:
        return baselines.save_baseline(project, by=request.user, **given, **when)
    except NeedsAcknowledgement as question:
        asked += question.warnings
        return None


@require_safe
def plan_history(request, pk):
    """Who opens it asks who changed the plan, when and why."""
    project = _project(request, pk)
    rows = PlanEntry.objects.visible_to(request.user).filter(plan__project=project).select_related("by")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [baseline_page.history_line(row) for row in page.object_list]
    context = {"project": project, "page_obj": page, "lines": lines, "back": back_to(project)}
    return render(request, "dispatch/plan/history.html", context)
