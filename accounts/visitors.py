"""People without an account who hold a signed link to one project."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProjectVisitor:
    """Holder of a signed link: sees of one project what its enterprise may see, and nothing else.

    Takes the place of a user in ``visible_to``; holds no verb, belongs to no organization and is never signed in.
    """

    project_id: int
    link_id: int
    name: str

    is_authenticated = False
    is_active = False
    is_superuser = False
    pk = None
    organization_id = None
    role_id = None

    def __str__(self) -> str:
        return self.name
