"""What the bulletin needs beside the projects: approvals of the month, steps of unstarted projects, problems.

Each function is a fixed number of queries and gives plain rows.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Q

from accounts.models import Park
from approvals.actions.clockwork import spans_of
from approvals.clocks import PauseSpan, merged
from approvals.flow import DECIDED, State
from approvals.models import ProjectStep, Step, StepDocument, StepPause
from dispatch.figures.tallies import BEFORE_START, PREPARING
from dispatch.ledger.models import LedgerItem
from dispatch.reports.response import BAD
from dispatch.warnings.models import Warning
from projects.models import Project
from workdays.arithmetic import WorkCalendar


@dataclass(frozen=True)
class ClosedSteps:
    """Steps decided in the month. ``used_wd`` is net of committed pauses; averages None without a dated acceptance."""

    count: int
    used_wd: Fraction | None
    committed_wd: Fraction | None


def closed_steps(park: Park, *, first: date, as_of: date, calendar: WorkCalendar) -> ClosedSteps:
    """Decided from the first of the month up to ``as_of``, approved or refused. Two queries."""
    rows = ProjectStep.objects.filter(
        project__park=park, state__in=list(DECIDED), decided_on__gte=first, decided_on__lte=as_of
    )
    pauses: dict[int, list[PauseSpan]] = defaultdict(list)
    for pause in StepPause.objects.filter(project_step__in=rows, stops_committed=True):
        pauses[pause.project_step_id] += spans_of([pause])
    columns = ("pk", "accepted_on", "decided_on", "committed_limit_wd", "extension_wd")
    found = list(rows.order_by().values_list(*columns))
    timed = [row for row in found if row[1] and row[3] is not None]
    used = [_used(pauses[pk], accepted, decided, calendar) for pk, accepted, decided, _limit, _more in timed]
    return ClosedSteps(len(found), _average(used), _average([limit + more for *_row, limit, more in timed]))


def _used(pauses: list[PauseSpan], accepted: date, decided: date, calendar: WorkCalendar) -> int:
    paused = sum(calendar.count(start, end) for start, end in merged(pauses, after=accepted, today=decided))
    return calendar.count(accepted, decided) - paused


def _average(values: list[int]) -> Fraction | None:
    return Fraction(sum(values), len(values)) if values else None


def outstanding_documents(park: Park, *, as_of: date) -> int:
    """Papers still owed under 容缺受理, by projects that are not terminated."""
    owed = StepDocument.objects.filter(state=StepDocument.State.OUTSTANDING, project_step__project__park=park)
    owed = owed.exclude(project_step__project__status=Project.Status.TERMINATED)
    return owed.filter(promised_on__lte=as_of).count()


def cleared_warnings(park: Park, *, first: date, as_of: date) -> int:
    """Yellow and red warnings whose cause went away in the month."""
    rows = Warning.objects.filter(park=park, level__in=BAD, cleared_on__gte=first, cleared_on__lte=as_of)
    return rows.count()


def step_names() -> dict[str, str]:
    """Step code → Chinese name, of the newest catalogue that has it."""
    return dict(Step.objects.order_by("catalogue__version").values_list("code", "name_zh"))


@dataclass(frozen=True)
class StepRow:
    code: str
    name: str
    state: State
    applies: bool
    committed_due_on: date | None
    statutory_due_on: date | None
    department: str


def steps_before_start(park: Park) -> dict[int, list[StepRow]]:
    """Project id → its steps S01–S17 in order, for active projects in stage L05–L07. One query."""
    rows = ProjectStep.objects.filter(
        project__park=park,
        project__status=Project.Status.ACTIVE,
        project__stage__in=PREPARING,
        code__in=BEFORE_START,
    )
    columns = ("project", "code", "step__name_zh", "state", "applicability", "committed_runs", "committed_due_on",
               "statutory_runs", "statutory_due_on", "unit__name", "step__department_lead_zh")  # fmt: skip
    found: dict[int, list[StepRow]] = defaultdict(list)
    for pk, code, name, state, applies, c_runs, c_due, s_runs, s_due, unit, lead in rows.order_by(
        "project", "seq"
    ).values_list(*columns):
        applicable = applies != ProjectStep.Applicability.NOT_APPLICABLE
        due = (c_due if c_runs else None, s_due if s_runs else None)
        found[pk].append(StepRow(code, name, State(state), applicable, *due, unit or lead))
    return found


@dataclass(frozen=True)
class Item:
    """A ledger item as of a day; ``closed_on`` only when it is up to that day."""

    number: str
    kind: str
    category: str
    title: str
    description: str
    project_id: int | None
    project: str
    raised_on: date
    assigned_on: date | None
    due_on: date | None
    unit: str
    person: str
    measures: str
    progress: str
    closed_on: date | None
    extended_wd: int

    @property
    def text(self) -> str:
        return f"{self.title}：{self.description}" if self.description else self.title


def ledger_items(park: Park, *, year: int, as_of: date) -> list[Item]:
    """Raised by the day and not closed before the year, in the order they were raised. One query."""
    rows = LedgerItem.objects.filter(park=park, raised_on__lte=as_of)
    rows = rows.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=date(year, 1, 1))).order_by("raised_on", "number")
    columns = ("number", "kind", "category", "title", "description", "project", "project__name", "raised_on",
               "assigned_on", "due_on", "unit__name", "person_name", "measures", "progress", "closed_on",
               "extended_wd")  # fmt: skip
    found = []
    for row in rows.values(*columns):
        closed = row["closed_on"]
        found.append(
            Item(
                **{name: row[name] for name in ("number", "kind", "category", "title", "description", "raised_on",
                                                "assigned_on", "due_on", "measures", "progress", "extended_wd")},
                project_id=row["project"],
                project=row["project__name"] or "",
                unit=row["unit__name"] or "",
                person=row["person_name"],
                closed_on=closed if closed and closed <= as_of else None,
            )
        )  # fmt: skip
    return found


def closure_rate(items: list[Item], as_of: date) -> tuple[Decimal, Decimal]:
    """销号率: closed ÷ due by the day (closed early counts in both). Source: domain.md 3.5."""
    due = [item for item in items if item.closed_on or (item.due_on and item.due_on <= as_of)]
    return Decimal(sum(1 for item in due if item.closed_on)), Decimal(len(due))
