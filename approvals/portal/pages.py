"""What the enterprise's pages show, the same for an account and for the holder of a signed link. Reads only."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import Http404

from approvals import enterprise, seams, step_page
from approvals.clocks import Party
from approvals.guide.contacts import contacts_of
from approvals.models import ApprovalPolicy, CorrectionNotice, Urge
from approvals.navmap.drawings import of_project
from approvals.papers.notices import unanswered
from approvals.papers.queries import PaperView, is_to_answer, papers_of
from approvals.portal import actions, queries
from approvals.portal.applicant import Applicant
from approvals.portal.news import News, news_of, preference_of
from approvals.queries import StepView, by_phase, steps_of
from workdays.arithmetic import WorkCalendar

ANSWERS_SHOWN = 10


def frame(applicant: Applicant) -> dict[str, Any]:
    """What every page of the portal needs."""
    project = applicant.project
    return {"who": applicant, "project": project, "park": project.park if project else None}


def views_of(applicant: Applicant, today: date, calendar: WorkCalendar, prefetch: Sequence[str] = ()) -> list[StepView]:
    project = applicant.project
    return steps_of(project, applicant.principal, today=today, calendar=calendar, prefetch=prefetch)


def view_of(views: Sequence[StepView], code: str) -> StepView:
    """The step with this code. Raises Http404."""
    for view in views:
        if view.row.code == code:
            return view
    raise Http404


def home(applicant: Applicant, *, today: date, now: datetime, calendar: WorkCalendar) -> dict[str, Any]:
    """Where am I, what do I do next, what do I owe, what was promised to me, whom do I call, what was done for me."""
    if applicant.project is None:
        return frame(applicant) | {"tabs": []}
    views = views_of(applicant, today, calendar, ("step__documents", "step__fees"))
    needed = [view for view in views if view.applies]
    principal, project = applicant.principal, applicant.project
    notices = queries.notices_of(project, principal)
    sent_back = enterprise.returned(notices, needed, principal)
    urges = queries.urges_of(project, principal)
    requests = queries.requests_of(project, principal)
    preference = preference_of(applicant)
    news = news_of(
        applicant, needed, preference, urges=urges, requests=requests, notices=notices, now=now
    )  # fmt: skip
    return frame(applicant) | {
        "tabs": _tabs(applicant),
        "stages": enterprise.stage_line(project),
        "expected": seams.expected_of(project, today) if project.is_active else [],
        "phases": by_phase(views),
        "map": of_project(views, lambda code: applicant.url("step", code)),
        "done": sum(view.is_done for view in needed),
        "total": len(needed),
        "news": news,
        "preference": preference,
        "to_do": enterprise.to_do(needed, sent_back, contacts_of(project.park)),
        "owed": owed(needed),
        "later": [view for view in needed if view.can_prepare],
        "running": running(needed, urges),
        "questions": [view for view in needed if view.is_undetermined],
        "states": enterprise.states_in_words(needed),
        "helpers": queries.helpers_of(project, principal),
        "done_for": queries.done_for(project, principal),
        "requests": queries.requests_in_words(requests),
        "urges": urges[:ANSWERS_SHOWN],
        "to_rate": queries.to_rate(needed, queries.ratings_of(project, principal), now),
    }


def news(applicant: Applicant, *, today: date, now: datetime, calendar: WorkCalendar) -> list[News]:
    """The news alone, as on the home page."""
    project, principal = applicant.project, applicant.principal
    needed = [view for view in views_of(applicant, today, calendar) if view.applies]
    return news_of(
        applicant,
        needed,
        preference_of(applicant),
        urges=queries.urges_of(project, principal),
        requests=queries.requests_of(project, principal),
        notices=queries.notices_of(project, principal),
        now=now,
    )


def _tabs(applicant: Applicant) -> list[dict[str, Any]]:
    if len(applicant.projects) < 2:
        return []
    return [
        {"label": project.name, "href": f"?project={project.pk}", "active": project == applicant.project}
        for project in applicant.projects
    ]


def owed(views: Sequence[StepView]) -> list[dict[str, Any]]:
    """Every paper promised for later, the earliest due day first: {"view", "paper", "is_late"}."""
    found = [
        {"view": view, "paper": paper, "is_late": bool(paper.due_on and paper.due_on < view.today)}
        for view in views
        for paper in view.owed
        if paper.state == paper.State.OUTSTANDING
    ]
    return sorted(found, key=lambda item: (item["paper"].due_on or date.max, item["view"].row.seq))


def running(views: Sequence[StepView], urges: Sequence[Urge]) -> list[dict[str, Any]]:
    """Steps with others, the earliest promised day first: {"view", "waits_for", "urge" (newest), "can_urge"}."""
    newest: dict[int, Urge] = {}
    for urge in urges:
        newest.setdefault(urge.project_step_id, urge)
    found = [
        {
            "view": view,
            "waits_for": waits_for(view),
            "urge": newest.get(view.row.pk),
            "can_urge": not actions.why_no_urge(view),
        }
        for view in views
        if enterprise.is_with_others(view)
    ]
    return sorted(found, key=lambda item: (item["view"].running_due_on or date.max, item["view"].row.seq))


def waits_for(view: StepView) -> str:
    """Whom the step waits for: the handling unit by its name where it is the turn of the park's side."""
    is_ours = view.turn in (Party.DEPARTMENT, Party.PARK)
    return view.row.unit.name if is_ours and view.row.unit else view.turn_text


