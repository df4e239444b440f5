"""Writes on roles that go beyond one form."""

from accounts.models import Role
from accounts.permissions import ROLE_SEED


def load_roles() -> int:
    """Create the roles that do not exist yet; an administrator's changes stay. Returns how many are new."""
    created = 0
    for code, seed in ROLE_SEED.items():
        _, is_new = Role.objects.get_or_create(code=code, defaults=seed)
        created += is_new
    return created
