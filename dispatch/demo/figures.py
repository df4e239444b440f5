"""Figures that the example park kept on earlier days, so that this week can be compared with something.

Each day is counted from what has a date: stages entered and milestones reached by then, lights as the rules give them
for that day; the database is put back afterwards and only the kept figures stay.
"""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Park
from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.figures import days
from dispatch.warnings.evaluate import evaluate
from projects.models import Milestone, Project, StageEntry
from workdays.arithmetic import WorkCalendar

LIMIT = 500
WEEKS_BACK = (1, 2, 3, 4)


def write_figures(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Keeps yesterday, four weeks, a month and a year ago, and today; returns how many. Nothing in a large park."""
    park = cast.park
    if Project.objects.filter(park=park).count() > LIMIT:
        return 0
    earlier = {as_of - timedelta(days=1), *(as_of - timedelta(weeks=n) for n in WEEKS_BACK)}
    earlier |= set(days.days_before(as_of).values())
    for day in sorted(earlier):
        days.keep(park, as_of=day, content=_as_it_was(park, day), at=at_work(day))
    days.freeze(park, as_of=as_of, at=at_work(as_of))
    return len(earlier) + 1


def _as_it_was(park: Park, day: date) -> dict:
    """What would have been counted on the day."""
    with transaction.atomic():
        _turn_back(park, day)
        evaluate(as_of=day, at=at_work(day), park=park)
        found = days.content(park, as_of=day)
        transaction.set_rollback(True)
    return found


def _turn_back(park: Park, day: date) -> None:
    mine = Project.objects.filter(park=park)
    entered = StageEntry.objects.filter(project=OuterRef("pk")).order_by("-entered_on", "-pk")
    stage = Subquery(entered.filter(entered_on__lte=day).values("stage")[:1])
    first = Subquery(StageEntry.objects.filter(project=OuterRef("pk")).order_by("entered_on", "pk").values("stage")[:1])
    mine.update(stage=Coalesce(stage, first, "stage"))
    Milestone.objects.filter(project__park=park, actual_on__gt=day).update(actual_on=None)
