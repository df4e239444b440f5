"""Writes on roles that go beyond one form."""

from accounts.models import Role
from accounts.permissions import ROLE_SEED


def load_roles() -> int:
    """Create the roles that do not exist yet; an administrator's changes stay. Returns how many are new."""
    known = set(Role.objects.values_list("code", flat=True))
    missing = {code: seed for code, seed in ROLE_SEED.items() if code not in known}
    return sum(Role.objects.get_or_create(code=code, defaults=seed)[1] for code, seed in missing.items())
