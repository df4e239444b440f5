"""Every write on joint reviews. ``by`` None is the system itself; ``at`` is the moment, ``today`` the park's day.

Raises PermissionDenied, Refused (StepRefused with every reason, step by step; nothing changed), Conflict.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.permissions import Verb, may
from approvals.actions import move, record_document, require
from approvals.actions.progress import StepRefused, sentence
from approvals.actions.records import plain
from approvals.date_rules import Problem, Severity
from approvals.flow import State
from approvals.flow import Verb as FlowVerb
from approvals.joint.bundles import Opening, Paper, opening_of, waiting_for
from approvals.joint.rules import Fate, answers_due, in_order, is_left_out
from approvals.models import Bundle, JointReview, JointReviewStep, ProjectStep, StepDocument
from projects.models import Project
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

Answer = JointReviewStep.Answer


@dataclass(frozen=True)
class Done:
    """What was recorded, with warnings for the person."""

    review: JointReview
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Edge:
    """Who records what when; ``keywords`` go into every record on a step."""

    by: Any
    at: datetime
    today: date
    calendar: WorkCalendar

    @property
    def keywords(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at, "today": self.today, "calendar": self.calendar}


def require_joint(by, project: Project) -> None:
    """Raises PermissionDenied unless ``by`` is the system or holds the verb for the project's whole park."""
    if by is None:
        return
    own_park = by.role_id and by.role.scope == "park" and by.organization.park_id == project.park_id
    if not (own_park and may(by, Verb.OPEN_JOINT_REVIEW)):
        raise PermissionDenied(_("You may not open or issue joint reviews of this project."))


@transaction.atomic
def open_review(
    project: Project,
    bundle: Bundle,
    *,
    present: Collection[int] = (),
    note: str = "",
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
) -> Done:
    """Open a joint review: receive and accept today every step of the bundle that is not accepted yet.

    present: ids of DocumentRequirement of papers that are there; one of a paper's requirements stands for all. A
    paper that is missing may follow later where every step allows it (容缺受理), otherwise the opening is refused.
    """
    require_joint(by, project)
    edge = _Edge(by, at, today, calendar or load_calendar())
    opening = opening_of(project, bundle, lock=True)
    _require_openable(opening)
    missing = _missing(opening, set(present))
    review = _create(opening, note.strip(), edge)
    here = [paper for paper in opening.papers if paper.is_in or paper.keys & set(present)]
    _every([member.row for member in opening.joining], lambda row: _hand_in(row, here, edge))
    opens = {member.row.pk for member in opening.joining if member.fate is Fate.OPENS}
    rows = [row for row in opening.in_order() if row.pk in opens]
    warnings = _every(rows, lambda row: _accept(row, missing, review, edge))
    JointReviewStep.objects.bulk_create(
        JointReviewStep(review=review, project_step=member.row, unit=member.row.unit) for member in opening.joining
    )
    return Done(review, tuple(warnings))


def _require_openable(opening: Opening) -> None:
    if opening.open_review is not None:
        raise Refused(_("A joint review of this bundle is open already."))
    if not opening.joining:
        raise Refused(_("Every step of this bundle is approved or not needed: there is nothing to review."))
    reasons = [
        _("%(step)s: it is not known yet whether the project needs it.") % {"step": member.row}
        for member in opening.members
        if member.fate is Fate.UNDETERMINED
    ]
    reasons += [
        _("%(step)s is in the open joint review “%(bundle)s” already.")
        % {"step": member.row, "bundle": member.other_review.bundle}
        for member in opening.joining
        if member.other_review
    ]
    if reasons:
        raise StepRefused(reasons)


def _missing(opening: Opening, present: set[int]) -> list[Paper]:
    """Papers that follow later. Raises StepRefused naming every core paper that a step to be accepted lacks."""
    missing = [paper for paper in opening.papers if not paper.is_in and not paper.keys & present]
    opens = {member.row.pk for member in opening.joining if member.fate is Fate.OPENS}
    reasons = [
        _("%(step)s: “%(paper)s” is missing and cannot follow later.") % {"step": row, "paper": paper.name}
        for paper in missing
        for row, requirement in paper.asked
        if row.pk in opens and not requirement.deferrable
    ]
    if reasons:
        raise StepRefused(reasons)
    return missing


