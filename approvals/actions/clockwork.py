"""The two due days of a project's step as columns, kept right by every action and by ``recompute_all``."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction

from approvals import clocks
from approvals.flow import ENDED, State, is_open
from approvals.models import ProjectStep, Step, StepPause
from workdays.arithmetic import WorkCalendar

BATCH = 500
CLOCK_FIELDS = ("committed_due_on", "statutory_due_on", "is_provisional", "committed_runs", "statutory_runs")


def spans_of(pauses: Iterable[StepPause]) -> list[clocks.PauseSpan]:
    return [
        clocks.PauseSpan(p.started_on, p.ended_on, p.stops_committed, p.stops_statutory, clocks.Party(p.party), p.kind)
        for p in pauses
    ]


def step_clock(step: ProjectStep, pauses: Iterable[StepPause]) -> clocks.StepClock:
    """The step's two clocks. An extension (行政许可法 art. 42) is in working days: calendar-day limits stay."""
    return clocks.StepClock(
        day0=step.received_on if step.clock_start == Step.ClockStart.RECEIVED else step.accepted_on,
        committed=clocks.Limit(step.committed_limit_wd),
        statutory=clocks.Limit(step.statutory_value, clocks.Unit(step.statutory_unit)),
        pauses=spans_of(pauses),
        committed_extension=step.extension_wd,
        statutory_extension=step.extension_wd if step.statutory_unit == clocks.Unit.WORKDAYS else 0,
        decided=step.decided_on,
    )


def clock_fields(step: ProjectStep, pauses: Iterable[StepPause], calendar: WorkCalendar, as_of: date) -> dict[str, Any]:
    """Both due days, whether they may still move with the calendar, and which clock runs now.

    ``as_of`` is today, or the day a case ended. A pause that stops only the committed clock leaves the other running.
    """
    pauses = list(pauses)
    reading = step_clock(step, pauses).read(as_of, calendar)
    running = is_open(State(step.state))
    stopping = [pause for pause in pauses if pause.ended_on is None]
    return {
        "committed_due_on": reading.committed.on if reading.committed else None,
        "statutory_due_on": reading.statutory.on if reading.statutory else None,
        "is_provisional": any(due.provisional for due in (reading.committed, reading.statutory) if due),
        "committed_runs": running and reading.committed is not None and not any(p.stops_committed for p in stopping),
        "statutory_runs": running and reading.statutory is not None and not any(p.stops_statutory for p in stopping),
    }


def recompute_all(calendar: WorkCalendar, as_of: date, *, paused_only: bool = False) -> int:
    """Bring the due days of every open case up to ``as_of``: after a change of the calendar, and daily for pauses.

    ``paused_only``: the calendar has not changed, so only the days of open pauses have moved on. Returns how many steps
    changed. Derived values only, so neither version nor history moves.
    """
    changed = 0
    open_cases = ProjectStep.objects.exclude(state__in=[State.NOT_STARTED, *ENDED])
    if paused_only:
        open_cases = open_cases.filter(pauses__ended_on__isnull=True, pauses__isnull=False)
    ids = list(open_cases.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        changed += _recompute(ids[start : start + BATCH], calendar, as_of)
    return changed


@transaction.atomic
def _recompute(ids: list[int], calendar: WorkCalendar, as_of: date) -> int:
    moved = []
    for step in ProjectStep.objects.select_for_update().filter(pk__in=ids).prefetch_related("pauses"):
        if not is_open(State(step.state)):
            continue
        new = clock_fields(step, step.pauses.all(), calendar, as_of)
        if any(getattr(step, name) != value for name, value in new.items()):
            for name, value in new.items():
                setattr(step, name, value)
            moved.append(step)
    ProjectStep.objects.bulk_update(moved, CLOCK_FIELDS, batch_size=100)
    return len(moved)
