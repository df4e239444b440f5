"""Whom a meeting invites: 1+7+X, the project's team, the units of the points. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Organization, User
from dispatch.meetings.kinds import FACTS, default_standing
from dispatch.meetings.models import AgendaItem, Attendance, Meeting, StandingMember
from projects.models import TeamMember

Part = Attendance.Part
PART_ORDER = (Part.LEADER, Part.CENTRE, Part.STANDING, Part.EXTRA, Part.ENTERPRISE)
TEAM_PARTS = {
    TeamMember.Role.LEADER: Part.LEADER,
    TeamMember.Role.DEPARTMENT: Part.EXTRA,
    TeamMember.Role.STREET: Part.EXTRA,
    TeamMember.Role.SPECIALIST: Part.CENTRE,
    TeamMember.Role.AGENT: Part.CENTRE,
}
NO_POINT = (AgendaItem.State.DROPPED,)


@dataclass(frozen=True)
class Seat:
    """Somebody to invite: an organization, a person of it, or a person alone."""

    part: str
    organization: Organization | None = None
    person_name: str = ""
    user: User | None = None

    @property
    def key(self) -> tuple:
        """Two seats with one key are one: an organization sits once, a person without one by name."""
        return ("org", self.organization.pk) if self.organization else ("person", self.person_name)


def seats_for(meeting: Meeting) -> list[Seat]:
    """Everybody a meeting of this kind with these points invites, each once, leaders first."""
    found = [*_chair(meeting), *_standing(meeting), *_team(meeting), *units_of_points(meeting), *_enterprise(meeting)]
    once: dict[tuple, Seat] = {}
    for seat in found:
        once.setdefault(seat.key, seat)
    return sorted(once.values(), key=lambda seat: PART_ORDER.index(seat.part))


def new_seats(meeting: Meeting, seats: Iterable[Seat]) -> list[Seat]:
    """Those who are not invited yet."""
    present = {
        ("org", organization) if organization else ("person", name)
        for organization, name in meeting.attendance.values_list("organization", "person_name")
    }
    return [seat for seat in seats if seat.key not in present]


def default_members(meeting: Meeting) -> list[StandingMember]:
    """The 1 and the 7 a park starts with (our default, domain.md 3.5); the administration changes them afterwards."""
    units = list(Organization.objects.filter(park=meeting.park_id, is_active=True).units().order_by("pk"))
    centre = next((unit for unit in units if unit.kind == Organization.Kind.PARK_OFFICE), None)
    by_id = {unit.pk: unit for unit in units if unit.kind == Organization.Kind.UNIT}
    seven = default_standing([(pk, unit.name) for pk, unit in by_id.items()])
    members = [(StandingMember.Part.CENTRE, centre)] if centre else []
    members += [(StandingMember.Part.STANDING, by_id[pk]) for pk in seven]
    return [
        StandingMember(park_id=meeting.park_id, kind=meeting.kind, part=part, organization=unit, order=order)
        for order, (part, unit) in enumerate(members)
    ]


def has_standing(kind: str) -> bool:
    """Whether a park that has chosen no standing members gets the default ones for this kind."""
    return kind == Meeting.Kind.JOINT


def _chair(meeting: Meeting) -> list[Seat]:
    if not meeting.chair_name:
        return []
    return [Seat(Part.LEADER, person_name=meeting.chair_name, user=meeting.chair)]


def _standing(meeting: Meeting) -> list[Seat]:
    members = StandingMember.objects.filter(park=meeting.park_id, kind=meeting.kind, organization__is_active=True)
    return [Seat(member.part, member.organization) for member in members.select_related("organization")]


def _team(meeting: Meeting) -> list[Seat]:
    if not (FACTS[meeting.kind].of_project and meeting.project_id):
        return []
    members = TeamMember.objects.filter(project=meeting.project_id).select_related("organization", "user")
    seats = [
        Seat(TEAM_PARTS[TeamMember.Role(one.role)], one.organization, one.person_name[:60], one.user)
        if one.role != TeamMember.Role.LEADER
        else Seat(Part.LEADER, None, one.person_name[:60], one.user)
        for one in members
        if one.organization_id or one.person_name
    ]
    unit = meeting.project.responsible_unit
    return [*seats, Seat(Part.EXTRA, unit)] if unit else seats


def units_of_points(meeting: Meeting) -> list[Seat]:
    """X: the units of the points that are not taken off."""
    points = meeting.agenda.exclude(state__in=NO_POINT).filter(unit__isnull=False, unit__is_active=True)
    units = Organization.objects.filter(pk__in=points.values("unit"))
    return [
        Seat(Part.CENTRE if unit.kind == Organization.Kind.PARK_OFFICE else Part.EXTRA, unit)
        for unit in units.order_by("name")
    ]


def _enterprise(meeting: Meeting) -> list[Seat]:
    if meeting.kind not in (Meeting.Kind.ON_SITE, Meeting.Kind.SITE_VISIT) or not meeting.project_id:
        return []
    enterprise = meeting.project.enterprise
    return [Seat(Part.ENTERPRISE, person_name=enterprise.name[:60])] if enterprise else []
