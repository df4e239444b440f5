"""What the database holds, under the importer's field names (fields.FIELDS), so that both sides can be compared."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import Park
from projects.ledger.cells import SUSPENDED, TERMINATED, parse_stage
from projects.ledger.dates import DONE_UNKNOWN, PartialDate, Period
from projects.ledger.facts import DATE_STAGES
from projects.ledger.fields import FIELDS, PLANNED_NAMES, is_empty
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Project, TeamMember
from projects.stages import STAGES, Stage

# field → column of Project
COLUMNS: dict[str, str] = {
    "code": "code",
    "name": "name",
    "industry": "industry",
    "location": "location",
    "content": "content",
    "contact_name": "contact_name",
    "contact_phone": "contact_phone",
    "nature": "nature",
    "level": "level",
    "progress": "physical_progress",
    "issue": "issue",
    "next_plan": "next_work",
    "remark": "remark",
    "total_investment_10k": "total_investment_10k",
    "equipment_investment_10k": "equipment_investment_10k",
    "invested_before_10k": "invested_before_10k",
    "land_mu": "land_mu",
    "floor_area_m2": "floor_area_m2",
}
# Read from a workbook, but derived here: they are compared with nothing and stored nowhere.
DERIVED = frozenset({"light", "completion_rate_pct", "vs_schedule_pp"})
STORED = frozenset(FIELDS) - DERIVED
STATUS_TEXT = {Project.Status.SUSPENDED: "暂停", Project.Status.TERMINATED: "终止"}
_STATUS_CODE = {Project.Status.SUSPENDED: SUSPENDED, Project.Status.TERMINATED: TERMINATED}
_DATE_NAMES = {stage.value: name for name, stage in DATE_STAGES.items()}
_HEAD = (
    "pk", "stage", "status", "stage_raw", "enrolled", "enrolled_on", "enrolled_precision", "period_start_on",
    "period_end_on", "enterprise__name", "enterprise__credit_code", "responsible_unit__name",
)  # fmt: skip

Values = dict[str, Any]


def stored_values(park: Park, year: int, month: int, projects: QuerySet[Project] | None = None) -> dict[int, Values]:
    """{project id: {field: value}} of the park's projects (or of `projects`), as a report of this month sees them.

    Empty fields are left out. Five queries, however many projects there are.
    """
    rows = Project.objects.filter(park=park) if projects is None else projects
    found = dict(_of_projects(rows.order_by("pk")))
    here = Q(project__park=park) if projects is None else Q(project__in=projects.order_by().values("pk"))
    _add_dates(found, here)
    for pk, planned in AnnualPlan.objects.filter(here, year=year).values_list("project", "planned_10k"):
        _put(found, pk, "annual_plan_10k", planned)
    _add_investment(found, here, year, month)
    _add_team(found, here)
    return found


def _put(found: dict[int, Values], pk: int, field: str, value: Any) -> None:
    if pk in found and not is_empty(value):
        found[pk][field] = value


def _of_projects(rows: QuerySet[Project]) -> Iterator[tuple[int, Values]]:
    columns = [*_HEAD, *COLUMNS.values()]
    for line in rows.values_list(*columns).iterator(chunk_size=2000):
        head, values = line[: len(_HEAD)], dict(zip(COLUMNS, line[len(_HEAD) :], strict=True))
        pk, stage, status, raw, enrolled, enrolled_on, precision, start, end, enterprise, credit, unit = head
        values |= {
            "enterprise": enterprise,
            "credit_code": credit,
            "responsible_unit": unit,
            "stage_raw": stage_text(stage, status, raw),
            "enrolled": enrolled,
            "enrolled_on": enrolled_on and PartialDate(enrolled_on, precision),
            "period": Period(*(day and PartialDate(day) for day in (start, end))) if start or end else None,
        }
        yield pk, {field: value for field, value in values.items() if not is_empty(value)}


def stage_text(stage: str, status: str, raw: str) -> str:
    """How a ledger writes where the project stands: in the words it last used while they still say the same."""
    code = _STATUS_CODE.get(Project.Status(status), stage)
    if raw and parse_stage(raw).code == code:
        return raw
    return STATUS_TEXT.get(Project.Status(status)) or STAGES[Stage(stage)].name_zh


class _Dates(NamedTuple):
    """The columns of a milestone that a ledger shows."""

    project_id: int
    stage: str
    is_done: bool
    baseline_on: date | None
    baseline_precision: str
    forecast_on: date | None
    forecast_precision: str
    actual_on: date | None
    actual_precision: str


def milestone_values(row: "Milestone | _Dates") -> tuple[PartialDate | None, PartialDate | None]:
    """(the date a ledger shows: actual, done, forecast, baseline, in this order; the plan behind a fact)."""
    planned = None
    if row.forecast_on or row.baseline_on:
        day = row.forecast_on or row.baseline_on
        planned = PartialDate(day, row.forecast_precision if row.forecast_on else row.baseline_precision)
    if row.actual_on:
        return PartialDate(row.actual_on, row.actual_precision), planned
    return (DONE_UNKNOWN, planned) if row.is_done else (planned, None)


def _add_dates(found: dict[int, Values], here: Q) -> None:
    rows = Milestone.objects.filter(here, stage__in=list(_DATE_NAMES)).order_by()
    for row in map(_Dates._make, rows.values_list(*_Dates._fields).iterator(chunk_size=2000)):
        name = _DATE_NAMES[row.stage]
        shown, planned = milestone_values(row)
        _put(found, row.project_id, f"dates.{name}", shown)
        if name in PLANNED_NAMES:
            _put(found, row.project_id, f"planned_dates.{name}", planned)


def _add_investment(found: dict[int, Values], here: Q, year: int, month: int) -> None:
    """The cumulative figure is the latest one reported up to the month (ADR 10)."""
    rows = MonthlyInvestment.objects.filter(here, year=year).order_by("month")
    for pk, number, amount, ytd in rows.values_list("project", "month", "month_10k", "ytd_10k").iterator():
        _put(found, pk, f"monthly_investment_10k.{number}", amount)
        if number == month:
            _put(found, pk, "month_investment_10k", amount)
        if number <= month:
            _put(found, pk, "ytd_investment_10k", ytd)


def _add_team(found: dict[int, Values], here: Q) -> None:
    fields = {TeamMember.Role.LEADER.value: "leader", TeamMember.Role.SPECIALIST.value: "specialist"}
    rows = TeamMember.objects.filter(here, role__in=list(fields)).order_by()
    for pk, role, person, unit in rows.values_list("project", "role", "person_name", "organization__name"):
        _put(found, pk, fields[role], person)
        if role == TeamMember.Role.LEADER:
            _put(found, pk, "leader_unit", unit)


def by_project(rows) -> dict[int, list]:
    """Rows with a project, gathered by its id."""
    found = defaultdict(list)
    for row in rows:
        found[row.project_id].append(row)
    return found
