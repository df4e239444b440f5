"""One day of the response: opens, moves and closes cases, writes their trace and tells people, all in one transaction
a batch of projects. Nothing is written twice; a day that was worked stays as it is. Source: domain.md 3.4.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from accounts.models import Park
from dispatch.notices import outbox
from dispatch.response import ladder, policies, reading, telling, told
from dispatch.response.ladder import Move, State
from dispatch.response.models import ResponseCase, ResponseEvent, ResponsePolicy
from dispatch.response.reading import Day
from dispatch.warnings.models import Warning
from projects.models import Project
from workdays.models import load_calendar

BATCH = 500
CHUNK = 500
CASE = "response_case"
STATE_FIELDS = ("level", "level_since_on", "clock_from_on", "cause_level", "acknowledged_on", "acted_on",
                "reported_on", "is_held", "clean_days", "gone_days", "closed_on", "evaluated_on")  # fmt: skip
# Changes of these alone are no change for somebody who is just typing an answer.
QUIET = {"evaluated_on", "clean_days", "gone_days", "trigger", "cause_level"}


@dataclass
class Moved:
    """A case with what the day did to it."""

    case: ResponseCase
    warning: Warning
    moves: list[Move]
    changes: dict[str, Any] = field(default_factory=dict)


def evaluate(
    *,
    as_of: date,
    at: datetime,
    park: Park | None = None,
    batch: int = BATCH,
    fence: Callable[[], None] = lambda: None,
) -> dict[str, int]:
    """Works the day ``as_of``, of one park or of all; returns how many cases were opened, raised … and reminders.

    ``fence`` is called first in the transaction of every batch; what it raises stops the work there. ``at`` is when it
    runs; no level depends on it. Warnings of the day must be done.
    """
    policies.load_default()
    day = Day(as_of, load_calendar(), policies.all_in_force())
    known = told.load()
    counts: dict[str, int] = defaultdict(int)
    for part in _parts(park, batch):
        with transaction.atomic():
            fence()
            list(ResponsePolicy.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
            _work(part, day, known, at, counts)
    return dict(counts)


def _parts(park: Park | None, size: int) -> Iterator[Q]:
    """Conditions on warnings: batches of projects, then what belongs to no project."""
    inside = Q() if park is None else Q(park=park)
    projects = Project.objects.filter(inside).order_by("pk")
    low = 0
    while highs := list(projects.filter(pk__gt=low).values_list("pk", flat=True)[:size]):
        yield inside & Q(project__gt=low, project__lte=highs[-1])
        low = highs[-1]
    yield inside & Q(project__isnull=True)


def _work(part: Q, day: Day, known: told.Directory, at: datetime, counts: dict[str, int]) -> None:
    warnings = list(reading.warnings_of(part, day.as_of))
    moved = _advanced(warnings, day)
    opened = [row for row in moved if row.case.pk is None]
    ResponseCase.objects.bulk_create([row.case for row in opened])
    _write([row for row in moved if row.changes])
    told_rows = [row for row in moved if row.moves]
    closed = [row.case.pk for row in told_rows if row.case.closed_on == day.as_of]
    if closed:
        outbox.settle(CASE, closed, at=at)
    events = telling.tell_moves([(row.case, row.warning, row.moves) for row in told_rows], day, known, at)
    ResponseEvent.objects.bulk_create(events, ignore_conflicts=True)
    for event in events:
        counts[event.kind] += 1
    counts["reminders"] += telling.remind(part, day, known, at)


def _advanced(warnings: list[Warning], day: Day) -> list[Moved]:
    """Every case of the warnings after the day, and the new ones."""
    by_pk = {warning.pk: warning for warning in warnings}
    worked = Q(closed_on__isnull=True) | Q(evaluated_on__gte=day.as_of)
    cases = list(ResponseCase.objects.select_for_update().filter(worked, warning__in=by_pk).order_by("pk"))
    taken = {case.warning_id for case in cases}
    following = reading.successors(warnings, taken, day.as_of)
    paused = reading.paused_steps(warnings, day.as_of)
    found = []
    for case in cases:
        if case.closed_on is None and case.evaluated_on < day.as_of:
            warning = by_pk[case.warning_id]
            if not reading.is_standing(warning, day.as_of):
                warning = following.pop(reading.cause_of(warning), warning)
            taken.add(warning.pk)
            found.append(_one(case, warning, day, paused))
    new = (_new(warning, day, paused) for warning in warnings if warning.pk not in taken)
    return found + [row for row in new if row]


def state_of(case: ResponseCase) -> State:
    """The stored case as the ladder's state."""
    values = {name: getattr(case, name) for name in (*STATE_FIELDS, "opened_on")}
    return State(**values, overdue=tuple(case.overdue))


def _one(case: ResponseCase, warning: Warning, day: Day, paused: set[tuple[str, int]]) -> Moved:
    facts = day.facts(warning, paused)
    state, moves = ladder.advance(state_of(case), facts, day.as_of, day.calendar, day.policy(case.park_id))
    assert state is not None
    wanted = _stored(state, facts.trigger, warning, day)
    changes = {name: value for name, value in wanted.items() if getattr(case, name) != value}
    for name, value in changes.items():
        setattr(case, name, value)
    return Moved(case, warning, moves, changes)


def _new(warning: Warning, day: Day, paused: set[tuple[str, int]]) -> Moved | None:
    facts = day.facts(warning, paused)
    state, moves = ladder.advance(None, facts, day.as_of, day.calendar, day.policy(warning.park_id))
    if state is None:
        return None
    fields = _stored(state, facts.trigger, warning, day)
    return Moved(ResponseCase(park_id=warning.park_id, opened_on=state.opened_on, **fields), warning, moves)


def _stored(state: State, trigger: int | None, warning: Warning, day: Day) -> dict[str, Any]:
    """The columns of a case in this state."""
    due = ladder.limits(state, day.calendar, day.policy(warning.park_id))
    return {name: getattr(state, name) for name in STATE_FIELDS} | {
        "overdue": list(state.overdue),
        "acknowledge_by_on": due.acknowledge_by,
        "act_by_on": due.act_by,
        "report_by_on": due.report_by,
        "clear_by_on": due.clear_by,
        "trigger": trigger,
        "warning_id": warning.pk,
        "project_id": warning.project_id,
        "unit_id": warning.unit_id,
    }


def _write(rows: list[Moved]) -> None:
    """Writes the changes, cases with the same ones together; who moved onto a new warning in one statement a chunk."""
    groups: dict[tuple, list[int]] = defaultdict(list)
    onto: list[ResponseCase] = []
    for row in rows:
        if row.changes.pop("warning_id", None) is not None:
            onto.append(row.case)
        changes = {name: tuple(v) if isinstance(v, list) else v for name, v in row.changes.items()}
        groups[tuple(sorted(changes.items(), key=lambda pair: pair[0]))].append(row.case.pk)
    for fields, pks in groups.items():
        values: dict[str, Any] = {name: list(v) if isinstance(v, tuple) else v for name, v in fields}
        if set(values) - QUIET:
            values["version"] = F("version") + 1
        for start in range(0, len(pks), CHUNK):
            ResponseCase.objects.filter(pk__in=pks[start : start + CHUNK]).update(**values)
    if onto:
        ResponseCase.objects.bulk_update(onto, ["warning"], batch_size=CHUNK)
