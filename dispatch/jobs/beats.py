"""Signs of life: one row a part of the machinery, overwritten each time. Jobs need none: theirs is the latest run."""

from datetime import datetime
from typing import Any

from dispatch.jobs.models import Heartbeat

TICK, WORKER, EMBEDDED = "tick", "worker", "embedded"


def beat(part: str, *, now: datetime, facts: dict[str, Any] | None = None) -> None:
    """Writes that the part was alive at ``now``."""
    row = Heartbeat(part=part, at=now, facts=facts or {})
    Heartbeat.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["part"], update_fields=["at", "facts"]
    )  # fmt: skip
