"""The part of a step's page that says it is in a joint review."""

from approvals.joint import queries
from approvals.joint.rules import is_left_out
from approvals.models import JointReview, JointReviewStep
from approvals.step_parts import Part

TEMPLATE = "approvals/parts/_joint.html"


def source(view, user) -> Part | None:
    """Staff: the step's reviews, newest first, and the answer. The enterprise: that one is open, and until when."""
    rows = JointReviewStep.objects.filter(project_step=view.row).select_related("review__bundle", "answered_by")
    role = getattr(user, "role", None)
    if role is None or role.scope == "enterprise":
        row = rows.filter(review__state=JointReview.State.OPEN).first()
        if row is None or is_left_out(view.state, view.row.applicability):
            return None
        return Part(TEMPLATE, {"due_on": row.review.answer_due_on})
    found = list(rows.order_by("-review__opened_at", "-pk")[:3])
    if not found:
        return None
    found[0].project_step = view.row
    newest = queries.Line(found[0], found[0].review, view.calendar)
    is_open = newest.review.state == JointReview.State.OPEN
    return Part(
        TEMPLATE,
        {
            "line": newest,
            "review": newest.review,
            "is_open": is_open,
            "may_answer": is_open and not newest.is_left_out and queries.may_answer_for(user, view.row),
            "earlier": [row.review for row in found[1:]],
        },
    )