def step(applicant: Applicant, code: str, *, today: date, now: datetime, calendar: WorkCalendar) -> dict[str, Any]:
    """One step for the enterprise: how it stands, papers, notice, window, limits, urging, rating."""
    views = views_of(applicant, today, calendar, ("step__documents", "step__fees", "step__legal_basis"))
    view = view_of(views, code)
    row, principal = view.row, applicant.principal
    notices = [n for n in queries.notices_of(applicant.project, principal) if n.project_step_id == row.pk]
    urges = [urge for urge in queries.urges_of(applicant.project, principal) if urge.project_step_id == row.pk]
    ratings = queries.ratings_of(applicant.project, principal)
    sent_back = enterprise.returned(notices, [view], principal)
    return frame(applicant) | {
        "view": view,
        "row": row,
        "step": row.step,
        "task": enterprise.task(view, sent_back, contacts_of(applicant.project.park)),
        "is_mine": view.turn == "enterprise" or bool(view.owed),
        "papers": paper_rows(applicant, view),
        "can_resubmit": can_resubmit(applicant, view, notices),
        "notices": notices,
        "to_answer": sent_back.notices.get(row.pk),
        "limits": step_page.limits(view),
        "clock": step_page.clock_rows(view, is_staff=False),
        "successors": [other for other in views if view in other.waits_for],
        "urges": urges,
        "no_urge": why_no_urge(view, urges),
        "rating": ratings.get((row.pk, row.round)),
        "may_rate": bool(queries.to_rate([view], ratings, now)),
    }


def paper_rows(applicant: Applicant, view: StepView) -> list[dict[str, Any]]:
    """Papers with their files: {"paper" (PaperView), "can_upload", "offers"}."""
    return [
        {
            "paper": paper,
            "can_upload": (can_upload := applicant.may_upload and _is_asked_of_it(view, paper)),
            "offers": paper.offers if can_upload and not paper.is_in else [],
        }
        for paper in papers_of(view.row, applicant.principal)
    ]


def _is_asked_of_it(view: StepView, paper: PaperView) -> bool:
    """The enterprise may still hand it in: as ``papers.actions.add_file`` judges."""
    owes = paper.given is not None and not paper.is_in
    is_awaited = view.applies and (owes or not view.is_done)
    return is_awaited and not paper.asked.shared and not paper.is_accepted


def can_resubmit(applicant: Applicant, view: StepView, notices: Sequence[CorrectionNotice]) -> bool:
    """The open notice has been answered in every point, so the case can go on."""
    waiting = [notice for notice in notices if is_to_answer(notice, view.row, view.open_pause)]
    if not (applicant.may_upload and waiting):
        return False
    known = [paper.as_rule() for paper in papers_of(view.row)]
    return not unanswered(waiting[0].points, known, waiting[0].at)


def why_no_urge(view: StepView, urges: Sequence[Urge]) -> str:
    """Why this step cannot be urged today, as a sentence; "" when it can. ``urges`` of this step, newest first."""
    every_wd = ApprovalPolicy.of(view.row.project.park_id).urge_every_wd
    last = urges[0] if urges else None
    return actions.why_no_urge(view) or actions.too_soon(last, every_wd, view.today, view.calendar)
