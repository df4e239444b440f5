"""The two jobs of the week: freeze at noon, publish at 17:00, on the last workday up to Friday."""

from collections.abc import Iterator
from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Park
from dispatch.briefs import actions
from dispatch.briefs.models import WeeklyBrief
from dispatch.briefs.weeks import FROZEN_AT, PUBLISHED_AT, Week, due_weeks, week_of
from dispatch.jobs.registry import JOBS, LONGEST_GAP, Job, Period
from dispatch.warnings.job import NAME as WARNINGS
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

FREEZE, PUBLISH, FIGURES = "brief_freeze", "brief_publish", "figures"


def weekly_at(clock: time):
    """Periods of a job that is due on the day of the freeze at this hour."""

    def periods(after: date, now: datetime, calendar: WorkCalendar) -> Iterator[Period]:
        for week, day in due_weeks(max(after, (now - LONGEST_GAP).date()), now, clock, calendar):
            yield Period(week.key, day)

    return periods


def freeze_all(run, at, fence) -> dict[str, int]:
    """Every park's brief of the week, one transaction each; those there are stay. A late run keeps its real time."""
    calendar, week = load_calendar(), week_of(run.as_of)
    counts = {"frozen": 0, "already_frozen": 0, "too_late": 0}
    for park in Park.objects.order_by("pk"):
        with transaction.atomic():
            fence()
            if WeeklyBrief.objects.filter(park=park, starts_on__gt=week.monday).exists():
                counts["too_late"] += 1
                continue
            _brief, is_new = actions.freeze_brief(park=park, week=week, by=None, at=at, calendar=calendar)
            counts["frozen" if is_new else "already_frozen"] += 1
    return counts


def publish_all(run, at, fence) -> dict[str, int]:
    """The newest revision of every park's brief of the week; a park without one is counted."""
    week: Week = week_of(run.as_of)
    counts = {"published": 0, "already_published": 0, "not_frozen": 0}
    for park in Park.objects.order_by("pk"):
        with transaction.atomic():
            fence()
            if not WeeklyBrief.objects.of(park, week).exists():
                counts["not_frozen"] += 1
                continue
            done = actions.publish_week(park=park, week=week, at=at)
            counts["published" if done else "already_published"] += 1
    return counts


def register() -> None:
    first = (WARNINGS, FIGURES)
    JOBS[FREEZE] = Job(
        periods=weekly_at(FROZEN_AT), work=freeze_all, standalone=True, label=_("Freeze weekly briefs"), after=first
    )
    JOBS[PUBLISH] = Job(
        periods=weekly_at(PUBLISHED_AT),
        work=publish_all,
        standalone=True,
        label=_("Publish weekly briefs"),
        after=(FREEZE,),
    )
