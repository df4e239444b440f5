"""Who sees elements, and who changes which of them. ``None`` for a user is the system itself (seeding)."""

from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.permissions import Verb, may
from dispatch.elements.models import AcquisitionPlot, ElementNeed
from projects.models import Project


def may_view(user) -> bool:
    """People of the park and its units; for enterprises and visitors there is nothing of this."""
    return bool(user.role_id) and user.role.scope != "enterprise" and may(user, Verb.VIEW_ELEMENTS)


def edits_park(user: User | None, park_id: int) -> bool:
    """The project centre: what the park has, plots as such, records that have to be taken back."""
    return user is None or (_edits_in(user, park_id) and user.role.scope == "park")


def edits_project(user: User | None, project: Project) -> bool:
    """The centre, and the unit responsible for the project with everything above it."""
    if user is None or edits_park(user, project.park_id):
        return True
    return _edits_in(user, project.park_id) and _is_of(user, project.responsible_unit_id)


def secures(user: User | None, need: ElementNeed) -> bool:
    """Who may say how much is secured: also the unit that is to provide it."""
    if user is None or edits_project(user, need.project):
        return True
    return _edits_in(user, need.project.park_id) and _is_of(user, need.unit_id)


def reports_plot(user: User | None, plot: AcquisitionPlot) -> bool:
    """The centre, the plot's unit and the unit responsible for its project."""
    if user is None or edits_park(user, plot.park_id):
        return True
    units = [plot.unit_id, plot.project.responsible_unit_id if plot.project_id else None]
    return _edits_in(user, plot.park_id) and any(_is_of(user, unit) for unit in units)


def require(allowed: bool) -> None:
    """Raises PermissionDenied."""
    if not allowed:
        raise PermissionDenied


def _edits_in(user: User, park_id: int) -> bool:
    if not (user.is_active and user.organization_id and user.role_id and may(user, Verb.EDIT_ELEMENTS)):
        return False
    return user.organization.park_id == park_id and user.role.scope in ("park", "unit")


def _is_of(user: User, unit_id: int | None) -> bool:
    return unit_id is not None and unit_id in user.organization.branch_ids()
