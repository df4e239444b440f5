"""Which projects can start on a day, what each still lacks, and what became of them. Reads only; a fixed number of
queries for any number of projects."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from approvals.hooks import step_url, unmet_steps
from approvals.models import ProjectStep
from dispatch.group_start import words
from dispatch.group_start.models import GroupStart, GroupStartEntry, GroupStartProject
from dispatch.group_start.readiness import ORDER, Outcome, Readiness, Ready, outcome, readiness
from dispatch.ledger.models import LedgerItem
from dispatch.ledger.queries import address
from dispatch.plan import building
from dispatch.plan.values import ProjectPlan
from projects.models import Milestone, Project
from projects.planning.engine import schedule
from projects.planning.schedule import Driver, Schedule
from projects.stages import GATES, Stage, position
from projects.stages import ORDER as STAGES
from workdays.arithmetic import WorkCalendar

MOST = 300  # projects that one page works out
NOT_STARTED = [stage.value for stage in STAGES if position(stage) < position(Stage.STARTED)]
SORTS = ("ready", "investment", "unit", "name")


@dataclass(frozen=True)
class Lack:
    """A step of the gate that is not done. ``latest_on``: latest finish that keeps the day; None when it has none.

    ``forecast_on``: when it will be done as things stand.
    """

    step: ProjectStep
    text: str
    unit_id: int | None
    unit_name: str
    latest_on: date | None
    forecast_on: date | None
    today: date

    @property
    def url(self) -> str:
        return step_url(self.step)

    @property
    def name(self) -> str:
        return str(self.step)

    @property
    def is_late(self) -> bool:
        """Nobody can keep the latest finish any more, or nobody will as things stand."""
        if self.latest_on is None:
            return False
        return self.latest_on < self.today or bool(self.forecast_on and self.forecast_on > self.latest_on)


@dataclass(frozen=True)
class Candidate:
    """A project against a day. ``entry``: its place in the group start; ``actual_on``: when it did start."""

    project: Project
    readiness: Readiness
    lacks: list[Lack] = field(default_factory=list)
    first: str = ""  # the first open task of the chain that decides
    entry: GroupStartProject | None = None
    actual_on: date | None = None
    outcome: Outcome | None = None

    @property
    def light(self) -> str:
        return words.LIGHTS[self.readiness.ready]

    @property
    def word(self) -> str:
        return str(words.READY_NAMES[self.readiness.ready])

    @property
    def status(self) -> str:
        """Why nothing is forecast: the project is suspended or terminated; "" for an active one."""
        return "" if self.project.is_active else str(self.project.get_status_display())

    @property
    def margin(self) -> str:
        return words.margin(self.readiness)

    @property
    def answer(self) -> str:
        return " · ".join(filter(None, [self.status, words.answer(self.readiness)]))

    @property
    def outcome_name(self) -> str:
        return str(words.OUTCOME_NAMES[self.outcome]) if self.outcome else ""

    @property
    def levers_url(self) -> str:
        return address("dispatch:plan_levers", self.project.pk) if self.readiness.ready is Ready.NO else ""

    @property
    def has_started(self) -> bool:
        return self.outcome is not None and self.outcome is not Outcome.NOT_STARTED


@dataclass(frozen=True)
class Totals:
    """Number of projects, their total investment (万元), and how many of each answer."""

    number: int
    investment_10k: Decimal
    counts: list[tuple[str, str, int]]  # (light, word, number)


def waiting_projects(user: User) -> QuerySet[Project]:
    """Visible active projects that have not started construction."""
    rows = Project.objects.visible_to(user).active().filter(stage__in=NOT_STARTED)
    started = Milestone.objects.filter(stage=Stage.STARTED).filter(Q(actual_on__isnull=False) | Q(is_done=True))
    rows = rows.exclude(pk__in=started.values("project"))
    return rows.select_related("responsible_unit", "enterprise").order_by("-total_investment_10k", "name_key", "pk")


def candidates(projects: Iterable[Project], *, on: date, today: date, calendar: WorkCalendar) -> list[Candidate]:
    """Each project against the day ``on``, in the order given; the gate is asked as it stands today."""
    projects = list(projects)
    plans = building.read(projects, today=today, calendar=calendar)
    unmet = unmet_steps(projects, GATES[Stage.STARTED], today)
    return [
        _candidate(project, plans[project.pk], unmet.get(project.pk, []), on, today, calendar) for project in projects
    ]


def _candidate(project: Project, plan: ProjectPlan, unmet: list, on: date, today: date, calendar) -> Candidate:
    goal = Stage.STARTED.value
    has_steps = any(info.step_pk for info in plan.info.values())
    if goal not in plan.network.tasks or not has_steps or not project.is_active:
        return Candidate(project, Readiness(Ready.UNKNOWN), [_lack(plan, None, *one, today) for one in unmet])
    found = schedule(plan.network, today=today, calendar=calendar, goal=goal, target_on=on, with_soft=plan.with_soft)
    lacks = [_lack(plan, found, step, text, today) for step, text in unmet]
    first = next((key for key in found.chain if key != goal), "")
    is_reported = not first and found[goal].driver is Driver.NOT_BEFORE
    name = plan.info[first].name if first else _("the day that was reported") if is_reported else ""
    return Candidate(project, readiness(found, len(lacks)), lacks, f"{first} {name}".strip())


def _lack(plan: ProjectPlan, found: Schedule | None, step: ProjectStep, text: str, today: date) -> Lack:
    info = plan.info.get(step.code)
    placed = found.tasks.get(step.code) if found else None
    return Lack(
        step, text,
        unit_id=info.unit_id if info else step.unit_id,
        unit_name=info.unit_name if info else str(step.unit or ""),
        latest_on=placed.latest_finish if placed else None,
        forecast_on=placed.finish if placed else None,
        today=today,
    )  # fmt: skip


def in_order(rows: Iterable[Candidate], sort: str) -> list[Candidate]:
    """By readiness, total investment, responsible unit or name; ties by investment, largest first."""
    by = {
        "ready": lambda one: one.readiness.order,
        "investment": lambda one: (),
        "unit": lambda one: str(one.project.responsible_unit or "\uffff"),
        "name": lambda one: one.project.name_key,
    }[sort if sort in SORTS else "ready"]
    largest = sorted(rows, key=lambda one: (-(one.project.total_investment_10k or 0), one.project.name_key))
    return sorted(largest, key=by)


def totals(rows: Sequence[Candidate]) -> Totals:
    number = {ready: sum(1 for row in rows if row.readiness.ready is ready and not row.has_started) for ready in ORDER}
    return Totals(
        len(rows),
        sum((row.project.total_investment_10k or Decimal() for row in rows), Decimal()),
        [(words.LIGHTS[ready], str(words.READY_NAMES[ready]), count) for ready, count in number.items() if count],
    )


def entries_of(start: GroupStart, user: User) -> QuerySet[GroupStartProject]:
    """Places of the group start whose projects the user sees, those taken out included."""
    rows = GroupStartProject.objects.visible_to(user).filter(group_start=start)
    return rows.select_related("project__responsible_unit", "project__enterprise", "group_start")


def rows_of(start: GroupStart, user: User, *, today: date, calendar: WorkCalendar) -> list[Candidate]:
    """The projects of a group start, readiest first; those that have started tell when."""
    entries = {entry.project_id: entry for entry in entries_of(start, user).filter(is_out=False)}
    columns = ("project_id", "actual_on", "is_done")
    begun = Milestone.objects.visible_to(user).filter(project__in=entries, stage=Stage.STARTED)
    facts = {pk: (actual_on, is_done) for pk, actual_on, is_done in begun.values_list(*columns)}
    projects = [entry.project for entry in entries.values()]
    found = candidates(projects, on=start.on, today=today, calendar=calendar)
    return in_order((_with_facts(row, entries, facts, start) for row in found), "ready")


def _with_facts(row: Candidate, entries: dict, facts: dict, start: GroupStart) -> Candidate:
    actual_on, is_done = facts.get(row.project.pk, (None, False))
    is_done = is_done or row.project.stage not in NOT_STARTED
    became = outcome(start.on, actual_on, is_done)
    lacks = row.lacks if became is Outcome.NOT_STARTED else []
    return Candidate(row.project, row.readiness, lacks, row.first, entries[row.project.pk], actual_on, became)


def outcomes(rows: Sequence[Candidate]) -> list[tuple[str, int]]:
    """How many of each outcome, in their order."""
    found = {one: sum(1 for row in rows if row.outcome is one) for one in Outcome}
    return [(str(words.OUTCOME_NAMES[one]), count) for one, count in found.items() if count]


def on_ledger(rows: Iterable[Lack]) -> dict[int, LedgerItem]:
    """Project step → its open item that came from a plan; one query."""
    steps = [row.step.pk for row in rows]
    found = LedgerItem.objects.open().filter(project_step__in=steps, source=LedgerItem.Source.PLAN)
    return {item.project_step_id: item for item in found.order_by("-pk")}


def starts_of(user: User) -> QuerySet[GroupStart]:
    """Group starts the user sees, newest first, with the number and investment of the projects they see in each."""
    seen = GroupStartProject.objects.visible_to(user).filter(is_out=False).values("pk")
    rows = GroupStart.objects.visible_to(user)
    mine = Q(entries__in=seen)
    return rows.annotate(
        number=Count("entries", filter=mine), investment_10k=Sum("entries__project__total_investment_10k", filter=mine)
    ).order_by("-on", "-pk")


def history_of(start: GroupStart, user: User) -> list[dict[str, Any]]:
    """Rows for the timeline, newest first; of a project only when the user sees it."""
    seen = set(entries_of(start, user).values_list("project", flat=True))
    rows = start.history.select_related("by").order_by("-at", "-pk")
    return [_told(row) for row in rows if _project_of(row) in {None, *seen}]


def _project_of(row: GroupStartEntry) -> int | None:
    return next((change["id"] for change in row.changes if change["field"] == "project"), None)


def _told(row: GroupStartEntry) -> dict[str, Any]:
    words = {
        "created": pgettext("group start", "Planned"), "edited": _("Changed"), "taken_in": _("Project taken in"),
        "taken_out": _("Project taken out"), "noted": _("Note changed"), "ledger": _("Put on the ledger"),
        "held": pgettext("group start", "Held"), "cancelled": pgettext("group start", "Cancelled"),
    }  # fmt: skip
    told = [f"{change.get('old') or '—'} → {change['new']}" for change in row.changes if change["field"] != "project"]
    named = [change["new"] for change in row.changes if change["field"] == "project"]
    note = " · ".join([*named, *told, *filter(None, [row.note])])
    return {"at": row.at, "who": row.by or _("System"), "what": words.get(row.verb, row.verb), "note": note}
