"""Plays the records of a step on rows in memory, with the same columns, pauses, papers and history as the actions.

The database is not asked; tests/dispatch/test_demo.py replays samples through the real actions and compares.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from approvals import flow
from approvals.actions.clockwork import clock_fields
from approvals.actions.records import DOCUMENT_FIELDS, PAUSE_FIELDS, STEP_FIELDS, columns, plain
from approvals.clocks import PAUSE_KINDS, supplement_due
from approvals.flow import State, Verb
from approvals.models import ProjectStep, StepDocument, StepPause
from dispatch.demo.clockface import at_work
from dispatch.demo.events import ASSIGN, DOCUMENT, NOT_APPLICABLE, Event
from workdays.arithmetic import WorkCalendar

ACCEPTS = (Verb.ACCEPT, Verb.ACCEPT_WITH_OUTSTANDING)
TRANSITION_COLUMNS = ("project_step_id", "verb", "from_state", "to_state", "on", "note", "data", "by_id", "at")
DECIDES = (Verb.DECIDE_APPROVE, Verb.DECIDE_APPROVE_OUTSTANDING, Verb.DECIDE_REFUSE)


@dataclass
class Tale:
    """One step being played. ``papers``: document code → requirement id. ``brief``: keeps the last record alone."""

    step: ProjectStep
    papers: Mapping[str, int]
    calendar: WorkCalendar
    brief: bool = False
    pauses: list[StepPause] = field(default_factory=list)
    documents: dict[str, StepDocument] = field(default_factory=dict)
    history: list[tuple[list[Any], Callable[[], dict[str, Any]] | None]] = field(default_factory=list)

    def play(self, event: Event, *, by, at: datetime) -> None:
        before = None if self.brief else self._before(event.verb)
        from_state, extra = self.step.state, {}
        if event.verb == ASSIGN:
            extra["unit"] = self.step.unit.name
        elif event.verb == NOT_APPLICABLE:
            self.step.applicability = ProjectStep.Applicability.NOT_APPLICABLE
            self.step.not_applicable_reason, self.step.not_applicable_by = event.note, by
        elif event.verb == DOCUMENT:
            extra = self._supply(event, by, at)
        else:
            extra = self._move(Verb(event.verb), event, by, at)
        self.step.version += 1
        self.step.updated_at = at
        data = {name: plain(value) for name, value in extra.items() if value not in (None, "", [])}
        row = [event.verb, from_state, self.step.state, event.on, event.note, data, by.pk, at]
        if self.brief:
            self.history.clear()
        self.history.append((row, before))

    def _move(self, verb: Verb, event: Event, by, at: datetime) -> dict[str, Any]:
        step = self.step
        step.state = flow.next_state(State(step.state), verb, event.pause_kind)
        if verb in (Verb.RECEIVE, Verb.REOPEN):
            step.received_on, step.applicability = event.on, ProjectStep.Applicability.APPLIES
        if verb is Verb.REOPEN:
            step.accepted_on = step.decided_on = step.delivered_on = None
            step.result_number, step.extension_wd, step.round = "", 0, step.round + 1
        if verb in ACCEPTS:
            step.accepted_on = event.on
        if verb in DECIDES:
            step.decided_on, step.result_number = event.on, event.number
        self._pause(verb, event, by)
        for code in event.papers:
            due_on = supplement_due(event.on, step.committed_limit_wd, self.calendar)
            row = self._document(code, StepDocument.State.OUTSTANDING, by, at)
            row.promised_on, row.due_on = event.on, due_on
        if verb in (Verb.DECIDE_REFUSE, Verb.REOPEN):
            for row in self.documents.values():
                if row.state == StepDocument.State.OUTSTANDING:
                    row.state, row.by, row.at = StepDocument.State.RETURNED, by, at
        return {"pause_kind": event.pause_kind, "result_number": event.number, "outstanding": list(event.papers)}

    def _pause(self, verb: Verb, event: Event, by) -> None:
        kind = "correction" if verb is Verb.NOTIFY_CORRECTION else event.pause_kind
        if kind:
            known = PAUSE_KINDS[kind]
            self.pauses.append(
                StepPause(
                    project_step=self.step, round=self.step.round, kind=kind, party=known.party,
                    stops_committed=known.stops_committed, stops_statutory=known.stops_statutory, started_on=event.on,
                    reason=event.note, started_by=by,
                )
            )  # fmt: skip
        elif verb is not Verb.BEGIN_HANDLING:
            for pause in self.pauses:
                if pause.ended_on is None:
                    pause.ended_on, pause.ended_by = event.on, by

    def _supply(self, event: Event, by, at: datetime) -> dict[str, Any]:
        (code,) = event.papers
        row = self._document(code, StepDocument.State.SUPPLIED, by, at)
        row.supplied_on = event.on
        return {"document": code, "document_state": StepDocument.State.SUPPLIED}

    def _document(self, code: str, state: str, by, at: datetime) -> StepDocument:
        if code not in self.documents:
            self.documents[code] = StepDocument(project_step=self.step, requirement_id=self.papers[code])
        row = self.documents[code]
        row.state, row.by, row.at = state, by, at
        return row

    def _before(self, verb: str) -> Callable[[], dict[str, Any]]:
        """The step as it is now, as history keeps it; rows get their numbers once they are stored."""
        if verb == ASSIGN:
            return lambda: {"step": {"unit_id": None}}
        step = columns(self.step, STEP_FIELDS)
        pauses = [(row, columns(row, PAUSE_FIELDS)) for row in self.pauses]
        documents = [(row, columns(row, DOCUMENT_FIELDS)) for row in self.documents.values()]
        return lambda: {
            "step": step,
            "pauses": [kept | {"id": row.pk} for row, kept in pauses],
            "documents": [kept | {"id": row.pk} for row, kept in documents],
        }

    def finish(self, as_of: date) -> None:
        """Sets the two clocks as they stand on ``as_of``."""
        if self.history:
            for name, value in clock_fields(self.step, self.pauses, self.calendar, self._read_on(as_of)).items():
                setattr(self.step, name, value)

    def _read_on(self, as_of: date) -> date:
        return self.history[-1][0][3] if State(self.step.state) in flow.ENDED else as_of

    def transitions(self) -> Iterator[tuple[Any, ...]]:
        """History rows as TRANSITION_COLUMNS, ready once step, pauses and papers are stored."""
        for (*values, data, by, at), before in self.history:
            kept = data if before is None else data | {"before": before()}
            yield (self.step.pk, *values, kept, by, at)


def moments(events: Sequence[Event]) -> list[datetime]:
    """A moment for each record: office hours of its day, in the order of the records."""
    seen: dict[date, int] = {}
    found = []
    for event in events:
        place = seen[event.on] = seen.get(event.on, -1) + 1
        found.append(at_work(event.on, place))
    return found
