"""What every page's frame needs: navigation by role, park, the moment the page was made."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Organization
from accounts.permissions import Verb, administers, may

# (label, URL name, condition on the user). A name that does not exist is left out.
ENTRIES = [
    (_("Desk"), "desk", lambda user: user.organization.kind != Organization.Kind.LEADERSHIP),
    (_("Projects"), "projects:list", lambda user: True),
    (_("Ledger"), "dispatch:ledger_list", lambda user: True),
    (_("Warnings"), "dispatch:warning_list", lambda user: True),
    (_("Figures"), "approvals:figures", lambda user: may(user, Verb.VIEW_FIGURES)),
    (_("Bulletins"), "dispatch:bulletin_list", lambda user: may(user, Verb.VIEW_BULLETIN)),
    (_("Dashboard"), "dispatch:dashboard", lambda user: may(user, Verb.VIEW_DASHBOARD)),
    (_("Approval guide"), "approvals:guide_home", lambda user: True),
    (_("Import"), "projects:import_list", lambda user: may(user, Verb.IMPORT_LEDGER)),
]
ENTERPRISE_ENTRIES = [
    (_("My project"), "approvals:enterprise_home", lambda user: True),
    (_("Approval guide"), "approvals:guide_home", lambda user: True),
]
ADMIN_ENTRIES = [(_("Administration"), "admin:index", administers)]


def _entries(user):
    if user.role_id is None:
        return ADMIN_ENTRIES
    if user.role.scope == "enterprise":
        return ENTERPRISE_ENTRIES
    return ENTRIES + ADMIN_ENTRIES


def _address(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _items(user, path):
    shown = [(label, _address(name)) for label, name, allowed in _entries(user) if allowed(user)]
    shown = [(label, url) for label, url in shown if url]
    inside = [url for _label, url in shown if path.startswith(url)]
    here = max(inside, key=len, default=None)
    if here == "/" and path != "/":
        here = None
    return [{"label": label, "url": url, "active": url == here} for label, url in shown]


def navigation(request):
    """navigation [{label, url, active}], park, addresses of the frame, printed_at; safe before anybody is known."""
    user = getattr(request, "user", None)
    common = {
        "set_language_url": _address("set_language"),
        "guide_url": _address("approvals:guide_home"),
        "printed_at": clock.now(),
    }
    if user is None or not user.is_authenticated:
        return common | {"navigation": [], "park": None}
    return common | {"navigation": _items(user, request.path), "park": user.park}
