"""Rankings of the example park: the two latest half-months and the contest of the last quarter, and an open appeal."""

from datetime import date, datetime
from decimal import Decimal

from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.ranking import actions, appeals
from dispatch.ranking.models import ContestEntry, Ranking
from dispatch.ranking.periods import CONTEST, HALF_MONTH, Period, freezes_on, latest
from projects.models import Project
from workdays.arithmetic import WorkCalendar

# Unit → its figures of the quarter, in the order of the counters.
ENTERED = {
    "jingfa": (6, 1, 4, 2, 92, 95),
    "dongyuan": (4, 2, 3, 1, 88, 93),
    "xiyuan": (3, 2, 5, 0, 90, 91),
    "jianshe": (1, 0, 1, 1, 86, 90),
    "ziran": (0, 3, 0, 0, 89, 92),
    "budongchan": (0, 0, 0, 0, 91, 90),
    "huanbao": (0, 0, 0, 0, 84, 88),
    "yingji": (0, 0, 0, 0, 83, 87),
    "shenpi": (1, 0, 0, 1, 94, 92),
    "shizheng": (0, 0, 0, 0, 85, 89),
}
SOURCE = "季度考核台账（示例）"
APPEALING = "dongyuan"
APPEAL = "该事项的材料由企业补正，等待期间不应计入我单位，请核减。"


def write_ranking(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Frozen and published on their days as they are known now; returns how many rankings."""
    contest = latest(CONTEST, as_of, calendar)
    _enter(cast, contest, at=at_work(freezes_on(contest, calendar)))
    last = latest(HALF_MONTH, as_of, calendar)
    rankings = [_publish(cast, period, as_of, calendar) for period in (contest, last.before(), last)]
    _appeal(cast, rankings[-1], as_of, calendar)
    return len(rankings)


def _enter(cast: Cast, period: Period, *, at: datetime) -> None:
    if not cast.park.contest_entries.exists():
        counters = [code for code, _name in actions.counters(cast.park.pk)]
        found = {key: figures for key, figures in ENTERED.items() if key in cast.units}
        same = {"park": cast.park, "year": period.year, "quarter": period.number, "source": SOURCE, "by": cast.staff}
        ContestEntry.objects.bulk_create(
            ContestEntry(unit=cast.units[key], counter=counter, value=Decimal(number), at=at, **same)
            for key, figures in found.items()
            for counter, number in zip(counters, figures, strict=False)
        )


def _publish(cast: Cast, period: Period, as_of: date, calendar: WorkCalendar) -> Ranking:
    day = freezes_on(period, calendar)
    ranking, is_new = actions.freeze(
        park=cast.park, period=period, by=None, at=at_work(day), calendar=calendar, today=as_of
    )
    if is_new:
        actions.publish(ranking, by=cast.staff, at=at_work(day, 3), on=day, version=ranking.version)
    return ranking


def _appeal(cast: Cast, ranking: Ranking, as_of: date, calendar: WorkCalendar) -> None:
    """By the unit's person, about the first of its tasks that was late, else about the whole."""
    person = cast.users.get(APPEALING)
    if person is None or ranking.appeals.exists():
        return
    subjects = list(appeals.subjects(ranking, person.organization_id))
    if subjects:
        about = next((one for one in subjects if "/" in one), appeals.WHOLE)
        day = calendar.previous_workday(as_of)
        moment = {"at": at_work(day, 5), "on": day, "calendar": calendar}
        appeals.appeal(ranking, unit=person.organization, about=about, text=APPEAL, by=person, **moment)
