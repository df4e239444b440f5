"""Making, changing, copying and deleting own reports."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.errors import Conflict, Refused
from dispatch.own_reports import actions, builder, present
from dispatch.own_reports.datasets import DATASETS, PROJECTS
from dispatch.own_reports.definitions import checked
from dispatch.own_reports.examples import BY_KEY
from dispatch.own_reports.reading import Reading
from dispatch.own_reports.views import env_of, report_or_404, visible

PREVIEWED = 50  # rows


@require_http_methods(["GET", "HEAD", "POST"])
def own_report_new(request):
    """Who opens it wants a table of their own: columns, filters, groups."""
    visible(request)
    actions.permit(request.user)
    if request.method != "POST":
        example = BY_KEY.get(request.GET.get("example", ""))
        form = builder.new(
            example and example.raw, dataset=request.GET.get("dataset", ""), name=(example and example.name) or ""
        )
        return _page(request, form)
    dataset = request.POST.get("dataset", "")
    form = builder.read(request.POST, dataset=dataset if dataset in DATASETS else PROJECTS.name)
    return _answer(request, form, lambda: actions.create(form.wanted, by=request.user, at=clock.now()))


@require_http_methods(["GET", "HEAD", "POST"])
def own_report_edit(request, pk):
    """Who opens it wants the report to show something else, or to come by mail."""
    report = report_or_404(request, pk)
    actions.permit(request.user)
    if report.owner_id != request.user.pk:
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, builder.of(report, _fitting(report)), report=report)
    form = builder.read(request.POST, dataset=report.dataset)
    who = {"version": form.version, "by": request.user, "at": clock.now()}
    return _answer(request, form, lambda: actions.change(report, form.wanted, **who), report=report)


def _fitting(report) -> dict:
    """What is stored, without what does not exist any more."""
    found, _problems = checked(actions.raw_of(report), DATASETS[report.dataset].traits)
    return {
        "dataset": report.dataset, "columns": found.columns, "filters": found.filters, "grouping": found.grouping,
        "order": found.order, "limit": found.limit,
    }  # fmt: skip


def _answer(request, form, save, *, report=None):
    """Does what the button asks for; saving leads to the report."""
    what = request.POST.get("do", "preview")
    if what != "save":
        builder.do(form, what, request.POST)
        return _page(request, form, report=report)
    try:
        saved = save()
    except Refused as refusal:
        return _page(
            request, form, report=report, refusal=refusal, status=409 if isinstance(refusal, Conflict) else 422
        )
    messages.success(request, _("Saved."))
    return redirect("dispatch:own_report_detail", saved.pk)


def _page(request, form, *, report=None, refusal=None, status=200):
    env = env_of(request)
    reading = Reading(form.raw, env)
    context = builder.context(form, env) | {
        "report": report,
        "refusal": refusal,
        "table": present.table(reading, reading.rows(0, PREVIEWED)),
        "problems": [present.problem_words(problem, reading) for problem in reading.problems],
        "datasets": DATASETS.values(),
    }
    return render(request, "dispatch/own_reports/builder.html", context, status=status)


@require_POST
def own_report_copy(request, pk):
    """Who sends it wants a report of their own that begins where this one stands."""
    report = report_or_404(request, pk)
    try:
        made = actions.copy(report, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("dispatch:own_report_detail", pk)
    messages.success(request, _("Copied. Change what you like, then save."))
    return redirect("dispatch:own_report_edit", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def own_report_delete(request, pk):
    """Who opens it does not need the report any more; asked about first."""
    report = report_or_404(request, pk)
    if report.owner_id != request.user.pk:
        raise PermissionDenied
    if request.method == "POST":
        actions.delete(report, by=request.user)
        messages.success(request, _("The report has been deleted."))
        return redirect("dispatch:own_report_list")
    lines = [_("It is deleted for good; files made from it stay until they expire.")]
    if report.is_shared:
        lines.append(_("The people of your unit lose it too."))
    if report.schedule != "never":
        lines.append(_("It is not sent any more."))
    context = {
        "question": _("Delete “%(name)s”?") % {"name": report.name},
        "consequences": lines,
        "cancel_url": reverse("dispatch:own_report_detail", args=[pk]),
        "danger_text": _("Delete"),
    }
    return render(request, "components/confirm.html", context)
