"""Plans of the example park: targets kept and missed, a template, two baselines, an own task, a confirmed day.

The dates that people had reported for the goals of these projects are given up: from now on they are worked out.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import Park
from dispatch.demo.clockface import at_work
from dispatch.demo.people import Cast
from dispatch.plan import building, forecasting, learned, template_actions
from dispatch.plan.actions import editing
from dispatch.plan.actions.baselines import Basis, save_baseline
from dispatch.plan.models import Plan, PlanTemplate
from dispatch.plan.values import ProjectPlan
from projects import actions
from projects.models import Project
from projects.planning.engine import schedule, shifted
from workdays.arithmetic import WorkCalendar


@dataclass(frozen=True)
class Target:
    """``number`` in the cast; ``spare_wd``: working days between forecast and target, negative: it is short by them."""

    number: int
    goal: str
    spare_wd: int
    note: str


TARGETS = (
    Target(9, "L08", -23, "市里要求年后首批集中开工"),
    Target(13, "L08", -12, "投资协议约定的开工日期"),
    Target(19, "L08", -8, "企业订单排期要求提前"),
    Target(28, "L10", -15, "年度竣工项目清单"),
    Target(11, "L08", 15, "投资协议约定的开工日期"),
    Target(17, "L08", 10, "一季度开工项目"),
    Target(20, "L08", 12, "参加集中开工活动"),
    Target(21, "L08", 6, "一季度开工项目"),
    Target(24, "L08", 20, "投资协议约定的开工日期"),
    Target(30, "L10", 15, "年度竣工项目清单"),
    Target(33, "L10", 8, "年度竣工项目清单"),
    Target(40, "L13", 10, "上半年投产项目"),
)
FROM_TEMPLATE = (11, 24)
WITH_TASK, WITH_FIXED_DAY, WITH_BASELINES = 17, 20, 30
TEMPLATE = "新供地工业项目标准计划"
PREPARATION = {"S02": 5, "S12": 8, "S13": 3, "S14": 10, "S17": 2}
DURATIONS = {"S06": 55, "S08": 25, "W1": 110}
OWN_TASK = "场外临时施工道路与大门"
GIVEN_UP = "开工、竣工、投产日期改由推进计划推算"


@dataclass(frozen=True)
class _Planner:
    """Somebody of the centre who plans on one day."""

    by: Any
    at: datetime
    today: date
    calendar: WorkCalendar

    @property
    def edge(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at, "today": self.today, "calendar": self.calendar}

    def give_up_reported(self, project: Project, goal: str) -> None:
        """The milestones up to the goal no longer wait for a date somebody has reported."""
        rows = project.milestones.filter(stage__lte=goal, actual_on=None, is_done=False, forecast_on__isnull=False)
        for stage in rows.order_by("stage").values_list("stage", flat=True):
            values = {"forecast_on": None}
            actions.set_milestone(project, stage, values, by=self.by, at=self.at, today=self.today, reason=GIVEN_UP)

    def set_target(self, read: ProjectPlan, target: Target) -> None:
        """So many working days before or after what is worked out."""
        found = schedule(read.network, today=self.today, calendar=self.calendar, goal=target.goal)
        if found.goal_on is not None:
            day = shifted(found.goal_on, target.spare_wd, self.calendar)
            editing.set_goal(read.project, goal=target.goal, target_on=day, note=target.note, **self.edge)


def write_plans(cast: Cast, projects: dict[int, Project], *, as_of: date, calendar: WorkCalendar) -> int:
    """Writes the plans, then the forecast of every project; returns how many projects have a plan."""
    centre = [user for user in cast.users.values() if user.role_id and user.role.code in ("staff", "admin")]
    planner = _Planner(centre[0], at_work(calendar.subtract(as_of, 4)), as_of, calendar)
    planned = [target for target in TARGETS if target.number in projects and projects[target.number].is_active]
    template = _template(cast, planner) if planned else None
    for target in planned:
        project = projects[target.number]
        if target.number in FROM_TEMPLATE:
            editing.copy_template(project, template, **planner.edge)
        if target.number == WITH_TASK:
            editing.add_task(project, OWN_TASK, 15, before=("L08",), **planner.edge)
        planner.give_up_reported(project, target.goal)
    found = building.read([projects[target.number] for target in planned], today=as_of, calendar=calendar)
    for target in planned:
        planner.set_target(found[projects[target.number].pk], target)
    for number in {target.number for target in planned} & {WITH_FIXED_DAY, WITH_BASELINES}:
        _finish(projects[number], number, planner)
    refresh_all(as_of=as_of, at=at_work(as_of), calendar=calendar)
    return len(planned)


def _template(cast: Cast, planner: _Planner) -> PlanTemplate:
    rows = [
        {"key": key, "name": "", "duration_wd": DURATIONS.get(key), "preparation_wd": PREPARATION.get(key)}
        for key in sorted({*DURATIONS, *PREPARATION})
    ]
    values = {"name": TEMPLATE, "nature": Project.Nature.NEW, "land": PlanTemplate.Land.NEW, "rows": rows}
    note = "按园区近两年办结情况整理"
    return template_actions.create_template(park=cast.park, values=values, note=note, by=planner.by, at=planner.at)


def _finish(project: Project, number: int, planner: _Planner) -> None:
    if number == WITH_FIXED_DAY:
        day = Plan.objects.get(project=project).target_on
        editing.set_task(project, "L08", {"fixed_on": day, "fixed_reason": "集中开工日期已定"}, **planner.edge)
        return
    save_baseline(project, basis=Basis.LATEST, reason="按竣工目标倒排工期，初次下达", **planner.edge)
    later = at_work(planner.calendar.subtract(planner.today, 1))
    again = _Planner(planner.by, later, planner.today, planner.calendar)
    save_baseline(project, basis=Basis.FORECAST, reason="主体施工进度快于预期，按推算日期调整", **again.edge)


def refresh_all(*, as_of: date, at: datetime, calendar: WorkCalendar) -> None:
    """What the job of the morning does: learned durations of every park, forecasts of every project."""
    for park in Park.objects.order_by("pk"):
        learned.refresh(park, today=as_of, at=at, calendar=calendar)
    ids = list(Project.objects.order_by("park", "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), forecasting.BATCH):
        rows = Project.objects.filter(pk__in=ids[start : start + forecasting.BATCH])
        forecasting.refresh(rows, today=as_of, at=at, calendar=calendar)
