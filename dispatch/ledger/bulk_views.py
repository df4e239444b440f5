"""Many items at once: choose them in the table, say what, look at it, do it. All or nothing."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.models import Organization
from accounts.permissions import Verb, may
from dispatch.ledger import actions
from dispatch.ledger.actions.bulk import BulkRefused
from dispatch.ledger.forms import NOTE, PlainTextForm, day_field, text_field
from dispatch.ledger.pages import visible_items
from projects.text import number_in

MOST = 200


class AssignManyForm(PlainTextForm):
    unit = forms.ModelChoiceField(Organization.objects.none(), label=gettext_lazy("Responsible unit"))
    due_on = day_field(gettext_lazy("Until"))
    person_name = forms.CharField(label=gettext_lazy("Person"), max_length=60, required=False)
    note = text_field(gettext_lazy("Note"), rows=2, max_length=NOTE, required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Organization.objects.visible_to(user).units().order_by("name")


class CommentManyForm(PlainTextForm):
    text = text_field(gettext_lazy("Comment"), rows=3, max_length=NOTE)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)


FORMS = {"assign": AssignManyForm, "comment": CommentManyForm}


@require_http_methods(["GET", "HEAD", "POST"])
def ledger_bulk(request):
    """Who opens it has ticked some items and wants to give them all to one unit, or say the same about all."""
    chosen = _chosen(request)
    if not may(request.user, Verb.REGISTER_LEDGER_ITEM):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else request.GET
    what = sent.get("what") if sent.get("what") in FORMS else "assign"
    if not chosen:
        messages.warning(request, _("No item was chosen."))
        return redirect("dispatch:ledger_list")
    form = FORMS[what](request.POST if "what" in request.POST else None, user=request.user)
    context = {"form": form, "what": what, "chosen": chosen, "count": len(chosen)}
    if not form.is_valid():
        return render(request, "dispatch/ledger/bulk.html", context, status=422 if form.is_bound else 200)
    if request.POST.get("step") == "back":
        return render(request, "dispatch/ledger/bulk.html", context)
    return _look_or_do(request, context)


def _look_or_do(request, context):
    """First everything that will happen and what stands against it; then, when that was confirmed, the deed."""
    chosen, what, values = context["chosen"], context["what"], context["form"].cleaned_data
    edge = {"by": request.user, "at": clock.now(), "on": clock.today()}
    found = actions.obstacles(chosen, **values, **edge) if what == "assign" else []
    if request.POST.get("step") == "do" and not found:
        try:
            done = _do(what, chosen, values, edge)
        except BulkRefused as refusal:
            found = refusal.found
        else:
            messages.success(request, ngettext("Done for %(n)d item.", "Done for %(n)d items.", done) % {"n": done})
            return redirect("dispatch:ledger_list")
    against = {item.pk: why for item, why in found}
    rows = [{"item": item, "version": version, "against": against.get(item.pk, "")} for item, version in chosen]
    context |= {"rows": rows, "against": len(found), "values": values}
    return render(request, "dispatch/ledger/bulk_look.html", context, status=409 if found else 200)


def _do(what: str, chosen, values: dict, edge: dict) -> int:
    if what == "assign":
        return actions.assign_many(chosen, **values, **edge)
    return actions.comment_on_many([item for item, _version in chosen], **values, **edge)


def _chosen(request) -> list:
    """(item, version looked at) for each ``row=pk:version`` that this person may see, in the order of deadlines."""
    visible = visible_items(request)
    versions: dict[int, int] = {}
    for text in (request.POST if request.method == "POST" else request.GET).getlist("row")[:MOST]:
        pk, _colon, version = text.partition(":")
        key, seen = number_in(pk), number_in(version)
        if key is not None and seen is not None:
            versions[key] = seen
    items = visible.filter(pk__in=versions).select_related("unit", "project").order_by("due_on", "pk")
    return [(item, versions[item.pk]) for item in items]
