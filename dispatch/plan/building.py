"""From the tables to a project's network and to what people must know of each task.

Source: design.md 4 "Plan"; durations: own value, else template, else the project's committed limit, else a default.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.i18n import localized
from approvals.clocks import PAUSE_KINDS
from dispatch.plan import facts, skeleton, template_rules
from dispatch.plan.gathering import Gathered, gather
from dispatch.plan.models import PlanTask
from dispatch.plan.policy import PlanPolicy
from dispatch.plan.values import DurationFrom, PauseSpan, ProjectPlan, TaskInfo
from projects.models import Project
from projects.planning.levers import Lever, LeverKind, apply
from projects.planning.network import CycleFound, Link, LinkKind, Network, Task
from projects.stages import STAGES, Stage
from workdays.arithmetic import WorkCalendar

OWN_TASKS_FROM = 1000
# where milestones and works stand in a list, between the steps (ten times their number)
PLACES = {
    "L03": 1, "L04": 2, "L05": 11, "L06": 95, "L08": 171, "W1": 172, "L09": 173, "W2": 174, "W3": 175, "L11": 176,
    "L10": 215, "W4": 216, "L12": 217, "W5": 218, "L13": 219,
}  # fmt: skip


def works_name(key: str) -> str:
    """Name of a piece of work every project has."""
    return {
        "W1": _("Main structure works"),
        "W2": _("Fitting out, outdoor and finishing works"),
        "W3": _("Equipment arrives on site"),
        "W4": _("Equipment installed and adjusted"),
        "W5": _("Trial production runs"),
    }[key]


def read_one(project: Project, *, today: date, calendar: WorkCalendar) -> ProjectPlan:
    """The plan of one project; see ``read``."""
    return read([project], today=today, calendar=calendar)[project.pk]


def read(
    projects: Iterable[Project], *, today: date, calendar: WorkCalendar, with_info: bool = True
) -> dict[int, ProjectPlan]:
    """Project id → its plan, in a fixed number of queries for any number of projects.

    Own links that would make tasks wait for each other are left out and named in ``dropped_links``. Without
    ``with_info`` names, units and baselines stay empty (for forecasts of a whole park).
    """
    projects = list(projects)
    gathered = gather(projects, with_info=with_info)
    return {
        project.pk: build(project, gathered, today=today, calendar=calendar, with_info=with_info)
        for project in projects
    }


def build(
    project: Project, gathered: Gathered, *, today: date, calendar: WorkCalendar, with_info: bool = True
) -> ProjectPlan:
    """One project's plan from what ``gathering.gather`` has read, or a preview from what it would read. No query."""
    step_address = reverse("approvals:step", args=[0, "CODE"]) if with_info else ""
    return _Builder(project, gathered, today, calendar, step_address).build()


