"""What an enterprise sees of its own projects: where it stands, what it must do next, in plain words."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import Http404

from accounts.i18n import localized
from approvals import flow
from approvals.flow import State
from approvals.queries import APPLY_AGAIN, ENTERPRISE, StepView, by_phase, steps_of
from approvals.step_page import papers
from projects.models import Project
from projects.stages import ORDER, STAGES, position
from workdays.arithmetic import WorkCalendar


def choose(projects: Sequence[Project], wanted: str | None) -> Project | None:
    """The project asked for by id, else the first; None when there is none. Raises Http404 for any other id."""
    if not wanted:
        return projects[0] if projects else None
    for project in projects:
        if str(project.pk) == wanted:
            return project
    raise Http404


def context(
    projects: Sequence[Project], chosen: Project | None, user, today: date, calendar: WorkCalendar
) -> dict[str, Any]:
    """Stage line, phases with progress, what is to do (most urgent first), what runs at the departments."""
    if chosen is None:
        return {"project": None, "tabs": []}
    asked = ("step__documents", "step__fees")
    views = steps_of(chosen, user, today=today, calendar=calendar, prefetch=asked)
    needed = [view for view in views if view.applies]
    return {
        "project": chosen,
        "park": chosen.park,
        "tabs": [_tab(project, chosen) for project in projects] if len(projects) > 1 else [],
        "stages": stage_line(chosen),
        "phases": by_phase(views),
        "done": sum(view.is_done for view in needed),
        "total": len(needed),
        "to_do": to_do(needed),
        "later": [view for view in needed if view.can_prepare],
        "running": [view for view in needed if _is_with_others(view)],
        "questions": [view for view in needed if view.is_undetermined],
        "states": _states(needed),
    }


def _is_with_others(view: StepView) -> bool:
    """A department handles it, or the park has to begin it."""
    return view.turn != ENTERPRISE and (flow.is_open(view.state) or bool(view.turn))


def _tab(project: Project, chosen: Project) -> dict[str, Any]:
    return {"label": project.name, "href": f"?project={project.pk}", "active": project == chosen}


def stage_line(project: Project) -> list[dict[str, Any]]:
    """The fifteen stages for the stage_line component; passed ones carry the day of their milestone."""
    reached = dict(project.milestones.values_list("stage", "actual_on"))
    here = position(project.stage)
    return [
        {
            "code": stage.value,
            "label": localized(STAGES[stage], "name"),
            "state": "done" if place < here else "current" if place == here else "future",
            "on": reached.get(stage.value) if place <= here else None,
        }
        for place, stage in enumerate(ORDER)
    ]


def to_do(views: Sequence[StepView]) -> list[dict[str, Any]]:
    """Where the enterprise has the next move: papers owed and corrections first, then what it can apply for now."""
    mine = [view for view in views if view.turn == ENTERPRISE or view.owed]
    return [_task(view) for view in sorted(mine, key=_urgency)]


def _urgency(view: StepView) -> tuple:
    due = min((paper.due_on for paper in view.owed if paper.due_on), default=date.max)
    return (view.state is State.NOT_STARTED, due, view.row.seq)


def _task(view: StepView) -> dict[str, Any]:
    row, step = view.row, view.row.step
    asked = [paper for paper in papers(view) if not paper["asked"].shared]
    return {
        "view": view,
        "kind": _kind(view),
        "owed": view.owed,
        "papers": [paper for paper in asked if not _is_in(paper)],
        "shared": any(paper["asked"].shared for paper in papers(view)),
        "where": localized(step, "window") or localized(step, "department_lead"),
        "address": step.address,
        "person": row.handler_name or step.contact_name,
        "phone": row.handler_phone or step.contact_phone,
        "unit": row.unit,
        "fees": list(step.fees.all()),
        "fee_note": step.fee_note,
        "takes": view.limit_text,
        "reason": view.open_pause.reason if view.open_pause else "",
    }


def _kind(view: StepView) -> str:
    if view.turn == ENTERPRISE and view.open_pause:
        return "correct"
    if view.owed:
        return "owed"
    return "again" if view.state in APPLY_AGAIN else "apply"


def _is_in(paper: dict[str, Any]) -> bool:
    given = paper["given"]
    return given is not None and given.state in (given.State.SUPPLIED, given.State.ACCEPTED)


def _states(views: Sequence[StepView]) -> list[dict[str, str]]:
    """The states that occur, each in plain words."""
    present = sorted({view.state for view in views})
    return [
        {"label": localized(s, "label"), "token": s.token, "meaning": localized(s.info, "meaning")} for s in present
    ]
