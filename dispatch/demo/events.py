"""The records on one step that its days amount to, oldest first, none on ``as_of`` or later. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from approvals.flow import Verb
from dispatch.demo import names
from dispatch.demo.timeline import Span, StepFacts, Timeline

ASSIGN, NOT_APPLICABLE, DOCUMENT = "assign_unit", "set_not_applicable", "document"


@dataclass(frozen=True)
class Event:
    """One record: a verb of ``flow``, or assign_unit, set_not_applicable, document. ``papers``: document codes."""

    verb: str
    on: date
    note: str = ""
    pause_kind: str | None = None
    papers: tuple[str, ...] = ()
    number: str = ""


def records(code: str, line: Timeline, fact: StepFacts, index: int, as_of: date) -> list[Event]:
    """What has been recorded on the step before ``as_of``."""
    span = line.spans.get(code)
    if span is None:
        return []
    found = []
    for event in _all(span, fact, index):
        if event.on >= as_of:
            break
        found.append(event)
    return found


def _all(span: Span, fact: StepFacts, index: int) -> Iterator[Event]:
    yield Event(Verb.RECEIVE, span.received)
    for paper in fact.papers:
        yield Event(DOCUMENT, span.received, papers=(paper,))
    if span.notified:
        yield Event(Verb.NOTIFY_CORRECTION, span.notified, names.REASON_CORRECTION)
    if span.refused and span.first_accepted:
        yield Event(Verb.ACCEPT, span.first_accepted)
        yield Event(
            Verb.DECIDE_REFUSE, span.refused, names.REASON_REFUSED, number=number(fact.code, span.refused, index, 5000)
        )
        if span.reopened is None:
            return
        yield Event(Verb.REOPEN, span.reopened)
    if span.accepted is None:
        return
    yield from _after_acceptance(span, fact, index)


def _after_acceptance(span: Span, fact: StepFacts, index: int) -> Iterator[Event]:
    owed = fact.deferrable[:1] if span.deferred else ()  # one paper follows later
    yield Event(Verb.ACCEPT_WITH_OUTSTANDING if owed else Verb.ACCEPT, span.accepted, papers=owed)
    if span.pause:
        kind, begun, ended = span.pause
        yield Event(Verb.PAUSE, begun, names.PAUSE_NOTES[kind], kind)
        if ended is None:
            return
        yield Event(Verb.RESUME, ended)
    if owed and span.supplied:
        yield Event(DOCUMENT, span.supplied, papers=owed)
    elif span.decided and not span.pause and fact.limit > 5:
        yield Event(Verb.BEGIN_HANDLING, span.accepted)
    if span.decided:
        verb = Verb.DECIDE_APPROVE_OUTSTANDING if owed and not span.supplied else Verb.DECIDE_APPROVE
        yield Event(verb, span.decided, number=number(fact.code, span.decided, index))


def number(code: str, on: date, index: int, more: int = 0) -> str:
    """The number of the result document."""
    return names.NUMBERS.get(code, names.OTHER_NUMBER).format(year=on.year, n=f"{index + 1 + more:04}", code=code)
