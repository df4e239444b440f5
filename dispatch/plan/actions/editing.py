"""Changes of a plan, saved: the rows, the next version, the history and the forecast in one transaction.

Every function raises PermissionDenied, Refused, InvalidFields, Conflict and writes nothing when nothing differs.
``version``: of the plan as the person saw it (``shared.version_of``), 0 without one.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organization
from dispatch.plan import building, changes, drafts, effects, forecasting
from dispatch.plan.actions.shared import claim, entry, open_plan, refuse_unless_planned, require_planner
from dispatch.plan.drafts import Draft
from dispatch.plan.models import Plan, PlanLink, PlanTask, PlanTemplate
from projects.actions.shared import as_json, refuse_other_parks
from projects.errors import InvalidFields
from projects.models import Project
from projects.planning.network import LinkKind
from workdays.arithmetic import WorkCalendar


@transaction.atomic
def apply(
    project: Project,
    change: changes.Change,
    *,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar,
    version: int | None = None,
    note: str = "",
) -> Draft:
    """Saves one change; the plan's rows after it."""
    require_planner(project, by)
    refuse_unless_planned(project)
    present = effects.read(project, today=today, calendar=calendar)
    old = present.ground.draft
    new = effects.after(present, change).draft
    differing = list(drafts.differences(old, new))
    if not differing and isinstance(change, changes.SetGoal) and new.target_on and present.plan.plan is None:
        differing = [("goal", None, new.goal), ("target_on", None, new.target_on)]  # a promise is made, not guessed
    if not differing:
        return old
    _refuse_foreign_units(project, old, new)
    plan = open_plan(project, by=by, at=at)
    head = {"goal": new.goal, "target_on": new.target_on}
    copied = {"template_id": new.template_id, "template_version": new.template_version}
    claim(plan, version, by=by, at=at, **head, **copied)
    _write(plan, old, new)
    entry(plan, change.verb, _as_changes(differing), by=by, at=at, note=note or getattr(change, "reason", ""))
    forecasting.refresh_one(project, today=today, at=at, calendar=calendar)
    return new


def _write(plan: Plan, old: Draft, new: Draft) -> None:
    for key, row in new.tasks.items():
        if row != old.tasks.get(key):
            values = {name: getattr(row, name) for name in (*drafts.TASK_COLUMNS, "kind", "seq")}
            PlanTask.objects.update_or_create(plan=plan, key=key, defaults=values)
    for pair in [pair for pair in old.links if pair not in new.links]:
        PlanLink.objects.filter(plan=plan, before=pair[0], after=pair[1]).delete()
    for pair, link in new.links.items():
        if link != old.links.get(pair):
            values = {name: getattr(link, name) for name in drafts.LINK_COLUMNS}
            PlanLink.objects.update_or_create(plan=plan, before=pair[0], after=pair[1], defaults=values)


def _refuse_foreign_units(project: Project, old: Draft, new: Draft) -> None:
    """Units named now; one that has left the park since it was named does not block other changes."""
    known = {row.unit_id for row in old.tasks.values()}
    asked = {row.unit_id for row in new.tasks.values() if row.unit_id} - known
    found = Organization.objects.in_bulk(asked)
    if asked - set(found):
        raise InvalidFields({"unit_id": [_("This belongs to another park.")]})
    for unit in found.values():
        refuse_other_parks(project.park_id, {"unit_id": unit})


def _as_changes(differing: list[tuple[str, Any, Any]]) -> list[dict[str, Any]]:
    """As the history keeps them; units and templates by name."""
    names = {
        ".unit": lambda pks: dict(Organization.objects.filter(pk__in=pks).values_list("pk", "name")),
        "template": lambda pks: dict(PlanTemplate.objects.filter(pk__in=pks).values_list("pk", "name")),
    }
    rows = []
    for field, old, new in differing:
        named = next((called for ending, called in names.items() if field.endswith(ending)), None)
        if named:
            known = named({pk for pk in (old, new) if pk is not None})
            old, new = known.get(old), known.get(new)
        rows.append({"field": field, "old": as_json(old), "new": as_json(new)})
    return rows


def set_goal(project: Project, *, goal: str = "", target_on: date | None, note: str = "", **edge) -> Draft:
    """Goal (L08, L10, L13) and target day; the goal stays without one."""
    return apply(project, changes.SetGoal(goal, target_on), note=note, **edge)


def set_task(project: Project, key: str, values: Mapping[str, Any], *, reason: str = "", **edge) -> Draft:
    """Columns of a task (changes.EDITABLE); a known confirmed day or fact changes with ``reason`` only."""
    return apply(project, changes.SetTask(key, dict(values), reason), **edge)


def add_task(
    project: Project,
    name: str,
    duration_wd: int,
    *,
    after: tuple[str, ...] = (),
    before: tuple[str, ...] = (),
    values: Mapping[str, Any] | None = None,
    **edge,
) -> Draft:
    """A task of the project's own; its key is the greatest T… of the draft."""
    change = changes.AddTask(name, duration_wd, tuple(after), tuple(before), dict(values or {}))
    return apply(project, change, **edge)


def set_link(
    project: Project,
    before: str,
    after: str,
    *,
    kind: str = LinkKind.FS.value,
    lag_wd: int = 0,
    is_hard: bool = True,
    **edge,
) -> Draft:
    """A link of the project's own, or the catalogue's as far as the law allows."""
    return apply(project, changes.SetLink(before, after, kind, lag_wd, is_hard), **edge)


def template_change(project: Project, template: PlanTemplate) -> changes.CopyTemplate:
    """The copy of a template as a change; raises InvalidFields for another park's."""
    _refuse_foreign_template(project, template)
    old = Plan.objects.filter(project=project).exclude(template=None).select_related("template").first()
    old_rows = tuple(building.copied_rows(old))
    return changes.CopyTemplate(template.pk, template.version, tuple(template.rows), tuple(template.links), old_rows)


def _refuse_foreign_template(project: Project, template: PlanTemplate) -> None:
    if template.park_id != project.park_id:
        raise InvalidFields({"template": [_("This belongs to another park.")]})


def copy_template(project: Project, template: PlanTemplate, **edge) -> Draft:
    """A park's template copied into the plan; later edits of the template do not reach it."""
    return apply(project, template_change(project, template), **edge)
