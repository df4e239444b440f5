"""Puts the files into the minute tick and into the nightly work."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dispatch.exports import work
from dispatch.exports.mail import files_of
from dispatch.exports.tasks import sweep
from dispatch.jobs.registry import JOBS, Job, daily, resweeps
from dispatch.notices import attachments

NAME = "files_made"


def throw_away(run, at, fence) -> dict:
    """Files older than a week go, and their rows say so."""
    with transaction.atomic():
        fence()
    return work.expire(now=at)


def register() -> None:
    from dispatch.exports import projects

    JOBS[NAME] = Job(periods=daily, work=throw_away, label=_("Made files thrown away"))
    if sweep not in resweeps:
        resweeps.append(sweep)
    projects.register()
    if files_of not in attachments.sources:
        attachments.sources.append(files_of)
