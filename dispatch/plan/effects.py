"""What a change would make of a project's plan: the rows and the network after it, in memory. Nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from accounts.errors import Refused
from accounts.models import Organization
from approvals.models import Step
from dispatch.plan import building, explain, knock_on
from dispatch.plan.changes import Change, Ground
from dispatch.plan.drafts import LINK_COLUMNS, TASK_COLUMNS, Draft, LinkRow, TaskRow
from dispatch.plan.gathering import Gathered, gather
from dispatch.plan.knock_on import KnockOn
from dispatch.plan.models import Plan, PlanLink, PlanTask
from dispatch.plan.values import ProjectPlan
from projects.models import Project
from projects.planning.network import CycleFound, Network
from projects.planning.schedule import Schedule
from workdays.arithmetic import WorkCalendar

NO_PLAN = 0  # stands for the id of a plan that has no row yet


@dataclass(frozen=True)
class Present:
    """A project's plan as it is, and everything a change of it is judged by."""

    project: Project
    gathered: Gathered
    ground: Ground
    today: date
    calendar: WorkCalendar

    @property
    def plan(self) -> ProjectPlan:
        return self.ground.plan

    def schedule(self) -> Schedule:
        return self.plan.schedule(today=self.today, calendar=self.calendar)


@dataclass(frozen=True)
class Changed:
    """The plan after a change: its rows, and the network they make."""

    draft: Draft
    plan: ProjectPlan


def read(project: Project, *, today: date, calendar: WorkCalendar) -> Present:
    """A fixed number of queries."""
    gathered = gather([project])
    plan = building.build(project, gathered, today=today, calendar=calendar)
    draft = draft_of(plan, gathered)
    bare = _with_rows(project, gathered, replace(draft, links={}), plan.plan)
    base = building.build(project, bare, today=today, calendar=calendar).plain.links
    ready = Step.objects.filter(pk__in=gathered.catalogue, pre_review=True).values_list("code", flat=True)
    ground = Ground(plan, draft, {(link.before, link.after): link for link in base}, frozenset(ready), today)
    return Present(project, gathered, ground, today, calendar)


def draft_of(plan: ProjectPlan, gathered: Gathered) -> Draft:
    """The rows the project has; without a plan the goal and target that count without one."""
    row = plan.plan
    if row is None:
        return Draft(plan.goal, plan.target_on)
    tasks = {key: _task_row(task) for key, task in gathered.tasks.get(row.pk, {}).items()}
    links = {(link.before, link.after): _link_row(link) for link in gathered.links.get(row.pk, ())}
    return Draft(row.goal, row.target_on, row.template_id, row.template_version, tasks, links)


def _task_row(task: PlanTask) -> TaskRow:
    return TaskRow(task.key, task.kind, seq=task.seq, **{name: getattr(task, name) for name in TASK_COLUMNS})


def _link_row(link: PlanLink) -> LinkRow:
    return LinkRow(link.before, link.after, **{name: getattr(link, name) for name in LINK_COLUMNS})


def after(present: Present, change: Change) -> Changed:
    """The plan after ``change``. Raises Refused: broken rules, and tasks that would wait for each other, by name."""
    draft = change.on(present.ground)
    gathered = _with_rows(present.project, present.gathered, draft, present.plan.plan)
    plan = building.build(present.project, gathered, today=present.today, calendar=present.calendar)
    if not set(plan.dropped_links) <= set(present.plan.dropped_links):
        refuse_circle(plan)
    return Changed(draft, plan)


def refuse_circle(plan: ProjectPlan) -> None:
    """Raises Refused with the names of tasks that wait for each other, if any do."""
    try:
        Network.of(plan.plain.tasks.values(), [*plan.plain.links, *plan.dropped_links])
    except CycleFound as found:
        raise Refused(explain.circle(found, plan.info)) from found


def effect(present: Present, change: Change) -> KnockOn:
    """What the change would move."""
    return compared(present, after(present, change).plan)


def compared(present: Present, plan: ProjectPlan) -> KnockOn:
    """What moves between the plan as it is and ``plan``."""
    return knock_on.compare(
        present.schedule(),
        plan.schedule(today=present.today, calendar=present.calendar),
        {**present.plan.info, **plan.info},
        network=plan.network,
        calendar=present.calendar,
    )


def _with_rows(project: Project, gathered: Gathered, draft: Draft, row: Plan | None) -> Gathered:
    """The same facts with these rows in place of the project's own."""
    pk = row.pk if row else NO_PLAN
    head = {"goal": draft.goal, "target_on": draft.target_on, "template_version": draft.template_version}
    plan = Plan(pk=pk, project_id=project.pk, version=row.version if row else 0, **head)
    plan.template_id = draft.template_id
    if row and row.template_id == draft.template_id:
        plan.template = row.template
    in_order = sorted(draft.tasks.values(), key=lambda task: (task.seq, task.key))
    tasks = {task.key: _in_memory(PlanTask, pk, task) for task in in_order}
    by_end = sorted(draft.links.values(), key=lambda link: (link.after, link.before))
    links = [_in_memory(PlanLink, pk, link) for link in by_end]
    return replace(
        gathered,
        plans={**gathered.plans, project.pk: plan},
        tasks={**gathered.tasks, pk: tasks},
        links={**gathered.links, pk: links},
        units=_units(gathered.units, draft),
    )


def _in_memory(model: type, plan_id: int, row: Any) -> Any:
    return model(plan_id=plan_id, **{name: getattr(row, name) for name in row.__slots__})


def _units(known: Mapping[int, str], draft: Draft) -> Mapping[int, str]:
    unknown = {row.unit_id for row in draft.tasks.values() if row.unit_id} - set(known)
    if not unknown:
        return known
    return {**known, **dict(Organization.objects.filter(pk__in=unknown).values_list("pk", "name"))}
