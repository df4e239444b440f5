"""Pages of the responsibility ledger. Parse, fetch what the user may see, call one action, answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import clock
from accounts.errors import Conflict, Refused
from accounts.permissions import Verb, may
from dispatch.ledger import actions, book, flow, offers, queries
from dispatch.ledger.filters import LedgerFilter
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.forms import MOVE_FORMS, ItemForm
from dispatch.ledger.models import LedgerItem
from dispatch.ledger.parts import parts_of
from projects.models import Project
from workdays.models import load_calendar

PAGE_SIZE = 50
RARE = ("unit", "category", "kind", "source")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@vary_on_headers("HX-Request")
def ledger_list(request):
    """Who opens it wants to know which items wait for them and which are late."""
    visible = _visible(request)
    today, calendar = clock.today(), load_calendar()
    soon = queries.soon(today, calendar)
    form = LedgerFilter(request.GET, user=request.user, today=today, soon=soon)
    sort = request.GET.get("sort", queries.DEFAULT_SORT)
    rows = queries.for_list(queries.ordered(form.narrow(visible), sort))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "sort": sort,
        "page_obj": page,
        "rows": queries.rows_of(page, today, calendar),
        "chips": _chips(request, form),
        "may_register": may(request.user, Verb.REGISTER_LEDGER_ITEM),
        "export_url": _export_url(request),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "dispatch/ledger_rows.html", context)
    context["stats"] = queries.counts(visible, today, soon)
    context["more_open"] = any(request.GET.get(name) for name in RARE)
    return render(request, "dispatch/ledger_list.html", context)


@require_safe
def ledger_export(request):
    """Who opens it wants the list on the screen as a workbook."""
    visible = _visible(request)
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied
    today, calendar = clock.today(), load_calendar()
    form = LedgerFilter(request.GET, user=request.user, today=today, soon=queries.soon(today, calendar))
    rows = queries.ordered(form.narrow(visible), request.GET.get("sort", "")).select_related("project", "unit")
    answer = HttpResponse(book.workbook(queries.rows_of(rows, today, calendar)), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="ledger-{today:%Y%m%d}.xlsx"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def ledger_new(request):
    """Who opens it has found a problem or been given a task, and wants it written down with a name and a date."""
    _visible(request)
    if not may(request.user, Verb.REGISTER_LEDGER_ITEM):
        raise PermissionDenied
    form = ItemForm(request.POST or None, user=request.user, initial=_first_values(request))
    if request.method == "POST" and form.is_valid():
        who = {"by": request.user, "at": clock.now(), "on": clock.today(), "park": request.user.park}
        units = form.cleaned_data["cooperating_units"]
        item = _try(form, lambda: actions.register(**who, **form.values(), cooperating_units=units))
        if item:
            messages.success(request, _("Registered as %(number)s.") % {"number": item.number})
            return redirect("dispatch:ledger_detail", item.pk)
    return _form_page(request, form, None)


@require_safe
def ledger_detail(request, pk):
    """Who opens it wants to know what they have to do with this item, and to do it at once."""
    return _detail(request, _item(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def ledger_edit(request, pk):
    """Who opens it wants to complete or correct what the item says."""
    item = _item(request, pk)
    if not actions.may_do(item, ItemVerb.EDIT, request.user):
        raise PermissionDenied
    if item.state == LedgerItem.State.CLOSED:
        raise Refused(_("A closed item cannot be edited. Reopen it first."))
    form = ItemForm(request.POST or None, user=request.user, item=item, initial=_present(item))
    if request.method == "POST" and form.is_valid():
        who = {"by": request.user, "at": clock.now(), "on": clock.today()}
        values = {"fields": form.values(), "cooperating_units": form.cleaned_data["cooperating_units"]}
        version = form.cleaned_data["version"] or 0
        if _try(form, lambda: actions.edit(item, **values, version=version, **who)):
            messages.success(request, _("Saved."))
            return redirect("dispatch:ledger_detail", item.pk)
    return _form_page(request, _on_present_version(form, request, pk), item)


@require_http_methods(["GET", "HEAD", "POST"])
def ledger_move(request, pk, verb):
    """Who sends it has done one thing to the item; closing and reopening are asked about first."""
    item = _item(request, pk)
    if verb not in MOVE_FORMS:
        raise Http404
    verb = ItemVerb(verb)
    if not actions.may_do(item, verb, request.user):
        raise PermissionDenied
    if request.method != "POST":
        if verb not in flow.verbs_from(item.state):
            return redirect("dispatch:ledger_detail", item.pk)
        return _ask(request, item, MOVE_FORMS[verb](item=item, user=request.user))
    form = MOVE_FORMS[verb](request.POST, item=item, user=request.user)
    if form.is_valid():
        who = {"by": request.user, "at": clock.now(), "on": clock.today(), "calendar": load_calendar()}
        if _try(form, lambda: offers.perform(form, item, **who)):
            messages.success(request, offers.DONE[verb])
            return redirect("dispatch:ledger_detail", item.pk)
    return _again(request, pk, form)


def _visible(request):
    """The ledger inside the user's scope; it does not exist for enterprises and people without a role."""
    if request.user.role_id is None or request.user.role.scope == "enterprise":
        raise Http404
    return LedgerItem.objects.visible_to(request.user)


