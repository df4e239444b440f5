"""Group starts of the example park: one held in spring, one planned next month with what is lacking, one cancelled."""

from datetime import date, timedelta

from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.group_start import actions, queries
from dispatch.group_start.models import GroupStart
from dispatch.group_start.readiness import Ready
from projects.models import Milestone, Project
from projects.stages import Stage
from workdays.arithmetic import WorkCalendar

HELD, PLANNED = 6, 8  # projects of each
CANNOT = 3  # of the planned one, as things stand
LOOKED_AT = 60
ON_LEDGER = 2
NOTES = ("主会场，领导培土仪式", "分会场视频连线")
REASON_OUT = "土地交付推迟，本批次来不及，转入下一批次。"
REASON_CANCELLED = "与省级集中开工活动合并举行。"


def write_group_start(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Writes the three; returns how many projects take part in the planned one."""
    _held(cast, as_of, calendar)
    _cancelled(cast, as_of, calendar)
    return _planned(cast, as_of, calendar)


def _held(cast: Cast, as_of: date, calendar: WorkCalendar) -> None:
    """On the day on which most projects of the year really started: its list is written as it was kept."""
    begun = Milestone.objects.filter(
        project__park=cast.park, stage=Stage.STARTED, actual_on__lt=as_of - timedelta(days=30)
    )
    rows = list(begun.select_related("project").order_by("-actual_on", "project__name_key")[:HELD])
    if not rows:
        return
    on = rows[0].actual_on
    at = at_work(calendar.subtract(on, 20))
    start = GroupStart.objects.create(
        park=cast.park, on=on, title="重点项目集中开工活动", place="高新区东园标准厂房二期", created_by=cast.staff,
        created_at=at, updated_at=at,
    )  # fmt: skip
    for row in rows:
        start.entries.create(project=row.project)
    start.history.create(verb="created", by=cast.staff, at=at, changes=[])
    actions.hold(start, by=cast.staff, at=at_work(on, 5), today=on, version=1)


def _planned(cast: Cast, as_of: date, calendar: WorkCalendar) -> int:
    """Weeks ahead: the readiest projects and some that cannot; one has left, two have items on the ledger."""
    on = calendar.add(as_of, 38)
    looked = calendar.subtract(as_of, 3)
    waiting = queries.waiting_projects(cast.staff)[:LOOKED_AT]
    found = queries.in_order(queries.candidates(waiting, on=on, today=looked, calendar=calendar), "ready")
    can = [row.project for row in found if row.readiness.ready in (Ready.YES, Ready.TIGHT)][: PLANNED - CANNOT]
    chosen = can + [row.project for row in found if row.readiness.ready is Ready.NO][: PLANNED - len(can)]
    who = {"by": cast.staff, "at": at_work(looked)}
    fields = {"title": "下一批重点项目集中开工", "place": "高新区西园产业大道", "today": looked}
    start = actions.create(park=cast.park, on=on, projects=chosen, note="市领导拟出席。", **fields, **who)
    entries = {entry.project_id: entry for entry in start.entries.select_related("project", "group_start")}
    ordered = [entries[project.pk] for project in chosen]
    for entry, note in zip(ordered, NOTES, strict=False):
        entry.group_start = start
        actions.set_note(entry, note=note, version=start.version, **who)
    if len(ordered) > HELD:
        ordered[-1].group_start = start
        actions.take_out(ordered[-1], reason=REASON_OUT, version=start.version, **who)
    lacking = [row.project.pk for row in found if row.project in chosen[:-1] and row.lacks][:ON_LEDGER]
    for pk in lacking:
        entries[pk].group_start = start
        codes = [lack.step.code for row in found if row.project.pk == pk for lack in row.lacks]
        days = {"today": looked, "calendar": calendar, "version": start.version}
        actions.put_on_ledger(entries[pk], codes, **days, **who)
    return start.entries.filter(is_out=False).count()


def _cancelled(cast: Cast, as_of: date, calendar: WorkCalendar) -> None:
    day = calendar.subtract(as_of, 15)
    who = {"by": cast.staff, "at": at_work(day)}
    on, title = calendar.add(as_of, 10), "园区二批次集中开工"
    start = actions.create(park=cast.park, on=on, title=title, today=day, **who)
    actions.cancel(start, reason=REASON_CANCELLED, version=1, **who)
