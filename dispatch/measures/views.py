"""Pages of measures. Parse, fetch what the user may see, call one action, answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.downloads import attachment
from accounts.errors import Refused
from accounts.permissions import Verb, may
from dispatch.ledger import actions as ledger
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerItem
from dispatch.measures import actions, assist, book, queries
from dispatch.measures.forms import MeasureFilter, MeasureForm, WithdrawForm, first_values, present
from dispatch.measures.models import Measure
from dispatch.measures.search import similar

PAGE_SIZE = 50


@require_safe
@vary_on_headers("HX-Request")
def measure_list(request):
    """Who opens it has a problem, and wants to know how it was solved before."""
    form = MeasureFilter(request.GET)
    sort = request.GET.get("sort", queries.DEFAULT_SORT)
    rows = queries.for_list(form.narrow(_visible(request)), sort)
    context = {
        "form": form,
        "sort": sort,
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "export_url": _export_url(request),
    }
    return render(request, "dispatch/measures/list.html", context)


@require_safe
def measure_export(request):
    """Who opens it wants the list on the screen as a workbook."""
    rows = _visible(request)
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied
    found = queries.for_list(MeasureFilter(request.GET).narrow(rows), request.GET.get("sort", ""))
    return attachment(book.workbook(found), f"measures-{clock.today():%Y%m%d}.xlsx")


@require_safe
def measure_detail(request, pk):
    """Who opens it wants to know how it was done, and who did it."""
    rows = _visible(request).select_related("published_by", "withdrawn_by", "item")
    measure = get_object_or_404(rows, pk=pk)
    uses = LedgerItem.objects.visible_to(request.user).filter(measure=measure).select_related("unit")
    in_use = measure.withdrawn_at is None
    context = {
        "measure": measure,
        "origin": queries.origin(measure, request.user),
        "times_used": measure.uses.count(),
        "uses": uses.order_by("-pk")[:PAGE_SIZE],
        "timeline": queries.timeline(measure.history.select_related("by").order_by("-pk")),
        "may_change": in_use and may(request.user, Verb.PUBLISH_MEASURE),
        "may_use": in_use and may(request.user, Verb.REGISTER_LEDGER_ITEM),
    }
    return render(request, "dispatch/measures/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def measure_publish(request, pk):
    """Who opens it has seen something solved well, and wants it to be found the next time."""
    item = _item(request, pk)
    if not may(request.user, Verb.PUBLISH_MEASURE):
        raise PermissionDenied
    if request.method != "POST" and item.state != LedgerItem.State.CLOSED:
        return redirect("dispatch:ledger_detail", pk)
    form = MeasureForm(request.POST or None, initial=first_values(item))
    if request.method == "POST" and form.is_valid():
        who = {"by": request.user, "at": clock.now()}
        if measure := attempt(form, lambda: actions.publish(item=item, fields=form.values(), **who)):
            messages.success(request, _("Published. It is suggested for similar items from now on."))
            return redirect("dispatch:measure_detail", measure.pk)
    return _form_page(request, form, {"item": item, "back": reverse("dispatch:ledger_detail", args=[item.pk])})


@require_http_methods(["GET", "HEAD", "POST"])
def measure_edit(request, pk):
    """Who opens it wants to make a measure clearer."""
    measure = _changeable(request, pk)
    form = MeasureForm(request.POST or None, initial=present(measure))
    if request.method == "POST" and form.is_valid():
        who = {"by": request.user, "at": clock.now(), "version": form.cleaned_data["version"] or 0}
        if attempt(form, lambda: actions.edit(measure, fields=form.values(), **who)):
            messages.success(request, _("Saved."))
            return redirect("dispatch:measure_detail", measure.pk)
    return _form_page(request, form, {"measure": measure, "back": reverse("dispatch:measure_detail", args=[pk])})


@require_http_methods(["GET", "HEAD", "POST"])
def measure_withdraw(request, pk):
    """Who opens it knows that a measure must not be used any more."""
    measure = _changeable(request, pk)
    form = WithdrawForm(request.POST or None, initial={"version": measure.version})
    if request.method == "POST" and form.is_valid():
        who = {"by": request.user, "at": clock.now()}
        if attempt(form, lambda: actions.withdraw(measure, **form.cleaned_data, **who)):
            messages.success(request, _("Withdrawn."))
            return redirect("dispatch:measure_detail", measure.pk)
    context = {
        "question": _("Withdraw “%(measure)s”?") % {"measure": measure},
        "consequences": [_("It is not suggested any more."), _("Items that took it over keep their words.")],
        "form": form,
        "cancel_url": reverse("dispatch:measure_detail", args=[pk]),
        "danger_text": pgettext_lazy("measure", "Withdraw"),
    }
    return render(request, "components/confirm.html", context, status=status_of(form))


@require_safe
@vary_on_headers("HX-Request")
def measure_similar(request):
    """Who opens it wants to know what was solved before that is like this item, or like what is being typed."""
    _visible(request)
    pk = request.GET.get("item", "")
    item = _item(request, int(pk)) if pk.isascii() and pk.isdecimal() and len(pk) < 19 else None
    text = f"{item.title}\n{item.description}" if item else request.GET.get("title", "")
    found = similar(text[: assist.LONGEST], user=request.user, limit=assist.SHOWN, but={item.pk} if item else ())
    may_take = item is not None and item.state != LedgerItem.State.CLOSED
    context = {
        "item": item,
        "text": text,
        "alike": found,
        "in_form": "form" in request.GET,
        "may_take": may_take and ledger.may_do(item, ItemVerb.EDIT, request.user),
        "may_register": may(request.user, Verb.REGISTER_LEDGER_ITEM),
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, f"dispatch/measures/{'_alike' if fragment else 'similar'}.html", context)


@require_POST
def measure_take(request, pk):
    """Who sends it wants to solve this item as the other one was solved."""
    item = _item(request, pk)
    if not ledger.may_do(item, ItemVerb.EDIT, request.user):
        raise PermissionDenied
    version = request.POST.get("version", "")
    measure = assist.named(request, request.POST.get("measure", ""))
    if measure is None or not version.isdecimal():
        raise Refused(_("This measure is not in use any more."))
    who = {"by": request.user, "at": clock.now(), "on": clock.today(), "version": int(version[:9])}
    actions.take_over(item, measure, **who)
    messages.success(request, _("Taken over into the item's measures."))
    return redirect("dispatch:ledger_detail", item.pk)


def _visible(request):
    """Measures inside the user's scope; they do not exist for enterprises and people without a role."""
    if request.user.role_id is None or request.user.role.scope == "enterprise":
        raise Http404
    return Measure.objects.visible_to(request.user)


def _item(request, pk) -> LedgerItem:
    return get_object_or_404(LedgerItem.objects.visible_to(request.user).select_related("unit", "project"), pk=pk)


def _changeable(request, pk) -> Measure:
    measure = get_object_or_404(_visible(request), pk=pk)
    if not may(request.user, Verb.PUBLISH_MEASURE):
        raise PermissionDenied
    return measure


def _form_page(request, form, context: dict):
    """Sending the same text again after being told that somebody was first is meant: it goes on the present version."""
    status = status_of(form)
    if status == 409 and "measure" in context:
        form.data = form.data.copy()
        form.data["version"] = str(Measure.objects.get(pk=context["measure"].pk).version)
    return render(request, "dispatch/measures/form.html", {"form": form, **context}, status=status)


def _export_url(request) -> str:
    if not may(request.user, Verb.EXPORT_LEDGER):
        return ""
    return f"{reverse('dispatch:measure_export')}?{request.GET.urlencode()}"
