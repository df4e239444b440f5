"""What a file may hang on, and who may work on it: one line a kind of thing.

The rules are those of the things themselves: a ledger item takes files from whoever works on it, a visit from its
visitor, a meeting from whoever holds it, an instruction from its leader and the unit in charge, a monthly filing from
whoever files; the project centre always.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.permissions import Verb, may
from dispatch.filing import scope as filing
from dispatch.filing.models import Filing
from dispatch.ledger.models import LedgerItem
from dispatch.meetings.models import Meeting
from dispatch.supervision.models import Instruction
from dispatch.visits.models import Visit


@dataclass(frozen=True)
class Target:
    """``kind``: word of the address and column of Attachment; ``page``: route of the thing's own page.

    ``may_add`` and ``is_centre`` (thing, person): asked only of people who see the thing. ``takes`` and ``is_open``:
    whether files may still be added and taken back.
    """

    kind: str
    model: type[Model]
    page: str
    may_add: Callable[[Any, User], bool]
    is_centre: Callable[[Any, User], bool]
    takes: Callable[[Any], bool]
    is_open: Callable[[Any], bool]

    def url(self, thing: Any) -> str:
        """The thing's page; "/" when there is none."""
        try:
            return reverse(self.page, args=[thing.pk])
        except NoReverseMatch:
            return reverse("desk")

    def upload_url(self, thing: Any) -> str:
        return reverse("dispatch:file_add", args=[self.kind, thing.pk])

    def is_seen_by(self, thing: Any, user: User) -> bool:
        return self.model._default_manager.visible_to(user).filter(pk=thing.pk).exists()


def _centre(verb: Verb) -> Callable[[Any, User], bool]:
    return lambda thing, user: user.role.scope == "park" and may(user, verb)


def _works_on(item: LedgerItem, user: User) -> bool:
    verbs = (Verb.WORK_LEDGER_ITEM, Verb.REGISTER_LEDGER_ITEM, Verb.VERIFY_LEDGER_ITEM)
    return any(may(user, verb) for verb in verbs)


def _visited(visit: Visit, user: User) -> bool:
    return visit.visitor_id == user.pk or may(user, Verb.PLAN_VISITS)


def _holds(meeting: Meeting, user: User) -> bool:
    return may(user, Verb.HOLD_MEETING)


def _follows(instruction: Instruction, user: User) -> bool:
    if user.pk in (instruction.leader_id, instruction.recorded_by_id) or may(user, Verb.VERIFY_LEDGER_ITEM):
        return True
    return may(user, Verb.WORK_LEDGER_ITEM) and instruction.item.unit_id in user.organization.branch_ids()


def _always(thing: Any) -> bool:
    return True


def _item_open(item: LedgerItem) -> bool:
    return item.state != LedgerItem.State.CLOSED


def _meeting_takes(meeting: Meeting) -> bool:
    """Signed minutes come after the meeting has been closed."""
    return meeting.state != Meeting.State.CANCELLED


def _meeting_open(meeting: Meeting) -> bool:
    return meeting.state in (Meeting.State.PLANNED, Meeting.State.RUNNING)


def _instruction_open(instruction: Instruction) -> bool:
    return _item_open(instruction.item)


LEDGER_CENTRE = _centre(Verb.VERIFY_LEDGER_ITEM)
TARGETS = {
    target.kind: target
    for target in (
        Target("item", LedgerItem, "dispatch:ledger_detail", _works_on, LEDGER_CENTRE, _item_open, _item_open),
        Target("visit", Visit, "dispatch:visit_detail", _visited, _centre(Verb.PLAN_VISITS), _always, _always),
        Target(
            "meeting",
            Meeting,
            "dispatch:meeting_detail",
            _holds,
            _centre(Verb.HOLD_MEETING),
            _meeting_takes,
            _meeting_open,
        ),
        Target(
            "instruction",
            Instruction,
            "dispatch:instruction_detail",
            _follows,
            LEDGER_CENTRE,
            _instruction_open,
            _instruction_open,
        ),
        Target(
            "filing",
            Filing,
            "dispatch:filing_detail",
            filing.may_file,
            _centre(Verb.CHECK_FILING),
            filing.takes_figures,
            filing.takes_figures,
        ),
    )
}


def target_of(thing: Any) -> Target:
    """Raises TypeError for a thing that takes no files."""
    for target in TARGETS.values():
        if isinstance(thing, target.model):
            return target
    raise TypeError(f"takes no files: {type(thing).__name__}")
