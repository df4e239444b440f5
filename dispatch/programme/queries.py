"""Reading plans and programmes: rows for pages and workbooks. As many queries for one row as for thousands."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.i18n import localized
from accounts.models import User
from dispatch.programme import rules
from dispatch.programme.models import MonthlyPlan, Programme, ProgrammeEntry, ProgrammeMove
from projects.filters import POOL_NAMES
from projects.ledger.lists import ListSheet, keyed, list_workbook
from projects.models import AnnualPlan, Project, StageEntry
from projects.stages import STAGES, Pool, Stage, pool_of, position, stages_of

MONEY_COLUMNS = ("year1_10k", "year2_10k", "year3_10k")


@dataclass(frozen=True)
class PlanRow:
    """A project's plan of a year, 万元. ``quarters`` empty: not broken down, so even months count."""

    project: Project
    planned_10k: Decimal | None
    quarters: list[Decimal]
    is_out_of_step: bool


def plans_of(user: User, year: int) -> QuerySet[Project]:
    """Projects with a plan of the year that the person sees, the largest plan first."""
    plan = AnnualPlan.objects.filter(project=OuterRef("pk"), year=year).values("planned_10k")
    rows = Project.objects.visible_to(user).exclude(status=Project.Status.TERMINATED)
    rows = rows.annotate(planned=Subquery(plan)).filter(planned__isnull=False)
    return rows.select_related("responsible_unit", "enterprise").order_by("-planned", "name_key", "pk")


def plan_rows(projects: QuerySet[Project], year: int) -> list[PlanRow]:
    """One row a project; one more query."""
    months = MonthlyPlan.objects.filter(year=year)
    found = projects.prefetch_related(Prefetch("monthly_plans", months, to_attr="months"))
    return [_plan_row(project) for project in found]


def _plan_row(project) -> PlanRow:
    months = {row.month: row.planned_10k for row in project.months}
    parts = rules.quarters(months) if months else []
    return PlanRow(project, project.planned, parts, bool(months) and rules.whole(months) != project.planned)


@dataclass(frozen=True)
class PlanTotals:
    planned_10k: Decimal
    quarters: list[Decimal]
    broken_down: int
    out_of_step: int


def plan_totals(projects: QuerySet[Project], year: int) -> PlanTotals:
    """Sums over all of them; what is not broken down counts a quarter of its plan in each quarter. Two queries."""
    planned = dict(projects.order_by().values_list("pk", "planned"))
    months: dict[int, dict[int, Decimal]] = {}
    rows = MonthlyPlan.objects.filter(year=year, project__in=projects.order_by().values("pk")).order_by()
    for project, month, amount in rows.values_list("project", "month", "planned_10k"):
        months.setdefault(project, {})[month] = amount
    parts = [rules.NOTHING] * 4
    for project, amount in planned.items():
        own = rules.quarters(months[project]) if project in months else [amount / 4] * 4
        parts = [one + other for one, other in zip(parts, own, strict=True)]
    wrong = sum(1 for project, own in months.items() if rules.whole(own) != planned[project])
    return PlanTotals(sum(planned.values(), rules.NOTHING), parts, len(months), wrong)


def plan_workbook(projects: QuerySet[Project], year: int) -> bytes:
    """The list with all twelve months."""
    months = MonthlyPlan.objects.filter(year=year)
    found = projects.prefetch_related(Prefetch("monthly_plans", months, to_attr="months"))
    titles = [_("Project"), _("Responsible unit"), _("Annual plan (10k CNY)")]
    titles += [f"{year}-{month:02}" for month in rules.MONTHS]
    rows = (
        keyed(project, [project.name, str(project.responsible_unit or ""), project.planned, *_by_month(project)])
        for project in found
    )
    return list_workbook(ListSheet(f"{year}", titles, [32, 20, 14, *[11] * 12], rows), name=_("Annual plan (10k CNY)"))


def _by_month(project) -> list[Decimal | None]:
    months = {row.month: row.planned_10k for row in project.months}
    return [months.get(month) for month in rules.MONTHS]


