"""Changes to projects that are there, from rows of a dry run: claimed, checked and written set by set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.bulk import take_versions, update_columns
from projects import seams
from projects.actions.create import enterprises_named, keys_of
from projects.actions.shared import change as entry
from projects.ledger.creating import (
    BATCH,
    Report,
    changed_since,
    column_values,
    is_wanted,
    merged_months,
    milestone_columns,
    new_values,
    origin_of,
    planned_columns,
    stage_code,
    team_columns,
    write_credit_codes,
)
from projects.ledger.facts import DATE_STAGES, STATUS_WORDS, is_fact
from projects.ledger.fields import FIELDS, from_json, to_json
from projects.ledger.snapshots import UNIQUE, Snapshot
from projects.ledger.store import COLUMNS, by_project, milestone_values, stored_values
from projects.ledger.telling import tell_dated, tell_edited
from projects.ledger.text import normalise_name
from projects.models import (
    AnnualPlan,
    Enterprise,
    ImportRow,
    Milestone,
    MonthlyInvestment,
    Project,
    ProjectChange,
    StageEntry,
    StatusChange,
    TeamMember,
)
from projects.stages import Stage


def update_projects(rows: Sequence[ImportRow], report: Report) -> list[Project]:
    """Writes the changes of these claimed rows within the caller's transaction."""
    known = _Known(_projects(rows), report)
    edits = [_Edit(row, known, report) for row in rows]
    enterprises = enterprises_named(
        report.batch.park, [e.values["enterprise"] for e in edits if "enterprise" in e.values]
    )
    for edit in edits:
        edit.make(enterprises)
    _write(edits, report)
    for edit in edits:
        edit.row.before = edit.snapshot.taken(edit.columns, edit.parts)
    ImportRow.objects.bulk_update([edit.row for edit in edits], ["before"], batch_size=200)
    return [edit.project for edit in edits]


def _projects(rows: Sequence[ImportRow]):
    return Project.objects.filter(pk__in=[row.project_id for row in rows])


def claim(rows: Sequence[ImportRow], report: Report) -> None:
    """Takes the projects of these rows as they were shown; all are claimed before any is written. Raises Conflict."""
    shown = ((row.project_id, row.version) for row in rows)
    if not take_versions(Project.objects.all(), shown, updated_at=report.at, updated_by=report.by):
        raise changed_since()
    _refuse_other_values(rows, _projects(rows), report)


def _refuse_other_values(rows: Sequence[ImportRow], here, report: Report) -> None:
    """Parts without a version of their own (names of enterprises and units) must still be as shown, too."""
    batch = report.batch
    stored = stored_values(batch.park, batch.report_year, batch.report_month, here)
    for row in rows:
        values = stored.get(row.project_id, {})
        if any(to_json(_held(values, each["field"])) != each["old"] for each in row.changes):
            raise changed_since()


def _held(values: Mapping[str, Any], name: str) -> Any:
    """The stored value of a field; a plan that no fact has overtaken stands in the place of the date."""
    held = values.get(name)
    return values.get(name.removeprefix("planned_")) if held is None and name.startswith("planned_") else held


class _Known:
    """Everything on record about the projects that change: one query each."""

    def __init__(self, here, report: Report) -> None:
        parts = {"project__in": here.values("pk")}
        self.projects = {row.pk: row for row in here.select_related("enterprise", "responsible_unit")}
        self.milestones = by_project(Milestone.objects.filter(**parts))
        self.investments = by_project(MonthlyInvestment.objects.filter(**parts, year=report.batch.report_year))
        self.plans = by_project(AnnualPlan.objects.filter(**parts, year=report.batch.report_year))
        self.team = by_project(TeamMember.objects.filter(**parts).select_related("organization"))


