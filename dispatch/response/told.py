"""Who holds the offices that the ladder tells (domain.md 3.4), with who stands in when nobody holds one.

``choose`` is pure over rows that were loaded once (``Directory``); no case costs a query.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Organization, User
from dispatch.response import policy as offices
from dispatch.response.models import DutyHolder
from projects.models import TeamMember

Kind = Organization.Kind


@dataclass(frozen=True)
class Concern:
    """What a notice is about. ``handler``: an account; ``handler_name``: a name when there is no account."""

    park: int
    unit: int | None
    project: int | None
    handler: int | None = None
    handler_name: str = ""


@dataclass
class Directory:
    """People and offices of all parks. ``people``: by organization; ``parents``: organization → the one above it."""

    people: dict[int, list[User]] = field(default_factory=dict)
    parents: dict[int, int | None] = field(default_factory=dict)
    houses: dict[tuple[int, str], list[User]] = field(default_factory=dict)
    duties: dict[tuple[int, str, int | None], list[User]] = field(default_factory=dict)
    team: dict[tuple[int, str], User] = field(default_factory=dict)
    accounts: dict[int, User] = field(default_factory=dict)

    def of_unit(self, unit: int | None) -> list[User]:
        """People of the organization, or of the nearest one above it that has any."""
        for organization in self._upwards(unit):
            if found := self.people.get(organization):
                return found
        return []

    def holders(self, park: int, duty: str, unit: int | None = None) -> list[User]:
        """Holders of a duty of the park, or of the organization or the nearest one above it."""
        for organization in self._upwards(unit) if unit else [None]:
            if found := self.duties.get((park, duty, organization)):
                return found
        return []

    def _upwards(self, unit: int | None) -> Iterable[int]:
        seen: list[int] = []
        while unit is not None and unit not in seen:
            seen.append(unit)
            unit = self.parents.get(unit)
        return seen


def choose(office: str, about: Concern, known: Directory) -> list[User]:
    """The holders of an office, else who stands in: people of the unit, the project centre or the leadership."""
    park, unit = about.park, about.unit
    centre = known.houses.get((park, Kind.PARK_OFFICE), [])
    leaders = known.houses.get((park, Kind.LEADERSHIP), [])
    match office:
        case offices.HANDLER:
            return _handlers(about, known)
        case offices.WINDOW_HEAD:
            return (
                known.holders(park, "window_head", unit) or known.holders(park, "unit_head", unit) if unit else []
            ) or known.of_unit(unit)
        case offices.UNIT_HEAD:
            return (known.holders(park, "unit_head", unit) if unit else []) or known.of_unit(unit)
        case offices.SPECIALIST:
            return _of_team(about, known, "specialist", "agent") or known.holders(park, "centre_head") or centre
        case offices.CENTRE_HEAD:
            return known.holders(park, "centre_head") or centre
        case offices.PROJECT_LEADER:
            return _of_team(about, known, "leader") or known.holders(park, "deputy_leader") or leaders
        case offices.DEPUTY_LEADER:
            return known.holders(park, "deputy_leader") or leaders
    return known.holders(park, "chief_leader") or leaders


def chosen(wanted: Sequence[str], about: Concern, known: Directory) -> dict[int, tuple[User, list[str]]]:
    """{account id: (account, its offices)} of everybody who is told, each once."""
    found: dict[int, tuple[User, list[str]]] = {}
    for office in wanted:
        for person in choose(office, about, known):
            found.setdefault(person.pk, (person, []))[1].append(office)
    return found


def snapshot(people: dict[int, tuple[User, list[str]]]) -> list[dict[str, Any]]:
    """Names and offices at the time, for the event."""
    return [{"user": pk, "name": str(person), "offices": held} for pk, (person, held) in sorted(people.items())]


def _handlers(about: Concern, known: Directory) -> list[User]:
    account = known.accounts.get(about.handler) if about.handler else None
    if account is not None and _works_for(account, about.park):
        return [account]
    unit = known.of_unit(about.unit)
    named = [person for person in unit if about.handler_name and str(person) == about.handler_name]
    return named or unit


def _of_team(about: Concern, known: Directory, *roles: str) -> list[User]:
    found = [known.team.get((about.project, role)) for role in roles] if about.project else []
    return [person for person in found if person is not None and _works_for(person, about.park)][:1]


def _works_for(person: User, park: int) -> bool:
    """Who has moved to another park holds no office here any more."""
    return person.organization is not None and person.organization.park_id == park


def load() -> Directory:
    """People of units, project centres and leaderships with their offices; three queries. Teams: ``with_teams``."""
    known = Directory(parents=dict(Organization.objects.order_by().values_list("pk", "parent")))
    internal = (Kind.PARK_OFFICE, Kind.UNIT, Kind.LEADERSHIP)
    rows = User.objects.filter(is_active=True, organization__kind__in=internal).select_related("organization__park")
    for person in rows.order_by("pk"):
        house = person.organization
        known.accounts[person.pk] = person
        known.people.setdefault(house.pk, []).append(person)
        known.houses.setdefault((house.park_id, house.kind), []).append(person)
    for held in DutyHolder.objects.order_by("pk"):
        account = known.accounts.get(held.user_id)
        if account is not None and _works_for(account, held.park_id):
            key = (held.park_id, held.duty, held.organization_id)
            known.duties.setdefault(key, []).append(account)
    return known


def with_teams(known: Directory, projects: Iterable[int]) -> None:
    """Adds the leaders, specialists and agents of the projects; one query."""
    wanted = {"leader", "specialist", "agent"}
    for project, role, user in TeamMember.objects.filter(
        project__in=list(projects), role__in=wanted, user__isnull=False
    ).values_list("project", "role", "user"):
        if user in known.accounts:
            known.team[project, role] = known.accounts[user]
