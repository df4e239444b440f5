"""Registering projects, one or thousands in one transaction."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.bulk import insert
from accounts.chunks import chunks
from accounts.models import Park
from accounts.permissions import Verb
from projects import seams
from projects.actions.shared import clean_values, differences, permit, refuse_other_parks
from projects.errors import InvalidFields
from projects.models import (
    AnnualPlan,
    Enterprise,
    Milestone,
    MonthlyInvestment,
    Project,
    ProjectChange,
    StageEntry,
    TeamMember,
)
from projects.stages import Stage
from projects.text import normalise_name, search_text

BATCH = 500


@dataclass
class NewProject:
    """A project to be registered. Money 万元, dates as known.

    ``fields``: columns of Project; ``enterprise`` may be a row, or ``enterprise_name`` a text (found or made).
    ``milestones``: {stage: columns of Milestone}; ``plans``: {year: 万元};
    ``investments``: {(year, month): (this month or None, cumulative)}; ``team``: {role: columns of TeamMember}.
    """

    fields: Mapping[str, Any]
    milestones: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    plans: Mapping[int, Decimal] = field(default_factory=dict)
    investments: Mapping[tuple[int, int], tuple[Decimal | None, Decimal]] = field(default_factory=dict)
    team: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    note: str = ""


def create(park: Park, fields: Mapping[str, Any], *, by, at: datetime) -> Project:
    """Registers one project. Raises PermissionDenied, InvalidFields (also for a name or code already in use)."""
    permit(by, Verb.CREATE_PROJECT)
    return create_many([NewProject(fields)], park=park, by=by, at=at)[0]


@transaction.atomic
def create_many(
    rows: Sequence[NewProject], *, park: Park, by, at: datetime, verb=ProjectChange.Verb.CREATED
) -> list[Project]:
    """Registers projects with all their parts, in the order given; all or nothing, then calls the seams.

    The caller answers for the permission (import, seeding). Raises InvalidFields; with several rows the field names are
    "<index>.<field>".
    """
    projects = _build(rows, park, by, at)
    _refuse_taken(park, projects)
    insert(projects)
    pairs = list(zip(projects, rows, strict=True))
    _create_parts(pairs)
    _create_history(pairs, verb, by, at)
    for created in seams.on_created:
        created(projects, by=by, at=at)
    dated = [
        project.pk
        for project, row in pairs
        if any(m.get("actual_on") or m.get("is_done") for m in row.milestones.values())
    ]
    if dated:
        for told in seams.on_milestones:
            told(dated, by=by, at=at)
    return projects


def enterprises_named(park: Park, names: Iterable[str]) -> dict[str, Enterprise]:
    """{name key: enterprise} of the park for these names; those that are not there are made."""
    wanted = {normalise_name(name): name for name in names}
    wanted.pop("", None)
    found = _by_key(park, wanted)
    new = [Enterprise(park=park, name=wanted[key], name_key=key) for key in wanted if key not in found]
    for row in new:
        clean_values(Enterprise, {"name": row.name, "name_key": row.name_key})
    Enterprise.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    return found | _by_key(park, [row.name_key for row in new])


def _by_key(park: Park, keys: Iterable[str]) -> dict[str, Enterprise]:
    return {
        row.name_key: row
        for chunk in chunks(keys, BATCH)
        for row in Enterprise.objects.filter(park=park, name_key__in=chunk)
    }


def _build(rows: Sequence[NewProject], park: Park, by, at: datetime) -> list[Project]:
    enterprises = enterprises_named(
        park, [str(r.fields["enterprise_name"]) for r in rows if r.fields.get("enterprise_name")]
    )
    projects, errors = [], {}
    for index, row in enumerate(rows):
        try:
            projects.append(_build_one(row, park, enterprises, by, at))
        except InvalidFields as error:
            prefix = f"{index}." if len(rows) > 1 else ""
            errors |= {f"{prefix}{name}": sentences for name, sentences in error.errors.items()}
    if errors:
        raise InvalidFields(errors)
    return projects


def _build_one(row: NewProject, park: Park, enterprises: Mapping[str, Enterprise], by, at: datetime) -> Project:
    values = dict(row.fields)
    name = values.pop("enterprise_name", "")
    if name:
        values["enterprise"] = enterprises.get(normalise_name(str(name)))
    values = clean_values(Project, values)
    if not values.get("name"):
        raise InvalidFields({"name": [_("Please give the name of the project.")]})
    refuse_other_parks(park.pk, values)
    refuse_wrong_period(values.get("period_start_on"), values.get("period_end_on"))
    project = Project(park=park, created_at=at, created_by=by, updated_at=at, updated_by=by, **values)
    project.name_key, project.search_text = keys_of(project)
    return project


def keys_of(project: Project) -> tuple[str, str]:
    """Name key and search text of a project as it now stands. Raises InvalidFields for a name without a letter."""
    key = normalise_name(project.name)
    if not key or len(key) > 200:
        raise InvalidFields({"name": [_("This name cannot be used.")]})
    return key, search_text(project.name, project.enterprise.name if project.enterprise_id else "", project.code)


def refuse_wrong_period(start: date | None, end: date | None) -> None:
    """The construction period ends after it begins. Raises InvalidFields."""
    if start and end and end < start:
        raise InvalidFields({"period_end_on": [_("The period ends before it begins.")]})


def _refuse_taken(park: Park, projects: Sequence[Project]) -> None:
    errors: dict[str, list[str]] = {}
    for column, label in (("name_key", "name"), ("code", "code")):
        values = [getattr(p, column) for p in projects]
        taken = {
            value
            for chunk in chunks(filter(None, values), BATCH)
            for value in Project.objects.filter(park=park, **{f"{column}__in": chunk}).values_list(column, flat=True)
        } | {value for value, count in Counter(filter(None, values)).items() if count > 1}
        for index, value in enumerate(values):
            if value in taken:
                prefix = f"{index}." if len(projects) > 1 else ""
                errors[f"{prefix}{label}"] = [taken_message(label, projects[index])]
    if errors:
        raise InvalidFields(errors)


def taken_message(label: str, project: Project) -> str:
    """Sentence for a name or code that another project of the park already has."""
    if label == "name":
        return _("A project named “%(name)s” is already registered.") % {"name": project.name}
    return _("The project code %(code)s is already in use.") % {"code": project.code}


def _create_parts(pairs: Sequence[tuple[Project, NewProject]]) -> None:
    insert(
        Milestone(project=project, stage=Stage(stage), **clean_values(Milestone, values))
        for project, row in pairs
        for stage, values in row.milestones.items()
    )
    insert(
        AnnualPlan(project=project, year=year, planned_10k=amount)
        for project, row in pairs
        for year, amount in row.plans.items()
    )
    insert(
        MonthlyInvestment(project=project, year=year, month=month, month_10k=amount, ytd_10k=ytd)
        for project, row in pairs
        for (year, month), (amount, ytd) in row.investments.items()
    )
    insert(
        TeamMember(project=project, role=role, **clean_values(TeamMember, values))
        for project, row in pairs
        for role, values in row.team.items()
    )


def _create_history(pairs: Sequence[tuple[Project, NewProject]], verb, by, at: datetime) -> None:
    day = localtime(at).date()
    insert(
        StageEntry(project=project, stage=project.stage, entered_on=project.stage_entered_on or day, by=by, at=at)
        for project, row in pairs
    )
    insert(
        ProjectChange(
            project=project, verb=verb, note=row.note, by=by, at=at,
            changes=differences((name, None, getattr(project, name)) for name in _known(row.fields)),
        )
        for project, row in pairs
    )  # fmt: skip


def _known(fields: Mapping[str, Any]) -> Iterable[str]:
    return ("enterprise" if name == "enterprise_name" else name for name in fields)