@dataclass
class _Edit:
    """One project's changes: rows to write and the history, each entry with cell and content of its origin."""

    row: ImportRow
    known: _Known
    report: Report
    columns: set[str] = field(default_factory=set)
    parts: list[Any] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    stage_entry: StageEntry | None = None
    status_change: StatusChange | None = None
    has_facts: bool = False

    def __post_init__(self) -> None:
        self.project: Project = self.known.projects[self.row.project_id]
        self.values = new_values(self.row)
        self.origins = {each["field"]: origin_of(each) for each in self.row.changes if is_wanted(each)}
        self.snapshot = Snapshot(self.project)

    def make(self, enterprises: Mapping[str, Enterprise]) -> None:
        """Puts the new values on the rows; nothing is written yet."""
        for found in (self.known.milestones, self.known.investments, self.known.plans, self.known.team):
            self.snapshot.parts(found.get(self.project.pk, ()))
        self._set_columns(enterprises)
        self._set_stage()
        self._set_dates()
        self._set_money()
        self._set_team()

    def _note(self, name: str, old: Any, new: Any, origin: str) -> bool:
        found = entry(name, old, new)
        if found:
            self.history.append(found | self.origins.get(origin, {}))
        return found is not None

    def _set(self, column: str, value: Any, origin: str) -> None:
        if self._note(column, getattr(self.project, column), value, origin):
            setattr(self.project, column, value)
            self.columns.add(column)

    def _set_columns(self, enterprises: Mapping[str, Enterprise]) -> None:
        values = self.values
        for name, column in COLUMNS.items():
            if name in values:
                self._set(column, values[name], name)
        origins = {"enrolled": "enrolled", "enrolled_on": "enrolled_on", "enrolled_precision": "enrolled_on"}
        for column, value in column_values(values).items():
            self._set(column, value, origins.get(column, "period"))
        if "enterprise" in values:
            self._set("enterprise", enterprises[normalise_name(values["enterprise"])], "enterprise")
        if "responsible_unit" in values:
            self._set("responsible_unit", self.report.unit(values["responsible_unit"]), "responsible_unit")
        if self.columns & {"name", "code", "enterprise"}:
            self.project.name_key, self.project.search_text = keys_of(self.project)
            self.columns |= {"name_key", "search_text"}

    def _set_stage(self) -> None:
        if "stage_raw" not in self.values:
            return
        self._set("stage_raw", self.values["stage_raw"], "stage_raw")
        code = stage_code(self.row)
        status = code if code in STATUS_WORDS else Project.Status.ACTIVE
        if code and status != self.project.status:
            self.status_change = StatusChange(
                project=self.project, from_status=self.project.status, status=status, on=self.report.entered_on,
                reason=self.report.note(self.row), by=self.report.by, at=self.report.at,
            )  # fmt: skip
            self._set("status", status, "stage_raw")
            self._set("status_since_on", self.report.entered_on, "stage_raw")
        if code and code not in STATUS_WORDS and code != self.project.stage:
            self._enter(Stage(code))

    def _enter(self, stage: Stage) -> None:
        """The ledger's word goes past the gate; the entry says so. The day is the milestone's, where it is known."""
        before, day = self.project.stage, None
        name = next((name for name, target in DATE_STAGES.items() if target == stage), "")
        on = self._date(name)
        if on and on.value and is_fact(name, on, stage, self.report.end):
            day = on.value
        self.stage_entry = StageEntry(
            project=self.project, from_stage=before, stage=stage, entered_on=day or self.report.entered_on,
            evidence=self.report.note(self.row), override_reason=self.report.note(self.row),
            by=self.report.by, at=self.report.at,
        )  # fmt: skip
        self._set("stage", stage.value, "stage_raw")
        self._set("stage_entered_on", day, "stage_raw")

    def _date(self, name: str) -> Any:
        """What the row says about a date, changed or not."""
        found = self.row.values.get(f"dates.{name}")
        return from_json(FIELDS[f"dates.{name}"], found["value"]) if found else None

    def _set_dates(self) -> None:
        known = {row.stage: row for row in self.known.milestones.get(self.project.pk, ())}
        for name, stage in DATE_STAGES.items():
            row = known.get(stage.value) or Milestone(project=self.project, stage=stage)
            columns: dict[str, Any] = {}
            if planned := self.values.get(f"planned_dates.{name}"):
                columns |= planned_columns(planned, row)
            if on := self.values.get(f"dates.{name}"):
                columns |= milestone_columns(name, on, self.project.stage, self.report.end, row)
            elif self.stage_entry:
                columns |= self._became_fact(name, row)
            if columns:
                self._set_milestone(row, columns, f"dates.{name}" if on else f"planned_dates.{name}")

    def _became_fact(self, name: str, row: Milestone) -> dict[str, Any]:
        """A date that was a plan and that the new stage makes a fact."""
        on = self._date(name)
        if row.actual_on or row.is_done or not on or on != milestone_values(row)[0]:
            return {}
        columns = milestone_columns(name, on, self.project.stage, self.report.end, row)
        return columns if "actual_on" in columns else {}

    def _set_milestone(self, row: Milestone, columns: Mapping[str, Any], origin: str) -> None:
        for column, value in columns.items():
            name = f"milestone.{row.stage}.{column}"
            if column.endswith("_precision"):
                setattr(row, column, value)
            elif self._note(name, getattr(row, column), value, origin):
                setattr(row, column, value)
                self.has_facts = self.has_facts or column in ("actual_on", "is_done")
        self.parts.append(row)

    def _set_money(self) -> None:
        batch, pk = self.report.batch, self.project.pk
        if (planned := self.values.get("annual_plan_10k")) is not None:
            row = next(iter(self.known.plans.get(pk, ())), None) or AnnualPlan(
                project=self.project, year=batch.report_year
            )
            self._note(f"plan.{batch.report_year}", row.planned_10k, planned, "annual_plan_10k")
            row.planned_10k = planned
            self.parts.append(row)
        rows = {row.month: row for row in self.known.investments.get(pk, ())}
        known = {month: (row.month_10k, row.ytd_10k) for month, row in rows.items()}
        changed = merged_months(self.values, batch.report_month, known)
        if changed:
            self.report.refuse_locked(changed)
        for month, (amount, ytd) in changed.items():
            row = rows.get(month) or MonthlyInvestment(project=self.project, year=batch.report_year, month=month)
            key = f"investment.{batch.report_year}-{month:02}"
            own = f"monthly_investment_10k.{month}"
            origin = own if own in self.origins else "month_investment_10k"
            self._note(f"{key}.month_10k", row.month_10k, amount, origin)
            is_stated = month == batch.report_month and "ytd_investment_10k" in self.origins
            self._note(f"{key}.ytd_10k", row.ytd_10k, ytd, "ytd_investment_10k" if is_stated else origin)
            row.month_10k, row.ytd_10k = amount, ytd
            self.parts.append(row)

    def _set_team(self) -> None:
        known = {row.role: row for row in self.known.team.get(self.project.pk, ())}
        for role, columns in team_columns(self.values, self.report).items():
            if not columns:
                continue
            row = known.get(role) or TeamMember(project=self.project, role=role)
            origins = {"organization": "leader_unit", "person_name": role}
            for column, value in columns.items():
                self._note(f"team.{role}.{column}", getattr(row, column), value, origins[column])
                setattr(row, column, value)
            if "person_name" in columns:  # another person: phone and account were the former one's
                row.phone, row.user = "", None
            self.parts.append(row)

    @property
    def note(self) -> str:
        """Where the changes come from; the enterprise's own code has no place among the project's fields."""
        code = self.values.get("credit_code")
        return self.report.note(self.row) + (f" · {FIELDS['credit_code'].name_zh} {code}" if code else "")

    @property
    def credit_code(self) -> tuple[int | None, str | None]:
        """(enterprise, code): also where only the enterprise is new to the project."""
        told = self.row.values.get("credit_code", {}).get("value")
        return self.project.enterprise_id, told if self.values.keys() & {"credit_code", "enterprise"} else None


