"""The leaders' dashboard 驾驶舱: one page, read in a minute, on the phone, on the wall, printed on one A4."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.permissions import Verb, may
from dispatch.dashboard import page
from dispatch.dashboard.sections import board
from dispatch.reports.models import Bulletin
from workdays.models import load_calendar

REFRESH_SECONDS = 300


def permit(user) -> None:
    """Raises Http404 for enterprises, PermissionDenied for whoever does not see the whole park with the verb."""
    if user.role is None or user.role.scope == "enterprise":
        raise Http404
    if not may(user, Verb.VIEW_DASHBOARD) or user.role.scope != "park":
        raise PermissionDenied


def board_for(user):
    return board(
        user.organization.park,
        as_of=clock.today(),
        now=clock.now(),
        calendar=load_calendar(),
        viewer=user,
        morning=True,
    )


@require_safe
def dashboard(request):
    """``?projector=1``: large, without navigation, asking for itself anew every five minutes."""
    permit(request.user)
    projector = request.GET.get("projector") == "1"
    context = page.of(board_for(request.user)) | {
        "bulletin": Bulletin.objects.visible_to(request.user).defer("snapshot").first(),
        "projector": projector,
    }
    answer = render(request, "dispatch/dashboard.html", context)
    if projector:
        answer["Refresh"] = str(REFRESH_SECONDS)
    return answer
