"""Everything that was counted for a ranking, per unit: figures by source and the details behind them. Reads only.

A fixed number of queries, whatever the number of units and projects.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accounts.models import Organization, Park
from dispatch.figures import reading
from dispatch.figures.groups import By
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.rates import RateKey
from dispatch.ranking import tasks
from dispatch.ranking.formula import ENTRY
from dispatch.ranking.models import Appeal, ContestEntry, Ranking
from dispatch.ranking.periods import CONTEST, Period, freezes_on, last_judged, starts_on
from dispatch.ranking.tasks import ITEM, STEP, Span, value
from dispatch.reports.words import exact
from projects.models import Milestone, Project
from projects.stages import Stage
from workdays.arithmetic import WorkCalendar

Unit = dict[str, Any]


def span_of(period: Period, calendar: WorkCalendar) -> Span:
    as_of = freezes_on(period, calendar)
    return Span(starts_on(period, calendar), last_judged(as_of), as_of)


def head(park: Park, period: Period, span: Span, policy: FigurePolicy, *, revision: int = 0) -> dict[str, Any]:
    """What the ranking is about, and by which variants its rates are counted."""
    return {
        "kind": period.kind,
        "year": period.year,
        "number": period.number,
        "revision": revision,
        "period": period.name_zh,
        "starts_on": span.first.isoformat(),
        "judged_to": span.last.isoformat(),
        "as_of": span.as_of.isoformat(),
        "variants": policy.rates,
        "park": {
            "code": park.code,
            "name": park.name_zh,
            "centre": park.centre_name_zh or f"{park.name_zh}重点项目服务中心",
        },
    }


def read(park: Park, *, period: Period, policy: FigurePolicy, calendar: WorkCalendar) -> list[Unit]:
    """The units that answer for a project or had a task, by key, with what was counted for each."""
    span = span_of(period, calendar)
    rates = {group.key: group for group in reading.read(park, as_of=span.as_of, by=By.UNIT, policy=policy)}
    excuses = excused(park, period)
    due = tasks.read(park, span, calendar, excuses)
    closed = tasks.closures(park, span, excuses)
    moved = _milestones(park, span)
    entries = _entries(park, period)
    names = _names(park, {*rates, *due, *closed, *moved, *entries})
    return [
        _unit(pk, name, rates.get(pk), due.get(pk, []), closed.get(pk, []), moved.get(pk, []), entries.get(pk, {}))
        for pk, name in names.items()
    ]


def before(park: Park, period: Period) -> dict[str, int]:
    """Unit → its rank in the period before, from that period's latest published ranking."""
    last = period.before()
    rows = Ranking.objects.filter(park=park, kind=last.kind, year=last.year, number=last.number)
    found = rows.filter(state=Ranking.State.PUBLISHED).order_by("-revision").values_list("snapshot", flat=True).first()
    return {str(row["unit"]): row["rank"] for row in found["ranking"]} if found else {}


def excused(park: Park, period: Period) -> dict[str, str]:
    """Task key → answer, for the tasks of this period against which an appeal was upheld."""
    rows = Appeal.objects.filter(
        ranking__park=park, ranking__kind=period.kind, ranking__year=period.year, ranking__number=period.number,
        state=Appeal.State.UPHELD, about__contains="/",
    )  # fmt: skip
    return dict(rows.order_by("pk").values_list("about", "answer"))


def _names(park: Park, keys: set) -> dict[int, str]:
    """Responsible units only: the centre and the leadership are not ranked."""
    wanted = [key for key in keys if key is not None]
    rows = Organization.objects.filter(park=park, kind=Organization.Kind.UNIT, pk__in=wanted)
    return dict(rows.order_by("pk").values_list("pk", "name"))


def _milestones(park: Park, span: Span) -> dict[int, list[dict]]:
    """Projects that started or were completed in the span. One query."""
    rows = Milestone.objects.filter(
        project__park=park, project__responsible_unit__isnull=False, stage__in=[Stage.STARTED, Stage.COMPLETED],
        actual_on__range=(span.first, span.last),
    ).exclude(project__status=Project.Status.TERMINATED)  # fmt: skip
    found: dict[int, list[dict]] = defaultdict(list)
    columns = ("project__responsible_unit", "project", "project__name", "stage", "actual_on")
    for unit, pk, name, stage, on in rows.order_by("actual_on", "project").values_list(*columns):
        found[unit].append({"project": pk, "project_name": name, "stage": str(stage), "on": on.isoformat()})
    return found


def _entries(park: Park, period: Period) -> dict[int, dict[str, Decimal]]:
    """The newest figure of each unit and counter of the quarter; nothing for half-months."""
    if period.kind != CONTEST:
        return {}
    rows = ContestEntry.objects.filter(park=park, year=period.year, quarter=period.number).order_by("at", "pk")
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for unit, counter, number in rows.values_list("unit", "counter", "value"):
        found[unit][counter] = number
    return found


def _unit(
    pk: int, name: str, rates: Any, due: list[dict], closed: list[dict], moved: list[dict], entered: Mapping
) -> Unit:
    values = _rate_values(rates) | _task_values(due) | _project_values(closed, moved)
    values |= {f"{ENTRY}/{counter}": value(number) for counter, number in sorted(entered.items())}
    return {
        "unit": pk,
        "name": name,
        "invested_10k": exact(rates.tally.ytd_10k) if rates else "0",
        "values": values,
        "tasks": due,
        "items": closed,
        "projects": moved,
    }


def _rate_values(rates: Any) -> dict[str, dict]:
    if rates is None:
        return {key.value: value(Decimal(0), Decimal(0)) for key in RateKey}
    return {key.value: value(rates.rates[key].numerator, rates.rates[key].denominator) for key in RateKey}


def _task_values(due: list[dict]) -> dict[str, dict]:
    def on_time(*kinds: str) -> dict:
        counted = [task for task in due if task["counts"] and task["kind"] in kinds]
        return value(Decimal(sum(task["in_time"] for task in counted)), Decimal(len(counted)))

    return {
        "tasks_on_time": on_time(STEP, ITEM),
        "steps_on_time": on_time(STEP),
        "items_on_time": on_time(ITEM),
        "tasks_overdue": value(Decimal(sum(task["is_owed"] for task in due))),
    }


def _project_values(closed: list[dict], moved: list[dict]) -> dict[str, dict]:
    starts = sum(one["stage"] == Stage.STARTED for one in moved)
    return {
        "items_closed": value(Decimal(sum(one["closed_on"] is not None for one in closed)), Decimal(len(closed))),
        "project_starts": value(Decimal(starts)),
        "project_completions": value(Decimal(len(moved) - starts)),
        "starts_completions": value(Decimal(len(moved))),
    }
