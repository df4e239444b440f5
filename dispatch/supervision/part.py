"""On the page of a ledger item: the instruction that it carries out. Closing the item ends its reminders."""

from django.utils.translation import gettext_lazy as _

from dispatch.ledger.parts import Part, sources
from dispatch.ledger.telling import closed
from dispatch.supervision import queries
from dispatch.supervision.models import Instruction
from dispatch.supervision.telling import item_closed
from workdays.models import load_calendar


def instruction_part(item, user, today) -> Part | None:
    """Nothing for items that no leader asked for."""
    if item.source != item.Source.INSTRUCTION:
        return None
    rows = Instruction.objects.visible_to(user).with_last_report().select_related("item__unit", "leader")
    instruction = rows.filter(item=item).first()
    if instruction is None:
        return None
    row = queries.row_of(instruction, today, load_calendar())
    return Part(_("Leader's instruction"), "dispatch/supervision/_part.html", {"row": row}, order=5)


def register() -> None:
    if instruction_part not in sources:
        sources.append(instruction_part)
    if item_closed not in closed:
        closed.append(item_closed)
