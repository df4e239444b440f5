"""Every morning: what is due by schedule is ordered in the name of its owner, once a period. The file goes by mail."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Verb, may
from dispatch.exports import making
from dispatch.exports.registry import SCHEDULED
from dispatch.jobs.registry import JOBS, Job, daily
from dispatch.own_reports import files
from dispatch.own_reports.models import SavedReport
from dispatch.own_reports.schedules import is_due
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

NAME = "own_reports"


def send_due(*, at: datetime, calendar: WorkCalendar, fence: Callable[[], None] = lambda: None) -> dict[str, int]:
    """{"ordered": reports ordered}. The day is that of ``at``: days that were missed are made good once."""
    today, ordered = localtime(at).date(), 0
    rows = SavedReport.objects.exclude(schedule=SavedReport.Schedule.NEVER).filter(owner__is_active=True)
    for report in rows.select_related("owner__role", "owner__organization__park", "owner__notice_choice"):
        since = report.last_sent_on or localtime(report.updated_at).date()
        if not is_due(report.schedule, since, today, calendar) or not _may_have(report):
            continue
        with transaction.atomic():
            fence()
            same = {"last_sent_on": report.last_sent_on, "schedule": report.schedule}
            mine = SavedReport.objects.filter(pk=report.pk, **same)
            if mine.update(last_sent_on=today):
                _order(report, today, at)
                ordered += 1
    return {"ordered": ordered}


def _may_have(report: SavedReport) -> bool:
    mine = SavedReport.objects.of(report.owner).filter(pk=report.pk)
    return may(report.owner, Verb.MAKE_REPORT) and mine.exists()


def _order(report: SavedReport, today, at: datetime) -> None:
    choice = getattr(report.owner, "notice_choice", None)
    with translation.override((choice and choice.language) or "zh-hans"):
        params = {"report": report.pk, SCHEDULED: today.isoformat()}
        making.order(files.KIND, params, title=f"{report.name} {today.isoformat()}", by=report.owner, at=at)


def work(run, at, fence) -> dict:
    return send_due(at=at, calendar=load_calendar(), fence=fence)


def register() -> None:
    files.register()
    JOBS[NAME] = Job(periods=daily, work=work, label=_("Own reports by mail"), after=("warnings",))
