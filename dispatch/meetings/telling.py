"""Who is told about a meeting: the people of the invited units and named persons, never the one who did it."""

from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from dispatch.meetings.models import Attendance, Meeting
from dispatch.notices.outbox import About, Message, settle, tell

ABOUT = "meeting"


def invited_people(meeting: Meeting, seats: list[Attendance] | None = None):
    """Accounts behind the seats that may open the meeting; enterprises are not told by the system."""
    seats = list(meeting.attendance.all()) if seats is None else seats
    units = {seat.organization_id for seat in seats if seat.organization_id}
    named = {seat.user_id for seat in seats if seat.user_id}
    invited = set(meeting.attendance.exclude(organization=None).values_list("organization", flat=True))
    people = User.objects.filter(Q(organization__in=units) | Q(pk__in=named), is_active=True).exclude(role=None)
    people = people.exclude(role__scope="enterprise").select_related("organization", "role")
    return [one for one in people if one.role.scope == "park" or _is_of(one, invited)]


def _is_of(person: User, units: set[int]) -> bool:
    """Whether the person's organization, or one below it, is among the units."""
    return person.organization_id in units or bool(units & set(person.organization.branch_ids()))


def tell_invited(meeting: Meeting, key: str, *, change: str = "", seats=None, by: User, on: date, at: datetime) -> int:
    """Invitation, change or cancellation; returns how many people are told."""
    facts = {
        "title": meeting.title, "number": meeting.number, "held_on": str(meeting.held_on),
        "starts_at": f"{meeting.starts_at:%H:%M}" if meeting.starts_at else "", "place": meeting.place,
        "change": change,
    }  # fmt: skip
    return _tell(meeting, "meeting_invited", key, facts, seats, by, on, at)


def tell_minutes(meeting: Meeting, decisions: int, *, by: User, on: date, at: datetime) -> int:
    """The minutes are there."""
    facts = {"title": meeting.title, "held_on": str(meeting.held_on), "decisions": decisions}
    settle(ABOUT, [meeting.pk], at=at)
    return _tell(meeting, "meeting_minutes", "minutes", facts, None, by, on, at)


def take_back(meeting: Meeting, *, at: datetime) -> None:
    """What has not left yet is not sent any more."""
    settle(ABOUT, [meeting.pk], at=at)


def _tell(meeting, event, key, facts, seats, by, on, at) -> int:
    about = About(ABOUT, meeting.pk, reverse("dispatch:meeting_detail", args=[meeting.pk]), meeting.project)
    message = Message(meeting.park, event, f"meeting/{meeting.pk}/{key}", about, facts)
    people = [person for person in invited_people(meeting, seats) if by is None or person.pk != by.pk]
    return tell(message, people, as_of=on, at=at)
