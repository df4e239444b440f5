"""Taking back a whole import of projects while nothing depends on it."""

from datetime import datetime

from projects.models import ImportBatch


def undo(batch: ImportBatch, *, by, at: datetime) -> None:
    """Within the caller's transaction. Raises Refused, naming what has come to depend on the import."""
    raise NotImplementedError
