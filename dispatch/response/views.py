"""Pages of the response cases and the queues of the tiers. Parse, fetch what may be seen, call one action, answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.attempts import attempt
from accounts.downloads import attachment
from accounts.permissions import Verb, may
from dispatch.ledger.models import LedgerItem
from dispatch.response import actions, answering, book, offers, queries, sessions, words
from dispatch.response.forms import ANSWER_FORMS, CaseFilter
from dispatch.response.models import ResponseCase
from dispatch.response.queue import tier_queue as queue_of
from dispatch.response.queue import tiers
from dispatch.warnings.models import Warning
from workdays.models import load_calendar

PAGE_SIZE = 50


@require_safe
def case_list(request):
    """Who opens it wants to know what has to be answered, how severe it is and what is late."""
    visible = _visible(request)
    today, calendar = clock.today(), load_calendar()
    form = _filter(request, today, calendar)
    sort = request.GET.get("sort", queries.DEFAULT_SORT)
    rows = queries.for_list(queries.ordered(form.narrow(visible), sort))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "sort": sort,
        "page_obj": page,
        "rows": queries.rows_of(page, request.user, today, calendar),
        "stats": queries.counts(visible, today),
        "chips": _chips(request, form),
        "export_url": _export_url(request),
    }
    return render(request, "dispatch/response/list.html", context)


@require_safe
def case_export(request):
    """Who opens it wants the list on the screen as a workbook."""
    visible = _visible(request)
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied
    today, calendar = clock.today(), load_calendar()
    form = _filter(request, today, calendar)
    rows = queries.for_list(queries.ordered(form.narrow(visible), request.GET.get("sort", "")))
    content = book.workbook(queries.rows_of(rows, request.user, today, calendar))
    return attachment(content, f"response-{today:%Y%m%d}.xlsx")


@require_safe
def case_detail(request, pk):
    """Who opens it wants to know why the case is where it is, and to answer it at once."""
    return _detail(request, _case(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def case_answer(request, pk, answer):
    """Who sends it has answered the case; the same address by hand leads to the case."""
    case = _case(request, pk)
    if answer not in ANSWER_FORMS:
        raise Http404
    if not actions.may_answer(case, request.user):
        raise PermissionDenied
    if request.method != "POST":
        return redirect(f"{reverse('dispatch:case_detail', args=[pk])}#{answer}")
    form = ANSWER_FORMS[answer](request.POST, case=case, user=request.user)
    if form.is_valid() and _done(request, form, case):
        messages.success(request, offers.DONE[answer])
        return redirect("dispatch:case_detail", pk)
    return _again(request, pk, form)


@require_safe
def tier_queue(request, tier):
    """Who opens it prepares a session of the tier and wants to know when it is and what it takes."""
    _visible(request)
    if tier not in sessions.TIERS:
        raise Http404
    today, calendar = clock.today(), load_calendar()
    all_tiers = tiers(request.user, today, calendar)
    context = {
        "tier": all_tiers[tier - 1],
        "tabs": [
            {"label": TIER_NAMES[one.number], "href": one.url, "active": one.number == tier, "count": one.count}
            for one in all_tiers
        ],
        "name": TIER_NAMES[tier],
        "rhythm": words.rhythm(tier, queries.rhythm_of(request.user)),
        "takes": words.TAKES[tier],
        "rows": queue_of(tier, request.user, today, calendar),
    }
    return render(request, "dispatch/response/tier.html", context)


TIER_NAMES = words.TIER_NAMES


def _visible(request):
    """Cases inside the user's scope; they do not exist for enterprises and people without a role."""
    if request.user.role_id is None or request.user.role.scope == "enterprise":
        raise Http404
    return ResponseCase.objects.visible_to(request.user)


def _case(request, pk) -> ResponseCase:
    return get_object_or_404(_visible(request).select_related("warning", "unit", "project"), pk=pk)


def _filter(request, today, calendar) -> CaseFilter:
    rhythm = queries.rhythm_of(request.user)
    return CaseFilter(request.GET, user=request.user, today=today, calendar=calendar, rhythm=rhythm)


def _detail(request, case, typed=None, status=200):
    today, calendar = clock.today(), load_calendar()
    events = list(case.events.select_related("by"))
    [row] = queries.rows_of([case], request.user, today, calendar)
    context = {
        "case": case,
        "row": row,
        "wanted": [
            {"name": words.MISSED_NAMES[one.code], "by_on": one.by_on, "given_on": one.given_on,
             "is_late": not case.is_held and one.is_late(today)}
            for one in answering.wanted(case)
        ],
        "trace": queries.trace(events),
        "offers": offers.offers(case, request.user, typed),
        "tier_name": TIER_NAMES[row.tier],
        "items": LedgerItem.objects.visible_to(request.user).filter(warning=case.warning_id).order_by("pk"),
        "may_register": _may_register(request.user, case),
    }  # fmt: skip
    return render(request, "dispatch/response/detail.html", context, status=status)


def _may_register(user, case) -> bool:
    """Whether the page offers to make a ledger item of the warning; one about an item is on the ledger already."""
    on_ledger = case.warning.object_type == Warning.ObjectType.LEDGER_ITEM
    return not (case.closed_on or on_ledger) and may(user, Verb.REGISTER_LEDGER_ITEM)


def _done(request, form, case) -> bool:
    """Whether the answer was taken; a refusal becomes an error of the form, the typed text stays."""
    who = {"by": request.user, "at": clock.now(), "on": clock.today(), "calendar": load_calendar()}
    return attempt(form, lambda: offers.perform(form, case, **who)) is not None


def _again(request, pk, form):
    """The page once more with what was typed, and why it was not accepted; sent again it goes on the case as it is."""
    case = _case(request, pk)
    status = 409 if form.non_field_errors() else 422
    if getattr(form, "was_overtaken", False):
        form.data = form.data.copy()
        form.data["version"] = str(case.version)
    return _detail(request, case, form, status)


def _chips(request, form) -> list[dict]:
    if not form.chosen_project:
        return []
    query = request.GET.copy()
    query.pop("project", None)
    query.pop("page", None)
    return [{"label": _("Project"), "value": form.chosen_project.name, "remove_url": f"?{query.urlencode()}"}]


def _export_url(request) -> str:
    if not may(request.user, Verb.EXPORT_LEDGER):
        return ""
    return f"{reverse('dispatch:case_export')}?{request.GET.urlencode()}"