def entries_of(programme: Programme, user: User) -> QuerySet[ProgrammeEntry]:
    """Projects in the programme that the person sees, by priority."""
    rows = ProgrammeEntry.objects.visible_to(user).filter(programme=programme, left_at=None)
    return rows.select_related("project__responsible_unit").order_by("priority", "pk")


def sums_of(entries: QuerySet[ProgrammeEntry]) -> list[Decimal]:
    """The money of the three years. One query."""
    found = entries.order_by().aggregate(**{name: Sum(name) for name in MONEY_COLUMNS})
    return [found[name] or rules.NOTHING for name in MONEY_COLUMNS]


def moves_of(programme: Programme, user: User) -> QuerySet[ProgrammeMove]:
    """What happened to the programme; of a project only when the person sees it."""
    seen = Q(project=None) | Q(project__in=Project.objects.visible_to(user).values("pk"))
    return programme.moves.filter(seen).select_related("project", "by__organization")


def programme_workbook(programme: Programme, user: User) -> bytes:
    years = [f"{programme.first_year + n} (10k CNY)" for n in range(rules.YEARS)]
    titles = [_("Priority"), _("Project"), _("Responsible unit"), _("Stage"), *years, _("Note")]
    rows = (
        keyed(row, [row.priority, row.project.name, str(row.project.responsible_unit or ""), row.project.stage_name,
         *(getattr(row, name) for name in MONEY_COLUMNS), row.note])
        for row in entries_of(programme, user)
    )  # fmt: skip
    moved = (
        [
            f"{localtime(move.at):%Y-%m-%d}",
            str(move.get_verb_display()),
            str(move.project or ""),
            move.reason,
            str(move.by or ""),
        ]
        for move in moves_of(programme, user)
    )
    heads = [_("Day"), _("What"), _("Project"), _("Reason"), _("By")]
    return list_workbook(
        ListSheet(str(programme), titles, [8, 32, 20, 14, 14, 14, 14, 30], rows),
        ListSheet(_("Changes"), heads, [12, 14, 32, 50, 20], moved),
    )


@dataclass(frozen=True)
class PoolMove:
    """A project that went into another of the four pools, and why; ``is_up`` 优进, else 劣退."""

    entry: StageEntry
    from_pool: Pool
    to_pool: Pool

    @property
    def is_up(self) -> bool:
        return list(Pool).index(self.to_pool) > list(Pool).index(self.from_pool)

    @property
    def from_name(self):
        return POOL_NAMES[self.from_pool]

    @property
    def to_name(self):
        return POOL_NAMES[self.to_pool]

    @property
    def stage_name(self) -> str:
        return localized(STAGES[Stage(self.entry.stage)], "name")

    @property
    def reason(self) -> str:
        """The reason of going back or of passing a gate, else what proves the stage."""
        return self.entry.override_reason or self.entry.evidence


def pool_moves(user: User, *, first: date, last: date, direction: str = "") -> QuerySet[StageEntry]:
    """Entries of a stage by which the pool changed, newest first; ``direction``: "up", "down" or both."""
    rows = StageEntry.objects.visible_to(user).filter(entered_on__gte=first, entered_on__lte=last)
    rows = rows.exclude(from_stage="").exclude(_same_pool())
    if direction in ("up", "down"):
        rows = rows.filter(_went(direction == "up"))
    return rows.select_related("project__responsible_unit", "by").order_by("-entered_on", "-pk")


def as_pool_move(entry: StageEntry) -> PoolMove:
    return PoolMove(entry, pool_of(entry.from_stage), pool_of(entry.stage))


def _same_pool() -> Q:
    same = Q(from_stage=F("stage"))
    for pool in Pool:
        same |= Q(from_stage__in=stages_of(pool), stage__in=stages_of(pool))
    return same


def _went(up: bool) -> Q:
    found = Q(pk__in=[])
    for before in Stage:
        further = [stage for stage in Stage if (position(stage) > position(before)) is up]
        found |= Q(from_stage=before, stage__in=further)
    return found