@dataclass
class _Builder:
    """One project's plan from what has been gathered."""

    project: Project
    gathered: Gathered
    today: date
    calendar: WorkCalendar
    step_address: str

    def build(self) -> ProjectPlan:
        pk, found = self.project.pk, self.gathered
        self.plan = found.plans.get(pk)
        self.own = found.tasks.get(self.plan.pk, {}) if self.plan else {}
        self.policy: PlanPolicy = found.policies[self.project.park_id]
        self.rows = found.milestones.get(pk, {})
        self.steps = found.steps.get(pk, ())
        self.copied = _copied(self.plan)
        self.tasks: dict[str, Task] = {}
        self.durations: dict[str, facts.Chosen] = {}
        self._place_tasks()
        plain, dropped = _network(self.tasks.values(), *self._links())
        levers = self._levers()
        network = apply(plain, levers) if levers else plain
        goal, target = self._goal()
        info = {entry.key: entry for entry in self._infos(network)}
        return ProjectPlan(
            self.project, self.plan, network, plain, info, goal, target, levers, self.policy.with_soft, dropped
        )

    def _place_tasks(self) -> None:
        self.tasks |= facts.all_milestones(self.rows, self.project.stage, self.today, reported_hold=self.plan is None)
        when = {"today": self.today, "calendar": self.calendar}
        for step in self.steps:
            chosen = self._chosen(step.code, facts.limit_of(step))
            pauses = self.gathered.pauses.get(step.pk, ())
            self.tasks[step.code], self.durations[step.code] = facts.step_task(step, pauses, chosen, **when)
        for key in skeleton.WORKS:
            own = self.own.get(key)
            if own is None or not own.is_dropped:
                chosen = self._chosen(key, (self.policy.works[key], DurationFrom.DEFAULT))
                self.tasks[key] = facts.works_task(key, own, chosen, self.tasks, **when)
                self.durations[key] = chosen
        for own in self.own.values():
            if own.kind == PlanTask.Kind.OWN and not own.is_dropped:
                self.durations[own.key] = chosen = self._chosen(own.key, (0, DurationFrom.OWN))
                self.tasks[own.key] = facts.own_task(own, chosen, **when)
        self.tasks = {key: facts.with_wishes(task, self.own.get(key)) for key, task in self.tasks.items()}

    def _chosen(self, key: str, otherwise: tuple[int, DurationFrom]) -> facts.Chosen:
        return facts.chosen(self.own.get(key), self.copied, key, otherwise)

    def _links(self) -> tuple[list[Link], list[Link]]:
        """(links of the catalogue and the skeleton that the project has not taken out or changed, its own links)."""
        catalogue = next((self.gathered.catalogue[step.step_id].catalogue_id for step in self.steps), 0)
        gates = self.gathered.gates.get(catalogue, {})
        away = [key for key in skeleton.WORKS if key not in self.tasks]
        usual = {
            (link.before, link.after): link
            for link in [
                *skeleton.links(gates, self.tasks, away),
                *(link for link in self.gathered.dependencies.get(catalogue, ()) if self._knows(link)),
            ]
        }
        own = []
        for row in self.gathered.links.get(self.plan.pk, ()) if self.plan else ():
            link = Link(row.before, row.after, LinkKind(row.kind), row.lag_wd, row.is_hard)
            if self._is_unlawful(row, link, usual.get((row.before, row.after))):
                continue
            usual.pop((row.before, row.after), None)
            if not row.is_removed and self._knows(link):
                own.append(link)
        return list(usual.values()), own

    def _is_unlawful(self, row: Any, link: Link, usual: Link | None) -> bool:
        """Whether the catalogue has made law of what the project took out or softened before."""
        if usual is None or not skeleton.is_law(usual):
            return False
        ready = any(self.gathered.catalogue[step.step_id].pre_review for step in self.steps if step.code == link.after)
        return row.is_removed or not skeleton.keeps_law(link, pre_review=ready)

    def _knows(self, link: Link) -> bool:
        return link.before in self.tasks and link.after in self.tasks

    def _levers(self) -> tuple[Lever, ...]:
        rows = self.gathered.levers.get(self.plan.pk, ()) if self.plan else ()
        return tuple(Lever(LeverKind(row.kind), tuple(row.keys), row.wd) for row in rows)

    def _goal(self) -> tuple[str, date | None]:
        if self.plan:
            return self.plan.goal, self.plan.target_on
        goal = skeleton.usual_goal(key for key in skeleton.GOALS if self.tasks[key].is_done)
        row = self.rows.get(goal)
        return goal, row.baseline_on if row else None

    def _infos(self, network: Network) -> Iterable[TaskInfo]:
        if not self.step_address:
            return [self._bare(key, network) for key in self.tasks]
        steps = {step.code: self._step_info(step, network) for step in self.steps}
        infos = [steps.get(key) or self._other_info(key, network) for key in self.tasks]
        return sorted(infos, key=lambda info: (info.seq, info.key))

    def _bare(self, key: str, network: Network) -> TaskInfo:
        """What the durations say; kind and key."""
        chosen = self.durations.get(key)
        is_pulled = network.tasks[key].duration_wd != self.tasks[key].duration_wd
        return TaskInfo(
            key,
            _kind(key),
            "",
            duration_wd=network.tasks[key].duration_wd,
            preparation_wd=chosen.preparation_wd if chosen else 0,
            duration_from=DurationFrom.LEVER if is_pulled else chosen.comes_from if chosen else DurationFrom.DEFAULT,
        )

    def _step_info(self, step: Any, network: Network) -> TaskInfo:
        known = self.gathered.catalogue[step.step_id]
        day0 = facts.day0_of(step)
        return replace(
            self._dated(step.code, network),
            name=known.name,
            line=step.line_code,
            seq=step.seq * 10,
            **self._who(step.code, step.unit_id, step.handler_name, localized(known, "department_lead")),
            limit_wd=step.committed_limit_wd,
            pauses=tuple(
                PauseSpan(pause.started_on, pause.ended_on, _pause_name(pause.kind))
                for pause in self.gathered.pauses.get(step.pk, ())
                if day0 is None or pause.ended_on is None or pause.ended_on > day0
            ),
            step_pk=step.pk,
            address=self.step_address.replace("/0/", f"/{self.project.pk}/", 1).replace("CODE", step.code, 1),
        )

    def _other_info(self, key: str, network: Network) -> TaskInfo:
        own, row = self.own.get(key), self.rows.get(key)
        is_own = key not in PLACES
        reported = row.forecast_on if row and not self.tasks[key].is_done else None
        return replace(
            self._dated(key, network),
            name=own.name if is_own else works_name(key) if key in skeleton.WORKS else milestone_name(key),
            seq=OWN_TASKS_FROM + own.seq if is_own else PLACES[key],
            **self._who(key, self.project.responsible_unit_id, self.gathered.people.get(self.project.pk, "")),
            reported_on=reported if reported and reported > self.today else None,
        )

    def _dated(self, key: str, network: Network) -> TaskInfo:
        """With the newest baseline; a milestone falls back on its own."""
        entry = self.gathered.baselines.get(self.plan.pk, {}).get(key, {}) if self.plan else {}
        own, row = self.own.get(key), self.rows.get(key)
        finish = _day(entry.get("finish")) or (row.baseline_on if row else None)
        return replace(
            self._bare(key, network),
            baseline_start=_day(entry.get("start")) or (finish if key in self.rows else None),
            baseline_finish=finish,
            not_before_reason=own.not_before_reason if own else "",
            fixed_reason=own.fixed_reason if own else "",
        )

    def _who(self, key: str, unit_id: int | None, person: str, department: str = "") -> dict[str, Any]:
        own = self.own.get(key)
        unit_id = own.unit_id if own and own.unit_id else unit_id
        name = self.gathered.units.get(unit_id, "") if unit_id else department
        return {"unit_id": unit_id, "unit_name": name, "person": (own.person_name if own else "") or person}


