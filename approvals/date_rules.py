"""Rules for the dates of one approval step (domain.md section 1, rules that go with the map)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from approvals.flow import State, gettext_noop, is_done


class Severity(StrEnum):
    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with dates: ``text`` (English, to be translated) % ``params`` is the message."""

    code: str
    severity: Severity
    params: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def text(self) -> str:
        return PROBLEM_TEXTS[self.code]


PROBLEM_TEXTS: Mapping[str, str] = {
    "received_in_future": gettext_noop("The day of receipt %(on)s lies in the future."),
    "accepted_in_future": gettext_noop("The day of acceptance %(on)s lies in the future."),
    "decided_in_future": gettext_noop("The day of the decision %(on)s lies in the future."),
    "accepted_before_received": gettext_noop(
        "The day of acceptance %(on)s lies before the day of receipt %(earlier)s."
    ),
    "decided_before_received": gettext_noop(
        "The day of the decision %(on)s lies before the day of receipt %(earlier)s."
    ),
    "decided_before_accepted": gettext_noop(
        "The day of the decision %(on)s lies before the day of acceptance %(earlier)s."
    ),
    "predecessor_not_done": gettext_noop("%(step)s must be finished before this result is recorded."),
    "predecessor_later": gettext_noop("%(step)s was decided on %(earlier)s, after this result (%(on)s)."),
    "predecessor_undated": gettext_noop("%(step)s is finished but has no date."),
    "usual_order_not_done": gettext_noop("%(step)s is usually finished first."),
    "usual_order_later": gettext_noop("%(step)s usually comes first, but was decided on %(earlier)s."),
    "accepted_before_predecessor": gettext_noop(
        "Accepted while %(step)s was not finished; this step has no pre-review."
    ),
    "deemed_accepted": gettext_noop(
        "No correction was asked for in time: by law the application counts as accepted since %(earlier)s, the day of "
        "receipt, not since %(on)s."
    ),
    "document_not_deferrable": gettext_noop("%(document)s is a core document and cannot be handed in later."),
}


EARLIEST = date(1990, 1, 1)
"""No record is of a day before this one: an earlier day is a slip of the pen, and beyond what calendars reckon with."""


@dataclass(frozen=True, slots=True)
class Predecessor:
    """A step that comes before. ``applicable`` is False only when it is decided that the step is not needed."""

    code: str
    state: State
    decided_on: date | None = None
    hard: bool = True
    applicable: bool = True


@dataclass(frozen=True, slots=True)
class OutstandingDocument:
    """A document still missing at acceptance."""

    code: str
    deferrable: bool


def check_dates(
    *,
    received_on: date | None,
    accepted_on: date | None,
    decided_on: date | None,
    today: date,
    outcome: State = State.APPROVED,
    predecessors: Iterable[Predecessor] = (),
    pre_review: bool = False,
    outstanding: Iterable[OutstandingDocument] = (),
    deemed_accepted_on: date | None = None,
) -> list[Problem]:
    """All that is wrong with the dates of one step, in a fixed order (domain.md section 1, rules that go with the map).

    ``outcome`` is the state the decision leads to: only an approval (11, 12) waits for its predecessors, a refusal does
    not. Same day is allowed everywhere. ``outstanding`` are the documents missing at acceptance. ``deemed_accepted_on``
    is the day since which silence counts as acceptance (行政许可法 art. 32).
    """
    problems = _check_order(received_on, accepted_on, decided_on, today)
    if accepted_on is not None and deemed_accepted_on is not None and accepted_on != deemed_accepted_on:
        problems.append(_problem("deemed_accepted", Severity.WARN, on=accepted_on, earlier=deemed_accepted_on))
    for predecessor in predecessors:
        if not predecessor.applicable:
            continue
        if accepted_on is not None and predecessor.hard and not pre_review and not _done_by(predecessor, accepted_on):
            problems.append(_problem("accepted_before_predecessor", Severity.WARN, step=predecessor.code))
        if decided_on is not None and is_done(outcome):
            problems += _check_predecessor(predecessor, decided_on)
    if accepted_on is not None:
        problems += [
            _problem("document_not_deferrable", Severity.BLOCK, document=document.code)
            for document in outstanding
            if not document.deferrable
        ]
    return problems


def blocks(problems: Iterable[Problem]) -> list[Problem]:
    """Those that forbid the record."""
    return [problem for problem in problems if problem.severity is Severity.BLOCK]


def _problem(code: str, severity: Severity, **params: object) -> Problem:
    return Problem(code, severity, params)


def _check_order(received: date | None, accepted: date | None, decided: date | None, today: date) -> list[Problem]:
    days = {"received": received, "accepted": accepted, "decided": decided}
    known = [(name, on) for name, on in days.items() if on is not None]
    problems = [_problem(f"{name}_in_future", Severity.BLOCK, on=on) for name, on in known if on > today]
    for place, (name, on) in enumerate(known):
        problems += [
            _problem(f"{name}_before_{before}", Severity.BLOCK, on=on, earlier=earlier)
            for before, earlier in known[:place]
            if on < earlier
        ]
    return problems


def _done_by(predecessor: Predecessor, on: date) -> bool:
    return is_done(predecessor.state) and (predecessor.decided_on is None or predecessor.decided_on <= on)


def _check_predecessor(predecessor: Predecessor, decided_on: date) -> list[Problem]:
    severity = Severity.BLOCK if predecessor.hard else Severity.WARN
    kind = "predecessor" if predecessor.hard else "usual_order"
    if not is_done(predecessor.state):
        return [_problem(f"{kind}_not_done", severity, step=predecessor.code)]
    if predecessor.decided_on is None:
        return [_problem("predecessor_undated", Severity.WARN, step=predecessor.code)]
    if predecessor.decided_on > decided_on:
        return [
            _problem(f"{kind}_later", severity, step=predecessor.code, on=decided_on, earlier=predecessor.decided_on)
        ]
    return []
