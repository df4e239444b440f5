"""Between two mornings: re-evaluates once something has changed, so a warning goes when its cause goes.

The level of a day is set by the morning's run; the refresh keeps its day and only lets what has been done since count.
"""

from datetime import datetime

from approvals.models import StepTransition
from dispatch.jobs.models import JobRun
from dispatch.jobs.registry import resweeps
from dispatch.ledger.models import LedgerEntry
from dispatch.plan.models import PlanEntry
from dispatch.warnings.evaluate import evaluate
from dispatch.warnings.job import NAME
from dispatch.warnings.models import WarningRule
from projects.models import ProjectChange

REFRESH = "refresh"
HISTORIES = (ProjectChange, StepTransition, LedgerEntry, PlanEntry, WarningRule)


def refresh(now: datetime) -> bool:
    """Evaluates as of the latest finished morning when a history has grown since; True when it did."""
    morning = JobRun.objects.filter(job=NAME, state=JobRun.State.DONE).order_by("-as_of").first()
    if morning is None:
        return False
    last = JobRun.objects.filter(job=REFRESH, period_key="latest").first()
    since = max(run.started_at for run in (morning, last) if run)
    latest = [_latest(history) for history in HISTORIES]
    if not any(at and at >= since for at in latest):
        return False
    counts = evaluate(as_of=morning.as_of, at=now).as_dict()
    facts = {"as_of": morning.as_of, "state": JobRun.State.DONE, "started_at": now, "finished_at": now}
    JobRun.objects.update_or_create(
        job=REFRESH,
        period_key="latest",
        defaults=facts | {"counts": counts},
        create_defaults=facts | {"counts": counts, "created_at": now},
    )
    return True


def register() -> None:
    resweeps.append(refresh)


def _latest(history) -> datetime | None:
    """When the newest row was written: by primary key, so no index on time is needed."""
    return history.objects.order_by("-pk").values_list("at", flat=True).first()
