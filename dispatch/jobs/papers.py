"""The nightly job: removes stored papers that no row knows, and has papers in quarantine scanned again."""

from django.db import transaction

from approvals.papers.sweep import sweep
from dispatch.jobs.registry import JOBS, Job, daily

NAME = "papers"


def sweep_all(run, at, fence) -> dict:
    """Counts of the sweep. Only files older than a day at the moment of the run are touched."""
    with transaction.atomic():
        fence()
    return sweep(at=at, delete=True).as_dict()


def register() -> None:
    JOBS[NAME] = Job(periods=daily, work=sweep_all)
