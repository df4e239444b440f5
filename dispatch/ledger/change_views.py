"""Pages that change one item. Parse, fetch what the user may see, call one action, answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.attempts import attempt
from accounts.errors import Refused
from accounts.permissions import Verb, may
from approvals.models import ProjectStep
from dispatch.ledger import actions, conflicts, flow, offers
from dispatch.ledger.comment_forms import CommentForm
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.forms import ORIGINS, ItemForm
from dispatch.ledger.models import LedgerComment, LedgerItem
from dispatch.ledger.move_forms import MOVE_FORMS
from dispatch.ledger.pages import detail, item_of, visible_items
from dispatch.measures import assist
from projects.models import Milestone, Project
from workdays.models import load_calendar

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_METHODS)
def ledger_new(request):
    """Who opens it has found a problem or been given a task, and wants it written down with a name and a date."""
    visible_items(request)
    if not may(request.user, Verb.REGISTER_LEDGER_ITEM):
        raise PermissionDenied
    if assist.asked_for_help(request):
        typed = ItemForm(user=request.user, initial=assist.typed(request))
        return _form_page(request, typed, None, alike=assist.alike(request))
    form = ItemForm(request.POST or None, user=request.user, initial=_first_values(request) | assist.linked(request))
    if request.method == "POST" and form.is_valid():
        who = _edge(request) | {"park": request.user.park}
        units = form.cleaned_data["cooperating_units"]
        item = attempt(form, lambda: actions.register(**who, **form.values(), cooperating_units=units))
        if item:
            messages.success(request, _("Registered as %(number)s.") % {"number": item.number})
            return redirect("dispatch:ledger_detail", item.pk)
    return _form_page(request, form, None)


@require_http_methods(FORM_METHODS)
def ledger_edit(request, pk):
    """Who opens it wants to complete or correct what the item says."""
    item = item_of(request, pk)
    if not actions.may_do(item, ItemVerb.EDIT, request.user):
        raise PermissionDenied
    if item.state == LedgerItem.State.CLOSED:
        raise Refused(_("A closed item cannot be edited. Reopen it first."))
    form = _edit_form(request, item)
    if request.method == "POST" and form.is_valid():
        values = {"fields": form.values(), "cooperating_units": form.cleaned_data["cooperating_units"]}
        version = form.cleaned_data["version"] or 0
        if attempt(form, lambda: actions.edit(item, **values, version=version, **_edge(request))):
            messages.success(request, _("Saved."))
            return redirect("dispatch:ledger_detail", item.pk)
    if not getattr(form, "was_overtaken", False):
        return _form_page(request, form, item)
    return _overtaken_edit(request, pk, form)


@require_http_methods(FORM_METHODS)
def ledger_move(request, pk, verb):
    """Who sends it has done one thing to the item; closing and reopening are asked about first."""
    item = item_of(request, pk)
    if verb not in MOVE_FORMS:
        raise Http404
    verb = ItemVerb(verb)
    if not actions.may_do(item, verb, request.user):
        raise PermissionDenied
    if request.method != "POST":
        if verb not in flow.verbs_from(item.state):
            return redirect("dispatch:ledger_detail", item.pk)
        return _ask(request, item, MOVE_FORMS[verb](item=item, user=request.user))
    form = MOVE_FORMS[verb](request.POST, request.FILES, item=item, user=request.user)
    if form.is_valid():
        who = _edge(request) | {"calendar": load_calendar()}
        if attempt(form, lambda: offers.perform(form, item, **who)):
            messages.success(request, offers.DONE[verb])
            return redirect("dispatch:ledger_detail", item.pk)
    return _again(request, pk, form)


@require_POST
def ledger_comment(request, pk):
    """Who sends it has something to say about the item."""
    item = item_of(request, pk)
    form = CommentForm(request.POST, item=item, user=request.user)
    if form.is_valid() and attempt(form, lambda: actions.comment(item, **form.cleaned_data, **_edge(request))):
        return redirect(f"{reverse('dispatch:ledger_detail', args=[item.pk])}#comments")
    return detail(request, item, comment_form=form, status=409 if form.non_field_errors() else 422)


@require_http_methods(FORM_METHODS)
def ledger_comment_back(request, pk):
    """Who opens it wants to take an own comment back; asked about first."""
    row = get_object_or_404(LedgerComment.objects.visible_to(request.user).select_related("item"), pk=pk)
    if row.by_id != request.user.pk:
        raise PermissionDenied
    here = f"{reverse('dispatch:ledger_detail', args=[row.item_id])}#comments"
    if request.method == "POST":
        actions.take_back(row, by=request.user, at=clock.now())
        return redirect(here)
    context = {
        "question": _("Take this comment back?"),
        "consequences": [row.text, _("The text goes; it stays visible that there was a comment of yours.")],
        "action": request.path,
        "cancel_url": here,
        "danger_text": _("Take back"),
    }
    return render(request, "components/confirm.html", context)


def _edge(request) -> dict:
    return {"by": request.user, "at": clock.now(), "on": clock.today()}


def _edit_form(request, item) -> ItemForm:
    """The form; of fields named by ``take`` the present value of the item is taken, whatever was typed."""
    data = request.POST.copy() if request.method == "POST" else None
    form = ItemForm(data, user=request.user, item=item, initial=_present(item))
    taken = [name for name in request.POST.getlist("take") if name in form.fields and name != "version"]
    for name in taken:
        conflicts.put_theirs(form, name)
    return ItemForm(data, user=request.user, item=item, initial=_present(item)) if taken else form


def _overtaken_edit(request, pk, form):
    """What the others changed beside what was typed. Sending it again is meant: mine goes on top of theirs."""
    fresh = item_of(request, pk)
    errors = form.non_field_errors()
    again, differences = conflicts.merge(form, fresh, _present(fresh))
    again.is_valid()
    for error in errors:
        again.add_error(None, error)
    return _form_page(request, again, fresh, differences=differences)


def _again(request, pk, form):
    """The page once more with what was typed, and why it was not accepted; with what others did in the meantime."""
    item = item_of(request, pk)
    status = 409 if form.non_field_errors() else 422
    overtaken = []
    if getattr(form, "was_overtaken", False):
        overtaken = conflicts.what_happened(item, form.cleaned_data["version"])
        form.data = form.data.copy()
        form.data["version"] = str(item.version)
    if form.verb in offers.CONFIRMED:
        return _ask(request, item, form, status, overtaken)
    return detail(request, item, form, overtaken=overtaken, status=status)


def _ask(request, item, form, status=200, overtaken=()):
    """The page before a verb that is asked about; other verbs have their form on the item's own page."""
    here = reverse("dispatch:ledger_detail", args=[item.pk])
    if form.verb not in offers.CONFIRMED:
        return redirect(f"{here}#{form.verb}")
    told = [f"{row['who']} {row['at']:%Y-%m-%d %H:%M}：{row['what']} {row['note']}" for row in overtaken]
    context = {
        "question": f"{offers.TITLES[form.verb]}: {item.title}",
        "consequences": [*told, *offers.consequences(item, form.verb)],
        "form": form,
        "action": reverse("dispatch:ledger_move", args=[item.pk, form.verb.value]),
        "cancel_url": here,
        "danger_text": offers.TITLES[form.verb],
        "is_good": form.verb == ItemVerb.CLOSE,
    }
    return render(request, "components/confirm.html", context, status=status)


