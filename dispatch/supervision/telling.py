"""Who is told about an instruction, in the transaction of the cause. Who does something is never told about it.

Notices hang on the ledger item, so that closing it settles what has not left yet; reminders hang on the instruction and
are settled by the next report.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from dispatch.ledger.models import LedgerItem
from dispatch.ledger.telling import THING
from dispatch.notices.outbox import About, Message, settle, tell, tell_groups
from dispatch.supervision.models import Feedback, Instruction

DUE = "instruction_due"


def issued(instruction: Instruction, *, by: User | None, at: datetime) -> None:
    """Tells the units, mandatory and urgent, and the leader in whose name somebody else has written it."""
    message = Message(
        instruction.park, "instruction_issued", f"instruction/{instruction.pk}/issued", _about(instruction),
        _facts(instruction, instruction.text), urgent=instruction.urgency == Instruction.Urgency.URGENT,
    )  # fmt: skip
    people = [*unit_people(instruction, with_cooperating=True), instruction.leader]
    tell(message, _but(people, by), as_of=instruction.issued_on, at=at)
    tell_groups(message, unit_id=instruction.item.unit_id, as_of=instruction.issued_on, at=at)


def fed_back(link: Feedback) -> None:
    """Tells the leader's side of a report, the unit of an answer."""
    instruction = link.instruction
    if link.kind == Feedback.Kind.REPORT:
        settle(DUE, [instruction.pk], at=link.at)
        people = followers(instruction)
    else:
        people = unit_people(instruction)
    with translation.override(settings.LANGUAGE_CODE):
        text = "：".join(part for part in (str(link.get_kind_display()), link.text) if part)
    key = f"instruction/{instruction.pk}/feedback/{link.pk}"
    message = Message(instruction.park, "instruction_feedback", key, _about(instruction), _facts(instruction, text))
    tell(message, _but(people, link.by), as_of=link.on, at=link.at)


def report_due(instruction: Instruction, due: date, *, as_of: date, at: datetime) -> int:
    """Reminds the unit from the day on; when it has passed the leader's side hears of it too. Once for each day due."""
    with translation.override(settings.LANGUAGE_CODE):
        text = _("A report is due on %(day)s.") % {"day": due.isoformat()}
        late = _("The report due on %(day)s is not there.") % {"day": due.isoformat()}
    about = About(DUE, instruction.pk, _url(instruction), instruction.project)
    edge: dict[str, Any] = {"as_of": as_of, "at": at}
    start, event, park = f"instruction/{instruction.pk}", "instruction_feedback", instruction.park
    told = tell(
        Message(park, event, f"{start}/due/{due}", about, _facts(instruction, text)), unit_people(instruction), **edge
    )
    if due < as_of:
        message = Message(park, event, f"{start}/overdue/{due}", about, _facts(instruction, late), level=1)
        told += tell(message, [*unit_people(instruction), *followers(instruction)], **edge)
    return told


def item_closed(item: LedgerItem, at: datetime) -> None:
    """No report is due any more."""
    ids = Instruction.objects.filter(item=item).values_list("pk", flat=True)
    settle(DUE, ids, at=at)


def unit_people(instruction: Instruction, *, with_cooperating: bool = False) -> list[User]:
    """People of the unit in charge. Offices below it do not see what the unit is told, so they are not told of it."""
    units = [instruction.item.unit_id] if instruction.item.unit_id else []
    if with_cooperating:
        units += instruction.item.cooperating_units.values_list("pk", flat=True)
    people = User.objects.filter(organization__in=units, is_active=True, role__isnull=False)
    return list(people.select_related("organization").order_by("pk"))


def followers(instruction: Instruction) -> list[User]:
    """The leader, and who wrote it down for him."""
    people = [instruction.leader, instruction.recorded_by]
    return [person for person in dict.fromkeys(people) if person is not None]


def _but(people: Iterable[User], by: User | None) -> list[User]:
    return [person for person in people if by is None or person.pk != by.pk]


def _about(instruction: Instruction) -> About:
    return About(THING, instruction.item_id, _url(instruction), instruction.project)


def _url(instruction: Instruction) -> str:
    return reverse("dispatch:instruction_detail", args=[instruction.pk])


def _facts(instruction: Instruction, text: str) -> dict[str, str]:
    due = instruction.item.due_on
    return {
        "number": instruction.number,
        "leader": str(instruction.leader),
        "text": text,
        "due_on": due.isoformat() if due else "",
    }
