"""More acts on approval steps over the API: promises, papers, urgings. Each calls the page's own action."""

from django.shortcuts import get_object_or_404
from rest_framework.serializers import IntegerField

from accounts.api_base import is_enterprise
from accounts.api_ops import ReasonInput, edge, filled, operation, result_of
from accounts.permissions import Verb
from approvals import actions
from approvals import serializers_acts as shapes
from approvals import serializers_portal as portal_shapes
from approvals.api_portal import step_for
from approvals.models import CommittedStep, DocumentRequirement, StepDocument
from approvals.papers import actions as papers
from approvals.portal import actions as portal
from approvals.portal.applicant import of_account
from approvals.portal.forms import RateForm, UrgeForm
from approvals.promises import actions as promises
from approvals.promises.actions import Promise
from workdays.models import load_calendar

DECIDE, WORK = (Verb.DECIDE_STEP,), (Verb.WORK_STEP,)


class MoreTimeInput(ReasonInput):
    """The owed paper, and why it gets more time."""

    requirement = IntegerField(min_value=1)


def handled(view, step) -> bool:
    """Whether the step is the person's to work on."""
    return actions.handles(view.request.user, step)


def by_enterprise(view, step) -> bool:
    """Whether an enterprise's person asks; it finds steps of its own projects alone."""
    return is_enterprise(view.request.user)


def asks(view, step) -> dict:
    """``by`` and ``at`` of what the enterprise writes about the step."""
    return edge(view) | {"by": of_account(view.request.user, step.project)}


def when(view) -> dict:
    return edge(view, "today") | {"calendar": load_calendar()}


def promise_of(values: dict) -> Promise:
    """Takes the promise out of what was sent."""
    return Promise(values.pop("text"), values.pop("signed_by_name"), values.pop("signed_on"))


class StepActs:
    """Part of the viewset of steps."""

    @operation("Decide on a commitment", shapes.CommitmentInput, verbs=DECIDE, allowed=handled)
    def commitment(self, step, version, **values):
        """Approves the step on the enterprise's signed promise (告知承诺); it is checked later."""
        promises.decide_on_commitment(step, promise_of(values), version=version, **values, **when(self))

    @operation("Record the check of a commitment", shapes.CheckInput, verbs=DECIDE, allowed=handled)
    def check(self, step, version, **values):
        """What the check of the promise found on a day, and what follows when it was broken."""
        rows = CommittedStep.objects.visible_to(self.request.user).select_related("commitment")
        committed = get_object_or_404(rows, project_step=step, round=step.round)
        committed.project_step = step
        promises.record_check(committed, version=version, **values, **when(self))

    @operation("Move the due day of an owed paper", MoreTimeInput, verbs=DECIDE, allowed=handled, path="renew-debt")
    def renew_debt(self, step, version, requirement, reason):
        """Once for each paper, by the working days of the park's policy."""
        rows = StepDocument.objects.visible_to(self.request.user).select_related("requirement")
        document = get_object_or_404(rows, project_step=step, requirement__pk=requirement)
        document.project_step = step
        promises.renew_debt(document, reason=reason, version=version, **when(self))

    @result_of(
        "Answer urgings",
        shapes.AnswerUrgesInput,
        answer=shapes.Answered,
        verbs=WORK,
        allowed=handled,
        path="answer-urges",
    )
    def answer_urges(self, step, text, upto):
        """All open urgings of the step up to the newest one seen."""
        return {"answered": portal.answer_urges(step, text=text, upto=upto, **edge(self))}

    @operation("Review files", shapes.ReviewInput, verbs=WORK, allowed=handled, path="review-files")
    def review_files(self, step, version, files):
        """Accepts or returns the newest files of papers, with reasons; all of them or none."""
        decisions = {one["file"].pk: (one["outcome"], one["reason"]) for one in files}
        papers.review_files(step, decisions, version=version, **when(self))

    @operation("Issue a correction notice", shapes.NoticeInput, verbs=WORK, allowed=handled, path="correction-notice")
    def correction_notice(self, step, version, **values):
        """Every returned and every missing paper in one notice (一次性告知); the case waits."""
        papers.issue_notice(step, version=version, **values, **when(self))

    @operation("Hand in the corrections", allowed=lambda view, step: view._may_hand_in(step))
    def resubmit(self, step, version):
        """Every point of the open notice has been answered: the case goes on. Also for the enterprise."""
        papers.resubmit(step, version=version, **when(self))

    @operation("Use a file again", shapes.UseFileInput, allowed=lambda view, step: view._may_hand_in(step),
               path="use-file", is_versioned=False)  # fmt: skip
    def use_file(self, step, requirement, file):
        """A file handed in at another step of the project counts here too. Also for the enterprise."""
        paper = get_object_or_404(DocumentRequirement.objects.filter(step=step.step_id), pk=requirement)
        papers.use_file(step, paper, file, **edge(self, "today"))

    @result_of("Urge a step", portal_shapes.UrgeInput, answer=shapes.UrgeRow, allowed=by_enterprise)
    def urge(self, step, text):
        """The enterprise asks that the step be hurried (催办): when the move is somebody else's, once in some days."""
        sent, who = filled(UrgeForm, {"text": text}).cleaned_data, asks(self, step)
        return portal.urge(step_for(who["by"], step.code), **sent, **who)

    @result_of("Rate a step", portal_shapes.RateInput, answer=shapes.RatingRow, allowed=by_enterprise)
    def rate(self, step, **values):
        """The enterprise says how it was served, once the step has been decided; changeable for seven days."""
        return portal.rate(step, **filled(RateForm, values).cleaned_data, **asks(self, step))
