"""What of a step's files a history row keeps, so that a review or a notice can be undone; files are never lost."""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from approvals.models import CorrectionNotice, ProjectStep, StepFile


def kept(step: ProjectStep) -> dict[str, Any]:
    """Reviews of the files and answers to the notices, as JSON."""
    files = StepFile.objects.filter(document__project_step=step).order_by("pk")
    reviews = files.values("id", "review", "review_reason", "reviewed_by_id", "reviewed_at")
    notices = step.correction_notices.order_by("pk").values("id", "answered_on")
    return {"files": [_plain(row) for row in reviews], "notices": [_plain(row) for row in notices]}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


def restore(step: ProjectStep, was: dict[str, Any] | None, *, by, at: datetime) -> None:
    """Reviews and notices as they were; a file that came since stays and counts as returned. Inside a transaction."""
    if was is None:
        return
    files = StepFile.objects.filter(document__project_step=step)
    files.exclude(pk__in=[row["id"] for row in was["files"]]).update(
        review=StepFile.Review.RETURNED, review_reason=_("The record of this file was undone."),
        reviewed_by=by, reviewed_at=at,
    )  # fmt: skip
    for row in was["files"]:
        reviewed_at = row["reviewed_at"] and parse_datetime(row["reviewed_at"])
        files.filter(pk=row["id"]).update(**(row | {"reviewed_at": reviewed_at}))
    notices = CorrectionNotice.objects.filter(project_step=step)
    notices.exclude(pk__in=[row["id"] for row in was["notices"]]).delete()
    for row in was["notices"]:
        notices.filter(pk=row["id"]).update(answered_on=row["answered_on"] and parse_date(row["answered_on"]))
