"""Who may open a page of the park's own work, and take its list away."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.permissions import Verb, may


def require_reader(request) -> None:
    """What the park works on does not exist for enterprises and people without a role."""
    if request.user.role_id is None or request.user.role.scope == "enterprise":
        raise Http404


def require_exporter(request) -> None:
    """A reader who may export lists."""
    require_reader(request)
    if not may(request.user, Verb.EXPORT_LEDGER):
        raise PermissionDenied
