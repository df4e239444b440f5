"""State machine of one approval step of a project.

States carry the codes 1-15 of the national exchange standard (domain.md 2.4, ``case_states`` of the catalogue) plus
0 for a step nobody has applied for yet. Where a project is (step) and how the step stands (state) are separate axes.
The rules for the dates of a step are in ``date_rules``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from approvals.clocks import PAUSE_KINDS, Party


def gettext_noop(text: str) -> str:
    """Mark a text for translation and return it; needs no settings, so the rules stay pure."""
    return text


class Clock(StrEnum):
    """What the clocks of a step do while it is in a state."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class State(IntEnum):
    NOT_STARTED = 0
    RECEIVED = 1
    WITHDRAWN_BEFORE_ACCEPTANCE = 2
    ACCEPTED = 3
    NOT_ACCEPTED = 4
    ACCEPTANCE_REFUSED = 5
    CORRECTION_STARTED = 6
    CORRECTION_ENDED = 7
    HANDLING = 8
    SPECIAL_STARTED = 9
    SPECIAL_ENDED = 10
    APPROVED = 11
    APPROVED_OUTSTANDING = 12
    REFUSED = 13
    WITHDRAWN = 14
    REVOKED = 15

    @property
    def info(self) -> StateInfo:
        return STATE_INFO[self]

    @property
    def label_zh(self) -> str:
        return self.info.label_zh

    @property
    def label_en(self) -> str:
        return self.info.label_en

    @property
    def clock(self) -> Clock:
        return self.info.clock

    @property
    def token(self) -> str:
        """CSS token: shape and tone, so that colour is never the only signal, e.g. ``check-good``."""
        return f"{self.info.shape}-{self.info.tone}"


@dataclass(frozen=True, slots=True)
class StateInfo:
    """Words and look of a state. ``meaning_*`` tells the enterprise in plain language what it means for them.

    Shapes: ring (nothing yet), dot (under way), bars (waiting), check, cross, dash.
    Tones: muted, info, wait, good, bad.
    """

    label_zh: str
    label_en: str
    clock: Clock
    shape: str
    tone: str
    meaning_zh: str
    meaning_en: str


_IDLE, _RUN, _PAUSE, _END = Clock.NOT_STARTED, Clock.RUNNING, Clock.PAUSED, Clock.ENDED

STATE_INFO: Mapping[State, StateInfo] = {
    State.NOT_STARTED: StateInfo(
        "未开始", "not started", _IDLE, "ring", "muted",
        "尚未提交申请。", "No application has been handed in yet.",
    ),
    State.RECEIVED: StateInfo(
        "已接件", "received", _IDLE, "dot", "info",
        "窗口已收到材料，正在核对是否齐全；办理时限尚未开始计算。",
        "The window has your papers and checks whether they are complete. The time limit has not started.",
    ),
    State.WITHDRAWN_BEFORE_ACCEPTANCE: StateInfo(
        "已撤件", "withdrawn before acceptance", _END, "dash", "muted",
        "受理前您撤回了申请，可以重新提交。",
        "You took the application back before it was accepted. You may apply again.",
    ),
    State.ACCEPTED: StateInfo(
        "已受理", "accepted", _RUN, "dot", "info",
        "材料符合要求，已正式受理；办理时限从受理之日的次日起算。",
        "The application is formally accepted. The time limit counts from the day after acceptance.",
    ),
    State.NOT_ACCEPTED: StateInfo(
        "不受理", "not accepted (department)", _END, "dash", "muted",
        "该事项依法不需要办理此项审批。", "By law this matter does not need this approval.",
    ),
    State.ACCEPTANCE_REFUSED: StateInfo(
        "不予受理", "refused acceptance", _END, "cross", "bad",
        "不属于本部门职权或材料不符合法定要求，已出具书面决定；补齐后或向有权部门可重新申请。",
        "Not this department's competence, or not in legal form; you have a written decision and may apply again.",
    ),
    State.CORRECTION_STARTED: StateInfo(
        "补正（开始）", "correction started", _PAUSE, "bars", "wait",
        "需要您补充、更正材料或完成整改；等待期间暂停计时。",
        "You need to supply papers or put something right. The clock is stopped meanwhile.",
    ),
    State.CORRECTION_ENDED: StateInfo(
        "补正（结束）", "correction ended", _RUN, "dot", "info",
        "补正材料已收到，继续计时办理。", "The corrected papers have arrived and the clock runs again.",
    ),
    State.HANDLING: StateInfo(
        "部门开始办理", "department handling", _RUN, "dot", "info",
        "主管部门正在审查。", "The department is examining the application.",
    ),
    State.SPECIAL_STARTED: StateInfo(
        "特别程序（开始）", "special procedure started", _PAUSE, "bars", "wait",
        "正在进行专家评审、公示、听证或检测等程序；按规定暂停计时。",
        "An expert review, publication, hearing or test is under way. The clock is stopped as the rules provide.",
    ),
    State.SPECIAL_ENDED: StateInfo(
        "特别程序（结束）", "special procedure ended", _RUN, "dot", "info",
        "特别程序已结束，继续计时办理。", "The special procedure is over and the clock runs again.",
    ),
    State.APPROVED: StateInfo(
        "办结（通过）", "closed - approved", _END, "check", "good",
        "已审批通过，可领取结果文件。", "Approved. The result document is ready.",
    ),
    State.APPROVED_OUTSTANDING: StateInfo(
        "办结（容缺通过）", "closed - approved with documents outstanding", _END, "check", "wait",
        "已审批通过，但承诺后补的材料仍须按期补齐。",
        "Approved, but the documents you promised must still be handed in by their due date.",
    ),
    State.REFUSED: StateInfo(
        "办结（不通过）", "closed - refused", _END, "cross", "bad",
        "审批未通过，理由和救济途径见书面决定；整改后可重新申请。",
        "Refused. The written decision gives the reasons and how to appeal; you may apply again.",
    ),
    State.WITHDRAWN: StateInfo(
        "撤回", "withdrawn by applicant", _END, "dash", "muted",
        "受理后您撤回了申请，可以重新提交。", "You took the application back after acceptance. You may apply again.",
    ),
    State.REVOKED: StateInfo(
        "撤销", "revoked", _END, "cross", "bad",
        "原审批结果已被依法撤销，需要重新申请。", "The approval has been revoked by law. A new application is needed.",
    ),
}  # fmt: skip


