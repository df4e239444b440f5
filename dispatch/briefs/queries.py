"""What the pages of the brief read."""

from datetime import datetime

from accounts.models import Park
from dispatch.briefs.models import WeeklyBrief
from dispatch.briefs.weeks import ZONE, Week, freeze_day, week_of
from workdays.arithmetic import WorkCalendar

LATEST_WEEKS = 4


def weeks_to_freeze(park: Park, now: datetime, calendar: WorkCalendar) -> list[Week]:
    """Weeks whose day has come, of the last four, later than the last frozen one; the newest first. One query."""
    today = now.astimezone(ZONE).date()
    last = WeeklyBrief.objects.filter(park=park).order_by("-starts_on").values_list("starts_on", flat=True).first()
    found = []
    for back in range(LATEST_WEEKS):
        week = week_of(today).moved(-back)
        day = freeze_day(week, calendar)
        if day is not None and day <= today and (last is None or week.monday > last):
            found.append(week)
    return found


def revisions(briefs, brief: WeeklyBrief) -> list[WeeklyBrief]:
    """All revisions of the week that can be read, the newest first. One query."""
    same = briefs.filter(park=brief.park_id, year=brief.year, week=brief.week)
    return list(same.defer("snapshot").order_by("-revision"))


def neighbours(briefs, brief: WeeklyBrief) -> tuple[WeeklyBrief | None, WeeklyBrief | None]:
    """The newest revisions of the week before and of the week after. Two queries."""
    rows = briefs.defer("snapshot")
    before = rows.filter(starts_on__lt=brief.starts_on).order_by("-starts_on", "-revision").first()
    after = rows.filter(starts_on__gt=brief.starts_on).order_by("starts_on", "-revision").first()
    return before, after
