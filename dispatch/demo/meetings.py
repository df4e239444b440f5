# ruff: noqa: E501 one decision a line
"""Meetings of the example park: a half-month meeting that is over, with decisions in several states, and a planned joint meeting."""

from datetime import date, time

from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.ledger import actions as ledger
from dispatch.meetings import actions
from dispatch.meetings.models import Attendance, Decision, Meeting
from dispatch.meetings.suggesting import title_of
from dispatch.response.sessions import next_session, sessions_between
from projects.models import Project
from workdays.arithmetic import WorkCalendar

# number in the cast, unit, what is decided, workdays to do it, how far it has come
DECISIONS = (
    (12, "dongyuan", "十个工作日内完成10千伏线路迁改方案审定，月底前具备净地交付条件。", 10, "assigned"),
    (17, "jingfa", "协助企业落实首期土地出让价款，明确分期缴纳时间表并报园区备案。", 6, "signed"),
    (21, "jianshe", "督促设计单位三个工作日内提交消防专篇修改稿，审图机构同步预审。", 3, "working"),
    (29, "shizheng", "施工用电增容由市政公用中心牵头，与供电公司现场会商后确定方案。", 5, "closing"),
    (8, "huanbao", "环评补充监测点位一次性告知企业，监测报告到件后五日内复核。", 8, "closed"),
)
NOTED = "各责任单位于每周四下班前报送工作进展，逾期未报的在半月排名中扣分。"
SAID = (
    "责任单位汇报了前期工作和主要障碍，与会单位就分工和时间节点达成一致。",
    "企业提出的诉求合理，由牵头单位统一口径后书面答复。",
    "该事项已两次延期，会议要求倒排工期，不再调整时限。",
)
SUMMARY = "会议听取了重点项目推进情况，研究了逾期和提级事项，明确了责任单位和完成时限。"
ROOM, CHAIR = "管委会三楼一号会议室", "项目服务中心主任"
WAYS = ("assigned", "signed", "working", "closing", "closed")


def write_meetings(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """The last half-month meeting with its decisions, and the next joint meeting; returns how many meetings."""
    held_on = sessions_between(2, calendar.subtract(as_of, 30), calendar.subtract(as_of, 2), calendar)[-1]
    meeting = _plan(cast, Meeting.Kind.HALF_MONTH, held_on, calendar.subtract(held_on, 2), calendar)
    edge = {"by": cast.staff, "on": held_on}
    meeting = actions.start(meeting, at=at_work(held_on, 40), version=meeting.version, **edge)
    _attendance(meeting, cast)
    for number, point in enumerate(meeting.agenda.all()[:3]):
        actions.discuss(point, text=SAID[number], by=cast.staff, version=point.version)
    for place, (number, unit, text, days, way) in enumerate(DECISIONS):
        if number in projects and unit in cast.units:
            decision = _decide(meeting, cast, projects[number], unit, text, calendar.add(held_on, days), place, edge)
            _carry_on(decision, cast, way, held_on, as_of, calendar)
    point = actions.add_point(meeting, title="工作进展报送", by=cast.staff)
    actions.decide(point, text=NOTED, at=at_work(held_on, 50), **edge)
    actions.close(meeting, summary=SUMMARY, at=at_work(held_on, 55), version=meeting.version, **edge)
    _plan(cast, Meeting.Kind.JOINT, next_session(3, as_of, calendar), calendar.subtract(as_of, 1), calendar)
    return Meeting.objects.filter(park=cast.park).count()


def _plan(cast: Cast, kind: str, held_on: date, on: date, calendar: WorkCalendar) -> Meeting:
    return actions.plan(
        park=cast.park, kind=kind, title=title_of(kind, held_on, None), held_on=held_on, starts_at=time(14, 30), place=ROOM,
        chair_name=CHAIR, by=cast.staff, at=at_work(on, 30), on=on, calendar=calendar,
    )  # fmt: skip


def _attendance(meeting: Meeting, cast: Cast) -> None:
    states = (Attendance.State.PRESENT, Attendance.State.PRESENT, Attendance.State.SUBSTITUTE, Attendance.State.PRESENT)
    for number, seat in enumerate(meeting.attendance.all()):
        excused = number % 7 == 6
        actions.mark(seat, Attendance.State.EXCUSED if excused else states[number % 4], by=cast.staff)


def _decide(meeting, cast: Cast, project, unit: str, text: str, due_on: date, place: int, edge) -> Decision:
    point = actions.add_point(meeting, title=project.name, project=project, unit=cast.units[unit], by=cast.staff)
    person = cast.user_of(unit)
    return actions.decide(
        point, text=text, unit=cast.units[unit], person_name=person.display_name, due_on=due_on,
        at=at_work(edge["on"], 41 + place), **edge,
    )  # fmt: skip


def _carry_on(decision: Decision, cast: Cast, way: str, held_on: date, as_of: date, calendar: WorkCalendar) -> None:
    """Moves the decision's item on as far as ``way``, one workday a move, before ``as_of``."""
    item, unit_person, day = decision.item, decision.item.person or cast.staff, held_on
    moves = (
        (ledger.sign, unit_person, {}),
        (ledger.report_progress, unit_person, {"note": "已与相关单位对接，按会议要求推进。"}),
        (ledger.ask_close, unit_person, {"evidence": "已完成，附现场照片和企业确认函。"}),
        (ledger.close, cast.staff, {"note": "现场核查属实，同意销号。"}),
    )
    for place, (move, by, more) in enumerate(moves[: WAYS.index(way)]):
        day = min(calendar.add(day, 1), calendar.subtract(as_of, 1))
        item = move(item, by=by, on=day, at=at_work(day, place + 2), version=item.version, **more)
