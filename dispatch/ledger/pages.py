"""The page of one item, for every view that ends on it."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts import clock
from dispatch.ledger import comment_forms, offers, queries
from dispatch.ledger.models import LedgerItem
from dispatch.ledger.parts import parts_of
from workdays.models import load_calendar

NAMED = (
    "project", "project_step__step", "milestone", "unit", "person__organization", "closed_by", "created_by", "meeting",
    "visit__enterprise", "warning",
)  # fmt: skip


def visible_items(request):
    """The ledger inside the user's scope; it does not exist for enterprises and people without a role."""
    if request.user.role_id is None or request.user.role.scope == "enterprise":
        raise Http404
    return LedgerItem.objects.visible_to(request.user)


def item_of(request, pk) -> LedgerItem:
    """The item, or 404."""
    return get_object_or_404(LedgerItem.objects.visible_to(request.user).select_related(*NAMED), pk=pk)


def detail(request, item, typed=None, *, comment_form=None, overtaken=(), status=200):
    """``typed``: a form of a verb that was not accepted; ``overtaken``: what others did since (conflicts)."""
    today, calendar = clock.today(), load_calendar()
    history = list(item.history.select_related("by").order_by("-pk"))
    context = {
        "item": item,
        "row": queries.row_of(item, today, calendar),
        "stops": queries.state_line(item, history),
        "waits_for": queries.waits_for(item),
        "timeline": queries.timeline(history),
        "last_words": next((e for e in history if e.verb in ("return", "reopen")), None),
        "last_ask": next((e for e in history if e.verb == "ask_hang"), None),
        "last_hang": next((e for e in history if e.verb == "hang"), None),
        "reopened": sum(entry.verb == "reopen" for entry in history),
        "returned": sum(entry.verb == "return" for entry in history),
        "cooperating": list(item.cooperating_units.all()),
        "links": queries.links(item, request.user),
        "parts": parts_of(item, request.user, today),
        "comments": queries.comments(item),
        "comment_form": comment_form or comment_forms.CommentForm(item=item, user=request.user),
        "comment_url": reverse("dispatch:ledger_comment", args=[item.pk]),
        "overtaken": overtaken,
        "here": reverse("dispatch:ledger_detail", args=[item.pk]),
    }
    offered = offers.offers(item, request.user, typed)
    return render(request, "dispatch/ledger_detail.html", context | offered, status=status)
