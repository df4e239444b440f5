"""The papers on a step's page, and on the project page all papers of the project."""

from datetime import date
from typing import Any

from accounts.permissions import Verb, may
from accounts.visitors import ProjectVisitor
from approvals import actions, flow
from approvals.models import ProjectStep, StepFile
from approvals.papers import notices, queries
from approvals.papers.queries import PaperView
from approvals.step_parts import Part
from projects.models import Project

TEMPLATE = "approvals/parts/_papers.html"


def source(view, user) -> Part:
    """Papers with state, versions and what this person may do with each; the notice and how far it is answered."""
    row = view.row
    papers = queries.papers_of(row, user)
    works = not isinstance(user, ProjectVisitor) and actions.handles(user, row) and may(user, Verb.WORK_STEP)
    context = {
        "papers": [_row(row, paper, user, works) for paper in papers],
        "works": works and row.applies,
        "certainty": row.step.get_documents_certainty_display() if row.step.documents_certainty != "sure" else "",
        "to_review": sum(paper.can_review for paper in papers),
        "can_notify": works and _can_notify(view, papers),
        **notice(row, papers, view.open_pause),
    }
    context["can_resubmit"] = bool(context["notice"]) and (works or _is_enterprise(user)) and not context["open_points"]
    return Part(TEMPLATE, context)


def _is_enterprise(user) -> bool:
    return not isinstance(user, ProjectVisitor) and user.role.scope == "enterprise"


def _row(row: ProjectStep, paper: PaperView, user, works: bool) -> dict[str, Any]:
    owed = paper.given is not None and not paper.is_in
    open_ = row.applies and (owed or not flow.is_done(flow.State(row.state)))
    asked_of_it = _is_enterprise(user) and open_ and not paper.asked.shared and not paper.is_accepted
    may_hand_in = (works and row.applies) or asked_of_it
    return {
        "view": paper,
        "can_upload": may_hand_in,
        "offers": paper.offers if may_hand_in and not paper.is_in else [],
    }


def _can_notify(view, papers: list[PaperView]) -> bool:
    """Something is returned or missing, nothing waits for review, and the case can still be held up for it."""
    rules = [paper.as_rule() for paper in papers]
    state_allows = view.open_pause is None and (view.state is flow.State.RECEIVED or view.state in flow.RUNNING)
    return state_allows and not any(rule.waits for rule in rules) and bool(notices.points_of(rules))


def notice(row: ProjectStep, papers: list[PaperView], open_pause) -> dict[str, Any]:
    """The open notice as numbered points, each with whether it has been answered; one query while one is open."""
    waits = open_pause is not None and open_pause.kind == queries.CORRECTION
    found = queries.open_notice(row) if waits else None
    if found is None:
        return {"notice": None, "points": [], "open_points": 0}
    rules = [paper.as_rule() for paper in papers]
    still = set(notices.unanswered(found.points, rules, found.at))
    asked = {paper.asked.code: paper.asked for paper in papers}
    points = [
        {
            "requirement": asked.get(point["code"]),
            "name": asked[point["code"]].name if point["code"] in asked else point["paper"],
            "reason": point["reason"],
            "missing": point.get("missing", False),
            "is_answered": point["code"] not in still,
        }
        for point in found.points
    ]
    return {"notice": found, "points": points, "open_points": len(still)}


def project_context(project: Project, user, today: date) -> dict[str, Any]:
    """All papers of the project by step, with counts."""
    steps = queries.project_papers(project, user)
    papers = [paper for step in steps for paper in step.papers]
    newest = [paper.newest for paper in papers if paper.newest]
    return {
        "project": project,
        "steps": steps,
        "papers_count": len(papers),
        "files_count": sum(len(paper.files) for paper in papers),
        "to_review": sum(paper.can_review for paper in papers),
        "returned": sum(paper.as_rule().is_returned for paper in papers),
        "can_zip": any(file.scan == StepFile.Scan.AVAILABLE for file in newest),
    }
