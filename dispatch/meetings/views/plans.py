"""The list of meetings, planning one, its page, and what happens to it as a whole."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.errors import Refused
from dispatch.files.queries import shelf
from dispatch.meetings import actions, minutes, queries, suggesting
from dispatch.meetings.forms import CloseForm, InviteForm, MarkForm, MeetingForm, PointForm, ReasonForm, VersionForm
from dispatch.meetings.inviting import Seat
from dispatch.meetings.kinds import FACTS
from dispatch.meetings.models import Attendance, Meeting
from dispatch.meetings.views.common import attempt, meeting_of, meetings, on_version, seat_of, status_of, who
from projects.models import Project
from projects.text import number_in
from workdays.models import load_calendar

PAGE_SIZE = 30
State = Meeting.State


@require_safe
def meeting_list(request):
    """Who opens it wants to know which meeting comes next, which has to be planned, and what the last ones decided."""
    rows = queries.for_list(meetings(request))
    kind = request.GET.get("kind", "")
    rows = rows.filter(kind=kind) if kind in FACTS else rows
    today, holds = clock.today(), actions.may_hold(request.user, request.user.organization.park_id)
    past = rows.filter(state__in=(State.CLOSED, State.CANCELLED))
    context = {
        "today": today,
        "kind": kind,
        "kinds": Meeting.Kind.choices,
        "coming": rows.filter(state__in=(State.PLANNED, State.RUNNING)).order_by("held_on", "starts_at", "pk"),
        "page_obj": Paginator(past, PAGE_SIZE).get_page(request.GET.get("page")),
        "wanted": suggesting.wanted(request.user, today, load_calendar()) if holds else [],
        "may_hold": holds,
    }
    return render(request, "dispatch/meetings/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request):
    """Who opens it wants a meeting: its kind brings the day, the chair, the points and whom to invite."""
    meetings(request)
    if not actions.may_hold(request.user, request.user.organization.park_id):
        raise PermissionDenied
    kind = request.GET.get("kind", "")
    if kind not in FACTS:
        return render(request, "dispatch/meetings/kinds.html", {"kinds": _kinds(request)})
    today, calendar = clock.today(), load_calendar()
    initial = suggesting.first_values(kind, request.user.park, _project(request), today, calendar)
    form = MeetingForm(request.POST or None, user=request.user, kind=kind, initial=initial)
    made: list[Meeting] = []
    if request.method == "POST" and form.is_valid():
        values = {"park": request.user.park, "kind": kind, "project": form.cleaned_data.get("project")}
        values |= form.details() | who(request)
        if attempt(form, lambda: made.append(actions.plan(**values, calendar=calendar))):
            messages.success(request, _("Planned as %(number)s.") % {"number": made[0].number})
            return redirect("dispatch:meeting_detail", made[0].pk)
    context = {"form": form, "label": Meeting.Kind(kind).label, "back": reverse("dispatch:meeting_list")}
    return render(request, "dispatch/meetings/form.html", context, status=status_of(form) if form.is_bound else 200)


@require_safe
def meeting_detail(request, pk):
    """Who opens it wants the agenda beforehand, and the decisions and minutes afterwards."""
    return page(request, meeting_of(request, pk))


def page(request, meeting, *, status=200, **forms):
    """The meeting's page at one tab; ``forms``: a form that was not accepted, by the name the template has for it."""
    tab = next((name for name in (forms.pop("tab", ""), request.GET.get("tab")) if name in queries.TABS), "agenda")
    today, calendar = clock.today(), load_calendar()
    rows = queries.agenda_of(meeting, request.user, today, calendar)
    decisions = [one for row in rows for one in row.decisions]
    holds = actions.may_hold(request.user, meeting.park_id)
    counts = {"agenda": sum(row.point.state != "dropped" for row in rows), "decisions": len(decisions)}
    context = {
        "meeting": meeting, "tone": queries.TONES[State(meeting.state)], "tab": tab,
        "tabs": queries.tabs(meeting, tab, counts), "may_hold": holds, "today": today,
        "is_open": meeting.state in (State.PLANNED, State.RUNNING), "rows": rows, **_tab(request, meeting, tab, rows),
    }  # fmt: skip
    return render(request, "dispatch/meetings/detail.html", context | forms, status=status)


