"""State machine of a step: every pair of state and verb, and properties of all paths."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from accounts.permissions import Verb as Permission
from approvals import flow
from approvals.catalogue_document import SHIPPED_PATH
from approvals.clocks import PAUSE_KINDS
from approvals.flow import Clock, IllegalTransition, State, Verb, next_state, verbs_from

RUNNING = (3, 7, 8, 10)
CORRECTION_KINDS = ("correction", "site_rectification", "deferred_documents", "applicant_change")

# Written by hand from domain.md 2.4: verb (or pause kind) → from → to.
EXPECTED: dict[str, dict[int, int]] = {
    "receive": {0: 1},
    "notify_correction": {1: 1},
    "accept": {1: 3},
    "accept_with_outstanding": {1: 3},
    "reject_application": {1: 4},
    "refuse_acceptance": {1: 5},
    "withdraw_before": {1: 2},
    "begin_handling": {3: 8, 7: 8, 10: 8},
    "pause correction": dict.fromkeys(RUNNING, 6),
    "pause expert_review": dict.fromkeys(RUNNING, 9),
    "resume": {6: 7, 9: 10},
    "decide_approve": dict.fromkeys(RUNNING, 11),
    "decide_approve_outstanding": dict.fromkeys(RUNNING, 12),
    "resubmit": {1: 1},
    "decide_on_commitment": dict.fromkeys((1, *RUNNING), 11),
    "decide_refuse": dict.fromkeys(RUNNING, 13),
    "withdraw": dict.fromkeys((*RUNNING, 6, 9), 14),
    "revoke": {11: 15, 12: 15},
    "reopen": dict.fromkeys((2, 4, 5, 13, 14, 15), 1),
    "undo": {},
}


@pytest.mark.parametrize("move", EXPECTED)
@pytest.mark.parametrize("state", State)
def test_every_pair_of_state_and_verb(state: State, move: str) -> None:
    name, _, kind = move.partition(" ")
    verb = Verb(name)
    if state in EXPECTED[move]:
        assert next_state(state, verb, kind or None) is State(EXPECTED[move][state])
        return
    with pytest.raises(IllegalTransition) as refused:
        next_state(state, verb, kind or None)
    assert (refused.value.verb, refused.value.state) == (verb, state)
    assert state.label_en in str(refused.value)


def test_table_names_every_verb() -> None:
    assert {move.partition(" ")[0] for move in EXPECTED} == set(Verb)


@pytest.mark.parametrize("state", State)
def test_verbs_from_are_those_that_lead_somewhere(state: State) -> None:
    expected = {Verb(move.partition(" ")[0]) for move, table in EXPECTED.items() if state in table}
    found = verbs_from(state)
    assert set(found) == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize("kind", PAUSE_KINDS)
def test_pause_leads_to_correction_only_while_the_enterprise_must_act(kind: str) -> None:
    paused = next_state(State.HANDLING, Verb.PAUSE, kind)
    assert paused is (State.CORRECTION_STARTED if kind in CORRECTION_KINDS else State.SPECIAL_STARTED)


@pytest.mark.parametrize(
    ("verb", "kind"), [(Verb.PAUSE, None), (Verb.PAUSE, "holiday"), (Verb.RESUME, "correction"), (Verb.UNDO, "hearing")]
)
def test_pause_kind_belongs_to_pause_alone(verb: Verb, kind: str | None) -> None:
    with pytest.raises(ValueError, match="pause kind"):
        next_state(State.HANDLING, verb, kind)


def moves(state: State) -> list[tuple[Verb, State]]:
    found = [(verb, next_state(state, verb)) for verb in verbs_from(state) if verb is not Verb.PAUSE]
    if Verb.PAUSE in verbs_from(state):
        found += [(Verb.PAUSE, next_state(state, Verb.PAUSE, kind)) for kind in ("correction", "hearing")]
    return found


@given(st.data())
def test_an_ended_step_runs_again_only_through_reopen(data: st.DataObject) -> None:
    state, ended = State.NOT_STARTED, False
    for _ in range(data.draw(st.integers(1, 25))):
        options = moves(state)
        if not options:
            break
        verb, state = data.draw(st.sampled_from(options))
        ended = (ended or state.clock is Clock.ENDED) and verb is not Verb.REOPEN
        assert not ended or state.clock is Clock.ENDED


@given(st.data())
def test_a_running_clock_was_started_by_acceptance_since_the_last_receipt(data: st.DataObject) -> None:
    state, accepted = State.NOT_STARTED, False
    for _ in range(data.draw(st.integers(1, 25))):
        options = moves(state)
        if not options:
            break
        verb, state = data.draw(st.sampled_from(options))
        accepts = (Verb.ACCEPT, Verb.ACCEPT_WITH_OUTSTANDING, Verb.DECIDE_ON_COMMITMENT)
        accepted = (accepted or verb in accepts) and verb is not Verb.REOPEN
        assert accepted or state.clock not in (Clock.RUNNING, Clock.PAUSED)
        assert accepted or state not in flow.DECIDED


def test_every_state_is_reachable_and_none_is_a_dead_end() -> None:
    reached, fresh = {State.NOT_STARTED}, [State.NOT_STARTED]
    while fresh:
        for _, after in moves(fresh.pop()):
            if after not in reached:
                reached.add(after)
                fresh.append(after)
    assert reached == set(State)
    assert all(moves(state) for state in State)


def test_sets_of_states() -> None:
    assert {3, 7, 8, 10} == flow.RUNNING
    assert {6, 9} == flow.PAUSED
    assert {2, 4, 5, 11, 12, 13, 14, 15} == flow.ENDED
    assert {11, 12, 13} == flow.DECIDED
    assert {state for state in State if flow.is_done(state)} == {11, 12}
    assert {state for state in State if flow.is_open(state)} == {1, 3, 6, 7, 8, 9, 10}


def test_states_equal_the_exchange_codes_of_the_shipped_catalogue() -> None:
    listed = yaml.safe_load(SHIPPED_PATH.read_text(encoding="utf-8"))["case_states"]
    ours = [
        {"code": int(state), "zh": state.label_zh, "en": state.label_en, "clock": str(state.clock)}
        for state in State
        if state is not State.NOT_STARTED
    ]
    assert ours == listed


def test_every_state_has_words_and_a_look_told_apart_without_colour() -> None:
    shapes = {"ring", "dot", "bars", "check", "cross", "dash"}
    tones = {"muted", "info", "wait", "good", "bad"}
    for state in State:
        assert state.info.shape in shapes
        assert state.info.tone in tones
        assert state.token == f"{state.info.shape}-{state.info.tone}"
        assert state.info.meaning_zh.endswith("。")
        assert state.info.meaning_en.endswith(".")
    assert len({state.label_zh for state in State}) == len({state.label_en for state in State}) == 16
    good = {state.info.shape for state in State if flow.is_done(state)}
    bad = {state.info.shape for state in State if state.info.tone == "bad"}
    assert not good & bad


def test_every_verb_has_labels_and_a_known_permission() -> None:
    assert set(flow.VERB_LABELS) == set(flow.VERB_PERMISSIONS) == set(Verb)
    assert {Permission(name) for name in flow.VERB_PERMISSIONS.values()} == {
        Permission.WORK_STEP,
        Permission.DECIDE_STEP,
        Permission.REVOKE_STEP,
    }
    deciding = {verb for verb, name in flow.VERB_PERMISSIONS.items() if name == "decide_step"}
    assert deciding == {
        Verb.REJECT_APPLICATION,
        Verb.REFUSE_ACCEPTANCE,
        Verb.DECIDE_APPROVE,
        Verb.DECIDE_APPROVE_OUTSTANDING,
        Verb.DECIDE_ON_COMMITMENT,
        Verb.DECIDE_REFUSE,
    }
    assert {verb for verb, name in flow.VERB_PERMISSIONS.items() if name == "revoke_step"} == {Verb.REVOKE, Verb.UNDO}
