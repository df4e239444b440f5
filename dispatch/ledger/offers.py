"""What the page of an item offers to whom: a form for each verb that is this person's now, or why there is none."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from dispatch.files import keeping
from dispatch.files.models import Attachment
from dispatch.ledger import actions, flow
from dispatch.ledger.actions.extensions import open_request
from dispatch.ledger.actions.shared import is_second
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import ExtensionRequest, LedgerItem
from dispatch.ledger.move_forms import MOVE_FORMS, MoveForm

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
    ItemVerb.ASK_EXTENSION: gettext_lazy("Ask for an extension"),
    ItemVerb.REFUSE_EXTENSION: gettext_lazy("Refuse the extension"),
    ItemVerb.ASK_HANG: gettext_lazy("Ask to move it up"),
    ItemVerb.REFUSE_HANG: gettext_lazy("Leave it with the unit"),
    ItemVerb.HANG: gettext_lazy("Move it up one tier"),
    ItemVerb.TAKE_UP: gettext_lazy("Decide and take it up again"),
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
    ItemVerb.ASK_EXTENSION: gettext_lazy("Extension asked for. The deadline stays until it is granted."),
    ItemVerb.REFUSE_EXTENSION: gettext_lazy("Extension refused."),
    ItemVerb.ASK_HANG: gettext_lazy("Asked to move it up."),
    ItemVerb.REFUSE_HANG: gettext_lazy("It stays with the unit."),
    ItemVerb.HANG: gettext_lazy("Moved up. It stays open and counted."),
    ItemVerb.TAKE_UP: gettext_lazy("Taken up again."),
}
# The move that carries the item on; everything else stands below it.
LEADING = {
    "registered": ItemVerb.ASSIGN,
    "assigned": ItemVerb.SIGN,
    "signed": ItemVerb.PROGRESS,
    "working": ItemVerb.PROGRESS,
    "returned": ItemVerb.PROGRESS,
    "closing": ItemVerb.CLOSE,
    "hung": ItemVerb.TAKE_UP,
}
# What a unit does from the phone stands open; everything else is folded away.
OPEN_FOR_UNITS = (ItemVerb.ASK_CLOSE,)


@dataclass(frozen=True)
class Offer:
    """One verb this person may do now: its form and address; ``confirm``: only through the page that asks first."""

    verb: ItemVerb
    title: str
    url: str
    form: MoveForm
    confirm: bool
    leads: bool
    is_open: bool = False


def offers(item: LedgerItem, user: User, typed: MoveForm | None = None) -> dict[str, Any]:
    """{"leading": Offer or None, "others": [Offer], "why_not": [sentence], "may_edit": bool, "homeless": form or None,
    "request_open": the open request for an extension or None, "moving_up": whether the unit asks to move it up}.

    ``typed``: a form that was sent and not accepted; it stands in the place of the empty one. When the verb is not
    possible any more it is ``homeless``: shown for copying.
    """
    request, moving_up = open_request(item), flow.asks_to_move_up(_verbs_of(item))
    verbs = [verb for verb in flow.verbs_from(item.state) if actions.may_do(item, verb, user)]
    verbs, why_not = _with_second_eyes(verbs, item, user, request)
    idle = _idle(verbs, item, request, moving_up)
    verbs = [verb for verb in verbs if verb not in idle]
    made = [_offer(item, verb, user, typed) for verb in verbs if verb in MOVE_FORMS]
    return {
        "leading": next((offer for offer in made if offer.leads), None),
        "others": [offer for offer in made if not offer.leads],
        "why_not": why_not,
        "may_edit": ItemVerb.EDIT in verbs,
        "request_open": request,
        "moving_up": moving_up,
        "homeless": typed if typed is not None and typed.verb not in verbs else None,
    }


def _verbs_of(item: LedgerItem) -> list[str]:
    return list(item.history.order_by("pk").values_list("verb", flat=True))


def _with_second_eyes(verbs, item, user, request) -> tuple[list[ItemVerb], list[str]]:
    """The verbs without those that somebody else has to do, and sentences that say so."""
    why_not = []
    if ItemVerb.CLOSE in verbs and not actions.has_second_eyes(item, user):
        verbs = [verb for verb in verbs if verb not in (ItemVerb.CLOSE, ItemVerb.RETURN)]
        why_not.append(_second_eyes_wanted(item, user))
    if ItemVerb.EXTEND in verbs:
        if item.extended_wd:
            why_not.append(_("The deadline has been extended once; a second extension is not possible."))
        elif not is_second(item, user, request.asked_by_id if request else None):
            verbs = [verb for verb in verbs if verb not in (ItemVerb.EXTEND, ItemVerb.REFUSE_EXTENSION)]
            why_not += [_("Somebody else has to decide on the extension.")] if request else []
    return verbs, why_not


def _idle(verbs: list[ItemVerb], item: LedgerItem, request: ExtensionRequest | None, moving_up: bool) -> set[ItemVerb]:
    """Verbs the state allows but that have no object now, or that the person can do more directly."""
    idle = set() if request else {ItemVerb.REFUSE_EXTENSION}
    if item.extended_wd:
        idle |= {ItemVerb.EXTEND, ItemVerb.ASK_EXTENSION}
    if ItemVerb.EXTEND in verbs or (ItemVerb.ASK_EXTENSION in verbs and _has_asked(item)):
        idle.add(ItemVerb.ASK_EXTENSION)
    if not moving_up:
        idle.add(ItemVerb.REFUSE_HANG)
    if moving_up or ItemVerb.HANG in verbs or item.tier >= flow.HIGHEST_TIER:
        idle.add(ItemVerb.ASK_HANG)
    if item.tier >= flow.HIGHEST_TIER:
        idle.add(ItemVerb.HANG)
    return idle


def _has_asked(item: LedgerItem) -> bool:
    return ExtensionRequest.objects.asked().filter(item=item).exists()


def _offer(item: LedgerItem, verb: ItemVerb, user: User, typed: MoveForm | None) -> Offer:
    return Offer(
        verb=verb,
        title=str(TITLES[verb]),
        url=reverse("dispatch:ledger_move", args=[item.pk, verb.value]),
        form=typed if typed is not None and typed.verb == verb else MOVE_FORMS[verb](item=item, user=user),
        confirm=verb in CONFIRMED,
        leads=LEADING.get(item.state) == verb,
        is_open=verb in OPEN_FOR_UNITS and user.role.scope == "unit",
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
    """The action behind a valid form; photos sent with it are kept as evidence, or nothing at all is done."""
    arguments = form.arguments() | {"by": by, "at": at, "on": on}
    if form.verb == ItemVerb.EXTEND:
        arguments["calendar"] = calendar
    photos = form.cleaned_data.get("photos")
    if not photos:
        return ACTIONS[form.verb](item, **arguments)
    with keeping.stored(photos) as kept, transaction.atomic():
        moved = ACTIONS[form.verb](item, **arguments)
        for file in kept:
            role = Attachment.Role.PHOTO if file.is_picture else Attachment.Role.EVIDENCE
            keeping.record(moved, file, role=role, by=by, at=at)
        return moved


ACTIONS = {
    ItemVerb.ASSIGN: actions.assign,
    ItemVerb.SIGN: actions.sign,
    ItemVerb.PROGRESS: actions.report_progress,
    ItemVerb.ASK_CLOSE: actions.ask_close,
    ItemVerb.CLOSE: actions.close,
    ItemVerb.RETURN: actions.send_back,
    ItemVerb.EXTEND: actions.extend,
    ItemVerb.REOPEN: actions.reopen,
    ItemVerb.ASK_EXTENSION: actions.ask_extension,
    ItemVerb.REFUSE_EXTENSION: actions.refuse_extension,
    ItemVerb.ASK_HANG: actions.ask_hang,
    ItemVerb.REFUSE_HANG: actions.refuse_hang,
    ItemVerb.HANG: actions.hang,
    ItemVerb.TAKE_UP: actions.take_up,
}