def _create(opening: Opening, note: str, edge: _Edge) -> JointReview:
    limits = [member.row.committed_limit_wd for member in opening.joining]
    due_on = answers_due(edge.today, opening.bundle.target_wd, limits, edge.calendar)
    try:
        with transaction.atomic():
            return JointReview.objects.create(
                project=opening.project, bundle=opening.bundle, opened_at=edge.at, opened_by=edge.by,
                answer_due_on=due_on, note=note,
            )  # fmt: skip
    except IntegrityError:
        raise Conflict(_("Somebody else has just opened this joint review.")) from None


def _every(rows: Iterable[ProjectStep], record: Callable[[ProjectStep], Iterable[str]]) -> list[str]:
    """Records each step; every refusal is collected, with its step, before the whole is refused. Returns warnings.

    That a step waits for one refused just before is no reason of its own and is left out.
    """
    reasons, warnings, follows = [], [], set()
    for row in rows:
        try:
            with transaction.atomic():
                warnings += [f"{row}: {text}" for text in record(row)]
        except Conflict:
            raise
        except Refused as refusal:
            own = [text for text in refusal.reasons if text not in follows]
            reasons += [f"{row}: {text}" for text in own]
            follows.add(sentence(Problem("predecessor_not_done", Severity.BLOCK, {"step": str(row)})))
    if reasons:
        raise StepRefused(reasons)
    return warnings


def _fresh(row: ProjectStep) -> ProjectStep:
    """The step as it is now: a record on one step may have moved another one's version."""
    return ProjectStep.objects.select_related("step", "project__park", "unit").get(pk=row.pk)


def _hand_in(row: ProjectStep, papers: Iterable[Paper], edge: _Edge) -> Iterable[str]:
    known = {document.requirement_id: document for document in row.documents.all()}
    for paper in papers:
        for wanted_by, requirement in paper.asked:
            given = known.get(requirement.pk)
            if wanted_by.pk == row.pk and (given is None or given.state not in ("supplied", "accepted")):
                record_document(
                    _fresh(row), requirement, StepDocument.State.SUPPLIED, on=edge.today, **edge.keywords
                )  # fmt: skip
    return ()


def _accept(row: ProjectStep, missing: Iterable[Paper], review: JointReview, edge: _Edge) -> list[str]:
    warnings: list[str] = []

    def record(verb: FlowVerb, **more: Any) -> None:
        done = move(_fresh(row), verb, on=edge.today, joint=review.pk, **more, **edge.keywords)
        warnings.extend(done.warnings)

    state = State(row.state)
    if state is State.NOT_STARTED:
        record(FlowVerb.RECEIVE)
    elif state is not State.RECEIVED:
        record(FlowVerb.REOPEN)
    later = [requirement.pk for paper in missing for wanted_by, requirement in paper.asked if wanted_by.pk == row.pk]
    record(FlowVerb.ACCEPT_WITH_OUTSTANDING if later else FlowVerb.ACCEPT, outstanding=later)
    return warnings


@transaction.atomic
def answer(
    row: JointReviewStep,
    choice: JointReviewStep.Answer | str,
    *,
    note: str = "",
    result_number: str = "",
    by,
    at: datetime,
) -> JointReviewStep:
    """A department's answer for its step, independent of the others; it may be changed until the review ends.

    Answering for another step at the same moment is no conflict; answering twice for the same one is.
    """
    require(by, Verb.DECIDE_STEP, row.project_step)
    choice, note, result_number = Answer(choice), note.strip(), result_number.strip()
    if choice is Answer.PENDING:
        raise Refused(_("Choose an answer."))
    if _is_left_out(row):
        text = _("%(step)s was ended by itself: the joint review goes on without it.")
        raise Refused(text % {"step": row.project_step})
    if choice is Answer.OBJECTED and not note:
        raise Refused(_("Please give the reason."))
    open_ = JointReview.objects.filter(pk=row.review_id, state=JointReview.State.OPEN)
    if not open_.update(version=F("version") + 1):
        raise Refused(_("This joint review is over: answers can no longer change."))
    values = {
        "answer": choice, "note": note, "result_number": result_number, "answered_by": by, "answered_at": at,
        "unit": row.project_step.unit, "earlier": _with_earlier(row),
    }  # fmt: skip
    same = JointReviewStep.objects.filter(pk=row.pk, answer=row.answer, answered_at=row.answered_at)
    if row.answered_at is None:
        same = JointReviewStep.objects.filter(pk=row.pk, answer=row.answer, answered_at__isnull=True)
    if not same.update(**values):
        raise Conflict(_("Somebody else has just answered for this step. Look at it again."))
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _is_left_out(row: JointReviewStep) -> bool:
    return is_left_out(State(row.project_step.state), row.project_step.applicability)


