"""New projects from rows of a dry run. Everything is derived from the values the row shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.bulk import set_key
from accounts.errors import Conflict
from accounts.models import Organization, Park
from projects import seams
from projects.actions.create import NewProject, create_many
from projects.investment import latest_ytd
from projects.ledger.answers import THEIRS
from projects.ledger.dates import PartialDate
from projects.ledger.dryrun import units_of
from projects.ledger.facts import DATE_STAGES, STATUS_WORDS, is_fact, month_end, opening_stage
from projects.ledger.fields import FIELDS, from_json
from projects.ledger.store import COLUMNS
from projects.ledger.text import normalise_name
from projects.models import Enterprise, ImportBatch, ImportRow, Milestone, Project, ProjectChange, StatusChange

BATCH = 500
Investments = dict[int, tuple[Decimal | None, Decimal]]  # month → (amount of the month, cumulative)


@dataclass(frozen=True)
class Report:
    """What every row of an import is written with."""

    batch: ImportBatch
    by: Any
    at: datetime
    today: date
    units: Mapping[str, Organization]

    @cached_property
    def locked(self) -> Mapping[int, str]:
        """Months of the report year that have been closed, perhaps since the dry run."""
        return seams.locked_months(self.batch.park_id, self.batch.report_year)

    def refuse_locked(self, months: Iterable[int]) -> None:
        """Raises Conflict: what a dry run found open is closed now."""
        if any(month in self.locked for month in months):
            raise changed_since()

    @property
    def end(self) -> date:
        return month_end(self.batch.report_year, self.batch.report_month)

    @property
    def entered_on(self) -> date:
        """The day of an entry whose date the ledger does not give: the end of its month, or today."""
        return min(self.end, self.today)

    def unit(self, name: str | None) -> Organization | None:
        return self.units[normalise_name(name)] if name else None

    def note(self, row: ImportRow) -> str:
        return f"{self.batch.file_name} · {row.sheet}!{row.row}"


def changed_since() -> Conflict:
    return Conflict(_("Projects have been changed since this file was read. Please read it again."))


def new_values(row: ImportRow) -> dict[str, Any]:
    """{field: new value} of a row's changes; without the cells where what stands here was chosen."""
    return {each["field"]: from_json(FIELDS[each["field"]], each["new"]) for each in row.changes if is_wanted(each)}


def is_wanted(change: Mapping[str, Any]) -> bool:
    """Not a cell changed on both sides where a person has chosen what stands here."""
    return bool(change.get("choice") != THEIRS)


def origin_of(change: Mapping[str, Any]) -> dict[str, Any]:
    """Where a value comes from, as the history keeps it: cell, content as in the file, what it was corrected to."""
    return {key: change[key] for key in ("cell", "raw", "corrected") if key in change}


def stage_code(row: ImportRow) -> str | None:
    """L01…L15, suspended or terminated, as the reader understood the stage cell."""
    return row.values.get("stage_raw", {}).get("code")


def units_named(park: Park, names: set[str]) -> dict[str, Organization]:
    """{name key: organization} for these names; units that are not there are made (responsible units)."""
    found: dict[str, Organization] = {}
    for unit in units_of(park):
        for name in filter(None, (unit.name, unit.short_name)):
            found.setdefault(normalise_name(name), unit)
    new = {normalise_name(name): name for name in sorted(names)}
    made = [
        Organization(park=park, kind=Organization.Kind.UNIT, name=name)
        for key, name in new.items()
        if key and key not in found
    ]
    for unit in Organization.objects.bulk_create(made, batch_size=BATCH):
        found[normalise_name(unit.name)] = unit
    return found


def milestone_columns(name: str, on: PartialDate, stage: str, end: date, before: Milestone | None = None) -> dict:
    """Columns of the milestone that the date called `name` sets (ADR 8). A plan keeps a baseline that is there."""
    if on.value is None:
        return {"is_done": True}
    if is_fact(name, on, stage, end):
        return {"actual_on": on.value, "actual_precision": on.precision, "is_done": False}
    planned = planned_columns(on, before)
    if before is not None and (before.actual_on or before.is_done):
        planned |= {"actual_on": None, "is_done": False}
    return planned


def planned_columns(on: PartialDate, before: Milestone | None = None) -> dict:
    """Columns that a planned date sets."""
    columns = {"forecast_on": on.value, "forecast_precision": on.precision}
    if before is None or before.baseline_on is None:
        columns |= {"baseline_on": on.value, "baseline_precision": on.precision}
    return columns


def merged_months(values: Mapping[str, Any], month: int, known: Investments) -> Investments:
    """The months of the report year that the row's figures change; `known` are those on record.

    A month without a cumulative figure takes the one before it and its own amount (ADR 10).
    """
    amounts = {
        int(name.partition(".")[2]): value for name, value in values.items() if name.startswith("monthly_investment")
    }
    if values.get("month_investment_10k") is not None:
        amounts[month] = values["month_investment_10k"]
    stated = values.get("ytd_investment_10k")
    after = dict(known)
    for number in sorted({*amounts, *([month] if stated is not None else [])}):
        amount, ytd = after.get(number, (None, None))
        amount = amounts.get(number, amount)
        if number == month and stated is not None:
            ytd = stated
        if ytd is None:
            ytd = (latest_ytd({n: pair[1] for n, pair in after.items()}, number) or Decimal(0)) + (amount or 0)
        after[number] = (amount, ytd)
    return {number: pair for number, pair in after.items() if known.get(number) != pair}


