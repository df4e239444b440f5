"""The daily job: evaluates every park for the day of the run."""

from dispatch.jobs.registry import JOBS, Job, daily
from dispatch.warnings.evaluate import evaluate

NAME = "warnings"


def evaluate_all(run, at, fence) -> dict:
    """Counts of the evaluation as of the run's day; ``fence`` is called in the transaction of every batch."""
    return evaluate(as_of=run.as_of, at=at, fence=fence).as_dict()


def register() -> None:
    JOBS[NAME] = Job(periods=daily, work=evaluate_all)
