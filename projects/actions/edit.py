"""Changing what is known about a project: fields, progress in words, team."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Verb
from projects import seams
from projects.actions.create import enterprises_named, keys_of, refuse_wrong_period, taken_message
from projects.actions.shared import (
    claim,
    clean_values,
    differences,
    may_report,
    permit,
    put,
    record,
    refuse_other_parks,
)
from projects.errors import InvalidFields
from projects.models import Project, ProjectChange, TeamMember
from projects.text import normalise_name

CONDITION_FIELDS = (
    "has_new_construction_land", "annual_energy_tce", "annual_power_10k_kwh", "hazardous_chemical", "earthwork_m3",
    "soil_erosion_area", "eia_class", "special_fire_project", "has_civil_building", "building_scale",
    "works_investment_10k", "permit_class",
)  # fmt: skip
BASIC_FIELDS = (
    "name", "code", "industry", "nature", "level", "location", "content", "period_start_on", "period_end_on",
    "total_investment_10k", "equipment_investment_10k", "invested_before_10k", "land_mu", "floor_area_m2",
    "responsible_unit", "contact_name", "contact_phone", "remark",
)  # fmt: skip
PROGRESS_FIELDS = ("physical_percent", "physical_progress", "issue", "next_work")
EDITABLE = frozenset(CONDITION_FIELDS + BASIC_FIELDS + PROGRESS_FIELDS + ("enterprise", "stage_raw"))
VERBS = {ProjectChange.Verb.IMPORTED: Verb.IMPORT_LEDGER}


def edit(
    project: Project,
    fields: Mapping[str, Any],
    *,
    by,
    at: datetime,
    version: int | None = None,
    verb=ProjectChange.Verb.EDITED,
    note: str = "",
) -> Project:
    """Changes columns named in EDITABLE (``enterprise_name`` finds or makes the enterprise); others are a TypeError.

    Without a difference nothing is written. Raises PermissionDenied, Conflict, InvalidFields.
    """
    permit(by, VERBS.get(verb, Verb.EDIT_PROJECT))
    return _write(project, fields, by=by, at=at, version=version, verb=verb, note=note)


def report_progress(
    project: Project, fields: Mapping[str, Any], *, by, at: datetime, version: int | None = None, note: str = ""
) -> Project:
    """Changes how far the works are, in per cent and words, problems and next work (PROGRESS_FIELDS).

    Also for the units that report for the project. ``note`` is kept in the history.
    """
    if by is not None and not may_report(by, project):
        permit(by, Verb.EDIT_PROJECT)
    if unknown := set(fields) - set(PROGRESS_FIELDS):
        raise TypeError(f"not a progress field: {sorted(unknown)}")
    return _write(project, fields, by=by, at=at, version=version, verb=ProjectChange.Verb.EDITED, note=note)


@transaction.atomic
def _write(project: Project, fields, *, by, at, version, verb, note) -> Project:
    values = _checked(project, fields)
    changes = differences((name, getattr(project, name), value) for name, value in values.items())
    if not changes:
        return project
    changed = {entry["field"] for entry in changes}
    updates = {name: value for name, value in values.items() if name in changed}
    updates = claim(project, version, by=by, at=at, **updates, **_derived(project, updates))
    record(project, verb, changes, by=by, at=at, note=note)
    put(project, updates)
    if changed - set(PROGRESS_FIELDS):
        for told in seams.on_edited:
            told(project, by=by, at=at)
    return project


def _checked(project: Project, fields: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(fields)
    if "enterprise_name" in values:
        name = values.pop("enterprise_name") or ""
        values["enterprise"] = enterprises_named(project.park, [name]).get(normalise_name(name))
    if unknown := set(values) - EDITABLE:
        raise TypeError(f"not editable: {sorted(unknown)}")
    values = clean_values(Project, values)
    if (values.get("physical_percent") or 0) > 100:
        raise InvalidFields({"physical_percent": [_("At most 100 %.")]})
    refuse_other_parks(project.park_id, values)
    refuse_wrong_period(
        values.get("period_start_on", project.period_start_on), values.get("period_end_on", project.period_end_on)
    )
    return values


def _derived(project: Project, updates: Mapping[str, Any]) -> dict[str, Any]:
    """Keys that follow from name, code and enterprise; refuses those of another project."""
    if not {"name", "code", "enterprise"} & set(updates):
        return {}
    after = Project(name=project.name, code=project.code, enterprise=project.enterprise)
    put(after, {name: updates[name] for name in ("name", "code", "enterprise") if name in updates})
    key, text = keys_of(after)
    others = Project.objects.filter(park=project.park_id).exclude(pk=project.pk)
    errors = {}
    if others.filter(name_key=key).exists():
        errors["name"] = [taken_message("name", after)]
    if after.code and others.filter(code=after.code).exists():
        errors["code"] = [taken_message("code", after)]
    if errors:
        raise InvalidFields(errors)
    return {"name_key": key, "search_text": text}


TEAM_FIELDS = ("person_name", "phone", "organization", "user")


@transaction.atomic
def set_team(
    project: Project, role: str, values: Mapping[str, Any], *, by, at: datetime, version: int | None = None
) -> TeamMember | None:
    """Says who holds a role (TEAM_FIELDS); all empty leaves the role vacant. Raises Conflict, InvalidFields."""
    permit(by, Verb.EDIT_PROJECT)
    if unknown := set(values) - set(TEAM_FIELDS):
        raise TypeError(f"not a field of the team: {sorted(unknown)}")
    role = TeamMember.Role(role)
    values = clean_values(TeamMember, values)
    refuse_other_parks(project.park_id, values)
    member = project.team.filter(role=role).first()
    before = {name: getattr(member, name) if member else None for name in values}
    changes = differences((f"team.{role}.{name}", before[name], value) for name, value in values.items())
    if not changes:
        return member
    updates = claim(project, version, by=by, at=at)
    member = member or TeamMember(project=project, role=role)
    put(member, values)
    if any(getattr(member, name) for name in TEAM_FIELDS):
        member.save()
    else:
        project.team.filter(role=role).delete()
        member = None
    record(project, ProjectChange.Verb.TEAM, changes, by=by, at=at)
    put(project, updates)
    return member
