"""The page on which a park chooses how its plans are worked out, with what the park's data are enough for."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.attempts import attempt, status_of
from accounts.permissions import Verb, may
from dispatch.doors import require_reader
from dispatch.plan import learned, policies
from dispatch.plan.building import works_name
from dispatch.plan.forms import renew
from dispatch.plan.learned_table import table_of
from dispatch.plan.policy import PlanPolicy, policy_from
from dispatch.plan.rule_forms import RulesForm


@require_http_methods(["GET", "HEAD", "POST"])
def plan_rules(request):
    """Who opens it wants to choose what every plan starts from, and whether the risk of being late is worked out."""
    require_reader(request)
    if not may(request.user, Verb.EDIT_RULES):
        raise PermissionDenied
    park = request.user.park
    policy = policies.in_force(park.pk)
    form = RulesForm(request.POST or None, policy=policy)
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _saved(request, form)):
        messages.success(request, _("Saved. Forecasts follow from tomorrow morning on, or when a plan changes."))
        return redirect("dispatch:plan_rules")
    renew(form, policy.version, "seen")
    rows = versions(park.pk)
    table = table_of(park, learned.of_park(park.pk), policy)
    context = {"form": form, "policy": policy, "timeline": rows, "table": table}
    return render(request, "dispatch/plan/rules.html", context, status=status_of(form))


def _saved(request, form: RulesForm):
    data = form.cleaned_data
    return policies.save_rules(
        form.params, note=data["note"], base_version=data["seen"], by=request.user, at=clock.now()
    )


def versions(park_id: int) -> list[dict[str, Any]]:
    """Every version for people, the newest first; what differs from the one before it."""
    rows = list(policies.versions(park_id))
    before = [*(policy_from(row.params, row.version) for row in rows[1:]), PlanPolicy()]
    return [
        {
            "at": row.at,
            "who": row.by,
            "what": _("Version %(n)s") % {"n": row.version},
            "note": " · ".join([row.note, *differences(old, policy_from(row.params, row.version))]),
        }
        for row, old in zip(rows, before, strict=False)
    ]


def differences(old: PlanPolicy, new: PlanPolicy) -> list[str]:
    """What has changed, in words."""
    names = {
        "with_soft": _("The usual order of steps binds too"),
        "minimum_sample": _("Finished steps needed"),
        "risk_on": _("Risk of being late"),
        "runs": _("Runs of the simulation"),
    }
    pairs = [(works_name(key), old.works[key], new.works[key]) for key in new.works]
    pairs += [(name, old.params[key], new.params[key]) for key, name in names.items()]
    return [f"{name}: {_shown(first)} → {_shown(then)}" for name, first, then in pairs if first != then]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return str(value)
