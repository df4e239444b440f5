"""What all pages of meetings share: the one door to rows, who may write, refusals that keep the typed text."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts import attempts, clock
from dispatch.meetings.actions import may_hold
from dispatch.meetings.models import AgendaItem, Attendance, Decision, Meeting

NAMED = ("park", "project", "project__responsible_unit", "project__enterprise", "chair", "recorder", "previous")


def meetings(request):
    """Meetings inside the user's scope; they do not exist for enterprises and people without a role."""
    if request.user.role_id is None or request.user.role.scope == "enterprise":
        raise Http404
    return Meeting.objects.visible_to(request.user)


def meeting_of(request, pk, *, hold=False) -> Meeting:
    """The meeting, or 404; ``hold``: 403 for people who only read."""
    meeting = get_object_or_404(meetings(request).select_related(*NAMED), pk=pk)
    return _held(request, meeting, meeting) if hold else meeting


def point_of(request, pk) -> AgendaItem:
    """A point of a meeting this person records."""
    meetings(request)
    rows = AgendaItem.objects.visible_to(request.user).select_related("meeting__park", "meeting__project", "item")
    point = get_object_or_404(rows, pk=pk)
    return _held(request, point, point.meeting)


def decision_of(request, pk) -> Decision:
    """A decision of a meeting this person records."""
    meetings(request)
    rows = Decision.objects.visible_to(request.user).select_related("meeting__park", "agenda_item__item", "item")
    decision = get_object_or_404(rows, pk=pk)
    return _held(request, decision, decision.meeting)


def seat_of(request, pk) -> Attendance:
    """A seat of a meeting this person records."""
    meetings(request)
    rows = Attendance.objects.visible_to(request.user).select_related("meeting", "organization")
    seat = get_object_or_404(rows, pk=pk)
    return _held(request, seat, seat.meeting)


def _held(request, row, meeting):
    if not may_hold(request.user, meeting.park_id):
        raise PermissionDenied
    return row


def who(request) -> dict:
    """Who does it when: keywords of every action."""
    return {"by": request.user, "at": clock.now(), "on": clock.today()}


def attempt(form, action):
    """Whether the action went through; its refusal becomes an error of the form, the typed text stays."""
    return attempts.attempt(form, lambda: (action(), True)) is not None


def on_version(form, version: int):
    """After being told that somebody was first, sending the same text again is meant: it goes on what is there now."""
    if getattr(form, "was_overtaken", False):
        form.data = form.data.copy()
        for name in map(form.add_prefix, ("version", "item_version")):
            if name in form.data:
                form.data[name] = str(version)
    return form


def status_of(form) -> int:
    return 409 if form.non_field_errors() else 422