def _with_earlier(row: JointReviewStep) -> list[dict[str, Any]]:
    if row.answered_at is None:
        return row.earlier
    given = {
        "answer": row.answer, "note": row.note, "result_number": row.result_number, "by": row.answered_by_id,
        "by_name": str(row.answered_by or ""), "at": plain(row.answered_at),
    }  # fmt: skip
    return [*row.earlier, given]


@transaction.atomic
def issue(
    review: JointReview,
    *,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
    version: int | None = None,
) -> Done:
    """Decide every step of the review today, each after those it waits for, once all departments have agreed.

    A step that has been approved by itself meanwhile, or is not needed any more, stays as it is and needs no answer;
    one is left at least. One refusal refuses the whole.
    """
    require_joint(by, review.project)
    edge = _Edge(by, at, today, calendar or load_calendar())
    _end(review, version, state=JointReview.State.ISSUED, issued_at=at, issued_by=by)
    answers = {row.project_step.step_id: row for row in review.steps.select_related("project_step__step")}
    ordered = [answers[step] for step in in_order(list(answers), waiting_for(answers))]
    left = [row for row in ordered if not _is_left_out(row)]
    _require_agreed(left)
    numbers = {row.project_step_id: row.result_number for row in left}
    steps = [row.project_step for row in left]
    warnings = _every(steps, lambda step: _decide(step, numbers[step.pk], review, edge))
    return Done(review, tuple(warnings))


def _require_agreed(left: Collection[JointReviewStep]) -> None:
    if not left:
        raise Refused(_("Every step was ended by itself: nothing is left to issue. Cancel the joint review."))
    reasons = [f"{row.project_step}: {row.get_answer_display()}" for row in left if row.answer != Answer.AGREED]
    if reasons:
        raise StepRefused([_("Not every department has agreed yet."), *reasons])


def _decide(row: ProjectStep, number: str, review: JointReview, edge: _Edge) -> tuple[str, ...]:
    owes = row.documents.filter(state=StepDocument.State.OUTSTANDING).exists()
    verb = FlowVerb.DECIDE_APPROVE_OUTSTANDING if owes else FlowVerb.DECIDE_APPROVE
    fresh = _fresh(row)
    number = number or fresh.result_number
    return move(fresh, verb, on=edge.today, result_number=number, joint=review.pk, **edge.keywords).warnings


@transaction.atomic
def cancel(review: JointReview, *, reason: str, by, at: datetime, version: int | None = None) -> JointReview:
    """End the review without a result; the steps go on by themselves from where they are."""
    require_joint(by, review.project)
    if not reason.strip():
        raise Refused(_("Please give the reason."))
    _end(
        review, version, state=JointReview.State.CANCELLED, cancelled_at=at, cancelled_by=by,
        cancel_reason=reason.strip(),
    )  # fmt: skip
    return review


def _end(review: JointReview, version: int | None, **values: Any) -> None:
    """Ends the review if it is still open and the version that was seen. Raises Refused, Conflict."""
    if review.state != JointReview.State.OPEN:
        raise Refused(_("This joint review is over."))
    seen = review.version if version is None else version
    same = JointReview.objects.filter(pk=review.pk, version=seen, state=JointReview.State.OPEN)
    if not same.update(**values, version=seen + 1):
        raise Conflict(_("Somebody has just answered or ended this joint review. Look at it again."))
    for name, value in (values | {"version": seen + 1}).items():
        setattr(review, name, value)
