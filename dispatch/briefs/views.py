"""Weekly briefs: the archive, one brief as page, PDF and workbook, comparing two, freezing, publishing, restating."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.downloads import PDF, attachment
from accounts.errors import Conflict
from accounts.permissions import Verb, may
from dispatch.briefs import actions, compare, layout, paper, queries, workbook
from dispatch.briefs.forms import CompareForm, FreezeForm, RestateForm
from dispatch.briefs.models import WeeklyBrief
from dispatch.briefs.screen import page_of
from workdays.models import load_calendar

PAGE_SIZE = 24


def _briefs(user):
    """What the user may read. Enterprises have no briefs: 404; without the verb or the whole park: 403."""
    if user.role is None or user.role.scope == "enterprise":
        raise Http404
    if user.role.scope != "park" or not may(user, Verb.VIEW_BRIEF):
        raise PermissionDenied
    return WeeklyBrief.objects.visible_to(user).select_related("park", "frozen_by")


def _to_make(user):
    briefs = _briefs(user)
    if not may(user, Verb.MAKE_BRIEF):
        raise PermissionDenied
    return briefs


@require_safe
def brief_list(request):
    rows = _briefs(request.user).defer("snapshot")
    may_make = may(request.user, Verb.MAKE_BRIEF)
    weeks = queries.weeks_to_freeze(request.user.park, clock.now(), load_calendar()) if may_make else []
    context = {
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_make": may_make,
        "form": FreezeForm(weeks=weeks) if weeks else None,
    }
    return render(request, "dispatch/briefs/list.html", context)


@require_http_methods(["POST"])
def brief_freeze(request):
    """Freezes the chosen week, or opens it when somebody has."""
    _to_make(request.user)
    park, now, calendar = request.user.park, clock.now(), load_calendar()
    form = FreezeForm(request.POST, weeks=queries.weeks_to_freeze(park, now, calendar))
    if not form.is_valid():
        messages.error(request, _("Please choose a week from the list."))
        return redirect("dispatch:brief_list")
    week = form.cleaned_data["week"]
    brief, is_new = actions.freeze_brief(park=park, week=week, by=request.user, at=now, calendar=calendar)
    messages.success(request, _("The brief is frozen.") if is_new else _("This brief was frozen already."))
    return redirect("dispatch:brief_detail", pk=brief.pk)


@require_safe
def brief_detail(request, pk):
    briefs = _briefs(request.user)
    brief = get_object_or_404(briefs, pk=pk)
    revisions = queries.revisions(briefs, brief)
    before, after = queries.neighbours(briefs, brief)
    context = {
        "brief": brief,
        "page": page_of(brief.snapshot),
        "revisions": revisions,
        "before": before,
        "after": after,
        "is_newest": revisions[0].pk == brief.pk,
        "may_make": may(request.user, Verb.MAKE_BRIEF),
    }
    return render(request, "dispatch/briefs/detail.html", context)


@require_safe
def brief_compare(request, pk):
    """This brief beside another one (``?with=``): in sentences, and every figure that differs (变化单)."""
    briefs = _briefs(request.user)
    brief = get_object_or_404(briefs, pk=pk)
    form = CompareForm(request.GET, briefs=briefs.exclude(pk=brief.pk).defer("snapshot"))
    other = form.cleaned_data["with"] if form.is_valid() else None
    if request.GET.get("with") and other is None:
        raise Http404
    context = {"brief": brief, "form": form, "other": other}
    if other is not None:
        context["sentences"] = compare.sentences(brief.snapshot, other.snapshot)
        context["differences"] = layout.differences(other.snapshot, brief.snapshot)
    return render(request, "dispatch/briefs/compare.html", context)


@require_http_methods(["GET", "POST"])
def brief_publish(request, pk):
    """Asks first; then leaders and the centre are told."""
    brief = get_object_or_404(_to_make(request.user), pk=pk)
    here = reverse("dispatch:brief_detail", args=[brief.pk])
    if request.method == "POST":
        actions.publish(brief, by=request.user, at=clock.now(), version=_version(request))
        messages.success(request, _("The brief is published."))
        return redirect(here)
    context = {
        "question": _("Publish the brief of %(week)s?") % {"week": brief},
        "consequences": [
            _("Leaders and the centre are told at once."),
            _("It stays as it is; a correction is a new revision with its reason."),
        ],
        "action": f"{request.path}?version={brief.version}",
        "cancel_url": here,
        "danger_text": _("Publish"),
        "is_good": True,
    }
    return render(request, "components/confirm.html", context)


@require_http_methods(["GET", "POST"])
def brief_restate(request, pk):
    """Asks for the reason; then a new revision is frozen beside this one."""
    brief = get_object_or_404(_to_make(request.user), pk=pk)
    form = RestateForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        edge = {"at": clock.now(), "version": _version(request), "calendar": load_calendar()}
        made = attempt(form, lambda: actions.restate(brief, **form.cleaned_data, by=request.user, **edge))
        if made is not None:
            messages.success(request, _("The new revision is frozen. Check it, then publish it."))
            return redirect(f"{reverse('dispatch:brief_compare', args=[made.pk])}?with={brief.pk}")
    context = {
        "question": _("Restate the brief of %(week)s?") % {"week": brief},
        "consequences": [
            _("A new revision is frozen with the facts as they are registered now, as of the same day."),
            _("The earlier one stays as it was and can be read."),
        ],
        "form": form,
        "action": f"{request.path}?version={brief.version}",
        "cancel_url": reverse("dispatch:brief_detail", args=[brief.pk]),
        "danger_text": _("Restate"),
    }
    return render(request, "components/confirm.html", context, status=status_of(form))


@require_safe
def brief_pdf(request, pk):
    """One A4 page."""
    brief = get_object_or_404(_briefs(request.user), pk=pk)
    return attachment(paper.render(brief.snapshot), workbook.file_name(brief.snapshot, "pdf"), PDF)


@require_safe
def brief_xlsx(request, pk):
    brief = get_object_or_404(_briefs(request.user), pk=pk)
    return attachment(workbook.render(brief.snapshot), workbook.file_name(brief.snapshot, "xlsx"))


def _version(request) -> int:
    """The version the person saw; without one nobody can say what was meant."""
    text = request.POST.get("version") or request.GET.get("version") or ""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Conflict(_("Please reload the page and try again."))
    return int(text)
