"""On the page of a ledger item: the lever of a plan that it follows from."""

from django.utils.translation import gettext_lazy as _

from dispatch.ledger.parts import Part, sources
from dispatch.plan.models import PlanLever
from dispatch.plan.prices import what
from projects.planning.levers import Lever, LeverKind


def lever_part(item, user, today) -> Part | None:
    """Nothing for items that follow from no plan."""
    if item.source != item.Source.PLAN:
        return None
    row = PlanLever.objects.visible_to(user).filter(item=item).select_related("plan__project", "by").first()
    if row is None:
        return None
    words = what(Lever(LeverKind(row.kind), tuple(row.keys), row.wd))
    return Part(_("Follows from the plan"), "dispatch/plan/_lever_part.html", {"row": row, "what": words}, order=6)


def register() -> None:
    if lever_part not in sources:
        sources.append(lever_part)
