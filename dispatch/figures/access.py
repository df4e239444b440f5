"""Who may see the figures. Enterprises do not know of them: 404; without ``view_figures`` 403.

A responsible unit is ranked in public, so its people read all groups' rates and the park's; a list behind a number
shows them the rows they may see elsewhere too, and how many more there are.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.permissions import Verb, may


def park_of(request, verb: Verb = Verb.VIEW_FIGURES):
    """The park whose figures are asked for."""
    user = request.user
    if user.role is None or user.role.scope == "enterprise" or user.organization is None:
        raise Http404
    if not may(user, verb):
        raise PermissionDenied
    return user.park
