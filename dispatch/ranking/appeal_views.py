"""Pages of appeals: the list, a new one, one with its answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.models import Organization
from accounts.permissions import Verb, may
from dispatch.ledger.models import LedgerItem
from dispatch.ranking import appeals, queries, telling
from dispatch.ranking.forms import AnswerForm, AppealForm
from dispatch.ranking.models import Appeal
from projects.text import number_in
from workdays.models import load_calendar

PAGE_SIZE = 50
ROOT = "dispatch/ranking"


@require_safe
def appeal_list(request):
    """Who opens it wants to see the appeals that wait for an answer, and what was answered before."""
    rows = queries.appeals(request.user).defer("ranking__snapshot")
    state = request.GET.get("state", "")
    chosen = rows.filter(state=state) if state in Appeal.State.values else rows
    page = Paginator(chosen, PAGE_SIZE).get_page(request.GET.get("page"))
    here = reverse("dispatch:appeal_list")
    tabs = [{"label": _("all"), "href": here, "active": chosen is rows, "count": rows.count()}] + [
        {"label": one.label, "href": f"{here}?state={one.value}", "active": one.value == state} for one in Appeal.State
    ]
    context = {"page_obj": page, "rows": [_titled(row) for row in page], "tabs": tabs}
    return render(request, f"{ROOT}/appeals.html", context)


def _titled(row: Appeal) -> Appeal:
    row.title = telling.title_of(row.ranking)
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def appeal_new(request, pk):
    """A unit appeals against its score in this ranking."""
    ranking = get_object_or_404(queries.rankings(request.user), pk=pk)
    if not may(request.user, Verb.APPEAL_RANKING):
        raise PermissionDenied
    unit = _unit(request, ranking)
    about = request.GET.get("about", "")
    form = AppealForm(
        request.POST if request.method == "POST" else None, initial={"about": about},
        subjects=appeals.subjects(ranking, unit.pk),
    )  # fmt: skip
    if form.is_valid():
        row = attempt(form, lambda: appeals.appeal(
            ranking, unit=unit, **form.cleaned_data, by=request.user, at=clock.now(), on=clock.today(),
            calendar=load_calendar(),
        ))  # fmt: skip
        if row:
            messages.success(request, _("The appeal is on the centre's ledger."))
            return redirect("dispatch:appeal_detail", pk=row.pk)
    context = {"ranking": ranking, "title": telling.title_of(ranking), "unit": unit, "form": form}
    return render(request, f"{ROOT}/appeal_form.html", context, status=status_of(form))


def _unit(request, ranking) -> Organization:
    """The person's own unit in this ranking; ?unit= among several. None: 403, as the verb is not theirs here."""
    own = queries.own_units(request.user)
    ranked = [row["unit"] for row in ranking.snapshot["ranking"] if own is not None and row["unit"] in own]
    wanted = number_in(request.GET.get("unit", ""))
    if wanted and wanted not in ranked:
        raise Http404
    if not ranked:
        raise PermissionDenied
    mine = request.user.organization_id
    return Organization.objects.get(pk=wanted or (mine if mine in ranked else ranked[0]))


@require_safe
def appeal_detail(request, pk):
    """Who opens it wants the appeal and its answer; who may answers here."""
    return _page(request, _get(request, pk))


@require_POST
def appeal_answer(request, pk):
    """The centre's answer."""
    row = _get(request, pk)
    if not may(request.user, Verb.MAKE_RANKING):
        raise PermissionDenied
    form = AnswerForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        done = attempt(form, lambda: appeals.answer(
            row, is_upheld=given["outcome"] == Appeal.State.UPHELD, text=given["text"], version=given["version"],
            by=request.user, at=clock.now(), on=clock.today(),
        ))  # fmt: skip
        if done:
            messages.success(request, _("Answered. The unit is told."))
            return redirect("dispatch:appeal_detail", pk=pk)
    return _page(request, row, form)


def _page(request, row, form=None):
    is_open = row.state == Appeal.State.OPEN
    may_answer = is_open and may(request.user, Verb.MAKE_RANKING)
    is_publisher = request.user.pk == row.ranking.published_by_id
    if form is None and may_answer and not is_publisher:
        form = AnswerForm(initial={"version": row.version})
    context = {
        "appeal": _titled(row),
        "subject": appeals.subjects(row.ranking, row.unit_id).get(row.about, row.about),
        "ranking": row.ranking,
        "form": form,
        "opens_item": LedgerItem.objects.visible_to(request.user).filter(pk=row.item_id).exists(),
        "is_publisher": may_answer and is_publisher,
        "may_withdraw": is_open and appeals.may_appeal(row.ranking, row.unit_id, request.user),
        "may_restate": row.state == Appeal.State.UPHELD and may(request.user, Verb.MAKE_RANKING),
    }
    return render(request, f"{ROOT}/appeal.html", context, status=status_of(form) if form else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def appeal_withdraw(request, pk):
    """Asks first; then the unit's appeal is gone."""
    row = _get(request, pk)
    if not appeals.may_appeal(row.ranking, row.unit_id, request.user):
        raise PermissionDenied
    here = reverse("dispatch:appeal_detail", args=[pk])
    if request.method == "POST":
        version = number_in(request.GET.get("version", "")) or row.version
        appeals.withdraw(row, by=request.user, at=clock.now(), on=clock.today(), version=version)
        messages.success(request, _("The appeal is withdrawn."))
        return redirect(here)
    context = {
        "question": _("Withdraw this appeal?"),
        "consequences": [_("It is not answered any more. A new appeal is possible.")],
        "action": f"{request.path}?version={row.version}",
        "cancel_url": here,
        "danger_text": _("Withdraw the appeal"),
    }
    return render(request, "components/confirm.html", context)


def _get(request, pk) -> Appeal:
    return get_object_or_404(queries.appeals(request.user), pk=pk)
