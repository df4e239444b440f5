"""Doors of the project pages: which project, for whom, with which verb."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse

from accounts.permissions import Verb, may
from projects.models import Project


def project_or_404(request, pk: int) -> Project:
    """The project if the person may know of it. Raises Http404."""
    rows = Project.objects.visible_to(request.user).select_related("park", "enterprise", "responsible_unit")
    return get_object_or_404(rows, pk=pk)


def require(user, *verbs: Verb) -> None:
    """One of the verbs is needed. Raises PermissionDenied (403)."""
    if not any(may(user, verb) for verb in verbs):
        raise PermissionDenied


def is_enterprise(user) -> bool:
    return user.role_id is not None and user.role.scope == "enterprise"


def enterprise_home(project: Project | None = None) -> HttpResponseRedirect:
    """Enterprises have a page of their own for their projects. Raises Http404 where there is none."""
    try:
        address = reverse("approvals:enterprise_home")
    except NoReverseMatch as error:
        raise Http404 from error
    return HttpResponseRedirect(f"{address}?project={project.pk}" if project else address)
