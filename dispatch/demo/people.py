"""Writes an example park: its organizations and its people with example accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.actions import load_roles
from accounts.models import Organization, Park, Role, User
from dispatch.demo import names
from dispatch.demo.names import Account, Unit

ENTERPRISE = "enterprise:"


@dataclass
class Cast:
    """A park with its organizations by key and people by user name. ``prefix`` begins the names of enterprises."""

    park: Park
    units: dict[str, Organization]
    users: dict[str, User]
    handlers: dict[str, Unit]
    prefix: str

    def __post_init__(self):
        self.staff = next(user for user in self.users.values() if user.role_id and user.role.code == "staff")
        self.by_name = {user.display_name: user for user in self.users.values()}
        self._handler = {code: unit.key for unit in self.handlers.values() for code in unit.steps}

    def handler_of(self, code: str, street: str) -> str:
        """Key of the unit that handles a step; clearing the site is the street's."""
        if code == "S08" and street in self.units:
            return street
        return self._handler[code]

    def user_of(self, unit: str) -> User:
        """The unit's person, or the centre's."""
        return self.users.get(unit, self.staff)


def build_park(
    facts: dict[str, str], units: Sequence[Unit], accounts: Sequence[Account], prefix: str, hashed: str
) -> Cast:
    """Park, organizations and accounts; ``hashed`` is the password of all of them."""
    load_roles()
    park = Park.objects.create(**facts)
    made: dict[str, Organization] = {}
    for unit in units:
        made[unit.key] = Organization.objects.create(
            park=park, parent=made.get(unit.parent), kind=unit.kind, name=unit.name, short_name=unit.short_name
        )
    namer_keys = {account.unit for account in accounts if account.unit.startswith(ENTERPRISE)}
    for key in sorted(namer_keys):
        made[key] = Organization.objects.create(park=park, kind=Organization.Kind.ENTERPRISE, name=f"{prefix} {key}")
    roles = {role.code: role for role in Role.objects.all()}
    people = [_person(account, number, made, roles, hashed) for number, account in enumerate(accounts)]
    User.objects.bulk_create(people)
    return Cast(park, made, {person.username: person for person in people}, {unit.key: unit for unit in units}, prefix)


def _person(account: Account, number: int, units: dict[str, Organization], roles: dict[str, Role], hashed: str) -> User:
    is_root = not account.role
    return User(
        username=account.username, display_name=account.person, password=hashed,
        organization=units.get(account.unit), role=roles.get(account.role), phone=names.phone(1000 + number),
        is_staff=is_root or account.role == "admin", is_superuser=is_root,
    )  # fmt: skip
