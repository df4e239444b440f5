"""What other apps hear after an import has changed projects, or an undo has changed them back (projects.seams)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from projects import seams
from projects.models import Project

QUIET = frozenset({"physical_progress", "issue", "next_work", "stage_raw"})  # nothing is judged by these
OWN = frozenset({"stage", "stage_entered_on", "status", "status_since_on"})  # entries of their own say so


def tell_edited(project: Project, columns: Collection[str], *, by, at: datetime) -> None:
    """``columns``: those that have changed."""
    if set(columns) - QUIET - OWN:
        for told in seams.on_edited:
            told(project, by=by, at=at)


def tell_dated(ids: Sequence[int], *, by, at: datetime) -> None:
    """Projects whose facts about milestones have changed."""
    if ids:
        for told in seams.on_milestones:
            told(ids, by=by, at=at)
