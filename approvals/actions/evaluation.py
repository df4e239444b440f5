"""Judging a project's steps by its answers: the preview of a change, and the change itself, from one comparison."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch

from approvals.actions.creation import SET_APPLIES, SET_NOT_APPLICABLE, rules_for
from approvals.actions.records import columns, day_of, write
from approvals.flow import State
from approvals.judging import JUDGED_FIELDS, Change, Copy, Kept, answers_of, changes
from approvals.models import ProjectStep, StepDocument, StepTransition
from projects.models import Project

JUDGED = "judged"


def copies_of(project: Project) -> list[Copy]:
    """The project's steps with their rules, and which may no longer be judged; a fixed number of queries.

    Kept is what has been worked on (received, a paper recorded, an earlier application) and what a person has decided.
    """
    papers = Prefetch("documents", StepDocument.objects.only("project_step"))
    steps = list(project.steps.select_related("step__catalogue").prefetch_related(papers).order_by("seq"))
    if not steps:
        return []
    catalogue = steps[0].step.catalogue
    rules = {rule.step.pk: rule for rule in rules_for(catalogue.steps.all(), catalogue)}
    by_hand = _decided_by_hand(project)
    for step in steps:
        step.project = project
    return [Copy(step, rules[step.step_id], _kept(step, by_hand)) for step in steps]


def _kept(step: ProjectStep, by_hand: set[int]) -> Kept | None:
    if step.pk in by_hand:
        return Kept.BY_HAND
    is_worked_on = step.state != State.NOT_STARTED or step.round > 1 or bool(step.documents.all())
    return Kept.WORK if is_worked_on else None


def _decided_by_hand(project: Project) -> set[int]:
    """Steps whose applicability a person has set, unless that was undone."""
    rows = StepTransition.objects.filter(
        project_step__project=project, verb__in=[SET_APPLIES, SET_NOT_APPLICABLE, "undo"]
    )
    by_hand: dict[int, bool] = {}
    for step_id, verb, data in rows.order_by("at", "pk").values_list("project_step", "verb", "data"):
        if verb != "undo":
            by_hand[step_id] = True
        elif data.get("undone_verb") in (SET_APPLIES, SET_NOT_APPLICABLE):
            by_hand[step_id] = False
    return {step_id for step_id, decided in by_hand.items() if decided}


def changes_for(project: Project, answers: Mapping[str, Any]) -> list[Change]:
    """What these answers would change among the project's steps, kept ones included. Writes nothing."""
    return changes(copies_of(project), answers)


@transaction.atomic
def re_evaluate(project: Project, *, by, at: datetime) -> list[ProjectStep]:
    """Judge the steps anew after the project's attributes changed; returns the steps that changed.

    Steps that are kept stay as they are: work is never deleted.
    """
    copies = copies_of(project)
    answers = answers_of(project, copies[0].row.step.catalogue.variables) if copies else {}
    return [_apply(change, by=by, at=at) for change in changes(copies, answers) if change.happens]


def _apply(change: Change, *, by, at: datetime) -> ProjectStep:
    step = change.row
    before = {"step": columns(step, JUDGED_FIELDS)}
    after = change.columns["applicability"]
    write(step, dict(change.columns), verb=JUDGED, on=day_of(at), by=by, at=at, before=before, after=after)
    return step
