"""Bulletins: the months, one month's text and annexes, its file; drafting, refreshing and issuing."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import Conflict
from accounts.permissions import Verb, may
from dispatch.figures.rates import RateKey
from dispatch.reports import actions
from dispatch.reports.forms import DraftForm
from dispatch.reports.labels import RATE_DEFINITIONS, RATE_NAMES
from dispatch.reports.models import Bulletin
from dispatch.reports.screen import table
from dispatch.reports.workbook import file_name
from dispatch.reports.workbook import render as render_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE_SIZE = 24
ANNEXES = range(1, 7)


def _bulletins(user):
    """What the user may read. Enterprises have no bulletins: 404; without the verb: 403."""
    if user.role is None or user.role.scope == "enterprise":
        raise Http404
    if not may(user, Verb.VIEW_BULLETIN):
        raise PermissionDenied
    return Bulletin.objects.visible_to(user).select_related("created_by", "issued_by")


@require_safe
def bulletin_list(request):
    rows = _bulletins(request.user).defer("snapshot")
    context = {
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_make": may(request.user, Verb.MAKE_BULLETIN),
        "form": DraftForm(today=clock.today()),
    }
    return render(request, "dispatch/bulletin_list.html", context)


@require_POST
def bulletin_draft(request):
    """Drafts the chosen month, or brings its draft up to date."""
    _bulletins(request.user)
    today = clock.today()
    form = DraftForm(request.POST, today=today)
    if not form.is_valid():
        messages.error(request, _("Please choose a month from the list."))
        return redirect("dispatch:bulletin_list")
    year, month = form.cleaned_data["month"]
    bulletin = actions.draft_bulletin(
        park=request.user.organization.park,
        year=year,
        month=month,
        as_of=actions.last_day(year, month, today),
        by=request.user,
        at=clock.now(),
    )
    messages.success(request, _("The draft holds the facts up to %(day)s.") % {"day": bulletin.as_of})
    return redirect("dispatch:bulletin_detail", pk=bulletin.pk)


@require_safe
def bulletin_detail(request, pk):
    """The text, or with ``?annex=1`` … ``6`` one annex."""
    bulletin = get_object_or_404(_bulletins(request.user), pk=pk)
    chosen = request.GET.get("annex", "")
    annex = int(chosen) if chosen.isascii() and chosen.isdigit() and int(chosen) in ANNEXES else None
    is_draft = bulletin.state == Bulletin.State.DRAFT
    context = {
        "bulletin": bulletin,
        "snapshot": bulletin.snapshot,
        "tabs": _tabs(bulletin, annex),
        "table": table(bulletin.snapshot, annex) if annex else None,
        "rates": _rates(bulletin.snapshot),
        "may_refresh": is_draft and may(request.user, Verb.MAKE_BULLETIN),
        "may_issue": is_draft and may(request.user, Verb.ISSUE_BULLETIN),
    }
    return render(request, "dispatch/bulletin_detail.html", context)


def _rates(snapshot):
    stored = [(key, snapshot["rates"][key.value]) for key in RateKey]
    return [
        {
            "label": RATE_NAMES[key],
            "numerator": Decimal(rate["numerator"]),
            "denominator": Decimal(rate["denominator"]),
            "definition": RATE_DEFINITIONS[key],
        }
        for key, rate in stored
    ]


def _tabs(bulletin, annex):
    snapshot, here = bulletin.snapshot, reverse("dispatch:bulletin_detail", args=[bulletin.pk])
    counts = {n: len(snapshot[f"annex{n}"]) for n in ANNEXES if n > 1}
    counts[1] = sum(len(group["rows"]) for group in snapshot["annex1"]["groups"])
    first = [{"label": _("Notice"), "href": here, "active": annex is None, "count": None}]
    return first + [
        {"label": _("Annex %(n)d") % {"n": n}, "href": f"{here}?annex={n}", "active": n == annex, "count": counts[n]}
        for n in ANNEXES
    ]


@require_POST
def bulletin_refresh(request, pk):
    bulletin = get_object_or_404(_bulletins(request.user), pk=pk)
    before = bulletin.sha256
    bulletin = actions.draft_bulletin(
        park=bulletin.park,
        year=bulletin.year,
        month=bulletin.month,
        as_of=actions.last_day(bulletin.year, bulletin.month, clock.today()),
        by=request.user,
        at=clock.now(),
        version=_version(request),
    )
    changed = bulletin.sha256 != before
    messages.success(request, _("The draft is up to date.") if changed else _("Nothing has changed since."))
    return redirect("dispatch:bulletin_detail", pk=bulletin.pk)


@require_http_methods(["GET", "POST"])
def bulletin_issue(request, pk):
    """Asks first; then the bulletin is frozen for good."""
    bulletin = get_object_or_404(_bulletins(request.user), pk=pk)
    if not may(request.user, Verb.ISSUE_BULLETIN):
        raise PermissionDenied
    here = reverse("dispatch:bulletin_detail", args=[bulletin.pk])
    if request.method == "POST":
        actions.issue(bulletin, by=request.user, at=clock.now(), version=_version(request))
        messages.success(request, _("The bulletin has been issued."))
        return redirect(here)
    context = {
        "question": _("Issue the bulletin of %(month)s?") % {"month": bulletin},
        "consequences": [
            _("Text and figures are frozen and no longer change."),
            _("Every responsible unit can read it from now on."),
        ],
        "action": f"{request.path}?version={bulletin.version}",
        "cancel_url": here,
        "danger_text": _("Issue"),
    }
    return render(request, "components/confirm.html", context)


@require_safe
def bulletin_download(request, pk):
    bulletin = get_object_or_404(_bulletins(request.user), pk=pk)
    disposition = content_disposition_header(True, file_name(bulletin.snapshot))
    return HttpResponse(
        render_workbook(bulletin.snapshot), content_type=XLSX, headers={"Content-Disposition": disposition}
    )


def _version(request) -> int:
    """The version the person saw; without one nobody can say what was meant."""
    text = request.POST.get("version") or request.GET.get("version") or ""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Conflict(_("Please reload the page and try again."))
    return int(text)
