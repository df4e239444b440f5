"""The way of a ledger item: registered → assigned → signed for → handled → closure asked for → closed | returned. Pure.

Source: domain.md 3.5 (销号). Closing needs a second pair of eyes: never the unit in charge, never who asked for it.
"""

from collections.abc import Collection
from enum import StrEnum

EXTENSION_LIMIT_WD = 10
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
    EDIT = "edit"


OPEN = ("registered", "assigned", "signed", "working", "closing", "returned")
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
    ItemVerb.EDIT: {state: state for state in OPEN},
}

NEEDS_NOTE = frozenset({ItemVerb.PROGRESS, ItemVerb.ASK_CLOSE, ItemVerb.RETURN, ItemVerb.EXTEND, ItemVerb.REOPEN})

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
}

# What the unit in charge does itself; the project centre may do it on the unit's behalf, another unit may not.
UNIT_VERBS = frozenset({ItemVerb.SIGN, ItemVerb.PROGRESS, ItemVerb.ASK_CLOSE})


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
