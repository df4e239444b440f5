"""Steps that a project's milestone dates prove: filed → S01, land supplied → S09, completed → S21 (domain.md 3.1)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from accounts.bulk import insert
from accounts.errors import Refused
from approvals.actions.records import day_of, plain
from approvals.certificates.issuing import issue_for
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


def release(project_ids: Iterable[int], *, adopted_at: datetime, by, at: datetime) -> int:
    """Put the steps back that milestones adopted at that moment, when an import is taken back; returns how many.

    Raises Refused, naming steps that somebody has worked on since.
    """
    adoptions = StepTransition.objects.filter(verb=ADOPT, at=adopted_at, project_step__project__in=list(project_ids))
    rows = list(adoptions.select_related("project_step__step", "project_step__project").order_by("pk"))
    moved = [row.project_step for row in rows if row.project_step.updated_at != adopted_at]
    if moved:
        told = "；".join(f"{step.project} · {step}" for step in moved[:20])
        raise Refused(_("Steps have been worked on since: %(steps)s") % {"steps": told})
    for row in rows:
        was = row.data["before"]["step"]
        ProjectStep.objects.filter(pk=row.project_step_id).update(
            state=was["state"], decided_on=was["decided_on"], version=F("version") + 1, updated_at=at
        )
    insert(
        StepTransition(
            project_step_id=row.project_step_id, verb=ADOPT, from_state=row.to_state, to_state=row.from_state,
            on=day_of(at), data={"taken_back": row.pk}, by=by, at=at,
        )
        for row in rows
    )  # fmt: skip
    if rows:
        issue_for([row.project_step_id for row in rows], by=by, at=at)
    return len(rows)


def _adopt(ids: list[int], by, at: datetime) -> int:
    reached = {
        (project, PROVES[Stage(stage)]): (stage, actual_on)
        for project, stage, actual_on in Milestone.objects.filter(project__in=ids, stage__in=PROVES)
        .filter(Q(actual_on__isnull=False) | Q(is_done=True))
        .values_list("project", "stage", "actual_on")
    }
    changed, history = defaultdict(list), []
    for pk, project, code, state, decided_on in _free(ids):
        stage, on = reached.get((project, code), (None, None))
        if stage and (state, decided_on) != (State.APPROVED, on):
            changed[stage].append(pk)
            history.append(_approval(pk, state, decided_on, stage, on, by=by, at=at))
    for stage, steps in changed.items():
        _approve(steps, stage, at)
    insert(history)
    if history:
        issue_for([row.project_step_id for row in history], by=by, at=at)
    return len(history)


def _free(ids: list[int]):
    """(id, project, code, state, day of decision) of applicable steps that have no work but an earlier adoption."""
    moves = StepTransition.objects.filter(project_step=OuterRef("pk")).exclude(from_state=F("to_state"))
    worked = Exists(moves.exclude(verb=ADOPT))
    free = ProjectStep.objects.applicable().filter(project__in=ids, code__in=PROVES.values())
    by_adoption = Q(state=State.APPROVED) & Exists(moves)
    free = free.filter(Q(state=State.NOT_STARTED, round=1) | by_adoption).exclude(worked).select_for_update()
    return free.values_list("pk", "project", "code", "state", "decided_on")


def _approve(steps: list[int], stage: str, at: datetime) -> None:
    """One statement; the day comes from the milestone, which only changes with its project claimed."""
    milestone = Milestone.objects.filter(project=OuterRef("project"), stage=stage)
    ProjectStep.objects.filter(pk__in=steps).update(
        state=State.APPROVED,
        decided_on=Subquery(milestone.values("actual_on")),
        version=F("version") + 1,
        updated_at=at,
    )


def _approval(
    step: int, state: int, decided_on: date | None, stage: str, on: date | None, *, by, at: datetime
) -> StepTransition:
    before = {"state": state, "decided_on": plain(decided_on)}
    return StepTransition(
        project_step_id=step,
        verb=ADOPT,
        from_state=state,
        to_state=State.APPROVED,
        on=on or day_of(at),
        data={"before": {"step": before}, "milestone": stage, "milestone_on": plain(on)},
        by=by,
        at=at,
    )