def _with_clock(clock: Clock) -> frozenset[State]:
    return frozenset(state for state in State if state.clock is clock)


RUNNING = _with_clock(Clock.RUNNING)
PAUSED = _with_clock(Clock.PAUSED)
ENDED = _with_clock(Clock.ENDED)
DONE = frozenset({State.APPROVED, State.APPROVED_OUTSTANDING})
DECIDED = DONE | {State.REFUSED}


def is_done(state: State) -> bool:
    """Approved, with or without outstanding documents: satisfies the successors."""
    return state in DONE


def is_open(state: State) -> bool:
    """A case lies with the department or the applicant: received and not ended."""
    return state is not State.NOT_STARTED and state not in ENDED


class Verb(StrEnum):
    RECEIVE = "receive"
    NOTIFY_CORRECTION = "notify_correction"
    RESUBMIT = "resubmit"
    ACCEPT = "accept"
    ACCEPT_WITH_OUTSTANDING = "accept_with_outstanding"
    REJECT_APPLICATION = "reject_application"
    REFUSE_ACCEPTANCE = "refuse_acceptance"
    WITHDRAW_BEFORE = "withdraw_before"
    BEGIN_HANDLING = "begin_handling"
    PAUSE = "pause"
    RESUME = "resume"
    DECIDE_APPROVE = "decide_approve"
    DECIDE_APPROVE_OUTSTANDING = "decide_approve_outstanding"
    DECIDE_ON_COMMITMENT = "decide_on_commitment"
    DECIDE_REFUSE = "decide_refuse"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    REOPEN = "reopen"
    UNDO = "undo"

    @property
    def label_zh(self) -> str:
        return VERB_LABELS[self][0]

    @property
    def label_en(self) -> str:
        return VERB_LABELS[self][1]


VERB_LABELS: Mapping[Verb, tuple[str, str]] = {
    Verb.RECEIVE: ("收件", "Receive"),
    Verb.NOTIFY_CORRECTION: ("一次性告知补正", "Notify corrections"),
    Verb.RESUBMIT: ("补正材料收到", "Corrected papers received"),
    Verb.ACCEPT: ("受理", "Accept"),
    Verb.ACCEPT_WITH_OUTSTANDING: ("容缺受理", "Accept with outstanding documents"),
    Verb.REJECT_APPLICATION: ("不受理", "Decline: no approval needed"),
    Verb.REFUSE_ACCEPTANCE: ("不予受理", "Refuse acceptance"),
    Verb.WITHDRAW_BEFORE: ("撤件", "Withdraw before acceptance"),
    Verb.BEGIN_HANDLING: ("开始办理", "Begin handling"),
    Verb.PAUSE: ("暂停计时", "Pause"),
    Verb.RESUME: ("恢复计时", "Resume"),
    Verb.DECIDE_APPROVE: ("办结（通过）", "Approve"),
    Verb.DECIDE_APPROVE_OUTSTANDING: ("办结（容缺通过）", "Approve with documents outstanding"),
    Verb.DECIDE_ON_COMMITMENT: ("告知承诺办结", "Decide on commitment"),
    Verb.DECIDE_REFUSE: ("办结（不通过）", "Refuse"),
    Verb.WITHDRAW: ("撤回", "Withdraw"),
    Verb.REVOKE: ("撤销", "Revoke"),
    Verb.REOPEN: ("重新申请", "Apply again"),
    Verb.UNDO: ("撤销上一步记录", "Undo the last record"),
}


