"""A visit: the holder of a signed link at the enterprise's page. Not a sign-in; every request asks the link anew."""

from datetime import datetime
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from approvals.models import AccessLink
from approvals.portal import links, rules
from approvals.portal.applicant import Applicant, of_link
from projects.access import is_enterprise
from projects.models import Project

KEY = "visit"
OPENED = "opened"


def begin(request, link: AccessLink, at: datetime) -> None:
    """Start a visit in this browser and log it; an account that is signed in stays signed in."""
    request.session.cycle_key()
    until = rules.visit_ends(at, link.expires_at)
    request.session[KEY] = {"link": link.pk, "until": until.timestamp()}
    links.note_use(link, OPENED, ip=links.address_of(request), at=at)


def end(request) -> None:
    request.session.pop(KEY, None)


def link_of(request) -> AccessLink | None:
    """The link of the visit in this browser, open or not; None without a visit."""
    kept = request.session.get(KEY)
    if not kept:
        return None
    return AccessLink.objects.select_related("project__park", "project__enterprise").filter(pk=kept["link"]).first()


def is_running(request, link: AccessLink, at: datetime) -> bool:
    return link.is_open(at) and at.timestamp() < request.session[KEY]["until"]


def allows(*methods: str):
    """The methods of a view for ``visit`` and ``account``; asked before anything else."""

    def mark(view):
        view.methods = methods
        return view

    return mark


SAFE = allows("GET", "HEAD")
FORM = allows("GET", "HEAD", "POST")
POST = allows("POST")


def visit(view):
    """For a view (request, applicant, …): lets in who is visiting, asking the link at every request."""

    @wraps(view)
    def inner(request, *args, **kwargs):
        now, link = clock.now(), link_of(request)
        if link is None or not is_running(request, link, now):
            return private(_turned_away(request, link))
        return private(view(request, of_link(link), *args, **kwargs))

    return login_not_required(require_http_methods(view.methods)(inner))


def _turned_away(request, link: AccessLink | None):
    if link is None and request.user.is_authenticated and is_enterprise(request.user):
        return redirect("approvals:enterprise_home")
    end(request)
    return no_entry(request, 410 if link else 403, link.project.park if link else None)


def no_entry(request, status: int, park=None):
    """The one page for a link or a visit that opens nothing: whom to call, and nothing about any project."""
    return render(request, "approvals/portal/no_entry.html", {"park": park, "code": status}, status=status)


def private(response):
    """Keeps the answer out of caches and search engines."""
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def account(view):
    """For the same view: an enterprise's account; ``pk`` or ``?project=`` says which project. 403 for other people."""

    @wraps(view)
    def inner(request, *args, pk=None, **kwargs):
        if not is_enterprise(request.user):
            raise PermissionDenied(_("This page is for enterprises."))
        rows = Project.objects.visible_to(request.user).select_related("park", "enterprise")
        projects = tuple(rows.order_by("-created_at", "pk"))
        wanted = request.GET.get("project") if pk is None else str(pk)
        applicant = Applicant(projects=projects, project=choose(projects, wanted), user=request.user)
        return view(request, applicant, *args, **kwargs)

    return require_http_methods(view.methods)(inner)


def choose(projects: tuple[Project, ...], wanted: str | None) -> Project | None:
    """The project asked for by id, else the first; None when there is none. Raises Http404 for any other id."""
    if not wanted:
        return projects[0] if projects else None
    for project in projects:
        if str(project.pk) == wanted:
            return project
    raise Http404
