"""The nightly job: throws away the answers kept for repeated requests of the API."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import api_repeats
from dispatch.jobs.registry import JOBS, Job, daily

NAME = "api_answers"


def throw_away(run, at, fence) -> dict:
    """Answers older than 24 hours at the moment of the run."""
    with transaction.atomic():
        fence()
        return {"removed": api_repeats.sweep(at=at)}


def register() -> None:
    JOBS[NAME] = Job(periods=daily, work=throw_away, label=_("Throw away answers kept for repeated requests"))