def _item(request, pk) -> LedgerItem:
    rows = LedgerItem.objects.visible_to(request.user)
    named = ("project", "project_step__step", "milestone", "unit", "closed_by", "created_by")
    return get_object_or_404(rows.select_related(*named), pk=pk)


def _detail(request, item, typed=None, status=200):
    today, calendar = clock.today(), load_calendar()
    history = list(item.history.select_related("by").order_by("-pk"))
    context = {
        "item": item,
        "row": queries.row_of(item, today, calendar),
        "stops": queries.state_line(item, history),
        "waits_for": queries.waits_for(item),
        "timeline": queries.timeline(history),
        "last_words": next((e for e in history if e.verb in ("return", "reopen")), None),
        "reopened": sum(entry.verb == ItemVerb.REOPEN for entry in history),
        "cooperating": list(item.cooperating_units.all()),
        "step_url": _step_url(item),
        "parts": parts_of(item, request.user, today),
    }
    offered = offers.offers(item, request.user, typed)
    return render(request, "dispatch/ledger_detail.html", context | offered, status=status)


def _step_url(item) -> str:
    return queries.address("approvals:step", item.project_id, item.project_step.code) if item.project_step_id else ""


def _again(request, pk, form):
    """The page once more with what was typed, and why it was not accepted."""
    item = _item(request, pk)
    status = 409 if form.non_field_errors() else 422
    form = _on_present_version(form, request, pk)
    if form.verb in offers.CONFIRMED:
        return _ask(request, item, form, status)
    return _detail(request, item, form, status)


def _on_present_version(form, request, pk):
    """After being told that somebody was first, sending the same text again is meant: it goes on the item as it is."""
    if getattr(form, "was_overtaken", False):
        form.data = form.data.copy()
        form.data["version"] = str(_item(request, pk).version)
    return form


def _ask(request, item, form, status=200):
    """The page before a verb that is asked about; other verbs have their form on the item's own page."""
    here = reverse("dispatch:ledger_detail", args=[item.pk])
    if form.verb not in offers.CONFIRMED:
        return redirect(f"{here}#{form.verb}")
    context = {
        "question": f"{offers.TITLES[form.verb]}: {item.title}",
        "consequences": offers.consequences(item, form.verb),
        "form": form,
        "action": reverse("dispatch:ledger_move", args=[item.pk, form.verb.value]),
        "cancel_url": here,
        "danger_text": offers.TITLES[form.verb],
        "is_good": form.verb == ItemVerb.CLOSE,
    }
    return render(request, "components/confirm.html", context, status=status)


def _form_page(request, form, item):
    status = 422 if form.is_bound else 200
    if form.is_bound and form.non_field_errors():
        status = 409
    back = reverse("dispatch:ledger_detail", args=[item.pk]) if item else reverse("dispatch:ledger_list")
    return render(request, "dispatch/ledger_form.html", {"form": form, "item": item, "back": back}, status=status)


def _try(form, action):
    """The action's result, or None with its refusal as an error of the form; the typed text stays."""
    try:
        return action()
    except Conflict as refusal:
        form.was_overtaken = True
        form.add_error(None, f"{refusal} {_('Your text is still here.')}")
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def _first_values(request) -> dict:
    """What an empty form starts with; the project a link names (``?project=12``), if the user may see it."""
    pk = request.GET.get("project", "")
    project = Project.objects.visible_to(request.user).filter(pk=pk).first() if pk.isdecimal() else None
    usual = {"kind": LedgerItem.Kind.PROBLEM, "category": LedgerItem.Category.OTHER}
    return usual | ({"project": project} if project else {})


def _present(item) -> dict:
    values = {name: getattr(item, name) for name in actions.EDITABLE if name != "person"}
    return values | {"cooperating_units": list(item.cooperating_units.all()), "version": item.version}


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
    return f"{reverse('dispatch:ledger_export')}?{request.GET.urlencode()}"
