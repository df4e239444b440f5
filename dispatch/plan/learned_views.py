"""The page of the durations a park has learned from its own finished steps."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.downloads import attachment
from accounts.permissions import Verb, may
from dispatch.doors import require_exporter
from dispatch.figures.access import park_of
from dispatch.plan import learned, policies
from dispatch.plan.learned_table import table_of, workbook
from dispatch.plan.models import LearnedDurations


@require_safe
def plan_durations(request):
    """Who opens it wants to know how long each step really takes here, and whether the limits promised are true."""
    park = park_of(request, Verb.VIEW_FIGURES)
    policy = policies.in_force(park.pk)
    may_export = may(request.user, Verb.EXPORT_LEDGER)
    context = {
        "table": table_of(park, learned.of_park(park.pk), policy),
        "policy": policy,
        "as_of": LearnedDurations.objects.filter(park=park).values_list("as_of", flat=True).first(),
        "export_url": reverse("dispatch:plan_durations_export") if may_export else "",
    }
    return render(request, "dispatch/plan/durations.html", context)


@require_safe
def plan_durations_export(request):
    """Who opens it wants the durations as a workbook."""
    park = park_of(request, Verb.VIEW_FIGURES)
    require_exporter(request)
    found = table_of(park, learned.of_park(park.pk), policies.in_force(park.pk))
    return attachment(workbook(found), f"{_('Learned durations')}-{clock.today():%Y%m%d}.xlsx")
