"""Joins the ranking to the rest: its formulas to the figure rules, its jobs, appeals to the page of a ledger item."""

from django.utils.translation import gettext_lazy as _

from dispatch.ledger.parts import Part, sources
from dispatch.ranking import job, rules
from dispatch.ranking.models import Appeal


def appeal_part(item, user, today) -> Part | None:
    """On the centre's item: the appeal it answers."""
    if item.source != item.Source.CENTRE:
        return None
    row = Appeal.objects.visible_to(user).filter(item=item).select_related("unit", "ranking").first()
    if row is None:
        return None
    return Part(_("Appeal against a ranking"), "dispatch/ranking/_appeal_part.html", {"appeal": row}, order=5)


def register() -> None:
    rules.register()
    job.register()
    if appeal_part not in sources:
        sources.append(appeal_part)
