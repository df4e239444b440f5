"""What a told state means for a step. Pure.

A code of the exchange standard (1 to 15) names the state a case has come to; a step gets there by one of its verbs.
``plan`` says which, that there is nothing new, or why a person has to look. Source: domain.md 2.4, ``approvals.flow``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from approvals import flow
from approvals.flow import State, Verb, gettext_noop

CODES = range(1, 16)
DIRECT: Mapping[State, tuple[Verb, ...]] = {
    State.RECEIVED: (Verb.RECEIVE, Verb.REOPEN),
    State.WITHDRAWN_BEFORE_ACCEPTANCE: (Verb.WITHDRAW_BEFORE,),
    State.ACCEPTED: (Verb.ACCEPT,),
    State.NOT_ACCEPTED: (Verb.REJECT_APPLICATION,),
    State.ACCEPTANCE_REFUSED: (Verb.REFUSE_ACCEPTANCE,),
    State.CORRECTION_STARTED: (Verb.NOTIFY_CORRECTION, Verb.PAUSE),
    State.CORRECTION_ENDED: (Verb.RESUBMIT, Verb.RESUME),
    State.HANDLING: (Verb.BEGIN_HANDLING,),
    State.SPECIAL_STARTED: (Verb.PAUSE,),
    State.SPECIAL_ENDED: (Verb.RESUME,),
    State.APPROVED: (Verb.DECIDE_APPROVE,),
    State.APPROVED_OUTSTANDING: (Verb.DECIDE_APPROVE_OUTSTANDING,),
    State.REFUSED: (Verb.DECIDE_REFUSE,),
    State.WITHDRAWN: (Verb.WITHDRAW,),
    State.REVOKED: (Verb.REVOKE,),
}
SPECIAL = {
    "听证": "hearing",
    "招标": "tendering",
    "招投标": "tendering",
    "拍卖": "auction",
    "检验": "inspection",
    "检测": "testing",
    "检疫": "quarantine",
    "鉴定": "appraisal",
    "专家评审": "expert_review",
    "专家论证": "expert_review",
    "公示": "public_notice",
    "上级": "upper_level",
}


@dataclass(frozen=True)
class Past:
    """One record of the step's history as the exchange would tell it."""

    state: State
    on: date


@dataclass(frozen=True)
class Plan:
    """``verb``: what to record, with ``pause_kind``; neither: nothing new. ``why`` (English, to be translated) %
    ``params``: why a person has to look."""

    verb: Verb | None = None
    pause_kind: str | None = None
    why: str = ""
    params: Mapping[str, object] | None = None


KNOWN = Plan()
NOT_NOW = gettext_noop("The step is “%(state)s”: “%(told)s” does not follow. Perhaps an earlier message is missing.")
OTHER_DAY = gettext_noop("“%(told)s” is recorded as of %(on)s, the platform says %(said)s.")
WHICH = gettext_noop("Which special procedure it is does not show in the remark. Choose it.")
NOT_PAUSED = gettext_noop("“%(told)s” ends something that has not begun here.")


def code_of(text: str, states: Mapping[str, object]) -> int | None:
    """The standard's code for a platform's own state; None when it is none. ``states``: where the platform differs."""
    own = str(states.get(text, text)).strip()
    if own.isascii() and own.isdecimal() and int(own[:4]) in CODES:
        return int(own[:4])
    return next((state.value for state in State if state and own == state.label_zh), None)


def plan(
    code: int, state: State, on: date, *, past: Iterable[Past], open_pause: bool, remark: str, pause_kind: str = ""
) -> Plan:
    """What ``code`` asks of a step in ``state`` as of the day ``on``.

    past: what is on record for this application, in order. open_pause: whether a pause is open. remark: may name the
    special procedure; ``pause_kind``: a person has named it.
    """
    told = State(code)
    same = [each.on for each in past if each.state is told]
    if on in same:
        return KNOWN
    if told is state or (told is State.RECEIVED and same and state not in flow.ENDED):
        return Plan(why=OTHER_DAY, params={"told": told, "on": max(same, default=on), "said": on})
    if told in (State.CORRECTION_ENDED, State.SPECIAL_ENDED):
        return _end(told, state, open_pause)
    kind = _kind_of(told, state, remark, pause_kind)
    for verb in DIRECT[told]:
        try:
            flow.next_state(state, verb, kind if verb is Verb.PAUSE else None)
        except flow.IllegalTransition:
            continue
        except ValueError:
            if state in flow.RUNNING:
                return Plan(why=WHICH)
            continue
        return Plan(verb, kind if verb is Verb.PAUSE else None)
    return Plan(why=NOT_NOW, params={"state": state, "told": told})


def _end(told: State, state: State, open_pause: bool) -> Plan:
    began = State.CORRECTION_STARTED if told is State.CORRECTION_ENDED else State.SPECIAL_STARTED
    if state is began:
        return Plan(Verb.RESUME)
    if told is State.CORRECTION_ENDED and state is State.RECEIVED and open_pause:
        return Plan(Verb.RESUBMIT)
    return Plan(why=NOT_PAUSED, params={"told": told})


def _kind_of(told: State, state: State, remark: str, chosen: str) -> str | None:
    """The kind of pause a message opens, or None."""
    if told is State.CORRECTION_STARTED:
        return "correction"
    if told is not State.SPECIAL_STARTED:
        return None
    if chosen in flow.PAUSES and flow.State.SPECIAL_STARTED in flow.PAUSES[chosen].values():
        return chosen
    named = {kind for word, kind in SPECIAL.items() if word in remark}
    return named.pop() if len(named) == 1 else None
