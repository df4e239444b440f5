"""What an enterprise has to do next at its project, in plain words and in order of urgency. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.i18n import localized
from approvals import flow
from approvals.flow import State
from approvals.guide.contacts import contact_of
from approvals.models import CorrectionNotice, StepContact, StepDocument, StepFile
from approvals.papers.queries import is_to_answer
from approvals.queries import APPLY_AGAIN, ENTERPRISE, StepView
from approvals.step_page import papers
from projects.models import Project
from projects.stages import ORDER, STAGES, position

CORRECT, OWED, AGAIN, APPLY = "correct", "owed", "again", "apply"
FIRST = (CORRECT, OWED, AGAIN, APPLY)


@dataclass(frozen=True)
class Returned:
    """Why papers came back: open notices by step id, reasons by paper id. Written by departments for the enterprise."""

    notices: Mapping[int, CorrectionNotice] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)


def returned(notices: Sequence[CorrectionNotice], views: Sequence[StepView], principal) -> Returned:
    """From the project's notices, newest first, and the reviews of the files; at most one query."""
    open_ones: dict[int, CorrectionNotice] = {}
    by_step = {view.row.pk: view for view in views}
    for notice in notices:
        view = by_step.get(notice.project_step_id)
        if view is not None and is_to_answer(notice, view.row, view.open_pause):
            open_ones.setdefault(notice.project_step_id, notice)
    sent_back = [paper.pk for view in views for paper in view.owed if paper.state == StepDocument.State.RETURNED]
    files = StepFile.objects.visible_to(principal).filter(document__in=sent_back, review=StepFile.Review.RETURNED)
    rows = files.order_by("version_no").values_list("document", "review_reason") if sent_back else ()
    return Returned(open_ones, dict(rows))


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


def is_with_others(view: StepView) -> bool:
    """A department handles it, or the park has to begin it."""
    return view.turn != ENTERPRISE and (flow.is_open(view.state) or bool(view.turn))


def to_do(views: Sequence[StepView], sent_back: Returned, contacts: Mapping[str, StepContact]) -> list[dict[str, Any]]:
    """Where the enterprise has the next move: corrections first, then papers owed, then what it can apply for now."""
    mine = [view for view in views if view.turn == ENTERPRISE or view.owed]
    return sorted((task(view, sent_back, contacts) for view in mine), key=_urgency)


def _urgency(found: dict[str, Any]) -> tuple:
    view = found["view"]
    due = min((paper.due_on for paper in view.owed if paper.due_on), default=date.max)
    return (FIRST.index(found["kind"]), due, view.row.seq)


def task(view: StepView, sent_back: Returned, contacts: Mapping[str, StepContact]) -> dict[str, Any]:
    """One step with what is missing, which papers, where, whom to call, what it costs and how long it takes.

    contacts: the park's own, from ``guide.contacts.contacts_of``; a person who handles the step comes first.
    """
    row, step = view.row, view.row.step
    asked = [paper for paper in papers(view) if not paper["asked"].shared]
    contact = contact_of(step, None, contacts)
    return {
        "view": view,
        "kind": _kind(view, sent_back),
        "owed": view.owed,
        "papers": [paper for paper in asked if not _is_in(paper)],
        "shared": any(paper["asked"].shared for paper in papers(view)),
        "where": contact.window or localized(step, "department_lead"),
        "address": contact.address,
        "hours": contact.hours,
        "person": row.handler_name or contact.person,
        "phone": row.handler_phone or contact.phone,
        "unit": row.unit,
        "fees": list(step.fees.all()),
        "fee_note": step.fee_note,
        "takes": view.limit_text,
        "reasons": reasons(view, sent_back),
    }


def reasons(view: StepView, sent_back: Returned) -> list[str]:
    """Everything that is missing or wrong: the notice's points and text, the open pause, the review of each file."""
    found = []
    if view.open_pause and view.open_pause.party == ENTERPRISE:
        found.append(view.open_pause.reason)
    if notice := sent_back.notices.get(view.row.pk):
        found += [_point(point) for point in notice.points]
        found.append(notice.text)
    for paper in view.owed:
        reason = sent_back.reasons.get(paper.pk, "")
        if paper.state == StepDocument.State.RETURNED and not any(reason and reason in line for line in found):
            found.append(_point({"paper": paper.requirement.name, "reason": reason}))
    return list(dict.fromkeys(filter(None, found)))


def _point(point: Mapping[str, Any]) -> str:
    return ": ".join(filter(None, [point.get("paper", ""), point.get("reason", "")]))


def _kind(view: StepView, sent_back: Returned) -> str:
    if (view.turn == ENTERPRISE and view.open_pause) or view.row.pk in sent_back.notices:
        return CORRECT
    if any(paper.state == StepDocument.State.RETURNED for paper in view.owed):
        return CORRECT
    if view.owed:
        return OWED
    return AGAIN if view.state in APPLY_AGAIN else APPLY


def _is_in(paper: dict[str, Any]) -> bool:
    given = paper["given"]
    return given is not None and given.state in (given.State.SUPPLIED, given.State.ACCEPTED)


def states_in_words(views: Sequence[StepView]) -> list[dict[str, str]]:
    """The states that occur, each in plain words."""
    present: list[State] = sorted({view.state for view in views})
    return [
        {"label": localized(s, "label"), "token": s.token, "meaning": localized(s.info, "meaning")} for s in present
    ]
