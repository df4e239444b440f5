"""A project's plan as read from the tables: the network for the engine, and what people must know of each task."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from projects.planning.engine import schedule
from projects.planning.levers import Lever
from projects.planning.network import Link, Network
from projects.planning.schedule import Schedule
from workdays.arithmetic import WorkCalendar


class DurationFrom(StrEnum):
    """Where a task's duration comes from; the first that is known counts."""

    LEVER = "lever"
    OWN = "own"
    TEMPLATE = "template"
    LIMIT = "limit"  # committed limit of the step
    DEFAULT = "default"  # the park's, or ours: a typical default


@dataclass(frozen=True, slots=True)
class PauseSpan:
    """Days (start, end] that stop the committed clock; ``end`` None while open. ``label``: its kind, for people."""

    start: date
    end: date | None
    label: str


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """What a page, a chart or a workbook shows of one task beside its dates.

    ``duration_wd`` is what the network has: preparation and limit together, working days. ``baseline_*``: the newest
    version; milestones fall back on their own baseline date. ``reported_on``: forecast of a milestone as people
    reported it. ``line``: code of the step's line, "" for others. ``address``: the page about it, "" when none.
    """

    key: str
    kind: str  # PlanTask.Kind
    name: str
    line: str = ""
    seq: int = 0
    unit_id: int | None = None
    unit_name: str = ""
    person: str = ""
    duration_wd: int = 0
    preparation_wd: int = 0
    duration_from: DurationFrom = DurationFrom.DEFAULT
    limit_wd: int | None = None
    baseline_start: date | None = None
    baseline_finish: date | None = None
    reported_on: date | None = None
    not_before_reason: str = ""
    fixed_reason: str = ""
    pauses: tuple[PauseSpan, ...] = ()
    step_pk: int | None = None
    address: str = ""


@dataclass(frozen=True)
class ProjectPlan:
    """Everything about one project's plan. ``plan`` (dispatch.plan.models.Plan) is None while nobody has touched it.

    ``network`` has the levers pulled; ``plain`` is the same without any. ``info`` in the order pages list tasks.
    ``dropped_links``: left out because with them tasks would wait for each other (the catalogue has changed).
    """

    project: Any
    plan: Any
    network: Network
    plain: Network
    info: Mapping[str, TaskInfo]
    goal: str
    target_on: date | None
    levers: tuple[Lever, ...] = ()
    with_soft: bool = False
    dropped_links: tuple[Link, ...] = ()

    def schedule(self, *, today: date, calendar: WorkCalendar, network: Network | None = None) -> Schedule:
        """Dates of every task; of ``network`` in place of the project's own for a preview."""
        return schedule(
            network or self.network,
            today=today,
            calendar=calendar,
            goal=self.goal,
            target_on=self.target_on,
            with_soft=self.with_soft,
        )
