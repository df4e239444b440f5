"""What every page's frame needs: navigation by role, park, the moment the page was made."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Organization
from accounts.permissions import Verb, administers, may

DISPATCH, PLANS, REPORTS, MORE = _("Dispatch"), _("Plans"), _("Reports"), _("More")

# (group or "", label, URL name, condition on the user). A name that does not exist is left out; entries of one group
# stand together in a menu.
ENTRIES = [
    ("", _("Desk"), "desk", lambda user: user.organization.kind != Organization.Kind.LEADERSHIP),
    ("", _("Dashboard"), "dispatch:dashboard", lambda user: may(user, Verb.VIEW_DASHBOARD)),
    ("", _("Projects"), "projects:list", lambda user: True),
    ("", _("Ledger"), "dispatch:ledger_list", lambda user: True),
    ("", _("Warnings"), "dispatch:warning_list", lambda user: True),
    (DISPATCH, _("Response cases"), "dispatch:case_list", lambda user: True),
    (DISPATCH, _("Dispatch queues"), "dispatch:queues", lambda user: True),
    (DISPATCH, _("Meetings"), "dispatch:meeting_list", lambda user: True),
    (DISPATCH, _("Instructions"), "dispatch:instruction_list", lambda user: True),
    (DISPATCH, _("Visits"), "dispatch:visit_list", lambda user: True),
    (DISPATCH, _("Measures"), "dispatch:measure_list", lambda user: True),
    (PLANS, _("Filings"), "dispatch:filing_mine", lambda user: may(user, Verb.FILE_PROGRESS)),
    (PLANS, _("Check filings"), "dispatch:filing_round_list", lambda user: may(user, Verb.CHECK_FILING)),
    (PLANS, _("Yearly plans"), "dispatch:plan_list", lambda user: True),
    (PLANS, _("Rolling programme"), "dispatch:programme_list", lambda user: True),
    (PLANS, _("Wall of plans"), "dispatch:wall", lambda user: True),
    (PLANS, _("Group starts"), "dispatch:group_start_list", lambda user: True),
    (PLANS, _("Elements"), "dispatch:elements", lambda user: may(user, Verb.VIEW_ELEMENTS)),
    (PLANS, _("Land acquisition"), "dispatch:plot_list", lambda user: may(user, Verb.VIEW_ELEMENTS)),
    (REPORTS, _("Five rates"), "dispatch:rates", lambda user: True),
    (REPORTS, _("Weekly briefs"), "dispatch:brief_list", lambda user: may(user, Verb.VIEW_BRIEF)),
    (REPORTS, _("Bulletins"), "dispatch:bulletin_list", lambda user: may(user, Verb.VIEW_BULLETIN)),
    (REPORTS, _("Rankings"), "dispatch:ranking_list", lambda user: may(user, Verb.VIEW_RANKING)),
    (REPORTS, _("Own reports"), "dispatch:own_report_list", lambda user: may(user, Verb.MAKE_REPORT)),
    (REPORTS, _("Figures"), "approvals:figures", lambda user: may(user, Verb.VIEW_FIGURES)),
    (REPORTS, _("Learned durations"), "dispatch:plan_durations", lambda user: may(user, Verb.VIEW_FIGURES)),
    (REPORTS, _("Figures of visits"), "dispatch:visit_figures", lambda user: may(user, Verb.VIEW_FIGURES)),
    (MORE, _("Approval guide"), "approvals:guide_home", lambda user: True),
    (MORE, _("Import"), "projects:import_list", lambda user: may(user, Verb.IMPORT_LEDGER)),
    (MORE, _("My files"), "dispatch:file_job_list", lambda user: True),
    (MORE, _("How figures are counted"), "dispatch:figure_rules", lambda user: may(user, Verb.EDIT_FIGURES)),
    (MORE, _("Calendar feeds"), "dispatch:feed_list", lambda user: True),
    (MORE, _("Plan templates"), "dispatch:plan_template_list", lambda user: may(user, Verb.EDIT_PLAN)),
    (MORE, _("Plan rules"), "dispatch:plan_rules", lambda user: may(user, Verb.EDIT_RULES)),
    (MORE, _("Warning rules"), "dispatch:rule_list", lambda user: may(user, Verb.EDIT_RULES)),
    (MORE, _("Response policy"), "dispatch:response_policy", lambda user: may(user, Verb.EDIT_RULES)),
    (MORE, _("Deliveries of notices"), "dispatch:delivery_list", lambda user: may(user, Verb.MANAGE_NOTICES)),
    (MORE, _("Approval platforms"), "approvals:exchange_list", lambda user: may(user, Verb.EXCHANGE_STEPS)),
    (MORE, _("Webhooks"), "dispatch:webhook_list", lambda user: may(user, Verb.MANAGE_WEBHOOKS)),
    (MORE, _("API tokens"), "accounts:token_list", lambda user: may(user, Verb.MAKE_TOKEN)),
    (MORE, _("Periodic jobs"), "dispatch:job_list", lambda user: may(user, Verb.VIEW_JOBS)),
]
ENTERPRISE_ENTRIES = [
    ("", _("My project"), "approvals:enterprise_home", lambda user: True),
    ("", _("Filings"), "dispatch:filing_mine", lambda user: may(user, Verb.FILE_PROGRESS)),
    ("", _("Approval guide"), "approvals:guide_home", lambda user: True),
    ("", _("Calendar feeds"), "dispatch:feed_list", lambda user: True),
]
ADMIN_ENTRIES = [(MORE, _("Administration"), "admin:index", administers)]


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
    shown = [(group, label, _address(name)) for group, label, name, allowed in _entries(user) if allowed(user)]
    shown = [(group, label, url) for group, label, url in shown if url]
    inside = [url for _group, _label, url in shown if path.startswith(url)]
    here = max(inside, key=len, default=None)
    if here == "/" and path != "/":
        here = None
    return [{"group": group, "label": label, "url": url, "active": url == here} for group, label, url in shown]


def navigation(request):
    """navigation [{group, label, url, active}], park, addresses of the frame, printed_at; safe without anybody."""
    user = getattr(request, "user", None)
    common = {
        "set_language_url": _address("set_language"),
        "guide_url": _address("approvals:guide_home"),
        "printed_at": clock.now(),
    }
    if user is None or not user.is_authenticated:
        return common | {"navigation": [], "park": None}
    return common | {"navigation": _items(user, request.path), "park": user.park}