def _write(edits: Sequence[_Edit], report: Report) -> None:
    update_columns((edit.project, edit.columns) for edit in edits)
    for model, (unique, columns) in UNIQUE.items():
        rows = [part for edit in edits for part in edit.parts if isinstance(part, model)]
        for row in rows:
            row.pk = None  # found again by its unique columns
        model.objects.bulk_create(
            rows, batch_size=BATCH, update_conflicts=True, unique_fields=unique, update_fields=columns
        )
    write_credit_codes(edit.credit_code for edit in edits)
    _write_history(edits, report)
    _tell(edits, report)


def _write_history(edits: Sequence[_Edit], report: Report) -> None:
    StageEntry.objects.bulk_create([e.stage_entry for e in edits if e.stage_entry], batch_size=BATCH)
    StatusChange.objects.bulk_create([e.status_change for e in edits if e.status_change], batch_size=BATCH)
    ProjectChange.objects.bulk_create(
        [
            ProjectChange(
                project=edit.project, verb=ProjectChange.Verb.IMPORTED, changes=edit.history,
                note=edit.note, by=report.by, at=report.at,
            )
            for edit in edits
        ],
        batch_size=BATCH,
    )  # fmt: skip


def _tell(edits: Sequence[_Edit], report: Report) -> None:
    for edit in edits:
        tell_edited(edit.project, edit.columns, by=report.by, at=report.at)
    entries = [edit.stage_entry for edit in edits if edit.stage_entry]
    for heard in seams.on_stage if entries else ():
        heard(entries, by=report.by, at=report.at)
    dated = [edit.project.pk for edit in edits if edit.has_facts or edit.stage_entry]
    tell_dated(dated, by=report.by, at=report.at)