def _form_page(request, form, item, **more):
    status = 422 if form.is_bound else 200
    if form.is_bound and form.non_field_errors():
        status = 409
    back = reverse("dispatch:ledger_detail", args=[item.pk]) if item else reverse("dispatch:ledger_list")
    context = {"form": form, "item": item, "back": back} | more
    return render(request, "dispatch/ledger_form.html", context, status=status)


def _first_values(request) -> dict:
    """What an empty form starts with: the things a link names (``?project=12&step=S06``), if the user may see them."""
    values = {"kind": LedgerItem.Kind.PROBLEM, "category": LedgerItem.Category.OTHER}
    for name in ORIGINS:
        found = _named(request, name, ItemForm.base_fields[name].queryset.model)
        if found:
            values |= {name: found, "source": name}
    warning = values.get("warning")
    step, milestone = _named_step(request), _named(request, "milestone", Milestone)
    project = _named(request, "project", Project) or next((row.project for row in (step, milestone) if row), None)
    project = project or (warning.project if warning else None)
    if project and Project.objects.visible_to(request.user).filter(pk=project.pk).exists():
        values["project"] = project
        parts = {"project_step": step, "milestone": milestone}
        values |= {name: row for name, row in parts.items() if row and row.project_id == project.pk}
    if warning:
        values |= {"title": warning.label[:200], "unit": warning.unit_id}
    return values


def _named(request, name, model):
    """The visible row whose key the address names, or None."""
    pk = request.GET.get(name, "")
    return model.objects.visible_to(request.user).filter(pk=pk).first() if _is_key(pk) else None


def _named_step(request):
    """A step by its key, or by its code (S06) beside the project."""
    code, rows = request.GET.get("step", ""), ProjectStep.objects.visible_to(request.user)
    if _is_key(code):
        return rows.filter(pk=code).first()
    project = request.GET.get("project", "")
    return rows.filter(code=code, project=project).first() if code and _is_key(project) else None


def _is_key(text: str) -> bool:
    return text.isdecimal() and len(text) < 19


def _present(item) -> dict:
    values = {name: getattr(item, name) for name in actions.EDITABLE if name != "person"}
    return values | {"cooperating_units": list(item.cooperating_units.all()), "version": item.version}
