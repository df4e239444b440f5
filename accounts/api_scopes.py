"""What a personal token may be used for: areas of the API, each to read or to write. Pure."""

from django.utils.translation import gettext_lazy as _

READ, WRITE = "read", "write"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
AREAS = {
    "projects": _("Projects, milestones and investment"),
    "approvals": _("Approval steps, papers and certificates"),
    "dispatch": _("Ledger items, warnings, visits, meetings and plans"),
    "reports": _("Figures, briefs, bulletins, rankings and own reports"),
    "imports": _("Imports of workbooks"),
    "exchange": _("Exchange with approval platforms"),
    "webhooks": _("Webhooks"),
    "accounts": _("Organizations and people"),
}
EVERY_TOKEN = "*"  # an operation that any valid token may use  # noqa: S105
SCOPES = tuple(f"{area}:{right}" for area in AREAS for right in (READ, WRITE))


def needed(area: str, method: str) -> str:
    """The scope an operation asks for: "<area>:read" for safe methods, else "<area>:write"."""
    return f"{area}:{READ if method.upper() in SAFE_METHODS else WRITE}"


def area_of(module: str) -> str:
    """The area of a view that names none: its app. Empty for modules outside: no token opens it."""
    app = module.partition(".")[0]
    return app if app in AREAS else ""


def unknown(scopes: list[str]) -> list[str]:
    """Those that are no scopes."""
    return [scope for scope in scopes if scope not in SCOPES]
