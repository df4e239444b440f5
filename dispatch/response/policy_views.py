"""Pages of the ladder itself: what is in force, every version before, who holds which office."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.attempts import attempt
from accounts.errors import Refused
from accounts.permissions import Verb, may
from dispatch.response import policies, rule_actions, words
from dispatch.response.forms import DutyForm, PolicyForm
from dispatch.response.models import DutyHolder, ResponsePolicy
from dispatch.response.policy import REMINDER, TWO


@require_safe
def policy_detail(request):
    """Who opens it wants to know by which rules cases climb, and who is told; editors find their way from here."""
    _inside(request)
    row = policies.newest(request.user.organization.park_id)
    current = policies.typed(row)
    park = request.user.organization.park_id
    versions = ResponsePolicy.objects.filter(park=park) | ResponsePolicy.objects.filter(park__isnull=True)
    context = {
        "row": row,
        "policy": current,
        "levels": [words.level_facts(current, level) for level in (REMINDER, 3, TWO, 1)],
        "triggers": words.trigger_rows(current),
        "rhythms": [{"label": words.TIER_NAMES[n], "value": words.rhythm(n, current.rhythm)} for n in (1, 2, 3, 4)],
        "versions": versions.select_related("by").order_by("-version"),
        "duties": _duties(request.user),
        "may_edit": may(request.user, Verb.EDIT_RULES),
    }
    return render(request, "dispatch/response/policy.html", context)


def _duties(user):
    """Who holds which office; people of a unit see those of the park and of their own unit."""
    rows = DutyHolder.objects.filter(park=user.organization.park_id)
    if user.role.scope == "unit":
        rows = rows.filter(Q(organization__isnull=True) | Q(organization__in=user.organization.branch_ids()))
    return rows.select_related("organization", "user__organization")


@require_http_methods(["GET", "HEAD", "POST"])
def policy_edit(request):
    """Who opens it changes the ladder of the park; what they save is a new version."""
    _editing(request)
    row = policies.newest(request.user.organization.park_id)
    version = row.version if row else 0
    form = PolicyForm(_posted(request), current=policies.typed(row), base_version=version)
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        messages.success(request, _("Saved as a new version. It is in force from the next evaluation on."))
        return redirect("dispatch:response_policy")
    status = 200 if not form.is_bound else 409 if getattr(form, "was_refused", False) else 422
    return render(request, "dispatch/response/policy_form.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def duty_add(request):
    """Who opens it writes down who holds an office."""
    _editing(request)
    form = DutyForm(_posted(request), user=request.user)
    named = form.is_valid() and attempt(form, lambda: rule_actions.name_holder(**form.cleaned_data, by=request.user))
    if request.method == "POST" and named:
        messages.success(request, _("Saved."))
        return redirect("dispatch:response_policy")
    return render(request, "dispatch/response/duty_form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def duty_remove(request, pk):
    """Who sends it says that somebody does not hold an office any more; it is asked about first."""
    _inside(request)
    rows = DutyHolder.objects.filter(park=request.user.organization.park_id).select_related("user", "organization")
    held = get_object_or_404(rows, pk=pk)
    _editing(request)
    if request.method == "POST":
        rule_actions.remove_duty(held, by=request.user)
        messages.success(request, _("Removed."))
        return redirect("dispatch:response_policy")
    context = {
        "question": _("Remove %(who)s?") % {"who": held},
        "consequences": [_("From now on somebody else is told. What was told before stays in the history.")],
        "action": reverse("dispatch:duty_remove", args=[pk]),
        "cancel_url": reverse("dispatch:response_policy"),
        "danger_text": _("Remove"),
    }
    return render(request, "components/confirm.html", context)


def _inside(request) -> None:
    if request.user.role_id is None or request.user.role.scope == "enterprise":
        raise Http404


def _editing(request) -> None:
    _inside(request)
    if not may(request.user, Verb.EDIT_RULES):
        raise PermissionDenied


def _posted(request):
    return request.POST if request.method == "POST" else None


def _saved(request, form) -> bool:
    given = form.cleaned_data
    try:
        rule_actions.save_policy(
            params=form.params(), is_enabled=given["is_enabled"], note=given["note"],
            base_version=given["base_version"], by=request.user, at=clock.now(),
        )  # fmt: skip
    except Refused as refusal:
        form.was_refused = True
        form.add_error(None, str(refusal))
        return False
    return True
