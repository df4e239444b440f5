"""Planning, changing, starting, closing and cancelling a meeting, and who is invited."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import Park, User
from dispatch.meetings import telling
from dispatch.meetings.actions.points import build_agenda
from dispatch.meetings.actions.shared import (
    PREPARED,
    State,
    changes_of,
    hold,
    log,
    require,
    require_holder,
    require_own,
    write,
)
from dispatch.meetings.inviting import Seat, default_members, has_standing, new_seats, seats_for, units_of_points
from dispatch.meetings.kinds import FACTS, next_number
from dispatch.meetings.models import AgendaItem, Attendance, Meeting, StandingMember
from dispatch.meetings.sources import series
from workdays.arithmetic import WorkCalendar

CHANGEABLE = ("title", "held_on", "starts_at", "ends_at", "place", "chair_name", "chair", "summary")
WORTH_TELLING = {"title", "held_on", "starts_at", "place"}


@transaction.atomic
def plan(
    *,
    park: Park,
    kind: str,
    title: str,
    held_on: date,
    project=None,
    by: User,
    at: datetime,
    on: date,
    calendar: WorkCalendar,
    **details: Any,
) -> Meeting:
    """A meeting with its number, agenda and invitations; the invited are told. ``details``: any of CHANGEABLE.

    Raises PermissionDenied; Refused when the project is missing or of another park.
    """  # fmt: skip
    require_holder(by, park.pk)
    if unknown := set(details) - set(CHANGEABLE):
        raise TypeError(f"not a detail of a meeting: {sorted(unknown)}")
    facts = FACTS[kind]
    project = project if facts.of_project else None
    if kind == Meeting.Kind.TEAM and project is None:
        raise Refused(_("A team meeting is about one project."))
    require_own(park.pk, project)
    meeting = Meeting(park=park, kind=kind, tier=facts.tier, title=title, held_on=held_on, project=project, **details)
    meeting.number = _number(park, kind, held_on.year)
    meeting.created_by, meeting.created_at, meeting.recorder = by, at, by
    meeting.previous = _last_of(meeting)
    meeting.save(force_insert=True)
    log(meeting, "plan", by=by, at=at)
    build_agenda(meeting, by=by, today=on, calendar=calendar)
    _choose_default_members(meeting)
    seats = _sit(meeting, seats_for(meeting))
    if held_on >= on:
        telling.tell_invited(meeting, "invite/1", seats=seats, by=by, on=on, at=at)
    return meeting


@transaction.atomic
def rebuild(meeting: Meeting, *, by: User, at: datetime, on: date, calendar: WorkCalendar) -> list[AgendaItem]:
    """Adds what has come up since; whatever is there stays as it is. Returns the new points.

    A meeting of the series that has ended since is the last one now; what it carried over comes too. Before the
    meeting begins the units of new points are invited and told.
    """
    hold(meeting, by, PREPARED)
    meeting.previous = _last_of(meeting) or meeting.previous
    Meeting.objects.filter(pk=meeting.pk).update(previous=meeting.previous)
    added = build_agenda(meeting, by=by, today=on, calendar=calendar)
    if added and meeting.state == State.PLANNED:
        seats = _sit(meeting, new_seats(meeting, units_of_points(meeting)))
        if seats and meeting.held_on >= on:
            telling.tell_invited(meeting, f"seat/{seats[0].pk}", seats=seats, by=by, on=on, at=at)
    return added


@transaction.atomic
def change(meeting: Meeting, *, fields: dict[str, Any], reason: str = "", by: User, at: datetime, on: date, version):
    """Another day, time, place, title or chair; who is invited is told of what concerns them."""
    require(meeting, by, PREPARED)
    if unknown := set(fields) - set(CHANGEABLE):
        raise TypeError(f"not a detail of a meeting: {sorted(unknown)}")
    changes = changes_of(meeting, fields)
    if not changes:
        return meeting
    if meeting.state == State.PLANNED and fields.get("held_on", meeting.held_on).year != meeting.held_on.year:
        raise Refused(_("Its number belongs to the year it was planned for. Cancel it and plan a new one."))
    write(meeting, version, **fields)
    log(meeting, "change", note=reason.strip(), changes=changes, by=by, at=at)
    _sit(meeting, [seat for seat in new_seats(meeting, seats_for(meeting)) if seat.part == Attendance.Part.LEADER])
    if {one["field"] for one in changes} & WORTH_TELLING:
        telling.take_back(meeting, at=at)
        words = _("Changed: %(reason)s") % {"reason": reason.strip() or _("see the page")}
        telling.tell_invited(meeting, f"change/{meeting.version}", change=words, by=by, on=on, at=at)
    return meeting


@transaction.atomic
def cancel(meeting: Meeting, *, reason: str, by: User, at: datetime, on: date, version: int) -> Meeting:
    """It does not take place; only while planned. The invited are told."""
    require(meeting, by, (State.PLANNED,))
    if not reason.strip():
        raise Refused(_("Please write why; this cannot be empty."))
    write(meeting, version, state=State.CANCELLED)
    log(meeting, "cancel", note=reason.strip(), by=by, at=at)
    telling.take_back(meeting, at=at)
    words = _("Cancelled: %(reason)s") % {"reason": reason.strip()}
    telling.tell_invited(meeting, "cancel", change=words, by=by, on=on, at=at)
    return meeting


@transaction.atomic
def start(meeting: Meeting, *, by: User, at: datetime, on: date, version: int) -> Meeting:
    """It begins now; from here on decisions can be written. The planned day becomes the real one."""
    require(meeting, by, (State.PLANNED,))
    fields = {"state": State.RUNNING, "recorder": by, "held_on": on}
    write(meeting, version, **fields, starts_at=timezone.localtime(at).time().replace(second=0, microsecond=0))
    log(meeting, "start", by=by, at=at)
    return meeting


@transaction.atomic
def close(meeting: Meeting, *, summary: str = "", by: User, at: datetime, on: date, version: int) -> Meeting:
    """It is over: points nobody decided are carried over, the minutes stand, the invited are told."""
    require(meeting, by, (State.RUNNING,))
    ends_at = timezone.localtime(at).time().replace(second=0, microsecond=0)
    write(meeting, version, state=State.CLOSED, closed_at=at, ends_at=ends_at, summary=summary.strip())
    left = meeting.agenda.filter(state=AgendaItem.State.OPEN).order_by("order", "pk")
    carried = [point.pk for point in left]
    meeting.agenda.filter(pk__in=carried).update(state=AgendaItem.State.CARRIED)
    log(meeting, "close", changes=[{"field": "carried", "old": None, "new": len(carried)}], by=by, at=at)
    telling.tell_minutes(meeting, meeting.decisions.filter(withdrawn_at=None).count(), by=by, on=on, at=at)
    return meeting


@transaction.atomic
def invite(meeting: Meeting, seat: Seat, *, by: User, at: datetime, on: date) -> Attendance:
    """One more; told when the meeting has not begun. Raises Refused for somebody who is invited already."""
    hold(meeting, by, PREPARED)
    if seat.organization is not None and seat.organization.park_id != meeting.park_id:
        raise Refused(_("Project and units must belong to the same park as the meeting."))
    if not seat.organization and not seat.person_name:
        raise Refused(_("Please choose a unit or write a name."))
    if not new_seats(meeting, [seat]):
        raise Refused(_("They are invited already."))
    (row,) = _sit(meeting, [seat])
    if meeting.state == State.PLANNED:
        telling.tell_invited(meeting, f"seat/{row.pk}", seats=[row], by=by, on=on, at=at)
    return row


@transaction.atomic
def mark(seat: Attendance, state: str, *, note: str | None = None, by: User) -> Attendance:
    """Who came: one tap. ``note``: who came instead, or why not; None leaves it."""
    hold(seat.meeting, by, PREPARED)
    if state not in Attendance.State.values:
        raise Refused(_("Unknown state of attendance."))
    seat.state = state
    if note is not None:
        seat.note = note.strip()
    seat.save(update_fields=["state", "note"])
    return seat


@transaction.atomic
def uninvite(seat: Attendance, *, by: User, at: datetime) -> None:
    """Take somebody off the list before the meeting begins."""
    hold(seat.meeting, by, (State.PLANNED,))
    log(seat.meeting, "uninvite", note=str(seat.organization or seat.person_name), by=by, at=at)
    seat.delete()


def _last_of(meeting: Meeting) -> Meeting | None:
    """The newest meeting of the series that has ended."""
    return series(meeting).order_by("-held_on", "-pk").first()


def _sit(meeting: Meeting, seats: Iterable[Seat]) -> list[Attendance]:
    first = meeting.attendance.count()
    rows = [
        Attendance(
            meeting=meeting, part=seat.part, organization=seat.organization, person_name=seat.person_name,
            user=seat.user, order=first + number,
        )
        for number, seat in enumerate(seats)
    ]  # fmt: skip
    return [_saved(row) for row in rows]


def _saved(row: Attendance) -> Attendance:
    row.save(force_insert=True)
    return row


def _choose_default_members(meeting: Meeting) -> None:
    known = StandingMember.objects.filter(park=meeting.park_id, kind=meeting.kind).exists()
    if has_standing(meeting.kind) and not known:
        StandingMember.objects.bulk_create(default_members(meeting), ignore_conflicts=True)


def _number(park: Park, kind: str, year: int) -> str:
    """Per park, kind and year. Locks the park's row, so two plans cannot take one number."""
    Park.objects.select_for_update().get(pk=park.pk)
    prefix = f"{FACTS[kind].prefix}-{year}-"
    taken = Meeting.objects.filter(park=park, number__startswith=prefix).values_list("number", flat=True)
    return next_number(kind, year, list(taken))
