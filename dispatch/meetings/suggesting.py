"""What a new meeting starts with, and which tiers have none yet. Reads only."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Park, User
from dispatch.meetings.kinds import FACTS, KIND_OF_TIER
from dispatch.meetings.models import Meeting
from dispatch.response import policies
from dispatch.response.models import DutyHolder
from dispatch.response.sessions import next_session
from projects.models import Project, TeamMember
from workdays.arithmetic import WorkCalendar

Kind, Duty = Meeting.Kind, DutyHolder.Duty
CHAIRS = {
    Kind.HALF_MONTH: Duty.CENTRE_HEAD,
    Kind.JOINT: Duty.DEPUTY_LEADER,
    Kind.CHIEF: Duty.CHIEF_LEADER,
    Kind.SPECIAL: Duty.DEPUTY_LEADER,
}
# A meeting so many days beside the session day is the meeting of that session.
REACH = {2: timedelta(days=5), 3: timedelta(days=10), 4: timedelta(days=30)}


@dataclass(frozen=True)
class Wanted:
    """A tier whose next session has no meeting yet."""

    tier: int
    kind: str
    label: str
    on: date

    @property
    def url(self) -> str:
        return f"{reverse('dispatch:meeting_new')}?{urlencode({'kind': self.kind})}"


def first_values(kind: str, park: Park, project: Project | None, today: date, calendar: WorkCalendar) -> dict[str, Any]:
    """Day, title and chair to begin with; one query for the chair."""
    tier, rhythm = FACTS[kind].tier, policies.in_force(park.pk).rhythm
    held_on = next_session(tier, today, calendar, rhythm) if tier else calendar.roll_forward(today)
    chair = _chair(kind, park, project)
    return {
        "held_on": held_on,
        "title": title_of(kind, held_on, project),
        "chair_name": (chair.display_name or chair.username)[:60] if isinstance(chair, User) else chair,
        "chair": chair if isinstance(chair, User) else None,
        "project": project,
    }


def title_of(kind: str, held_on: date, project: Project | None) -> str:
    """The usual title in the site's language."""
    with translation.override(settings.LANGUAGE_CODE):
        words = {
            Kind.TEAM: _("Weekly team meeting of %(project)s"),
            Kind.HALF_MONTH: _("Half-month dispatch %(year)d-%(month)02d-%(day)02d"),
            Kind.JOINT: _("Joint meeting 1+7+X %(year)d-%(month)02d"),
            Kind.CHIEF: _("Dispatch by the chief leader, quarter %(quarter)d of %(year)d"),
            Kind.SPECIAL: _("Special meeting on %(project)s"),
            Kind.ON_SITE: _("Meeting on site: %(project)s"),
            Kind.SITE_VISIT: _("Site visit: %(project)s"),
        }[Kind(kind)]
        facts = {
            "project": project.name if project else _("key projects"), "year": held_on.year, "month": held_on.month,
            "day": held_on.day, "quarter": (held_on.month + 2) // 3,
        }  # fmt: skip
        return (words % facts)[:200]


def wanted(user: User, today: date, calendar: WorkCalendar) -> list[Wanted]:
    """Sessions of tiers two to four that nobody has planned; one query."""
    rhythm = policies.in_force(user.organization.park_id).rhythm
    sessions = {tier: next_session(tier, today, calendar, rhythm) for tier in REACH}
    rows = Meeting.objects.visible_to(user).exclude(state=Meeting.State.CANCELLED)
    rows = rows.filter(kind__in=[KIND_OF_TIER[tier] for tier in sessions], held_on__gte=today - timedelta(days=31))
    known = list(rows.values_list("kind", "held_on"))
    found = []
    for tier, on in sessions.items():
        kind = KIND_OF_TIER[tier]
        if not any(one == kind and abs(day - on) <= REACH[tier] for one, day in known):
            found.append(Wanted(tier, kind, str(Kind(kind).label), on))
    return found


def _chair(kind: str, park: Park, project: Project | None) -> User | str:
    if FACTS[kind].of_project and project is not None:
        leader = TeamMember.objects.filter(project=project, role=TeamMember.Role.LEADER).select_related("user").first()
        if leader:
            return leader.user or leader.person_name[:60]
    duty = CHAIRS.get(Kind(kind))
    holder = DutyHolder.objects.filter(park=park, duty=duty).select_related("user").first() if duty else None
    return holder.user if holder else ""
