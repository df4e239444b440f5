"""What the page of levers shows: the shortfall, its chain, every lever with gain and price, and what a choice moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from dispatch.ledger.models import LedgerItem
from dispatch.plan import building, explain, knock_on, lever_forms, possible, prices
from dispatch.plan.actions.shared import version_of
from dispatch.plan.models import PlanLever
from dispatch.plan.possible import Option, Options
from dispatch.plan.prices import Price
from dispatch.plan.values import ProjectPlan, TaskInfo
from projects.models import Project
from projects.planning.levers import PARALLEL, Gain, Lever, LeverKind, apply, best_first, gains, unfit
from projects.planning.network import Task
from projects.planning.schedule import Placed, Schedule
from workdays.arithmetic import WorkCalendar

PROPOSED_AT_MOST = 20


@dataclass(frozen=True)
class Stop:
    """One task of the chain to the goal."""

    info: TaskInfo | None
    placed: Placed
    task: Task
    is_goal: bool
    why: str = ""  # why the first one is not earlier


@dataclass(frozen=True)
class Row:
    """One lever that can be pulled."""

    option: Option
    gain: Gain
    price: Price
    what: str
    info: TaskInfo | None
    is_picked: bool

    @property
    def helps(self) -> bool:
        return self.is_picked or self.gain.alone_wd > 0 or self.gain.on_top_wd > 0

    @property
    def beside(self) -> str:
        """The step it is worked beside; "" for other levers."""
        lever = self.option.lever
        return lever.keys[1] if lever.kind in PARALLEL else ""

    @property
    def days_field(self) -> str:
        """Name of the input of working days; "" for levers without."""
        is_shorter = self.option.lever.kind is LeverKind.SHORTEN
        return lever_forms.days_field(self.option.lever.step) if is_shorter else ""


@dataclass(frozen=True)
class Pulled:
    """A lever of the plan, now or earlier."""

    row: PlanLever
    what: str
    info: TaskInfo | None
    shows_item: bool
    is_idle: bool


@dataclass(frozen=True)
class Sheet:
    """Everything for one project, goal and choice. Schedules are worked out once."""

    plan: ProjectPlan
    options: Options
    offered: Sequence[Option]
    picked: Sequence[Option]
    today: date
    calendar: WorkCalendar

    @property
    def version(self) -> int:
        return version_of(self.plan.plan)

    @cached_property
    def now(self) -> Schedule:
        return self.plan.schedule(today=self.today, calendar=self.calendar)

    @cached_property
    def chosen(self) -> list[Lever]:
        return [option.lever for option in self.picked]

    @cached_property
    def after(self) -> Schedule:
        """With what has been pulled and what is ticked."""
        if not self.chosen:
            return self.now
        network = apply(self.plan.plain, [*self.plan.levers, *self.chosen])
        return self.plan.schedule(today=self.today, calendar=self.calendar, network=network)

    @property
    def is_reached(self) -> bool:
        return not self.now[self.now.goal].is_open

    @property
    def goal_name(self) -> str:
        return building.milestone_name(self.plan.goal)

    @cached_property
    def stops(self) -> list[Stop]:
        tasks, info = self.plan.network.tasks, self.plan.info
        found = [Stop(info.get(key), self.now[key], tasks[key], key == self.now.goal) for key in self.now.chain]
        return [replace(stop, why="" if at else self._why(stop)) for at, stop in enumerate(found)]

    def _why(self, stop: Stop) -> str:
        return explain.why_there(stop.placed, stop.task, self.plan.info)

    @cached_property
    def moves(self) -> knock_on.KnockOn | None:
        """What the ticked levers move; None without any."""
        if not self.chosen:
            return None
        network = apply(self.plan.plain, [*self.plan.levers, *self.chosen])
        return knock_on.compare(self.now, self.after, self.plan.info, network=network, calendar=self.calendar)

    @cached_property
    def rows(self) -> list[Row]:
        """The largest gain on top of the ticked ones first."""
        by_lever = {option.lever: option for option in self.offered}
        found = gains(self.plan.plain, list(by_lever), self.chosen, **self._question())
        return [self._row(by_lever[gain.lever], gain) for gain in found]

    @property
    def helpful(self) -> list[Row]:
        return [row for row in self.rows if row.helps]

    @property
    def idle(self) -> list[Row]:
        return [row for row in self.rows if not row.helps]

    @cached_property
    def barred(self) -> list[tuple[str, str, str]]:
        """(what, step, why not)"""
        return [(prices.what(o.lever), str(o.steps[0].step), o.bar) for o in self.options.barred]

    @cached_property
    def proposal(self) -> list[Row]:
        """A cheap set that is enough, or comes as near as all levers do; greedy."""
        best = best_first(self.plan.plain, [option.lever for option in self.offered], **self._question())
        return [row for row in self.rows if row.option.lever in best][:PROPOSED_AT_MOST]

    @property
    def proposal_query(self) -> str:
        return urlencode([("lever", row.option.lever.code) for row in self.proposal])

    @property
    def query(self) -> str:
        """The choice as part of an address."""
        return urlencode([("lever", lever.code) for lever in self.chosen])

    @cached_property
    def proposal_short(self) -> int:
        """Working days still missing with the proposal."""
        network = apply(self.plan.plain, [*self.plan.levers, *(row.option.lever for row in self.proposal)])
        return self.plan.schedule(today=self.today, calendar=self.calendar, network=network).short_wd

    def _question(self) -> Mapping[str, Any]:
        return {
            "today": self.today,
            "calendar": self.calendar,
            "goal": self.plan.goal,
            "target_on": self.plan.target_on,
            "with_soft": self.plan.with_soft,
            "pulled": self.plan.levers,
        }

    def _row(self, option: Option, gain: Gain) -> Row:
        return Row(
            option,
            gain,
            prices.price(option, self.options.policy),
            prices.what(option.lever, option.before_wd),
            self.plan.info.get(option.lever.step),
            option in self.picked,
        )


def sheet_of(project: Project, data, *, today: date, calendar: WorkCalendar) -> Sheet:
    """``data``: a QueryDict with ``lever`` codes and working days; what is not possible in it is ignored."""
    plan = building.read_one(project, today=today, calendar=calendar)
    options = possible.of(plan)
    offered = lever_forms.offered(options, data)
    return Sheet(plan, options, offered, lever_forms.picked(offered, data), today, calendar)


def pulled_of(plan: ProjectPlan, user) -> list[Pulled]:
    """Levers of the plan, those withdrawn last. Two queries."""
    if plan.plan is None:
        return []
    rows = PlanLever.objects.visible_to(user).filter(plan=plan.plan.pk)
    rows = sorted(rows.select_related("item", "by", "withdrawn_by"), key=lambda row: row.withdrawn_at is not None)
    items = LedgerItem.objects.visible_to(user).filter(pk__in=[row.item_id for row in rows if row.item_id])
    seen, idle = set(items.values_list("pk", flat=True)), set(unfit(plan.plain, plan.levers))
    return [_pulled(row, plan, seen, idle) for row in rows]


def _pulled(row: PlanLever, plan: ProjectPlan, seen: set[int], idle: set[Lever]) -> Pulled:
    lever = Lever(LeverKind(row.kind), tuple(row.keys), row.wd)
    return Pulled(row, prices.what(lever), plan.info.get(lever.step), row.item_id in seen, lever in idle)
