"""Visits on the project page, and the visit behind a ledger item on the item's page."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dispatch.ledger.parts import Part, sources
from dispatch.visits import access, queries
from dispatch.visits.models import Finding, Visit
from dispatch.visits.scope import IS_SOLVED
from projects import seams

MOST_SHOWN = 5


def panel_context(project, user, today) -> dict:
    """The latest visits to the project's enterprise and its open needs and problems; nothing for enterprises."""
    about = Q(project=project) | Q(project=None, enterprise=project.enterprise_id)
    visits = Visit.objects.visible_to(user).filter(about) if project.enterprise_id else Visit.objects.none()
    findings = Finding.objects.visible_to(user).filter(visit__in=visits.values("pk"))
    numbers = findings.aggregate(found=Count("pk"), solved=Count("pk", filter=IS_SOLVED))
    left = queries.findings_for_list(findings.exclude(pk__in=findings.filter(IS_SOLVED).values("pk")))[:MOST_SHOWN]
    left = list(left)
    may_record = project.enterprise_id and access.may_record(user)
    return {
        "visits": list(queries.for_list(visits)[:MOST_SHOWN]),
        "findings": left,
        "seen": queries.seen_items(left, user),
        **numbers,
        "new_url": f"{reverse('dispatch:visit_new')}?enterprise={project.enterprise_id}" if may_record else "",
    }


def visit_part(item, user, today) -> Part | None:
    """Found on the visit of …; the visit's page opens only for those who see it."""
    if item.visit_id is None:
        return None
    visit = Visit.objects.select_related("enterprise", "visitor", "organization").get(pk=item.visit_id)
    is_seen = Visit.objects.visible_to(user).filter(pk=visit.pk).exists()
    return Part(
        _("Found on a visit"), "dispatch/visits/_item_part.html", {"visit": visit, "is_seen": is_seen}, order=30
    )


def register() -> None:
    panel = seams.Panel("visits", _("Visits"), "dispatch/visits/_panel.html", panel_context)
    if panel not in seams.panels:
        seams.panels.append(panel)
    if visit_part not in sources:
        sources.append(visit_part)
