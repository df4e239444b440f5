"""Row scope: ``visible_to(user)`` is the only door to the rows of a park.

A model says how its rows hang on the park, and, where units or enterprises may see some of them, on those. A model that
says nothing shows nothing to them.
"""

from django.db.models import Q, QuerySet

from accounts.visitors import ProjectVisitor

NOTHING = Q(pk__in=[])


class ScopedQuerySet(QuerySet):
    """Base of every QuerySet over rows of a park.

    ``park_path``: lookup from the model to its park.
    ``unit_scope(org_ids)`` and ``enterprise_scope(org_id)``: conditions for people of a responsible unit (their own
    organization and everything below it) and of an enterprise; ``visitor_scope(project_id)``: for the holder of a
    signed link to one project. Default: nothing.
    """

    park_path = "park"

    def unit_scope(self, organization_ids: list[int]) -> Q:
        return NOTHING

    def enterprise_scope(self, organization_id: int) -> Q:
        return NOTHING

    def visitor_scope(self, project_id: int) -> Q:
        return NOTHING

    def visible_to(self, user):
        """Rows the user may know of; nobody signed in, no organization or an inactive user see none."""
        if isinstance(user, ProjectVisitor):
            return self.filter(self.visitor_scope(user.project_id))
        if not (user.is_authenticated and user.is_active and user.organization_id and user.role_id):
            return self.none()
        rows = self.filter(**{self.park_path: user.organization.park_id})
        match user.role.scope:
            case "park":
                return rows
            case "unit":
                return rows.filter(self.unit_scope(user.organization.branch_ids()))
            case "enterprise":
                return rows.filter(self.enterprise_scope(user.organization_id))
        return self.none()
