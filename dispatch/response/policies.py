"""Which policy is in force: the newest version of the park, else of the site."""

from dispatch.response.models import ResponsePolicy
from dispatch.response.policy import DEFAULT, Policy, policy_from


def load_default() -> None:
    """Writes version 1 of the site's policy (domain.md 3.4) when there is none."""
    if not ResponsePolicy.objects.filter(park__isnull=True).exists():
        ResponsePolicy.objects.bulk_create([ResponsePolicy(version=1, params={})], ignore_conflicts=True)


def newest(park_id: int | None) -> ResponsePolicy | None:
    """The row in force for a park; None on a site without any row."""
    own = ResponsePolicy.objects.filter(park=park_id).order_by("-version").first() if park_id else None
    return own or ResponsePolicy.objects.filter(park__isnull=True).order_by("-version").first()


def typed(row: ResponsePolicy | None) -> Policy:
    """The row as a policy; the defaults without one."""
    return policy_from(row.params, version=row.version, is_enabled=row.is_enabled) if row else DEFAULT


def in_force(park_id: int | None) -> Policy:
    """The policy of a park; one or two queries."""
    return typed(newest(park_id))


def all_in_force() -> dict[int | None, Policy]:
    """{park id: policy} of parks with an own one, and {None: the site's}; one query."""
    rows: dict[int | None, ResponsePolicy] = {}
    for row in ResponsePolicy.objects.order_by("version"):
        rows[row.park_id] = row
    return {None: DEFAULT} | {park_id: typed(row) for park_id, row in rows.items()}
