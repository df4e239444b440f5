"""The response of the example park: two weeks of mornings by the real evaluations, with answers of the real actions."""

from datetime import date, timedelta
from zlib import crc32

from django.db.models import F

from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.notices.models import Notice
from dispatch.response import actions
from dispatch.response.evaluate import evaluate as respond
from dispatch.response.models import DutyHolder, ResponseCase
from dispatch.warnings.evaluate import evaluate as warn
from projects.models import Project
from workdays.arithmetic import WorkCalendar

MORNINGS, FEW, MANY = 14, 4, 500  # a load test gets a few mornings only
EVENTS = ("response", "response_closed", "reminder")
PLANS = (
    "已与企业和设计单位开会，倒排工期，每日反馈进展。",
    "增派一名经办人专门办理，缺的两份材料本周内补齐。",
    "请上级部门并联审查，专家会已约定时间。",
)
DECISIONS = "由分管领导牵头，相关单位三日内拿出解决方案，专班每日跟踪。"


def write_response(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Works the last mornings up to ``as_of`` and lets people answer some cases; returns how many cases there are."""
    _offices(cast)
    count = Project.objects.filter(park=cast.park).count()
    days = [as_of - timedelta(days=n) for n in reversed(range(FEW if count > MANY else MORNINGS))]
    for day in days:
        warn(as_of=day, at=at_work(day), park=cast.park)
        respond(as_of=day, at=at_work(day), park=cast.park)
        if calendar.is_workday(day):
            _answers(cast, day)
    old = Notice.objects.filter(park=cast.park, event__in=EVENTS, as_of__lt=as_of, dispatched_at__isnull=True)
    old.update(dispatched_at=F("created_at"), read_at=F("created_at"))
    return ResponseCase.objects.filter(park=cast.park).count()


def _offices(cast: Cast) -> None:
    """The leader and the centre's head; heads of departments are the units' people themselves."""
    leader, staff = cast.users.get("lingdao"), cast.users.get("zhongxin", cast.staff)
    rows = [DutyHolder(park=cast.park, duty="centre_head", user=staff)]
    if leader is not None:
        rows += [DutyHolder(park=cast.park, duty=duty, user=leader) for duty in ("deputy_leader", "chief_leader")]
    DutyHolder.objects.bulk_create(rows, ignore_conflicts=True)


def _answers(cast: Cast, day: date) -> None:
    """Two of three cases are acknowledged the same day, every second one gets its plan or meeting."""
    at = at_work(day, 30)
    for case in ResponseCase.objects.filter(park=cast.park).open().select_related("unit", "warning").order_by("pk"):
        number = _number(case)
        who = {"by": cast.staff, "at": at, "on": day}
        if number % 3 and case.acknowledged_on is None:
            case = actions.acknowledge(case, version=case.version, **who)
        if case.level == 2 and case.acted_on is None and number % 2:
            text = PLANS[number % len(PLANS)]
            actions.hand_in_plan(case, version=case.version, text=text, due_on=day + timedelta(days=5), **who)
        elif case.level == 1 and case.acted_on is None and number % 4 == 1:
            actions.record_meeting(case, version=case.version, text=DECISIONS, **who)


def _number(case: ResponseCase) -> int:
    """A number that is the case's own in every run; row numbers are not."""
    warning = case.warning
    return crc32(f"{warning.rule}/{warning.label}/{warning.due_on}/{case.project}".encode())
