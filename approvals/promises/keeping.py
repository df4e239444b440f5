"""A step's promises as its history keeps them, so that an undo leaves no promise behind and loses none."""

from typing import Any

from django.utils.dateparse import parse_date

from approvals.models import Commitment, CommittedStep, ProjectStep


def kept(step: ProjectStep) -> list[dict[str, Any]]:
    """The promises of the step as JSON; one query."""
    return [
        {
            "id": row.pk,
            "outcome": row.outcome,
            "checked_on": _text(row.checked_on),
            "checked_by_id": row.checked_by_id,
            "note": row.note,
            "commitment_id": row.commitment_id,
            "check_due_on": _text(row.commitment.check_due_on),
        }
        for row in step.committed.select_related("commitment")
    ]


def _text(day) -> str | None:
    return day.isoformat() if day else None


def restore(step: ProjectStep, rows: list[dict[str, Any]], undone: dict[str, Any]) -> None:
    """Puts the promises back to what was kept; promises made since are taken away, with their text when it was theirs
    alone (the history still has it). The day of the check belongs to all steps of the promise: it goes back only where
    the ``undone`` record (its data) has set it and nobody has since."""
    day_set = undone.get("check", {}).get("check_due_on")
    step.committed.exclude(pk__in=[row["id"] for row in rows]).delete()
    Commitment.objects.filter(project=step.project_id, steps__isnull=True).delete()
    for row in rows:
        CommittedStep.objects.filter(pk=row["id"]).update(
            outcome=row["outcome"],
            checked_on=parse_date(row["checked_on"]) if row["checked_on"] else None,
            checked_by=row["checked_by_id"],
            note=row["note"],
        )
        if day_set:
            due = parse_date(row["check_due_on"]) if row["check_due_on"] else None
            same = Commitment.objects.filter(pk=row["commitment_id"], check_due_on=parse_date(day_set))
            same.update(check_due_on=due)
