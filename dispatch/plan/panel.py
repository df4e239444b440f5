"""The plan on the project page: will it make its target, which chain decides, what runs, what is late. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.models import User
from accounts.permissions import Verb, may
from dispatch.plan import building, gantt_words, learned, policies, risk_words, risks
from dispatch.plan.gantt import Chart, Options, draw
from dispatch.plan.gantt_axis import Scale
from dispatch.plan.models import PlanForecast, PlanLever
from dispatch.plan.values import ProjectPlan
from projects import seams
from projects.models import Project
from projects.planning.schedule import Schedule
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

KEY = "schedule"


@dataclass(frozen=True)
class Reading:
    """A project's plan with its dates. ``as_of``: the day they hold for, for a halted project that of the halt."""

    plan: ProjectPlan
    schedule: Schedule
    calendar: WorkCalendar
    as_of: date
    can_edit: bool
    is_halted: bool = False

    @property
    def project(self) -> Project:
        return self.plan.project

    @property
    def is_reached(self) -> bool:
        goal = self.schedule.goal
        return bool(goal) and not self.schedule[goal].is_open

    @property
    def has_steps(self) -> bool:
        return any(one.kind == "step" for one in self.plan.info.values())

    @property
    def verdict(self) -> str:
        """halted, reached, no_target, short or kept."""
        if self.is_halted:
            return "halted"
        if self.is_reached:
            return "reached"
        if self.schedule.target_on is None:
            return "no_target"
        return "short" if self.schedule.short_wd else "kept"


def read(project: Project, user: User, today: date) -> Reading:
    """The plan as this person may see it; a suspended or terminated project's as it was on that day."""
    calendar = load_calendar()
    as_of = day_of(project, today)
    plan = building.read_one(project, today=as_of, calendar=calendar)
    answer = plan.schedule(today=as_of, calendar=calendar)
    can_edit = project.is_active and may(user, Verb.EDIT_PLAN)
    return Reading(plan, answer, calendar, as_of, can_edit, is_halted=not project.is_active)


def day_of(project: Project, today: date) -> date:
    """The day a project's forecast holds for: of a halted one that of the halt."""
    if project.is_active:
        return today
    change = project.status_changes.last()
    return min(change.on, today) if change else today


def _chance(project: Project, reading: Reading) -> str:
    """The finish by the park's own durations, in a sentence; "" while the park has not switched it on."""
    policy = policies.in_force(project.park_id)
    if not policy.risk_on or reading.verdict not in ("short", "kept", "no_target"):
        return ""
    kept = PlanForecast.objects.filter(project=project).only("p50_on", "p80_on").first()
    p50_on, p80_on = (kept.p50_on, kept.p80_on) if kept else (None, None)
    basis = risks.basis_of(reading.plan, learned.of_park(project.park_id), policy)
    return risk_words.sentence(basis, p50_on, p80_on, reading.schedule.target_on, policy, load_calendar())


def panel_context(project: Project, user: User, today: date) -> Mapping[str, Any]:
    """reading, chance (a sentence), chain, conflicts, hints, levers."""
    if user.role is None or user.role.scope == "enterprise":
        return {"reading": None}
    reading = read(project, user, today)
    told = gantt_words.conflict_lines(reading.schedule, reading.plan)
    return {
        "reading": reading,
        "schedule": reading.schedule,
        "plan": reading.plan,
        "goal": reading.plan.info.get(reading.plan.goal),
        "chance": _chance(project, reading),
        "chain": gantt_words.chain_of(reading.schedule, reading.plan),
        "chain_why": gantt_words.chain_why(reading.schedule, reading.plan),
        "conflicts": [text for is_hint, text in told if not is_hint],
        "hints": [text for is_hint, text in told if is_hint],
        "may_export": may(user, Verb.EXPORT_LEDGER),
        "levers": list(PlanLever.objects.filter(plan__project=project, withdrawn_at=None)),
    }


@dataclass(frozen=True, slots=True)
class Toggle:
    """A link that changes what the chart shows."""

    label: str
    href: str
    is_on: bool


@dataclass(frozen=True)
class Shown:
    """The chart for one address: with its links to others, and the same as a table."""

    chart: Chart
    toggles: list[Toggle]
    scales: list[Toggle]
    lines: list[gantt_words.Line]


def options_of(query: Mapping[str, str]) -> Options:
    """What an address asks for; anything unknown is the usual."""
    scale = query.get("scale", "")
    return Options(
        scale=Scale(scale) if scale in set(Scale) else Scale.AUTO,
        only_critical=query.get("critical") == "1",
        hide_finished=query.get("finished") == "0",
        hide_waiting=query.get("waiting") == "0",
        after_goal=query.get("after") == "1",
        all_links=query.get("links") == "all",
    )


def shown(reading: Reading, query: QueryDict, **changed: Any) -> Shown:
    """The chart as the address asks for it; ``changed``: fields of Options set otherwise."""
    options = replace(options_of(query), **changed)
    chart = draw(
        reading.schedule,
        reading.plan.info,
        reading.plan.network.links,
        calendar=reading.calendar,
        options=options,
        words=gantt_words.chart_words(is_halted=reading.is_halted),
    )
    return Shown(chart, _toggles(query), _scales(query), gantt_words.lines(chart, reading.plan))


def _toggles(query: QueryDict) -> list[Toggle]:
    ways = [
        (_("Only what decides the goal"), "critical", "1"),
        (_("Hide finished"), "finished", "0"),
        (_("Hide not started"), "waiting", "0"),
        (_("Also what follows the goal"), "after", "1"),
        (_("All links"), "links", "all"),
    ]
    return [
        Toggle(label, _address(query, name, None if query.get(name) == value else value), query.get(name) == value)
        for label, name, value in ways
    ]


def _scales(query: QueryDict) -> list[Toggle]:
    words = {
        Scale.AUTO: pgettext("scale of a chart", "whole plan"),
        Scale.DAYS: pgettext("scale of a chart", "days"),
        Scale.WEEKS: pgettext("scale of a chart", "weeks"),
        Scale.MONTHS: pgettext("scale of a chart", "months"),
    }
    now = options_of(query).scale
    return [Toggle(word, _address(query, "scale", scale.value or None), scale is now) for scale, word in words.items()]


def _address(query: QueryDict, name: str, value: str | None) -> str:
    changed = query.copy()
    changed.pop(name, None)
    if value is not None:
        changed[name] = value
    return f"?{changed.urlencode()}#gantt"


def register() -> None:
    panel = seams.Panel(KEY, pgettext_lazy("tab", "Schedule"), "dispatch/plan/_schedule_panel.html", panel_context)
    if panel not in seams.panels:
        seams.panels.append(panel)