def _tab(request, meeting, tab, rows) -> dict:
    if tab == "attendance":
        return {"seats": queries.seats_of(meeting), "invite_form": InviteForm(user=request.user),
                "states": Attendance.State.choices}  # fmt: skip
    if tab == "decisions":
        return {"shown": [one for row in rows for one in row.decisions]}
    if tab == "minutes":
        return {"minutes": minutes.minutes_of(meeting)}
    if tab == "files":
        return {"shelf": shelf(meeting, request.user)}
    return {
        "groups": queries.grouped(rows),
        "closure": queries.closure_of(meetings(request).filter(pk=meeting.previous_id).first()),
        "point_form": PointForm(user=request.user, meeting=meeting),
        "timeline": queries.timeline(meeting.history.select_related("by")),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request, pk):
    """Who opens it has another day, place or chair."""
    meeting = meeting_of(request, pk, hold=True)
    if meeting.state not in (State.PLANNED, State.RUNNING):
        raise Refused(_("A meeting that is over does not change any more."))
    names = ("title", "held_on", "starts_at", "ends_at", "place", "chair_name", "version")
    initial = {name: getattr(meeting, name) for name in names}
    form = MeetingForm(request.POST or None, user=request.user, kind=meeting.kind, meeting=meeting, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {"fields": form.details(), "reason": form.cleaned_data["reason"]}
        version = form.cleaned_data["version"] or 0
        if attempt(form, lambda: actions.change(meeting, **values, version=version, **who(request))):
            messages.success(request, _("Saved."))
            return redirect("dispatch:meeting_detail", meeting.pk)
    meeting.refresh_from_db()
    back = reverse("dispatch:meeting_detail", args=[meeting.pk])
    context = {"form": on_version(form, meeting.version), "meeting": meeting, "back": back}
    context["label"] = meeting.get_kind_display()
    return render(request, "dispatch/meetings/form.html", context, status=status_of(form) if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_cancel(request, pk):
    """Who opens it knows that it does not take place; asked about, with a reason."""
    meeting = meeting_of(request, pk, hold=True)
    form = ReasonForm(request.POST or None, initial={"version": meeting.version})
    if form.is_valid() and attempt(form, lambda: actions.cancel(meeting, **form.cleaned_data, **who(request))):
        messages.success(request, _("Cancelled. The invited are told."))
        return redirect("dispatch:meeting_list")
    told = ngettext("%(n)d invited seat is told.", "%(n)d invited seats are told.", meeting.attendance.count())
    lines = [told % {"n": meeting.attendance.count()}, _("Its points come up again when the next one is planned.")]
    return _confirm(request, meeting, form, _("Cancel %(meeting)s?"), lines, _("Cancel the meeting"))


@require_POST
def meeting_start(request, pk):
    """Who sends it opens the meeting now."""
    meeting = meeting_of(request, pk, hold=True)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return page(request, meeting, status=422)
    actions.start(meeting, version=form.cleaned_data["version"], **who(request))
    return redirect("dispatch:meeting_live", meeting.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_close(request, pk):
    """Who opens it wants to end the meeting; the page says what becomes of what was not decided."""
    meeting = meeting_of(request, pk, hold=True)
    form = CloseForm(request.POST or None, initial={"version": meeting.version, "summary": meeting.summary})
    if form.is_valid() and attempt(form, lambda: actions.close(meeting, **form.cleaned_data, **who(request))):
        messages.success(request, _("Ended. The minutes are there."))
        return redirect(f"{reverse('dispatch:meeting_detail', args=[meeting.pk])}?tab=minutes")
    left, unmarked = meeting.agenda.filter(state="open").count(), meeting.attendance.filter(state="invited").count()
    lines = [
        ngettext("%(n)d point is carried over.", "%(n)d points are carried over.", left) % {"n": left},
        ngettext("%(n)d seat is not marked.", "%(n)d seats are not marked.", unmarked) % {"n": unmarked},
        _("Decisions can be corrected on the ledger only from then on."),
    ]
    return _confirm(request, meeting, form, _("End %(meeting)s?"), lines, _("End the meeting"), is_good=True)


@require_POST
def meeting_rebuild(request, pk):
    """Who sends it wants to see what has come up since."""
    meeting = meeting_of(request, pk, hold=True)
    added = actions.rebuild(meeting, calendar=load_calendar(), **who(request))
    text = ngettext("%(n)d point added.", "%(n)d points added.", len(added)) % {"n": len(added)}
    messages.success(request, text)
    return redirect("dispatch:meeting_detail", meeting.pk)


@require_POST
def meeting_add(request, pk):
    """Who sends it has a point the rules did not find."""
    meeting = meeting_of(request, pk, hold=True)
    form = PointForm(request.POST, user=request.user, meeting=meeting)
    if form.is_valid() and attempt(form, lambda: actions.add_point(meeting, by=request.user, **form.cleaned_data)):
        to = "dispatch:meeting_live" if request.POST.get("live") else "dispatch:meeting_detail"
        return redirect(to, meeting.pk)
    return page(request, meeting, status=status_of(form), point_form=form)


@require_POST
def meeting_invite(request, pk):
    """Who sends it invites one more."""
    meeting = meeting_of(request, pk, hold=True)
    form = InviteForm(request.POST, user=request.user)
    if form.is_valid():
        seat = Seat(form.cleaned_data["part"], form.cleaned_data["organization"], form.cleaned_data["person_name"])
        if attempt(form, lambda: actions.invite(meeting, seat, **who(request))):
            return redirect(f"{reverse('dispatch:meeting_detail', args=[meeting.pk])}?tab=attendance")
    return page(request, meeting, status=status_of(form), tab="attendance", invite_form=form)


@require_POST
def meeting_seat_mark(request, pk):
    """Who sends it has seen who came: one tap."""
    seat, form = seat_of(request, pk), MarkForm(request.POST)
    if not form.is_valid():
        return page(request, meeting_of(request, seat.meeting_id), status=422, tab="attendance")
    note = form.cleaned_data["note"] if "note" in request.POST else None
    actions.mark(seat, form.cleaned_data["state"], note=note, by=request.user)
    if request.htmx:
        context = {"seat": seat, "states": Attendance.State.choices, "may_mark": True}
        return render(request, "dispatch/meetings/_seat.html", context)
    here = reverse("dispatch:meeting_detail", args=[seat.meeting_id])
    return redirect(f"{here}?tab=attendance#seat-{seat.pk}")


@require_POST
def meeting_seat_remove(request, pk):
    """Who sends it takes somebody off the list before the meeting."""
    seat = seat_of(request, pk)
    meeting_id, edge = seat.meeting_id, who(request)
    actions.uninvite(seat, by=edge["by"], at=edge["at"])
    return redirect(f"{reverse('dispatch:meeting_detail', args=[meeting_id])}?tab=attendance")


def _confirm(request, meeting, form, question, lines, button, *, is_good=False):
    if form.is_bound:
        meeting.refresh_from_db()
    context = {
        "question": question % {"meeting": meeting}, "consequences": lines,
        "form": on_version(form, meeting.version), "action": request.path,
        "cancel_url": reverse("dispatch:meeting_detail", args=[meeting.pk]), "danger_text": button,
        "is_good": is_good,
    }  # fmt: skip
    return render(request, "components/confirm.html", context, status=status_of(form) if form.is_bound else 200)


def _kinds(request) -> list[dict]:
    project = number_in(request.GET.get("project", ""))
    more = "" if project is None else f"&project={project}"
    here = reverse("dispatch:meeting_new")
    return [
        {"label": label, "tier": FACTS[kind].tier, "href": f"{here}?kind={kind}{more}", "of": FACTS[kind].of_project}
        for kind, label in Meeting.Kind.choices
    ]


def _project(request) -> Project | None:
    pk = number_in(request.GET.get("project", ""))
    return None if pk is None else Project.objects.visible_to(request.user).filter(pk=pk).first()
