"""Puts notices into the daily work and into the minute tick."""

from django.utils.translation import gettext_lazy as _

from dispatch.jobs.registry import JOBS, Job, daily, resweeps
from dispatch.notices import news, tasks

NAME = "enterprise_news"


def register() -> None:
    JOBS[NAME] = Job(periods=daily, work=news.tell_all, label=_("News for enterprises"))
    if tasks.ring not in resweeps:
        resweeps.append(tasks.ring)
