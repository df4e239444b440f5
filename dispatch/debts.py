"""The daily job that settles papers not supplied in time, before the morning's warnings are derived."""

from approvals.promises.settling import settle_debts
from dispatch.jobs.registry import JOBS, Job, daily

NAME = "debts"


def settle(run, at, fence) -> dict:
    """Counts of the cases settled as of the run's day; ``fence`` is called in the transaction of every batch."""
    return settle_debts(as_of=run.as_of, at=at, fence=fence).as_dict()


def register() -> None:
    JOBS[NAME] = Job(periods=daily, work=settle)