TRANSITIONS: Mapping[Verb, Mapping[State, State]] = {
    Verb.RECEIVE: {State.NOT_STARTED: State.RECEIVED},
    Verb.NOTIFY_CORRECTION: {State.RECEIVED: State.RECEIVED},
    Verb.RESUBMIT: {State.RECEIVED: State.RECEIVED},
    Verb.ACCEPT: {State.RECEIVED: State.ACCEPTED},
    Verb.ACCEPT_WITH_OUTSTANDING: {State.RECEIVED: State.ACCEPTED},
    Verb.REJECT_APPLICATION: {State.RECEIVED: State.NOT_ACCEPTED},
    Verb.REFUSE_ACCEPTANCE: {State.RECEIVED: State.ACCEPTANCE_REFUSED},
    Verb.WITHDRAW_BEFORE: {State.RECEIVED: State.WITHDRAWN_BEFORE_ACCEPTANCE},
    Verb.BEGIN_HANDLING: dict.fromkeys(RUNNING - {State.HANDLING}, State.HANDLING),
    Verb.RESUME: {
        State.CORRECTION_STARTED: State.CORRECTION_ENDED,
        State.SPECIAL_STARTED: State.SPECIAL_ENDED,
    },
    Verb.DECIDE_APPROVE: dict.fromkeys(RUNNING, State.APPROVED),
    Verb.DECIDE_APPROVE_OUTSTANDING: dict.fromkeys(RUNNING, State.APPROVED_OUTSTANDING),
    Verb.DECIDE_ON_COMMITMENT: dict.fromkeys(RUNNING | {State.RECEIVED}, State.APPROVED),
    Verb.DECIDE_REFUSE: dict.fromkeys(RUNNING, State.REFUSED),
    Verb.WITHDRAW: dict.fromkeys(RUNNING | PAUSED, State.WITHDRAWN),
    Verb.REVOKE: dict.fromkeys(DONE, State.REVOKED),
    Verb.REOPEN: dict.fromkeys(ENDED - DONE, State.RECEIVED),
}
"""Where each verb leads. PAUSE has two targets (see PAUSES); UNDO follows the recorded history, not this table."""

PAUSES: Mapping[str, Mapping[State, State]] = {
    code: dict.fromkeys(RUNNING, State.CORRECTION_STARTED if kind.party is Party.ENTERPRISE else State.SPECIAL_STARTED)
    for code, kind in PAUSE_KINDS.items()
}
"""Where PAUSE leads, by pause kind (``clocks.PAUSE_KINDS``): 6 while the enterprise has to act, otherwise 9."""

_WORK, _DECIDE, _REVOKE = "work_step", "decide_step", "revoke_step"

VERB_PERMISSIONS: Mapping[Verb, str] = dict.fromkeys(Verb, _WORK) | {
    Verb.REJECT_APPLICATION: _DECIDE,
    Verb.REFUSE_ACCEPTANCE: _DECIDE,
    Verb.DECIDE_APPROVE: _DECIDE,
    Verb.DECIDE_APPROVE_OUTSTANDING: _DECIDE,
    Verb.DECIDE_ON_COMMITMENT: _DECIDE,
    Verb.DECIDE_REFUSE: _DECIDE,
    Verb.REVOKE: _REVOKE,
    Verb.UNDO: _REVOKE,
}
"""The value of ``accounts.permissions.Verb`` that each verb asks for."""


class IllegalTransition(Exception):
    """The verb is not possible in this state; ``text`` % ``params`` is a message to translate."""

    text = gettext_noop("This step is “%(state)s”: “%(verb)s” is not possible now.")

    def __init__(self, verb: Verb, state: State) -> None:
        self.verb = verb
        self.state = state
        super().__init__(self.text % {"state": state.label_en, "verb": verb.label_en})


def next_state(state: State, verb: Verb, pause_kind: str | None = None) -> State:
    """The state after the verb. PAUSE alone takes a ``pause_kind``, a key of ``clocks.PAUSE_KINDS``.

    Raises IllegalTransition; ValueError for a pause without a known kind, or a kind without a pause.
    """
    if verb is not Verb.PAUSE and pause_kind is not None:
        raise ValueError(f"{verb} takes no pause kind")
    if verb is Verb.PAUSE and pause_kind not in PAUSES:
        raise ValueError(f"{pause_kind!r} is not a pause kind")
    table = PAUSES[pause_kind] if pause_kind is not None else TRANSITIONS.get(verb, {})
    if state not in table:
        raise IllegalTransition(verb, state)
    return table[state]


def verbs_from(state: State) -> tuple[Verb, ...]:
    """The verbs possible in a state, in their usual order; UNDO is left out because it depends on the history."""
    return tuple(verb for verb in Verb if state in (RUNNING if verb is Verb.PAUSE else TRANSITIONS.get(verb, {})))
