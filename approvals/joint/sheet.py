"""The list of joint reviews as .xlsx."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.figures.workbook import Heading, workbook
from approvals.joint.queries import Review


def export(reviews: Iterable[Review], *, park: str, today):
    """An open file with one line for each review, in the order given."""
    headings = [
        Heading(_("Project"), 36), Heading(_("Bundle"), 22), Heading(_("State"), 12), Heading(_("Opened at"), 18),
        Heading(_("Answers due on"), 14), Heading(_("Issued at"), 18), Heading(_("Hours")), Heading(_("Working days")),
        Heading(_("Target (working days)")), Heading(_("Departments asked")), Heading(_("Agreed")),
        Heading(_("Objected")),
    ]  # fmt: skip
    about = _("%(park)s · as of %(day)s") % {"park": park, "day": today}
    name = _("Joint reviews")
    return workbook(sheet=name, title=name, about=about, headings=headings, rows=map(_line, reviews))


def _line(review: Review) -> list:
    row = review.row
    return [
        row.project.name, str(row.bundle), row.get_state_display(), _moment(row.opened_at), row.answer_due_on,
        _moment(row.issued_at), review.hours, review.workdays, row.bundle.target_wd, row.asked, row.answered_agreed,
        row.answered_objected,
    ]  # fmt: skip


def _moment(at) -> str | None:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else None