def milestone_name(key: str) -> str:
    return localized(STAGES[Stage(key)], "name")


def _kind(key: str) -> str:
    kinds = {"S": PlanTask.Kind.STEP, "L": PlanTask.Kind.MILESTONE, "W": PlanTask.Kind.WORKS}
    return kinds.get(key[0], PlanTask.Kind.OWN).value


def _pause_name(kind: str) -> str:
    return localized(PAUSE_KINDS[kind], "name") if kind in PAUSE_KINDS else kind


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _copied(plan: Any) -> Mapping[str, int | None]:
    """Durations the plan's template had when it was copied."""
    return {row["key"]: row.get("duration_wd") for row in copied_rows(plan)}


def copied_rows(plan: Any) -> Sequence[Mapping[str, Any]]:
    """Rows of the plan's template in the version that was copied; empty without one."""
    template = plan.template if plan else None
    if template is None:
        return ()
    version = plan.template_version or template.version
    return template_rules.rows_at(template.rows, template.history, version)


def _network(tasks: Iterable[Task], usual: list[Link], own: list[Link]) -> tuple[Network, tuple[Link, ...]]:
    """The network, and the links left out because of a circle: own ones first, soft ones before hard ones."""
    tasks, dropped = list(tasks), []
    while True:
        try:
            return Network.of(tasks, [*usual, *own]), tuple(dropped)
        except CycleFound as found:
            circle = set(zip(found.keys, found.keys[1:], strict=False))
            on_it = [link for link in [*own, *usual] if (link.before, link.after) in circle]
            worst = next((link for link in on_it if link in own), None) or min(on_it, key=lambda link: link.is_hard)
            (own if worst in own else usual).remove(worst)
            dropped.append(worst)
