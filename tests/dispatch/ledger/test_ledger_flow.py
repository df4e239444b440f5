"""The way of a ledger item against a second, hand-written picture of it."""

from itertools import product

import pytest

from accounts.permissions import Verb
from dispatch.ledger import flow
from dispatch.ledger.flow import ItemVerb

# domain.md 3.5, drawn once more as arrows: state → {verb: state}. What is not drawn is refused.
ARROWS = """
registered  assign    assigned
registered  edit      registered
assigned    assign    assigned
assigned    sign      signed
assigned    extend    assigned
assigned    edit      assigned
signed      assign    assigned
signed      progress  working
signed      ask_close closing
signed      extend    signed
signed      edit      signed
working     assign    assigned
working     progress  working
working     ask_close closing
working     extend    working
working     edit      working
closing     close     closed
closing     return    returned
closing     edit      closing
returned    assign    assigned
returned    progress  working
returned    ask_close closing
returned    extend    returned
returned    edit      returned
closed      reopen    returned
hung        hang      hung
hung        take_up   working
hung        edit      hung
"""
DRAWN = {(start, verb): end for start, verb, end in map(str.split, ARROWS.strip().splitlines())}
WITH_THE_UNIT = ("assigned", "signed", "working", "returned")
for state in WITH_THE_UNIT:
    DRAWN |= {(state, verb): state for verb in ("ask_extension", "refuse_extension", "ask_hang", "refuse_hang")}
    DRAWN[state, "hang"] = "hung"
STATES = ("registered", "assigned", "signed", "working", "closing", "closed", "returned", "hung")


@pytest.mark.parametrize(("state", "verb"), product(STATES, ItemVerb))
def test_every_state_and_verb(state, verb):
    if (state, verb.value) in DRAWN:
        assert flow.next_state(state, verb) == DRAWN[state, verb.value]
    else:
        with pytest.raises(flow.IllegalMove):
            flow.next_state(state, verb)


@pytest.mark.parametrize("state", STATES)
def test_verbs_offered_are_the_verbs_drawn(state):
    assert {v.value for v in flow.verbs_from(state)} == {verb for start, verb in DRAWN if start == state}


def test_unknown_states_and_verbs_are_refused():
    with pytest.raises(flow.IllegalMove):
        flow.next_state("somewhere", ItemVerb.SIGN)
    with pytest.raises(ValueError):
        flow.next_state("assigned", "vanish")


def test_every_verb_has_a_permission_that_exists():
    assert set(flow.PERMISSIONS) == set(ItemVerb) == set(flow.TRANSITIONS)
    assert set(flow.PERMISSIONS.values()) <= set(Verb.values)


def test_every_state_can_be_reached_and_only_closing_leads_to_closed():
    reached, edge = {"registered"}, ["registered"]
    while edge:
        here = edge.pop()
        for verb in flow.verbs_from(here):
            there = flow.next_state(here, verb)
            if there not in reached:
                reached.add(there)
                edge.append(there)
    assert reached == set(STATES)
    assert [key for key, end in DRAWN.items() if end == "closed"] == [("closing", "close")]


@pytest.mark.parametrize(
    ("verifier", "lineage", "unit", "asked_by", "allowed"),
    [
        (1, [10], 20, 2, True),
        (1, [10], 20, None, True),
        (1, [10], None, 2, True),
        (2, [10], 20, 2, False),  # asked for it
        (1, [20], 20, 2, False),  # of the unit in charge
        (1, [21, 20], 20, 2, False),  # of an office below the unit in charge
        (1, [20, 10], 21, 2, True),  # of the house above it
        (2, [20], 20, 2, False),
    ],
)
def test_four_eyes(verifier, lineage, unit, asked_by, allowed):
    asked = {"verifier_id": verifier, "verifier_lineage": lineage, "unit_id": unit, "asked_by_id": asked_by}
    assert flow.may_verify(**asked) is allowed


@pytest.mark.parametrize(
    ("verbs", "asks"),
    [
        ([], False),
        (["assign", "sign"], False),
        (["sign", "ask_hang"], True),
        (["ask_hang", "progress", "edit", "extend"], True),
        (["ask_hang", "refuse_hang"], False),
        (["ask_hang", "hang", "take_up"], False),
        (["ask_hang", "assign"], False),
        (["ask_hang", "ask_close", "return"], False),
        (["ask_hang", "refuse_hang", "progress", "ask_hang"], True),
    ],
)
def test_a_request_to_move_up_is_open_until_it_is_settled(verbs, asks):
    assert flow.asks_to_move_up(verbs) is asks


@pytest.mark.parametrize(
    ("moves", "present", "tier"),
    [
        ([("hang", 1, 2)], 2, 1),
        ([("hang", 1, 2), ("hang", 2, 3)], 3, 1),
        ([("hang", 2, 3), ("take_up", 3, 2), ("hang", 2, 3), ("hang", 3, 4)], 4, 2),
        ([], 3, 3),
    ],
)
def test_an_item_comes_back_to_the_tier_it_left(moves, present, tier):
    assert flow.tier_below(moves, present) == tier


def test_another_unit_signs_for_what_comes_back():
    assert (flow.after_take_up(same_unit=True), flow.after_take_up(same_unit=False)) == ("working", "assigned")
