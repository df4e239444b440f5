"""The two due days of a project's step as columns, kept right by every action and by ``recompute_all``."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from approvals import clocks
from approvals.flow import ENDED, State, is_open
from approvals.models import ProjectStep, Step, StepDocument, StepPause
from workdays.arithmetic import WorkCalendar

BATCH = 500
CORRECTION = "correction"
CLOCK_FIELDS = ("committed_due_on", "statutory_due_on", "is_provisional", "committed_runs", "statutory_runs")


def notice_of(
    step: ProjectStep, pauses: Iterable[StepPause], calendar: WorkCalendar, today: date
) -> clocks.Notice | None:
    """The notice of corrections while the application lies at the window; None at any other time."""
    if State(step.state) is not State.RECEIVED or step.received_on is None:
        return None
    is_given = any(pause.kind == CORRECTION and pause.round == step.round for pause in pauses)
    days = step.step.correction_notice_days
    return clocks.notice_of(step.received_on, days, is_given=is_given, today=today, calendar=calendar)


def holder_of(step: ProjectStep) -> clocks.Party:
    """Whose days are those outside the pauses: the park's where it is the park's own step, else the department's."""
    own = step.step.initiated_by == Step.Initiator.PARK
    return clocks.Party.PARK if own else clocks.Party.DEPARTMENT


def debts_of(papers: Iterable[StepDocument]) -> list[clocks.PauseSpan]:
    """容缺: while a promised paper is outstanding the days are the enterprise's, and both clocks run (WD-07)."""
    debts = []
    for paper in papers:
        if paper.promised_on:
            outstanding = paper.state == StepDocument.State.OUTSTANDING
            supplied = None if outstanding else paper.supplied_on or timezone.localtime(paper.at).date()
            if supplied is None or supplied >= paper.promised_on:
                debts.append(clocks.PauseSpan.of_deferral(paper.promised_on, supplied))
    return debts


def spans_of(pauses: Iterable[StepPause]) -> list[clocks.PauseSpan]:
    return [
        clocks.PauseSpan(p.started_on, p.ended_on, p.stops_committed, p.stops_statutory, clocks.Party(p.party), p.kind)
        for p in pauses
    ]


def step_clock(
    step: ProjectStep,
    pauses: Iterable[StepPause],
    papers: Iterable[StepDocument] = (),
    holder: clocks.Party = clocks.Party.DEPARTMENT,
) -> clocks.StepClock:
    """The step's two clocks; papers owed and the holder decide only whose the days are.

    An extension is in working days and lengthens only limits in working days: 行政许可法 art. 42 speaks of the limits
    of that law, and the laws with calendar days (环评法, 建筑法) know none.
    """
    return clocks.StepClock(
        day0=step.received_on if step.clock_start == Step.ClockStart.RECEIVED else step.accepted_on,
        committed=clocks.Limit(step.committed_limit_wd),
        statutory=clocks.Limit(step.statutory_value, clocks.Unit(step.statutory_unit)),
        pauses=[*spans_of(pauses), *debts_of(papers)],
        committed_extension=step.extension_wd,
        statutory_extension=step.extension_wd if step.statutory_unit == clocks.Unit.WORKDAYS else 0,
        decided=step.decided_on,
        holder=holder,
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
