"""Durations of a park's own finished steps and works: read from the tables every morning, kept, read from there.

Of a step: working days that its committed clock counted from day 0 to the approval, without pauses. One decided on a
promise (告知承诺、先建后验) teaches nothing about handling and is left out. Of a piece of work: from the milestone
before it to the one after it; fitting out ends when the first acceptance of the works is handed in.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from accounts.models import Park
from approvals.flow import DONE
from approvals.models import CommittedStep, ProjectStep, StepPause
from dispatch.plan import facts, gathering
from dispatch.plan.models import LearnedDurations
from dispatch.plan.skeleton import ACCEPTANCES, WORKS
from projects.models import Milestone, Precision
from projects.planning.learning import Learned, as_json, from_json, learned
from workdays.arithmetic import WorkCalendar

Seen = tuple[int, bool | None]  # working days; whether the limit was kept, None without one


def of_park(park_id: int) -> dict[str, Learned]:
    """Code (S01…, W1…) → what the park has learned; as of the last morning. One query."""
    return of_parks([park_id])[park_id]


def of_parks(park_ids: Iterable[int]) -> dict[int, dict[str, Learned]]:
    """Of several parks. One query."""
    park_ids = list(park_ids)
    rows = dict(LearnedDurations.objects.filter(park__in=park_ids).values_list("park_id", "rows"))
    return {pk: {code: from_json(row) for code, row in rows.get(pk, {}).items()} for pk in park_ids}


def refresh(park: Park, *, today: date, at: datetime, calendar: WorkCalendar) -> dict[str, Learned]:
    """Learns anew from everything the park has finished, and keeps it."""
    seen: dict[str, list[Seen]] = defaultdict(list)
    for code, duration in [*_of_steps(park, calendar), *_of_works(park, calendar)]:
        seen[code].append(duration)
    found = {code: one for code, rows in sorted(seen.items()) if (one := _learned(rows))}
    LearnedDurations.objects.update_or_create(
        park=park,
        defaults={
            "as_of": today,
            "rows": {code: as_json(one) for code, one in found.items()},
            "computed_at": at,
        },
    )
    return found


def _learned(rows: Iterable[Seen]) -> Learned | None:
    rows = list(rows)
    return learned((days for days, _kept in rows), (kept for _days, kept in rows if kept is not None))


def _of_steps(park: Park, calendar: WorkCalendar) -> Iterable[tuple[str, Seen]]:
    promised = CommittedStep.objects.filter(commitment__project__park=park).values("project_step")
    done = ProjectStep.objects.applicable().filter(project__park=park, state__in=DONE, decided_on__isnull=False)
    done = done.exclude(pk__in=promised)
    pauses = defaultdict(list)
    # By park, not by the steps above: a nested query takes minutes where the server misjudges how many rows it has.
    halted = StepPause.objects.filter(project_step__project__park=park, stops_committed=True)
    for pause in halted.values_list(*gathering.PAUSE_COLUMNS, named=True):
        pauses[pause.project_step_id].append(pause)
    for step in done.values_list(*gathering.STEP_COLUMNS, named=True):
        day0 = facts.day0_of(step)
        if day0 and day0 <= step.decided_on:
            days = facts.counted(day0, step.decided_on, pauses[step.pk], calendar)
            yield step.code, (days, _kept(step, days))


def _kept(step: Any, days: int) -> bool | None:
    return None if step.committed_limit_wd is None else days <= step.committed_limit_wd + step.extension_wd


def _of_works(park: Park, calendar: WorkCalendar) -> Iterable[tuple[str, Seen]]:
    exact = Milestone.objects.filter(project__park=park, actual_on__isnull=False, actual_precision=Precision.DAY)
    reached: dict[int, dict[str, date]] = defaultdict(dict)
    for project, stage, day in exact.values_list("project_id", "stage", "actual_on"):
        reached[project][stage] = day
    asked = _first_acceptances(park)
    for project, days in reached.items():
        for key, (first, last) in WORKS.items():
            begun, ended = days.get(first), asked.get(project) if key == "W2" else days.get(last)
            if begun and ended and begun <= ended:
                yield key, (calendar.count(begun, ended), None)


def _first_acceptances(park: Park) -> Mapping[int, date]:
    """Project id → the day the first acceptance of its works was handed in."""
    steps = ProjectStep.objects.applicable().filter(project__park=park, code__in=ACCEPTANCES, state__in=DONE)
    found: dict[int, date] = {}
    for project, received, accepted in steps.values_list("project_id", "received_on", "accepted_on"):
        day = received or accepted
        if day:
            found[project] = min(day, found.get(project, day))
    return found
