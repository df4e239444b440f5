"""The way of a ledger item: registered → assigned → signed for → handled → closure asked for → closed | returned. Pure.

Beside the way: moved up to a higher dispatch tier and back (挂账), and one longer deadline (延期). Closing and a longer
deadline need a second pair of eyes: never the unit in charge, never who asked for it. Source: domain.md 3.5 (销号).
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

EXTENSION_LIMIT_WD = 10
HIGHEST_TIER = 4  # domain.md 3.4
ELEMENTS = ("leader", "measures", "dates", "standard", "reward_penalty")


class ItemVerb(StrEnum):
    ASSIGN = "assign"
    SIGN = "sign"
    PROGRESS = "progress"
    ASK_CLOSE = "ask_close"
    CLOSE = "close"
    RETURN = "return"
    EXTEND = "extend"
    REOPEN = "reopen"
    ASK_EXTENSION = "ask_extension"
    REFUSE_EXTENSION = "refuse_extension"
    ASK_HANG = "ask_hang"
    REFUSE_HANG = "refuse_hang"
    HANG = "hang"
    TAKE_UP = "take_up"
    EDIT = "edit"


OPEN = ("registered", "assigned", "signed", "working", "closing", "returned", "hung")
IN_HAND = ("assigned", "signed", "working", "returned")  # with the unit in charge

TRANSITIONS: dict[ItemVerb, dict[str, str]] = {
    ItemVerb.ASSIGN: dict.fromkeys(("registered", *IN_HAND), "assigned"),
    ItemVerb.SIGN: {"assigned": "signed"},
    ItemVerb.PROGRESS: dict.fromkeys(("signed", "working", "returned"), "working"),
    ItemVerb.ASK_CLOSE: dict.fromkeys(("signed", "working", "returned"), "closing"),
    ItemVerb.CLOSE: {"closing": "closed"},
    ItemVerb.RETURN: {"closing": "returned"},
    ItemVerb.EXTEND: {state: state for state in IN_HAND},
    ItemVerb.REOPEN: {"closed": "returned"},
    ItemVerb.ASK_EXTENSION: {state: state for state in IN_HAND},
    ItemVerb.REFUSE_EXTENSION: {state: state for state in IN_HAND},
    ItemVerb.ASK_HANG: {state: state for state in IN_HAND},
    ItemVerb.REFUSE_HANG: {state: state for state in IN_HAND},
    ItemVerb.HANG: dict.fromkeys((*IN_HAND, "hung"), "hung"),
    ItemVerb.TAKE_UP: {"hung": "working"},  # "assigned" when another unit gets it
    ItemVerb.EDIT: {state: state for state in OPEN},
}

NEEDS_NOTE = frozenset(set(ItemVerb) - {ItemVerb.ASSIGN, ItemVerb.SIGN, ItemVerb.CLOSE, ItemVerb.EDIT})

# Verb → the permission it takes (accounts.permissions.Verb values).
PERMISSIONS: dict[ItemVerb, str] = {
    ItemVerb.ASSIGN: "register_ledger_item",
    ItemVerb.EDIT: "register_ledger_item",
    ItemVerb.SIGN: "work_ledger_item",
    ItemVerb.PROGRESS: "work_ledger_item",
    ItemVerb.ASK_CLOSE: "work_ledger_item",
    ItemVerb.CLOSE: "verify_ledger_item",
    ItemVerb.RETURN: "verify_ledger_item",
    ItemVerb.EXTEND: "verify_ledger_item",
    ItemVerb.REOPEN: "verify_ledger_item",
    ItemVerb.ASK_EXTENSION: "work_ledger_item",
    ItemVerb.REFUSE_EXTENSION: "verify_ledger_item",
    ItemVerb.ASK_HANG: "work_ledger_item",
    ItemVerb.REFUSE_HANG: "register_ledger_item",
    ItemVerb.HANG: "register_ledger_item",
    ItemVerb.TAKE_UP: "register_ledger_item",
}

# What the unit in charge does itself; the project centre may do it on the unit's behalf, another unit may not.
UNIT_VERBS = frozenset(
    {ItemVerb.SIGN, ItemVerb.PROGRESS, ItemVerb.ASK_CLOSE, ItemVerb.ASK_EXTENSION, ItemVerb.ASK_HANG}
)
# Entries that settle a unit's request to move the item up.
SETTLES_ASK_HANG = (ItemVerb.HANG, ItemVerb.REFUSE_HANG, ItemVerb.ASSIGN, ItemVerb.ASK_CLOSE)


class IllegalMove(ValueError):
    """The verb is not possible from this state."""

    def __init__(self, verb: ItemVerb, state: str):
        super().__init__(f"{verb} from {state}")
        self.verb, self.state = verb, state


def next_state(state: str, verb: ItemVerb) -> str:
    """State after ``verb``; raises IllegalMove."""
    try:
        return TRANSITIONS[ItemVerb(verb)][state]
    except KeyError:
        raise IllegalMove(verb, state) from None


def verbs_from(state: str) -> list[ItemVerb]:
    """Verbs possible from the state, in the order of the work."""
    return [verb for verb, moves in TRANSITIONS.items() if state in moves]


def may_verify(
    *, verifier_id: int, verifier_lineage: Collection[int], unit_id: int | None, asked_by_id: int | None
) -> bool:
    """Four eyes: the verifier neither asked for the closure nor belongs to the unit in charge or anything below it.

    ``verifier_lineage``: ids of the verifier's organization and everything above it.
    """
    return verifier_id != asked_by_id and unit_id not in verifier_lineage


def after_take_up(*, same_unit: bool) -> str:
    """State of an item that comes back from a higher tier: another unit has to sign for it first."""
    return "working" if same_unit else "assigned"


def asks_to_move_up(verbs: Iterable[str]) -> bool:
    """Whether a unit's request to move the item up is open. ``verbs``: those of its history, oldest first."""
    told = [verb for verb in verbs if verb == ItemVerb.ASK_HANG or verb in SETTLES_ASK_HANG]
    return bool(told) and told[-1] == ItemVerb.ASK_HANG


def tier_below(moves: Iterable[tuple[str, int, int]], present: int) -> int:
    """The tier an item returns to when it is taken up: where it stood before it was moved up.

    ``moves``: (verb, tier before, tier after) of its history, oldest first; ``present``: its tier now.
    """
    start = None
    for verb, before, _after in moves:
        if verb == ItemVerb.TAKE_UP:
            start = None
        elif verb == ItemVerb.HANG and start is None:
            start = before
    return present if start is None else start
