"""Who is told about an item, in the transaction of the cause. Who does something is never told about it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Organization, Role, User
from accounts.permissions import Verb
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerComment, LedgerEntry, LedgerItem, lineage
from dispatch.notices.outbox import About, Message, settle, tell, tell_groups

THING, COMMENT = "ledger_item", "ledger_comment"
# Functions (item, at) that take back what others have announced about an item that is being closed.
closed: list[Callable[[LedgerItem, datetime], None]] = []
LEADERS_FROM_TIER = 3  # domain.md 3.4: the leaders dispatch at tiers three and four
EVENTS = {
    ItemVerb.ASSIGN: "ledger_assigned",
    ItemVerb.RETURN: "ledger_returned",
    ItemVerb.REOPEN: "ledger_returned",
    ItemVerb.ASK_CLOSE: "ledger_closing",
    ItemVerb.CLOSE: "ledger_closed",
    ItemVerb.ASK_HANG: "ledger_hung",
    ItemVerb.REFUSE_HANG: "ledger_hung",
    ItemVerb.HANG: "ledger_hung",
    ItemVerb.TAKE_UP: "ledger_hung",
    ItemVerb.ASK_EXTENSION: "ledger_extension",
    ItemVerb.EXTEND: "ledger_extension",
    ItemVerb.REFUSE_EXTENSION: "ledger_extension",
}


def moved(item: LedgerItem, entry: LedgerEntry, *, workdays: int = 0) -> None:
    """Tells who has to know of this entry; what was not sent yet is settled when the item is closed."""
    verb = entry.verb
    if verb == "register" and item.state == LedgerItem.State.ASSIGNED:
        verb = ItemVerb.ASSIGN
    if verb not in EVENTS:
        return
    if verb == ItemVerb.CLOSE:
        settle(THING, [item.pk], at=entry.at)
        for end in closed:
            end(item, entry.at)
    people = [person for person in _recipients(item, ItemVerb(verb)) if person.pk != entry.by_id]
    key = f"ledger/{item.pk}/{verb}/{item.version}"
    _send(item, EVENTS[ItemVerb(verb)], key, _facts(item, entry, workdays), people, entry)


def commented(item: LedgerItem, comment: LedgerComment, mentioned: Iterable[User], *, on: date) -> None:
    """Tells the people mentioned, and whose item it is or who has commented before them."""
    mentioned = [person for person in mentioned if person.pk != comment.by_id]
    facts = {"number": item.number, "title": item.title, "by": str(comment.by or ""), "text": comment.text}
    about, park = _about(item, COMMENT, comment.pk), item.park
    edge: dict[str, Any] = {"as_of": on, "at": comment.at}
    tell(Message(park, "ledger_mention", f"ledger/comment/{comment.pk}/mention", about, facts), mentioned, **edge)
    apart = {comment.by_id, *(person.pk for person in mentioned)}
    before = LedgerComment.objects.filter(item=item, withdrawn_at__isnull=True).values("by")
    sees = {person.pk for person in who_sees(item)}
    others = {person.pk: person for person in (*unit_people(item), *_active(Q(pk__in=before)))}
    if item.created_by:
        others[item.created_by_id] = item.created_by
    told = [person for pk, person in others.items() if pk not in apart and pk in sees]
    tell(Message(park, "ledger_comment", f"ledger/comment/{comment.pk}", about, facts), told, **edge)


def took_back(comment: LedgerComment, *, at: datetime) -> None:
    """What has not been sent of a comment taken back is not sent any more; other notices of the item stay."""
    settle(COMMENT, [comment.pk], at=at)


def who_sees(item: LedgerItem) -> list[User]:
    """People who may see the item, the only ones who can be mentioned: the park's, and those of its units."""
    units = [unit for unit in (item.unit, *item.cooperating_units.select_related("parent")) if unit is not None]
    above = {pk for unit in units for pk in lineage(unit)}
    reach = Q(role__scope="park") | Q(role__scope="unit", organization__in=above)
    people = _active(Q(organization__park=item.park_id) & reach)
    return list(people.order_by("organization__kind", "organization__name", "display_name", "pk"))


def unit_people(item: LedgerItem) -> list[User]:
    """The item's person if that account may open the item, or everybody of the unit in charge."""
    if item.person_id and LedgerItem.objects.visible_to(item.person).filter(pk=item.pk).exists():
        return [item.person]
    return list(_active(Q(organization=item.unit_id))) if item.unit_id else []


def verifiers(item: LedgerItem) -> list[User]:
    """People who may verify a closure of this item: not those of the unit in charge or below it."""
    mine = item.unit.branch_ids() if item.unit_id else []
    return list(_holding(item, Verb.VERIFY_LEDGER_ITEM).exclude(organization__in=mine))


def deciders(item: LedgerItem) -> list[User]:
    """People who decide on an item that moves up; the leaders from the third tier on."""
    people = _holding(item, Verb.REGISTER_LEDGER_ITEM)
    if item.tier < LEADERS_FROM_TIER:
        people = people.exclude(organization__kind=Organization.Kind.LEADERSHIP)
    return list(people)


def _recipients(item: LedgerItem, verb: ItemVerb) -> list[User]:
    match verb:
        case ItemVerb.ASK_CLOSE | ItemVerb.ASK_EXTENSION:
            return verifiers(item)
        case ItemVerb.ASK_HANG:
            return deciders(item)
        case ItemVerb.HANG:
            return [*deciders(item), *unit_people(item)]
        case ItemVerb.CLOSE:
            registrar = [item.created_by] if item.created_by else []
            return [*unit_people(item), *registrar]
    return unit_people(item)


def _facts(item: LedgerItem, entry: LedgerEntry, workdays: int) -> dict[str, Any]:
    """All facts of all events of the ledger; each template takes the ones it names."""
    with translation.override(settings.LANGUAGE_CODE):
        outcome = {
            ItemVerb.ASK_EXTENSION: _("asked for"),
            ItemVerb.EXTEND: _("granted"),
            ItemVerb.REFUSE_EXTENSION: _("refused"),
        }.get(entry.verb, "")
    return {
        "number": item.number,
        "title": item.title,
        "unit": str(item.unit or ""),
        "due_on": item.due_on.isoformat() if item.due_on else "",
        "by": str(entry.by or ""),
        "reason": entry.note,
        "evidence": entry.note,
        "tier": item.tier,
        "outcome": outcome,
        "workdays": workdays,
    }


def _send(item: LedgerItem, event: str, key: str, facts, people: Iterable[User], entry: LedgerEntry) -> None:
    message = Message(item.park, event, key, _about(item), facts)
    tell(message, people, as_of=entry.on, at=entry.at)
    tell_groups(message, unit_id=item.unit_id, as_of=entry.on, at=entry.at)


def _about(item: LedgerItem, thing: str = THING, pk: int | None = None) -> About:
    return About(thing, pk or item.pk, reverse("dispatch:ledger_detail", args=[item.pk]), item.project)


def _active(condition: Q):
    return User.objects.filter(condition, is_active=True, role__isnull=False).select_related("organization")


def _holding(item: LedgerItem, verb: Verb):
    roles = [role.pk for role in Role.objects.exclude(scope="enterprise") if verb in role.verbs]
    return _active(Q(organization__park=item.park_id, role__in=roles))
