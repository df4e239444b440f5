"""The daily job: brings the due days and certificates up to date, then evaluates every park for the day of the run."""

from approvals.actions import recompute_all
from approvals.certificates.issuing import give_missing_certificates
from dispatch.debts import NAME as DEBTS
from dispatch.jobs.models import JobRun
from dispatch.jobs.registry import JOBS, Job, daily
from dispatch.plan.job import NAME as PLANS
from dispatch.warnings.evaluate import evaluate
from workdays.models import CalendarChange, load_calendar

NAME = "warnings"


def evaluate_all(run, at, fence) -> dict:
    """Counts of the evaluation as of the run's day; ``fence`` is called in the transaction of every batch.

    After a change of the calendar every open step is counted anew, otherwise only those whose clock is paused.
    """
    previous = JobRun.objects.filter(job=NAME, state=JobRun.State.DONE, as_of__lt=run.as_of).order_by("-as_of").first()
    calendar_stands = previous and not CalendarChange.objects.filter(at__gte=previous.started_at).exists()
    dues = recompute_all(load_calendar(), run.as_of, paused_only=bool(calendar_stands))
    made = give_missing_certificates(at=at, fence=fence)
    return evaluate(as_of=run.as_of, at=at, fence=fence).as_dict() | {"dues": dues, "certificates": made}


def register() -> None:
    JOBS[NAME] = Job(periods=daily, work=evaluate_all, after=(DEBTS, PLANS))
