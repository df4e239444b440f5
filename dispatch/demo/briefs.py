"""Weekly briefs of the example park: three published weeks, one of them restated, and the frozen one of this week."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from accounts.models import Park
from dispatch.briefs import actions
from dispatch.briefs.models import WeeklyBrief
from dispatch.briefs.telling import ABOUT
from dispatch.briefs.weeks import FROZEN_AT, PUBLISHED_AT, Week, freeze_day, moment, week_before, week_of
from dispatch.demo.people import Cast
from dispatch.notices.outbox import settle
from dispatch.reports.causes import Cause, causes, light_of
from dispatch.warnings.rules import rules_in_force
from projects.models import Project
from workdays.arithmetic import WorkCalendar

WEEKS = 4
RESTATED = 2  # which of them, counted from the oldest
REASON = "预警按当日事实重新评估，补正灯色。"


def write_briefs(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Freezes the last four weeks with the lights their own facts gave; returns how many revisions there are."""
    park, own = cast.park, week_of(as_of)
    present = dict(Project.objects.filter(park=park).values_list("pk", "light"))
    weeks = _weeks(as_of, calendar)
    for place, week in enumerate(weeks):
        day = freeze_day(week, calendar) or week.sunday
        if place == RESTATED:
            _restated(cast, week, day, calendar)
        else:
            _light(park, _lights_on(park, day, calendar))
            brief = _frozen(park, week, day, calendar)
            if week != own:
                actions.publish(brief, by=None, at=moment(day, PUBLISHED_AT), version=1)
    _light(park, present)
    made = WeeklyBrief.objects.filter(park=park)
    settle(ABOUT, made.values_list("pk", flat=True), at=moment(as_of, PUBLISHED_AT))
    return made.count()


def _weeks(as_of: date, calendar: WorkCalendar) -> list[Week]:
    """The last four whose day of the freeze has come, the oldest first."""
    week = week_of(as_of)
    day = freeze_day(week, calendar)
    if day is None or day > as_of:
        week = week_before(week, calendar)
    found = [week]
    while len(found) < WEEKS:
        found.append(week_before(found[-1], calendar))
    return found[::-1]


def _frozen(park: Park, week: Week, day: date, calendar: WorkCalendar) -> WeeklyBrief:
    brief, _made = actions.freeze_brief(park=park, week=week, by=None, at=moment(day, FROZEN_AT), calendar=calendar)
    return brief


def _restated(cast: Cast, week: Week, day: date, calendar: WorkCalendar) -> None:
    """Frozen with the lights of the week before, published, then restated with its own."""
    first = _frozen(cast.park, week, day, calendar)
    first = actions.publish(first, by=None, at=moment(day, PUBLISHED_AT), version=1)
    _light(cast.park, _lights_on(cast.park, day, calendar))
    at = moment(day, PUBLISHED_AT) + timedelta(minutes=40)
    second = actions.restate(first, reason=REASON, by=cast.staff, at=at, version=first.version, calendar=calendar)
    actions.publish(second, by=cast.staff, at=at + timedelta(minutes=15), version=second.version)


def _lights_on(park: Park, day: date, calendar: WorkCalendar) -> dict[int, str]:
    """Project → its light on the day, by the rules in force."""
    found: dict[int | None, list[Cause]] = defaultdict(list)
    for cause in causes(park, in_force=rules_in_force(park), as_of=day, calendar=calendar):
        found[cause.project_id].append(cause)
    statuses = Project.objects.filter(park=park).values_list("pk", "status")
    return {pk: light_of(found[pk], active=status == Project.Status.ACTIVE) for pk, status in statuses}


def _light(park: Park, lights: Mapping[int, str]) -> None:
    by_light: dict[str, list[int]] = defaultdict(list)
    for pk, light in lights.items():
        by_light[light].append(pk)
    for light, keys in by_light.items():
        Project.objects.filter(park=park, pk__in=keys).update(light=light)
