"""What the page of an item offers to whom: a form for each verb that is this person's now, or why there is none."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from dispatch.ledger import actions, flow
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.forms import MOVE_FORMS, MoveForm
from dispatch.ledger.models import LedgerItem

CONFIRMED = (ItemVerb.CLOSE, ItemVerb.REOPEN)
TITLES = {
    ItemVerb.ASSIGN: gettext_lazy("Assign"),
    ItemVerb.SIGN: gettext_lazy("Sign for it"),
    ItemVerb.PROGRESS: gettext_lazy("Report progress"),
    ItemVerb.ASK_CLOSE: gettext_lazy("Ask for closure"),
    ItemVerb.CLOSE: gettext_lazy("Verify and close"),
    ItemVerb.RETURN: gettext_lazy("Return with a reason"),
    ItemVerb.EXTEND: gettext_lazy("Extend the deadline"),
    ItemVerb.REOPEN: gettext_lazy("Reopen"),
}
DONE = {
    ItemVerb.ASSIGN: gettext_lazy("Assigned."),
    ItemVerb.SIGN: gettext_lazy("Signed for. Please report progress when something has been done."),
    ItemVerb.PROGRESS: gettext_lazy("Progress recorded."),
    ItemVerb.ASK_CLOSE: gettext_lazy("Closure asked for. Somebody else will verify it."),
    ItemVerb.CLOSE: gettext_lazy("Closed."),
    ItemVerb.RETURN: gettext_lazy("Returned to the unit."),
    ItemVerb.EXTEND: gettext_lazy("Deadline extended."),
    ItemVerb.REOPEN: gettext_lazy("Reopened."),
}
# The move that carries the item on; everything else stands below it.
LEADING = {
    "registered": ItemVerb.ASSIGN,
    "assigned": ItemVerb.SIGN,
    "signed": ItemVerb.PROGRESS,
    "working": ItemVerb.PROGRESS,
    "returned": ItemVerb.PROGRESS,
    "closing": ItemVerb.CLOSE,
}


@dataclass(frozen=True)
class Offer:
    """One verb this person may do now: its form and address; ``confirm``: only through the page that asks first."""

    verb: ItemVerb
    title: str
    url: str
    form: MoveForm
    confirm: bool
    leads: bool


def offers(item: LedgerItem, user: User, typed: MoveForm | None = None) -> dict[str, Any]:
    """{"leading": Offer or None, "others": [Offer], "why_not": [sentence], "may_edit": bool, "homeless": form or None}.

    ``typed``: a form that was sent and not accepted; it stands in the place of the empty one. When the verb is not
    possible any more it is ``homeless``: shown for copying.
    """
    verbs = [verb for verb in flow.verbs_from(item.state) if actions.may_do(item, verb, user)]
    why_not = []
    if ItemVerb.CLOSE in verbs and not actions.has_second_eyes(item, user):
        verbs = [verb for verb in verbs if verb not in (ItemVerb.CLOSE, ItemVerb.RETURN)]
        why_not.append(_second_eyes_wanted(item, user))
    if ItemVerb.EXTEND in verbs and item.extended_wd:
        verbs.remove(ItemVerb.EXTEND)
        why_not.append(_("The deadline has been extended once; a second extension is not possible."))
    made = [_offer(item, verb, user, typed) for verb in verbs if verb in MOVE_FORMS]
    return {
        "leading": next((offer for offer in made if offer.leads), None),
        "others": [offer for offer in made if not offer.leads],
        "why_not": why_not,
        "may_edit": ItemVerb.EDIT in verbs,
        "homeless": typed if typed is not None and typed.verb not in verbs else None,
    }


def _offer(item: LedgerItem, verb: ItemVerb, user: User, typed: MoveForm | None) -> Offer:
    return Offer(
        verb=verb,
        title=str(TITLES[verb]),
        url=reverse("dispatch:ledger_move", args=[item.pk, verb.value]),
        form=typed if typed is not None and typed.verb == verb else MOVE_FORMS[verb](item=item, user=user),
        confirm=verb in CONFIRMED,
        leads=LEADING.get(item.state) == verb,
    )


def _second_eyes_wanted(item: LedgerItem, user: User) -> str:
    if item.unit_id == user.organization_id:
        return _("Your own unit is in charge of this item, so somebody of another unit has to verify the closure.")
    return _("You asked for this closure, or your unit is part of the unit in charge; somebody else has to verify it.")


def consequences(item: LedgerItem, verb: ItemVerb) -> list[str]:
    """What a confirmed verb does, in sentences."""
    if verb == ItemVerb.CLOSE:
        return [
            _("%(item)s is closed today in your name.") % {"item": item},
            _("Its warnings end with the next daily run; the item stays in the ledger."),
        ]
    return [
        _("%(item)s goes back to %(unit)s as returned.") % {"item": item, "unit": item.unit},
        _("Its deadline stays %(day)s; the closure of %(on)s stays in the history.")
        % {"day": item.due_on, "on": item.closed_on},
    ]


def perform(form: MoveForm, item: LedgerItem, *, by, at, on, calendar) -> LedgerItem:
    """The action behind a valid form."""
    arguments = form.arguments() | {"by": by, "at": at, "on": on}
    if form.verb == ItemVerb.EXTEND:
        arguments["calendar"] = calendar
    return ACTIONS[form.verb](item, **arguments)


ACTIONS = {
    ItemVerb.ASSIGN: actions.assign,
    ItemVerb.SIGN: actions.sign,
    ItemVerb.PROGRESS: actions.report_progress,
    ItemVerb.ASK_CLOSE: actions.ask_close,
    ItemVerb.CLOSE: actions.close,
    ItemVerb.RETURN: actions.send_back,
    ItemVerb.EXTEND: actions.extend,
    ItemVerb.REOPEN: actions.reopen,
}
