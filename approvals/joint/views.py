"""Pages of joint reviews. Parse, fetch what the user may see, call one action, answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.downloads import XLSX
from accounts.errors import Conflict, Refused
from accounts.permissions import Verb, may
from approvals.actions import require
from approvals.figures.tabs import tabs
from approvals.joint import actions, bundles, forms, queries, sheet
from approvals.models import JointReview, JointReviewStep
from projects.models import Project
from workdays.models import load_calendar

FORM_METHODS = ["GET", "HEAD", "POST"]
PAGE_SIZE = 50


def _staff(request):
    if request.user.role_id is None or request.user.role.scope == "enterprise":
        raise PermissionDenied(_("This page is for the park and its units."))


def _project(request, pk) -> Project:
    project = get_object_or_404(Project.objects.visible_to(request.user).select_related("park"), pk=pk)
    _staff(request)
    return project


def _review(request, pk) -> JointReview:
    rows = JointReview.objects.visible_to(request.user).select_related(
        "project__park", "bundle", "opened_by", "issued_by", "cancelled_by"
    )
    return get_object_or_404(rows, pk=pk)


@require_safe
def joint_list(request):
    """Who opens it wants to know which joint reviews wait, and within how many hours the others were issued."""
    _staff(request)
    calendar, today = load_calendar(), clock.today()
    form = forms.FilterForm(request.GET or None, user=request.user)
    rows = form.narrow(queries.reviews(request.user))
    hours, days = queries.figures(rows, calendar)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": queries.for_list(page.object_list, today, calendar),
        "hours": hours,
        "days": days,
        "form": form,
        "tabs": tabs(request.user, "joint"),
        "export_url": _export_url(request) if may(request.user, Verb.EXPORT_LEDGER) else "",
    }
    return render(request, "approvals/joint/list.html", context)


def _export_url(request) -> str:
    query = request.GET.urlencode()
    return reverse("approvals:joint_export") + (f"?{query}" if query else "")


@require_safe
def joint_export(request):
    """The list as a workbook."""
    _staff(request)
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied
    form = forms.FilterForm(request.GET or None, user=request.user)
    today = clock.today()
    rows = queries.for_list(form.narrow(queries.reviews(request.user)), today, load_calendar())
    file = sheet.export(rows, park=str(request.user.park), today=today)
    name = f"{_('Joint reviews')}-{today:%Y-%m-%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


@require_safe
def joint_project(request, pk):
    """Who opens it wants to open a joint review of this project, or to see how one stands."""
    project = _project(request, pk)
    rows = queries.reviews(request.user).filter(project=project)
    openings = [bundles.opening_of(project, bundle, user=request.user) for bundle in bundles.bundles_of(project)]
    context = {
        "project": project,
        "openings": [opening for opening in openings if opening.members],
        "rows": queries.for_list(rows, clock.today(), load_calendar()),
        "may_open": queries.may_lead(request.user, project),
    }
    return render(request, "approvals/joint/project.html", context)


@require_http_methods(FORM_METHODS)
def joint_open(request, pk, bundle):
    """Who opens it has the papers in hand, marks what is there, and sends all departments to work at once."""
    project = _project(request, pk)
    actions.require_joint(request.user, project)
    bundle = get_object_or_404(bundles.bundles_of(project), code=bundle)
    opening = bundles.opening_of(project, bundle)
    form = forms.OpenForm(request.POST or None, papers=opening.papers)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.open_review(project, bundle, **form.cleaned_data, **_edge(request))
        except Conflict:
            raise
        except Refused as refusal:
            _refuse(form, refusal)
        else:
            _say(request, done.warnings, _("The joint review is open: every department can answer now."))
            return redirect("approvals:joint_detail", done.review.pk)
    chosen = getattr(form, "cleaned_data", {}).get("present", [])
    context = {"project": project, "opening": opening, "form": form, "chosen": chosen, "today": clock.today()}
    return render(request, "approvals/joint/open.html", context, status=422 if form.errors else 200)


@require_safe
def joint_detail(request, pk):
    """Who opens it wants to know who has answered, who has not, and whether all can be issued."""
    row = _review(request, pk)
    review = queries.of(row, request.user, clock.today(), load_calendar())
    context = {
        "review": review,
        "project": row.project,
        "award": queries.since_award(review),
        "may_lead": queries.may_lead(request.user, row.project),
    }
    return render(request, "approvals/joint/detail.html", context)


@require_http_methods(FORM_METHODS)
def joint_answer(request, pk, code):
    """Who opens it has examined the step for its department and wants to agree or to object."""
    rows = JointReviewStep.objects.visible_to(request.user).select_related(
        "review__bundle", "review__project", "project_step__step", "project_step__unit", "project_step__project__park",
        "answered_by",
    )  # fmt: skip
    row = get_object_or_404(rows, review__pk=pk, project_step__code=code)
    require(request.user, Verb.DECIDE_STEP, row.project_step)
    form = forms.AnswerForm(request.POST or None, row=row)

    def record(answer, seen, **given):
        if seen != forms.seen(row):
            raise Conflict(_("Somebody else has just answered for this step. Look at it again."))
        actions.answer(row, answer, by=request.user, at=clock.now(), **given)

    return _record(
        request,
        row.review,
        form,
        record,
        _("Answer for %(step)s") % {"step": row.project_step},
        button=_("Record the answer"),
    )


@require_http_methods(FORM_METHODS)
def joint_issue(request, pk):
    """Who opens it sees that all have agreed and wants every result out on one day."""
    row = _review(request, pk)
    actions.require_joint(request.user, row.project)
    consequences = [
        _("Every step of the review is approved as of %(day)s.") % {"day": clock.today()},
        _("Each approval can be undone only on its own step."),
    ]

    def record(version):
        done = actions.issue(row, version=version, **_edge(request))
        _say(request, done.warnings)

    form = forms.EndForm(request.POST or None, review=row)
    return _record(request, row, form, record, _("Issue all results"), consequences, is_good=True)


@require_http_methods(FORM_METHODS)
def joint_cancel(request, pk):
    """Who opens it knows that the bundle will not be issued together after all."""
    row = _review(request, pk)
    actions.require_joint(request.user, row.project)
    consequences = [_("The review ends without a result."), _("Its steps stay accepted and go on by themselves.")]

    def record(version, reason):
        actions.cancel(row, reason=reason, version=version, by=request.user, at=clock.now())

    form = forms.CancelForm(request.POST or None, review=row)
    return _record(request, row, form, record, _("Cancel the joint review"), consequences)


def _edge(request):
    return {"by": request.user, "at": clock.now(), "today": clock.today(), "calendar": load_calendar()}


def _say(request, warnings, text=""):
    for warning in warnings:
        messages.warning(request, warning)
    if text:
        messages.success(request, text)


def _refuse(form, refusal: Refused) -> None:
    for reason in refusal.reasons:
        form.add_error(None, reason)


def _record(request, review, form, record, title, consequences=(), *, is_good=False, button=""):
    """The form's page; sent and accepted: back to the review. A refusal is shown in the form; a conflict has a page."""
    if request.method == "POST" and form.is_valid():
        try:
            record(**form.cleaned_data)
        except Conflict:
            raise
        except Refused as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("Recorded: %(what)s.") % {"what": title})
            return redirect("approvals:joint_detail", review.pk)
    context = {
        "review": review, "form": form, "title": title, "consequences": consequences, "is_good": is_good,
        "button": button or title,
    }  # fmt: skip
    return render(request, "approvals/joint/form.html", context, status=422 if form.errors else 200)
