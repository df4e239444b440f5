"""Tells the people who look after the jobs that a run was given up; in the transaction that gives it up."""

import re
from datetime import datetime

from django.urls import reverse

from accounts.models import Park, User
from accounts.permissions import Verb
from dispatch.jobs.models import JobRun
from dispatch.jobs.registry import ZONE
from dispatch.notices import outbox
from dispatch.notices.outbox import About, Message

ABOUT = "job_run"
PLACE = re.compile(r'File "[^"]*?([\w.-]+/[\w.-]+\.py)", line (\d+)')


def kind_of(error: str) -> str:
    """What went wrong without what it went wrong with: "ValueError (reports/job.py:22)". A text that is no traceback
    stays as it is. What an exception says may name rows of another park, so it is not passed on."""
    lines = error.strip().splitlines()
    if not lines or not lines[0].startswith("Traceback"):
        return error.strip()[:200]
    last = next((line for line in reversed(lines) if line and not line[0].isspace()), lines[-1])
    places = PLACE.findall(error)
    where = f" ({places[-1][0]}:{places[-1][1]})" if places else ""
    return f"{last.split(':')[0][:100]}{where}"


def given_up(run: JobRun, *, error: str, at: datetime) -> int:
    """One notice a person who may see the jobs, once for each time the run is given up; returns how many."""
    holders = User.objects.filter(is_active=True).select_related("role", "organization__park")
    people = [person for person in holders if Verb.VIEW_JOBS in person.verbs]
    return sum(outbox.tell(_message(run, park, error), people, as_of=_day(at), at=at) for park in Park.objects.all())


def settled(run: JobRun, *, at: datetime) -> None:
    """The run was done again: what was not sent yet is not sent any more."""
    outbox.settle(ABOUT, [run.pk], at=at)


def _day(at: datetime):
    return at.astimezone(ZONE).date()


def _message(run: JobRun, park: Park, error: str) -> Message:
    facts = {"what": str(run), "attempts": run.attempts, "error": kind_of(error)}
    about = About(ABOUT, run.pk, reverse("dispatch:job_list"))
    return Message(park, "machine_alarm", f"jobs/{run.pk}/{run.restarts.count()}", about, facts)
