"""What happened to each project between two freezes and what it has to do, as plain rows, in a fixed number of queries.

Histories are taken by the moment they were recorded, so that nothing falls between two briefs.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from accounts.models import Park
from approvals.models import StepTransition
from dispatch.briefs.rows import Case, Happening, ProjectWeek, Task
from dispatch.ledger.models import LedgerItem
from dispatch.reports.causes import IN_WORKDAYS, Cause, reason_zh
from dispatch.reports.sources import step_names
from dispatch.reports.words import planned_day
from dispatch.response.models import ResponseCase
from dispatch.warnings.models import Warning
from projects.models import Milestone, Precision, Project, ProjectChange, StageEntry, StatusChange, TeamMember
from projects.stages import STAGES, Stage
from workdays.arithmetic import WorkCalendar

UPPER_LEVELS, UPPER_TIER = (1, 2), 2  # levels Ⅰ and Ⅱ; tiers from the second on
COLUMNS = (
    "pk", "name", "total_investment_10k", "stage", "light", "physical_progress", "issue", "next_work",
    "responsible_unit__name",
)  # fmt: skip


@dataclass(frozen=True)
class Span:
    """``since`` < recorded ≤ ``until``; tasks of ``tasks`` fall to this brief, those of ``coming`` to the next."""

    since: datetime
    until: datetime
    as_of: date
    tasks: tuple[date, date]
    coming: tuple[date, date]
    calendar: WorkCalendar


@dataclass
class _Found:
    """Project id (None: of no project) → what there is."""

    happenings: dict[int | None, list[Happening]] = field(default_factory=lambda: defaultdict(list))
    tasks: dict[int | None, list[Task]] = field(default_factory=lambda: defaultdict(list))
    problems: dict[int | None, list[str]] = field(default_factory=lambda: defaultdict(list))
    hung: dict[int | None, list[str]] = field(default_factory=lambda: defaultdict(list))
    cases: dict[int | None, list[Case]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True)
class Facts:
    """Every project that is not terminated, and tasks that hang on none of them."""

    projects: list[ProjectWeek]
    other_tasks: list[Task]


def read(park: Park, span: Span) -> Facts:
    """All facts of the park; ten queries, whatever the number of projects."""
    listed = Project.objects.filter(park=park).exclude(status=Project.Status.TERMINATED)
    found = _Found()
    _entries(park, span, found)
    _changes(park, span, found)
    _steps(park, span, found)
    _milestones(listed, span, found)
    _items(park, span, found)
    _cases(park, span, found)
    leaders = dict(
        TeamMember.objects.filter(project__in=listed, role=TeamMember.Role.LEADER)
        .order_by()
        .values_list("project", "person_name")
    )
    projects = [_week(row, leaders, found) for row in listed.order_by().values_list(*COLUMNS)]
    known = {project.pk for project in projects}
    others = [task for pk, tasks in found.tasks.items() if pk not in known for task in tasks]
    return Facts(projects, others)


def _week(row: tuple[Any, ...], leaders: dict[int, str], found: _Found) -> ProjectWeek:
    pk, name, total, stage, light, progress, issue, next_work, unit = row
    return ProjectWeek(
        pk=pk, name=name, total_10k=total, stage=stage, light=light, progress=progress, issue=issue,
        next_work=next_work, unit=unit or "", leader=leaders.get(pk, ""),
        happenings=tuple(found.happenings.get(pk, ())), tasks=tuple(sorted(found.tasks.get(pk, ()))),
        problems=tuple(found.problems.get(pk, ())), hung=tuple(found.hung.get(pk, ())),
        cases=tuple(sorted(found.cases.get(pk, ()))),
    )  # fmt: skip


def _window(span: Span) -> Q:
    return Q(at__gt=span.since, at__lte=span.until)


def _entries(park: Park, span: Span, found: _Found) -> None:
    entries = StageEntry.objects.filter(_window(span), project__park=park).order_by("at", "pk")
    for pk, before, stage, on in entries.values_list("project", "from_stage", "stage", "entered_on"):
        found.happenings[pk].append(Happening("stage", stage, on, before))
    changes = StatusChange.objects.filter(_window(span), project__park=park).order_by("at", "pk")
    for pk, status, on, reason in changes.values_list("project", "status", "on", "reason"):
        found.happenings[pk].append(Happening("status", status, on, reason))


def _changes(park: Park, span: Span, found: _Found) -> None:
    """Registered, investment reported, milestones reached, enrolled, progress rewritten."""
    rows = ProjectChange.objects.filter(_window(span), project__park=park).order_by("at", "pk")
    for pk, verb, changes in rows.values_list("project", "verb", "changes"):
        if verb == ProjectChange.Verb.CREATED:
            found.happenings[pk].append(Happening("created"))
        for change in changes:
            name, new = str(change.get("field", "")), change.get("new")
            if name == "physical_progress" or (name == "enrolled" and new is True):
                found.happenings[pk].append(Happening(name))
            elif name.startswith("investment.") and name.endswith(".ytd_10k") and new is not None:
                found.happenings[pk].append(Happening("investment", name.split(".")[1], None, str(new)))
            elif name.startswith("milestone.") and name.endswith(".actual_on") and new:
                stage = name.split(".")[1]
                found.happenings[pk].append(Happening("milestone", stage, date.fromisoformat(str(new))))


def _steps(park: Park, span: Span, found: _Found) -> None:
    """The last state of each step that moved."""
    rows = StepTransition.objects.filter(_window(span), project_step__project__park=park)
    names = ("project_step__project", "project_step__step__name_zh", "from_state", "to_state", "on")
    last: dict[tuple[int, str], Happening] = {}
    for pk, name, before, state, on in rows.order_by("project_step__seq", "at", "pk").values_list(*names):
        if before != state:
            last[pk, name] = Happening("step", name, on, str(state))
    for (pk, _name), happening in last.items():
        found.happenings[pk].append(happening)


def _milestones(listed: Any, span: Span, found: _Found) -> None:
    rows = Milestone.objects.filter(project__in=listed, due_on__gte=span.tasks[0], due_on__lte=span.coming[1])
    for row in rows.order_by("project", "stage"):
        precision = row.baseline_precision if row.baseline_on else row.forecast_precision
        reached = row.is_done or (row.actual_on is not None and row.actual_on <= span.as_of)
        title = f"{STAGES[Stage(row.stage)].name_zh}节点"
        if precision != Precision.DAY:
            title += f"（计划{planned_day(row.due_on, precision)}）"
        _add_task(found, span, row.project_id, title, row.due_on, is_done=reached)


def _items(park: Park, span: Span, found: _Found) -> None:
    rows = LedgerItem.objects.filter(park=park, raised_on__lte=span.as_of)
    rows = rows.filter(Q(closed_on__isnull=True) | Q(due_on__gte=span.tasks[0]))
    names = ("project", "number", "title", "kind", "due_on", "closed_on", "tier")
    for pk, number, title, kind, due, closed, tier in rows.order_by("number").values_list(*names):
        is_done, text = closed is not None and closed <= span.as_of, f"{number} {title}"
        if due is not None:
            _add_task(found, span, pk, text, due, is_done=is_done)
        if not is_done and tier >= UPPER_TIER:
            found.hung[pk].append(text)
        elif not is_done and kind == LedgerItem.Kind.PROBLEM:
            found.problems[pk].append(title)


def _add_task(found: _Found, span: Span, pk: int | None, title: str, due: date, *, is_done: bool) -> None:
    for name, (first, last) in (("now", span.tasks), ("next", span.coming)):
        if first <= due <= last and not (name == "next" and is_done):
            found.tasks[pk].append(Task(name, due, title, is_done, is_late=due < span.as_of and not is_done))


def _cases(park: Park, span: Span, found: _Found) -> None:
    """Open cases of level Ⅰ and Ⅱ that are not held."""
    rows = ResponseCase.objects.open().filter(park=park, level__in=UPPER_LEVELS, is_held=False)
    rows = rows.filter(opened_on__lte=span.as_of).select_related("warning").order_by("pk")
    names = step_names()
    for case in rows:
        warning = case.warning
        cause = Cause(
            warning.rule, case.project_id, warning.object_type, warning.object_id, warning.label, warning.due_on,
            warning.level, warning.since_on, _late_by(warning, span.as_of, span.calendar),
        )  # fmt: skip
        text = reason_zh(cause, names.get(warning.label, warning.label))
        found.cases[case.project_id].append(Case(case.level, warning.due_on, text))


def _late_by(warning: Warning, as_of: date, calendar: WorkCalendar) -> Decimal | None:
    """How late, in the unit of its rule; None where nothing is measured or nothing is over."""
    if warning.behind_pp is not None:
        return warning.behind_pp
    if warning.due_on >= as_of:
        return None
    if warning.rule in IN_WORKDAYS:
        return Decimal(calendar.count(warning.due_on, as_of))
    return Decimal((as_of - warning.due_on).days)
