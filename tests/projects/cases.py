"""Shared by the tests of the actions on projects: the days, and what they ask again and again."""

from datetime import UTC, date, datetime

from accounts.models import Role
from projects.models import Project
from projects.stages import Stage

AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def weaker(user, *verbs):
    """The same person without these verbs."""
    role = Role.objects.create(
        code="weaker", name_zh="弱", scope="park", verbs=[v for v in user.role.verbs if v not in verbs]
    )
    user.role = role
    user.__dict__.pop("verbs", None)
    return user


def unchanged(project):
    """The row as it was made: nothing written, nothing in the history."""
    fresh = Project.objects.get(pk=project.pk)
    return fresh.version == 1 and not fresh.history.exists() and fresh.stage == Stage.PERMITTING
