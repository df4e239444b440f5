"""On the page of a ledger item: what was solved before, and, once it is closed, the measure made of it."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Verb, may
from dispatch.ledger import actions as ledger
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerItem
from dispatch.ledger.parts import Part, sources
from dispatch.measures.models import Measure


def measures_part(item: LedgerItem, user, today) -> Part | None:
    """The measure that the item took over, the one made of it, and where to look for more."""
    ours = Measure.objects.visible_to(user).filter(Q(pk=item.measure_id) | Q(item=item))
    found = {row.pk: row for row in ours}
    published = next((row for row in found.values() if row.item_id == item.pk), None)
    is_closed = item.state == LedgerItem.State.CLOSED
    context = {
        "item": item,
        "taken": found.get(item.measure_id),
        "published": published,
        "may_publish": is_closed and published is None and may(user, Verb.PUBLISH_MEASURE),
        "is_closed": is_closed,
        "may_take": not is_closed and ledger.may_do(item, ItemVerb.EDIT, user),
    }
    if is_closed and not (context["taken"] or published or context["may_publish"]):
        return None
    return Part(_("Similar solved items and measures"), "dispatch/measures/_part.html", context, order=40)


def register() -> None:
    if measures_part not in sources:
        sources.append(measures_part)
