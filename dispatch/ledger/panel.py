"""The part of the project page that shows its ledger items."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Verb, may
from dispatch.ledger import queries
from dispatch.ledger.models import LedgerItem
from projects import seams
from workdays.models import load_calendar

MOST_SHOWN = 8


def panel_context(project, user, today) -> dict:
    """Open items with the earliest deadline first, how many there are, and where to go; nothing for enterprises."""
    visible = LedgerItem.objects.visible_to(user).filter(project=project)
    numbers = visible.aggregate(all=Count("pk"), open=Count("pk", filter=~Q(state=LedgerItem.State.CLOSED)))
    first = queries.for_list(queries.ordered(visible.open(), queries.DEFAULT_SORT))[:MOST_SHOWN]
    here = f"{reverse('dispatch:ledger_list')}?project={project.pk}"
    return {
        "rows": queries.rows_of(first, today, load_calendar()),
        "open": numbers["open"],
        "total": numbers["all"],
        "url": here,
        "all_url": f"{here}&state=all",
        "new_url": f"{reverse('dispatch:ledger_new')}?project={project.pk}"
        if may(user, Verb.REGISTER_LEDGER_ITEM)
        else "",
    }


def register() -> None:
    panel = seams.Panel("ledger", _("Ledger items"), "dispatch/ledger_panel.html", panel_context)
    if panel not in seams.panels:
        seams.panels.append(panel)
