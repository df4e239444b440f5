"""A brief as one JSON value: the board of the day, the table, and what changed since the last one, in words.

Page, workbook, PDF and API are made from it alone. Same facts, same week: the same value and the same ``sha256``.
"""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from accounts.models import Park
from dispatch.briefs import compare, facts, rows, weeks
from dispatch.briefs.facts import Span
from dispatch.briefs.models import WeeklyBrief
from dispatch.briefs.weeks import Week
from dispatch.dashboard.sections import board
from dispatch.figures.rates import DEFINITIONS_ZH
from workdays.arithmetic import WorkCalendar

SCHEMA = 1


def build(
    *, park: Park, week: Week, as_of: date, until: datetime, last: WeeklyBrief | None, calendar: WorkCalendar
) -> dict[str, Any]:
    """The snapshot with facts recorded up to ``until``; a fixed number of queries.

    ``last``: the brief to compare with, None for the first. Histories count from its own ``until``.
    """
    since = since_of(week, last)
    tasks, coming = weeks.tasks_of(week, calendar), weeks.tasks_of(weeks.week_after(week, calendar), calendar)
    found = facts.read(park, Span(since, until, as_of, tasks, coming, calendar))
    snapshot = _head(park, week, as_of, since, until) | {
        "board": _board(park, as_of, until, calendar),
        "table": rows.table(found.projects),
        "tasks": rows.task_counts([*found.other_tasks, *(task for p in found.projects for task in p.tasks)]),
        "definitions": dict(DEFINITIONS_ZH),
    }
    return snapshot | {"compared": _compared(snapshot, last)}


def _board(park: Park, as_of: date, until: datetime, calendar: WorkCalendar) -> dict[str, Any]:
    """In the language of the paper, whoever asks for it."""
    with translation.override(settings.LANGUAGE_CODE):
        return board(park, as_of=as_of, now=until, calendar=calendar, viewer=None)


def since_of(week: Week, last: WeeklyBrief | None) -> datetime:
    """The moment from which changes count: the last freeze, at most three weeks back; else the start of the week."""
    if last is not None and last.starts_on >= week.moved(-3).monday:
        return datetime.fromisoformat(last.snapshot["until"])
    return weeks.moment(week.monday, datetime.min.time())


def _head(park: Park, week: Week, as_of: date, since: datetime, until: datetime) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "park": {
            "code": park.code,
            "name": park.name_zh,
            "centre": park.centre_name_zh or f"{park.name_zh}重点项目服务中心",
        },
        "title": f"{park.name_zh}重点项目周报（{week.year}年第{week.number}周）",
        "year": week.year,
        "week": week.number,
        "starts_on": week.monday.isoformat(),
        "ends_on": week.sunday.isoformat(),
        "as_of": as_of.isoformat(),
        "since": since.astimezone(weeks.ZONE).isoformat(),
        "until": until.astimezone(weeks.ZONE).isoformat(),
    }


def _compared(snapshot: dict[str, Any], last: WeeklyBrief | None) -> dict[str, Any]:
    if last is None:
        return {"with": None, "points": None, "sentences": compare.sentences(snapshot, None)}
    known = {"year": last.year, "week": last.week, "revision": last.revision, "sha256": last.sha256}
    return {
        "with": known,
        "points": compare.week_points(snapshot, last.snapshot),
        "sentences": compare.sentences(snapshot, last.snapshot),
    }
