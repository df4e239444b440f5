"""Steps that a project's milestone dates prove: filed → S01, land supplied → S09, completed → S21 (domain.md 3.1)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from approvals.actions.records import columns, day_of
from approvals.flow import State
from approvals.models import ProjectStep, StepTransition
from projects.models import Milestone
from projects.stages import Stage

ADOPT = "adopt_milestone"
PROVES = {Stage.FILED: "S01", Stage.LAND: "S09", Stage.COMPLETED: "S21"}
BATCH = 500


@transaction.atomic
def adopt_milestones(project_ids: Iterable[int], *, by, at: datetime) -> int:
    """Record the steps that actual milestones prove as approved on that day; returns how many steps changed.

    Only steps nobody has worked on; one adopted earlier follows its milestone when the date changes. A milestone that
    was reached on an unknown day gives a result without a date. The history names the milestone.
    """
    ids, changed = list(project_ids), 0
    for start in range(0, len(ids), BATCH):
        changed += _adopt(ids[start : start + BATCH], by, at)
    return changed


def _adopt(ids: list[int], by, at: datetime) -> int:
    reached = {
        (project, PROVES[Stage(stage)]): (stage, actual_on)
        for project, stage, actual_on in Milestone.objects.filter(project__in=ids, stage__in=PROVES)
        .filter(Q(actual_on__isnull=False) | Q(is_done=True))
        .values_list("project", "stage", "actual_on")
    }
    steps, history = [], []
    for step in _free(ids):
        found = reached.get((step.project_id, step.code))
        if found and (step.state, step.decided_on) != (State.APPROVED, found[1]):
            history.append(_approve(step, *found, by=by, at=at))
            steps.append(step)
    ProjectStep.objects.bulk_update(steps, ["state", "decided_on", "version", "updated_at"], batch_size=100)
    StepTransition.objects.bulk_create(history)
    return len(steps)


def _free(ids: list[int]):
    """Applicable steps that have no work on them but an earlier adoption."""
    moves = StepTransition.objects.filter(project_step=OuterRef("pk")).exclude(from_state=F("to_state"))
    worked = Exists(moves.exclude(verb=ADOPT))
    free = ProjectStep.objects.applicable().filter(project__in=ids, code__in=PROVES.values())
    by_adoption = Q(state=State.APPROVED) & Exists(moves)
    return free.filter(Q(state=State.NOT_STARTED, round=1) | by_adoption).exclude(worked).select_for_update()


def _approve(step: ProjectStep, stage: str, on: date | None, *, by, at: datetime) -> StepTransition:
    before, from_state = columns(step, ["state", "decided_on"]), step.state
    step.state, step.decided_on = State.APPROVED, on
    step.version, step.updated_at = step.version + 1, at
    return StepTransition(
        project_step=step,
        verb=ADOPT,
        from_state=from_state,
        to_state=step.state,
        on=on or day_of(at),
        data={"before": {"step": before}, "milestone": stage, "milestone_on": on.isoformat() if on else None},
        by=by,
        at=at,
    )
