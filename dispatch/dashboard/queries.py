"""The leaders' board: everything on it in a fixed number of queries over the rows the user may see.

Rates and money are those of the bulletin (``dispatch.figures.tallies``) for the latest month that is over, so board,
bulletin and warnings compare with the same calendar.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Min, OuterRef, Subquery, Window

from accounts.models import Park, User
from dispatch.figures import tallies
from dispatch.figures.rates import Rate, RateKey
from dispatch.reports.models import Bulletin
from dispatch.warnings import rules
from dispatch.warnings.levels import closed_month
from dispatch.warnings.models import Warning
from dispatch.warnings.reading import Line, lines
from projects.investment import ahead_of_calendar, calendar_progress, percent
from projects.models import Milestone, Project, TeamMember
from projects.stages import ORDER, Pool, Stage, pool_of
from workdays.arithmetic import WorkCalendar

RED_ROWS = 10
DUE_ROWS = 8
DEPARTMENT_ROWS = 8
BAR_WIDTH = Decimal(600)


@dataclass(frozen=True)
class Money:
    """Investment of the year up to the end of ``until``, 万元, beside plan and calendar."""

    until: date
    planned_10k: Decimal
    ytd_10k: Decimal

    @property
    def percent(self) -> Decimal | None:
        return percent(self.ytd_10k, self.planned_10k)

    @property
    def calendar_percent(self) -> Decimal:
        return calendar_progress(self.until.month)

    @property
    def ahead_pp(self) -> Decimal | None:
        return ahead_of_calendar(self.ytd_10k, self.planned_10k, self.until.month) if self.planned_10k else None

    @property
    def bar(self) -> dict[str, str]:
        """Lengths for the drawing, out of BAR_WIDTH; more than the plan fills it."""
        done = min(self.percent or Decimal(0), Decimal(100))
        lengths = {
            "width": BAR_WIDTH,
            "done": done * BAR_WIDTH / 100,
            "calendar": self.calendar_percent * BAR_WIDTH / 100,
        }
        return {name: f"{max(value, Decimal(0)):.1f}" for name, value in lengths.items()}


@dataclass(frozen=True)
class RedProject:
    """A red project: its warnings in words, the earliest first, and the leader in charge."""

    project: Project
    lines: list[Line]
    since_on: date
    leader: str


@dataclass(frozen=True)
class Counts:
    """Active projects by stage and pool, all that are not terminated by light."""

    stages: dict[Stage, int]
    pools: dict[Pool, int]
    lights: dict[str, int]
    total: int


def counts(user: User) -> Counts:
    """One query."""
    rows = Project.objects.visible_to(user).exclude(status=Project.Status.TERMINATED).order_by()
    stages: Counter = Counter()
    lights: Counter = Counter()
    for stage, light, n in rows.values_list("stage", "light").annotate(n=Count("pk")):
        stages[Stage(stage)] += n
        lights[light] += n
    pools: Counter = Counter()
    for stage, n in stages.items():
        pools[pool_of(stage)] += n
    return Counts(
        {stage: stages[stage] for stage in ORDER}, {pool: pools[pool] for pool in Pool}, dict(lights), stages.total()
    )


def rates_and_money(park: Park, today: date) -> tuple[dict[RateKey, Rate], Money]:
    """Three queries."""
    until = closed_month(today)
    whole = tallies.total(tallies.read(park, year=until.year, month=until.month, as_of=today))
    return tallies.park_rates(whole), Money(until, whole.planned_10k, whole.ytd_10k)


def red_projects(user: User, today: date, calendar: WorkCalendar) -> list[RedProject]:
    """The ten that have been late the longest; two queries."""
    red = Warning.objects.visible_to(user).active().filter(level="red", project__status=Project.Status.ACTIVE)
    grouped = red.order_by().values("project").annotate(due=Min("due_on"))
    worst = grouped.order_by("due", "project").values("project")[:RED_ROWS]
    leaders = TeamMember.objects.filter(project=OuterRef("project"), role=TeamMember.Role.LEADER).order_by()
    rows = red.filter(project__in=worst).select_related("project__responsible_unit").defer(*_unused("project__"))
    rows = rows.annotate(leader=Subquery(leaders.values("person_name")[:1])).order_by("due_on", "pk")
    by_project: dict[int, list[Line]] = {}
    for line in lines(list(rows), today=today, calendar=calendar):
        by_project.setdefault(line.warning.project_id, []).append(line)
    found = sorted(by_project.values(), key=lambda own: (own[0].warning.due_on, own[0].warning.project_id))
    return [_red_project(own) for own in found]


def _red_project(own: list[Line]) -> RedProject:
    first = own[0].warning
    return RedProject(first.project, own, min(line.warning.since_on for line in own), first.leader or "")


def due_this_week(user: User, today: date) -> tuple[list[Milestone], int]:
    """Open milestones from today to Sunday, and how many there are. One query."""
    sunday = today + timedelta(days=6 - today.weekday())
    rows = Milestone.objects.visible_to(user).open().filter(due_on__gte=today, due_on__lte=sunday)
    rows = rows.filter(project__status=Project.Status.ACTIVE).select_related("project__responsible_unit")
    rows = rows.defer(*_unused("project__")).annotate(number=Window(Count("pk")))
    first = list(rows.order_by("due_on", "project_id", "stage")[:DUE_ROWS])
    return first, first[0].number if first else 0


def _unused(path: str) -> list[str]:
    """Columns of a project that the board does not show."""
    columns = (column.attname for column in Project._meta.concrete_fields)
    return [f"{path}{name}" for name in columns if name not in ("id", "name", "responsible_unit_id")]


def overdue_by_department(user: User) -> list[dict]:
    """Overdue steps by handling unit: {unit, unit__name, n, oldest}, most first. One query.

    Days that belong to the enterprise are not scored against a unit (domain.md 3.3).
    """
    rows = Warning.objects.visible_to(user).active().filter(rule__in=[rules.STEP_LATE, rules.STEP_STATUTORY])
    rows = rows.filter(party=Warning.Party.UNIT)
    grouped = (
        rows.order_by()
        .values("unit", "unit__name")
        .annotate(n=Count("object_id", distinct=True), oldest=Min("due_on"), newest=Max("due_on"))
    )
    return list(grouped.order_by("-n", "oldest", "unit")[:DEPARTMENT_ROWS])


def latest_bulletin(user: User) -> Bulletin | None:
    return Bulletin.objects.visible_to(user).defer("snapshot").first()
