"""The desk: the first page after signing in, per role."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.models import Organization
from accounts.permissions import Verb, administers, may
from dispatch.desk import queries
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
    blocks = queries.unit_blocks(now) if user.role.scope == "unit" else queries.staff_blocks(now)
    waiting = sum(block.number for block in blocks)
    context = {"blocks": blocks, "waiting": waiting, "today": now.today, "is_workday": _is_workday(now)}
    return render(request, "dispatch/desk.html", context)


def _elsewhere(user, view) -> str:
    if user.role.scope == "enterprise":
        return reverse("approvals:enterprise_home")
    leads = user.organization.kind == Organization.Kind.LEADERSHIP and may(user, Verb.VIEW_DASHBOARD)
    return queries.address("dispatch:dashboard") if leads and view != STAY else ""


def _is_workday(now: queries.Desk) -> bool:
    return now.calendar.is_workday(now.today)
