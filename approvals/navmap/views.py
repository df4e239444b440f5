"""The map as a file: of a park's guide, open to everybody, and of a project."""

from urllib.parse import quote

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.i18n import localized
from accounts.models import Park
from approvals.models import Catalogue
from approvals.navmap import drawings
from approvals.navmap.picture import TYPES, Picture
from approvals.queries import steps_of
from projects.models import Project
from workdays.models import load_calendar


@login_not_required
@require_safe
def guide_map_file(request, park, fmt):
    """Who opens it wants the park's map on paper or in a slide."""
    park = get_object_or_404(Park, code=park)
    try:
        catalogue = Catalogue.objects.in_force(park)
    except Catalogue.DoesNotExist as error:
        raise Http404 from error
    drawing = drawings.of_catalogue(catalogue, lambda code: "")
    return _file(drawing, park, catalogue.title_zh, fmt)


@require_safe
def project_map_file(request, pk, fmt):
    """Who opens it wants to bring to a meeting where the project stands."""
    project = get_object_or_404(Project.objects.visible_to(request.user).select_related("park"), pk=pk)
    views = steps_of(project, request.user, today=clock.today(), calendar=load_calendar())
    return _file(drawings.of_project(views), project.park, project.name, fmt)


def _file(drawing: drawings.Drawing, park: Park, subject: str, fmt: str) -> HttpResponse:
    if fmt not in TYPES or not drawing.sheets:
        raise Http404
    title = _("%(park)s · approval map") % {"park": localized(park, "name")}
    made = Picture(drawing, title, subject, clock.today()).file(fmt)
    name = quote(f"{subject}.{fmt}")
    headers = {"Content-Disposition": f"attachment; filename=\"map.{fmt}\"; filename*=UTF-8''{name}"}
    return HttpResponse(made, content_type=TYPES[fmt], headers=headers)
