"""The desk: the first page after signing in, per role."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.models import Organization
from accounts.permissions import Verb, administers, may
from dispatch.desk import queries
from workdays.arithmetic import missing_years
from workdays.models import load_calendar

STAY = "desk"


@require_safe
def desk(request):
    """Who opens it wants to know what waits for them today.

    Leaders read the dashboard first (``?view=desk`` stays here); enterprises have a page of their own.
    """
    user = request.user
    if user.role_id is None:
        return render(request, "dispatch/desk_none.html", {"administers": administers(user)})
    if elsewhere := _elsewhere(user, request.GET.get("view")):
        return redirect(elsewhere)
    now = queries.Desk(user=user, today=clock.today(), now=clock.now(), calendar=load_calendar())
    is_unit = user.role.scope == "unit"
    blocks = queries.unit_blocks(now) if is_unit else queries.staff_blocks(now)
    context = {
        "blocks": blocks,
        "groups": queries.groups(blocks, queries.UNIT_PLACES if is_unit else queries.PLACES),
        "waiting": sum(block.number for block in blocks),
        "today": now.today,
        "is_workday": now.calendar.is_workday(now.today),
        "missing_years": missing_years(now.calendar, now.today),
        "may_load_calendar": administers(user),
    }
    return render(request, "dispatch/desk.html", context)


def _elsewhere(user, view) -> str:
    if user.role.scope == "enterprise":
        return reverse("approvals:enterprise_home")
    leads = user.organization.kind == Organization.Kind.LEADERSHIP and may(user, Verb.VIEW_DASHBOARD)
    return queries.address("dispatch:dashboard") if leads and view != STAY else ""
