"""The leaders' dashboard: one page, read in a minute, printed on one A4."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.i18n import localized
from accounts.permissions import Verb, may
from dispatch.dashboard import queries
from dispatch.figures.rates import RateKey
from dispatch.reports.labels import RATE_DEFINITIONS, RATE_NAMES
from projects.models import Light
from projects.stages import STAGES, Pool
from workdays.models import load_calendar

POOL_NAMES = {
    Pool.PLANNING: _("Planning pool"),
    Pool.RESERVE: _("Reserve pool"),
    Pool.STARTED: _("Construction pool"),
    Pool.PRODUCTION: _("Production pool"),
}
LIGHT_ORDER = (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN, Light.GREY)


@require_safe
def dashboard(request):
    user = request.user
    if user.role is None or user.role.scope == "enterprise":
        raise Http404
    if not may(user, Verb.VIEW_DASHBOARD) or user.role.scope != "park":
        raise PermissionDenied
    today = clock.today()
    counts = queries.counts(user)
    rates, money = queries.rates_and_money(user.organization.park, today)
    due, due_count = queries.due_this_week(user, today)
    context = {
        "today": today,
        "total": counts.total,
        "pools": _pools(counts),
        "lights": _lights(counts),
        "rates": [_rate(key, rate, money) for key, rate in rates.items()],
        "money": money,
        "red": queries.red_projects(user, today, load_calendar()),
        "due": due,
        "due_count": due_count,
        "departments": queries.overdue_by_department(user),
        "bulletin": queries.latest_bulletin(user),
    }
    return render(request, "dispatch/dashboard.html", context)


def _pools(counts):
    """Each pool with its stages: name, number, link to exactly these projects, length of its bar."""
    projects, most = reverse("projects:list"), max(counts.stages.values(), default=0) or 1
    found = []
    for pool in Pool:
        stages = [
            {"name": localized(STAGES[stage], "name"), "number": n, "most": most, "href": f"{projects}?stage={stage}"}
            for stage, n in counts.stages.items()
            if queries.pool_of(stage) == pool
        ]
        href = f"{projects}?pool={pool}"
        found.append({"name": POOL_NAMES[pool], "number": counts.pools[pool], "stages": stages, "href": href})
    return found


def _lights(counts):
    projects = reverse("projects:list")
    return [
        {"light": light.value, "label": light.label, "number": counts.lights.get(light, 0),
         "href": f"{projects}?light={light}"}
        for light in LIGHT_ORDER
    ]  # fmt: skip


def _rate(key, rate, money):
    points = money.ahead_pp if key == RateKey.INVESTMENT else None
    return {
        "label": RATE_NAMES[key],
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "definition": RATE_DEFINITIONS[key],
        "points": points,
    }