def create_projects(rows: Sequence[ImportRow], report: Report) -> list[Project]:
    """Registers the projects of these rows, in order, within the caller's transaction."""
    park = report.batch.park
    new = [_new_project(row, report) for row in rows]
    projects = create_many(new, park=park, by=report.by, at=report.at, verb=ProjectChange.Verb.IMPORTED)
    StatusChange.objects.bulk_create(
        [
            StatusChange(
                project=project, from_status=Project.Status.ACTIVE, status=project.status,
                on=project.status_since_on, reason=report.note(row), by=report.by, at=report.at,
            )
            for project, row in zip(projects, rows, strict=True)
            if not project.is_active
        ],
        batch_size=BATCH,
    )  # fmt: skip
    for project, row in zip(projects, rows, strict=True):
        row.project, row.target = project, project.pk
    set_key(ImportRow, "project", ((row.pk, row.project_id) for row in rows))
    ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(target=F("project"))
    write_credit_codes((p.enterprise_id, new_values(r).get("credit_code")) for p, r in zip(projects, rows, strict=True))
    return projects


def write_credit_codes(pairs: Iterable[tuple[int | None, str | None]]) -> None:
    """(enterprise id, credit code) pairs; nothing is taken away."""
    wanted = {pk: code for pk, code in pairs if pk and code}
    ids = list(wanted)
    for start in range(0, len(ids), BATCH):
        found = list(Enterprise.objects.filter(pk__in=ids[start : start + BATCH]))
        for enterprise in found:
            enterprise.credit_code = wanted[enterprise.pk]
        Enterprise.objects.bulk_update(found, ["credit_code"])


def _new_project(row: ImportRow, report: Report) -> NewProject:
    values, code, batch = new_values(row), stage_code(row), report.batch
    dates = {name: values[f"dates.{name}"] for name in DATE_STAGES if f"dates.{name}" in values}
    stage = code if code and code not in STATUS_WORDS else opening_stage(dates, report.end)
    milestones = _milestones(values, stage, report.end)
    own = milestones.get(stage, {})
    fields = {COLUMNS[name]: value for name, value in values.items() if name in COLUMNS}
    fields |= {"stage": stage, "stage_raw": values.get("stage_raw") or "", "stage_entered_on": own.get("actual_on")}
    if code in STATUS_WORDS:
        fields |= {"status": code, "status_since_on": report.entered_on}
    fields |= _more_columns(values, report)
    months = merged_months(values, batch.report_month, {})
    if months:
        report.refuse_locked(months)
    plan = values.get("annual_plan_10k")
    return NewProject(
        fields=fields,
        milestones=milestones,
        plans={} if plan is None else {batch.report_year: plan},
        investments={(batch.report_year, month): pair for month, pair in months.items()},
        team={role: columns for role, columns in team_columns(values, report).items() if columns},
        note=report.note(row),
    )


def _milestones(values: Mapping[str, Any], stage: str, end: date) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, target in DATE_STAGES.items():
        columns: dict[str, Any] = {}
        if on := values.get(f"planned_dates.{name}"):
            columns |= planned_columns(on)
        if on := values.get(f"dates.{name}"):
            columns |= milestone_columns(name, on, stage, end)
        if columns:
            found[target.value] = columns
    return found


def _more_columns(values: Mapping[str, Any], report: Report) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if values.get("enterprise"):
        found["enterprise_name"] = values["enterprise"]
    if values.get("responsible_unit"):
        found["responsible_unit"] = report.unit(values["responsible_unit"])
    return found | column_values(values)


def column_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of Project behind enrolment and construction period."""
    found: dict[str, Any] = {}
    if values.get("enrolled") is not None:
        found["enrolled"] = values["enrolled"]
        if not values["enrolled"]:
            found["enrolled_on"] = None
    if on := values.get("enrolled_on"):
        found |= {"enrolled": True, "enrolled_on": on.value, "enrolled_precision": on.precision}
    if period := values.get("period"):
        for name, end in (("period_start_on", period.start), ("period_end_on", period.end)):
            if end:
                found[name] = end.value
    return found


def team_columns(values: Mapping[str, Any], report: Report) -> dict[str, dict[str, Any]]:
    """{role: columns of TeamMember} that the row sets."""
    leader: dict[str, Any] = {}
    if values.get("leader"):
        leader["person_name"] = values["leader"]
    if values.get("leader_unit"):
        leader["organization"] = report.unit(values["leader_unit"])
    specialist = {"person_name": values["specialist"]} if values.get("specialist") else {}
    return {"leader": leader, "specialist": specialist}
