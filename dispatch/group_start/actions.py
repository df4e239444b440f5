"""Writes on group starts. One transaction each, compare-and-swap on the version, history beside it.

All raise PermissionDenied, Conflict when ``version`` is not the present one, and Refused when a rule stands against it.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park, User
from accounts.permissions import Verb, may
from dispatch.group_start import queries
from dispatch.group_start.models import GroupStart, GroupStartEntry, GroupStartProject
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerItem
from projects.actions.shared import differences, put, required_reason
from projects.models import Project
from workdays.arithmetic import WorkCalendar

State = GroupStart.State
FIELDS = ("on", "title", "place", "note")


def may_edit(user: User, park_id: int) -> bool:
    """People of the whole park who hold the verb."""
    holds = user.role_id is not None and may(user, Verb.EDIT_PLAN) and user.role.scope == "park"
    return holds and user.organization.park_id == park_id


def require_editor(by: User, park_id: int) -> None:
    if not may_edit(by, park_id):
        raise PermissionDenied


@transaction.atomic
def create(
    *,
    park: Park,
    on: date,
    title: str,
    place: str = "",
    note: str = "",
    projects: Collection[Project] = (),
    by: User,
    at: datetime,
    today: date,
) -> GroupStart:
    """A planned group start with these projects. Refused for a day that is over and for projects not waiting."""
    require_editor(by, park.pk)
    _refuse_past(on, today)
    fields = {"on": on, "title": title, "place": place, "note": note}
    start = GroupStart.objects.create(park=park, created_by=by, created_at=at, updated_at=at, **fields)
    _note(start, "created", differences((name, None, fields[name]) for name in FIELDS), by=by, at=at)
    _take_in(start, projects, by=by, at=at)
    return start


@transaction.atomic
def edit(start: GroupStart, *, fields: dict[str, Any], by: User, at: datetime, today: date, version: int) -> None:
    """Day, title, place, note of a planned one. Without a difference nothing is written."""
    require_editor(by, start.park_id)
    _refuse_unless_planned(start)
    changes = differences((name, getattr(start, name), fields[name]) for name in FIELDS if name in fields)
    if not changes:
        return
    if fields.get("on", start.on) != start.on:
        _refuse_past(fields["on"], today)
    _claim(start, version, at=at, **fields)
    _note(start, "edited", changes, by=by, at=at)


@transaction.atomic
def take_in(start: GroupStart, projects: Collection[Project], *, by: User, at: datetime, version: int) -> int:
    """Projects join, or come back; returns how many. Those that are in already are left alone."""
    require_editor(by, start.park_id)
    _refuse_unless_planned(start)
    if not projects:
        return 0
    _claim(start, version, at=at)
    return _take_in(start, projects, by=by, at=at)


def only_waiting() -> str:
    """Why a project cannot take part."""
    return _("Only active projects of the park that have not started construction can take part.")


def _take_in(start: GroupStart, projects: Collection[Project], *, by: User, at: datetime) -> int:
    wanted = {project.pk: project for project in projects}
    seen = queries.waiting_projects(by).filter(pk__in=wanted, park=start.park_id)
    if len(wanted) != seen.count():
        raise Refused(only_waiting())
    known = {entry.project_id: entry for entry in start.entries.filter(project__in=wanted)}
    new = [project for pk, project in wanted.items() if pk not in known or known[pk].is_out]
    start.entries.filter(project__in=[project.pk for project in new], is_out=True).update(is_out=False)
    rows = [GroupStartProject(group_start=start, project=project) for project in new if project.pk not in known]
    GroupStartProject.objects.bulk_create(rows)
    GroupStartEntry.objects.bulk_create(_entry(start, "taken_in", [_about(project)], by=by, at=at) for project in new)
    return len(new)


@transaction.atomic
def take_out(entry: GroupStartProject, *, reason: str, by: User, at: datetime, version: int) -> None:
    """The project does not take part any more, with the reason; its place stays readable."""
    start = entry.group_start
    require_editor(by, start.park_id)
    _refuse_unless_planned(start)
    reason = required_reason(reason)
    if entry.is_out:
        raise Refused(_("This project has been taken out already."))
    _claim(start, version, at=at)
    GroupStartProject.objects.filter(pk=entry.pk).update(is_out=True)
    entry.is_out = True
    _note(start, "taken_out", [_about(entry.project)], note=reason, by=by, at=at)


@transaction.atomic
def set_note(entry: GroupStartProject, *, note: str, by: User, at: datetime, version: int) -> None:
    """What is agreed about one project. Without a difference nothing is written."""
    start = entry.group_start
    require_editor(by, start.park_id)
    _refuse_unless_planned(start)
    changes = differences([("note", entry.note, note)])
    if not changes:
        return
    _claim(start, version, at=at)
    GroupStartProject.objects.filter(pk=entry.pk).update(note=note)
    entry.note = note
    _note(start, "noted", [_about(entry.project), *changes], by=by, at=at)


@transaction.atomic
def hold(start: GroupStart, *, by: User, at: datetime, today: date, version: int) -> None:
    """It took place; on the day or later. From now on its list is kept as it is."""
    require_editor(by, start.park_id)
    _refuse_unless_planned(start)
    if today < start.on:
        raise Refused(_("It can be recorded as held on %(on)s at the earliest.") % {"on": start.on.isoformat()})
    _claim(start, version, at=at, state=State.HELD)
    _note(start, "held", [], by=by, at=at)


@transaction.atomic
def cancel(start: GroupStart, *, reason: str, by: User, at: datetime, version: int) -> None:
    """It does not take place; list and history stay."""
    require_editor(by, start.park_id)
    _refuse_unless_planned(start)
    reason = required_reason(reason)
    _claim(start, version, at=at, state=State.CANCELLED)
    _note(start, "cancelled", [], note=reason, by=by, at=at)


@transaction.atomic
def put_on_ledger(
    entry: GroupStartProject,
    codes: Collection[str],
    *,
    by: User,
    at: datetime,
    today: date,
    calendar: WorkCalendar,
    version: int,
) -> list[LedgerItem]:
    """One item for each of these lacking steps: its unit, due on the latest finish that keeps the day.

    Steps that have an open item from a plan are left alone. Refused when nothing is left to put on the ledger, and for
    a project that is not active any more.
    """
    start = entry.group_start
    require_editor(by, start.park_id)
    _refuse_unless_planned(start)
    _claim(start, version, at=at)
    project = (
        Project.objects.select_for_update(of=("self",)).select_related("responsible_unit").get(pk=entry.project_id)
    )
    if not project.is_active:
        words = {"status": project.get_status_display()}
        raise Refused(_("This project is %(status)s; nothing is forecast for it.") % words)
    (row,) = queries.candidates([project], on=start.on, today=today, calendar=calendar)
    known = queries.on_ledger(row.lacks)
    wanted = [lack for lack in row.lacks if lack.step.code in codes and lack.step.pk not in known]
    if not wanted:
        raise Refused(_("Nothing is left to put on the ledger: these steps are done or have an open item."))
    items = [_register(start, project, lack, by=by, at=at, today=today) for lack in wanted]
    numbers = [{"field": "item", "old": None, "new": f"{item.number} {item.title}"} for item in items]
    _note(start, "ledger", [_about(project), *numbers], by=by, at=at)
    return items


def due_of(lack: queries.Lack, start: GroupStart, today: date) -> date:
    """The latest finish, or the day itself without one; today when that has passed."""
    return max(lack.latest_on or start.on, today)


def _register(start: GroupStart, project: Project, lack: queries.Lack, *, by, at, today) -> LedgerItem:
    words = {"step": lack.name, "on": start.on.isoformat()}
    return ledger.register(
        park=start.park,
        by=by,
        at=at,
        on=today,
        source=LedgerItem.Source.PLAN,
        kind=LedgerItem.Kind.TASK,
        category=LedgerItem.Category.PERMITS,
        title=(_("%(step)s: finish before the group start on %(on)s") % words)[:200],
        description=lack.text,
        project=project,
        project_step=lack.step,
        unit=lack.step.unit or project.responsible_unit,
        starts_on=today,
        due_on=due_of(lack, start, today),
    )


def _refuse_past(on: date, today: date) -> None:
    if on < today:
        raise Refused(_("Please choose today or a later day."))


def _refuse_unless_planned(start: GroupStart) -> None:
    if start.state != State.PLANNED:
        raise Refused(_("This group start is %(state)s and cannot be changed.") % {"state": start.get_state_display()})


def _claim(start: GroupStart, version: int, *, at: datetime, **updates: Any) -> None:
    updates |= {"version": version + 1, "updated_at": at}
    if not GroupStart.objects.filter(pk=start.pk, version=version, state=State.PLANNED).update(**updates):
        raise Conflict(_("Somebody else has changed this group start in the meantime. Please look at it again."))
    put(start, updates)


def _about(project: Project) -> dict[str, Any]:
    return {"field": "project", "old": None, "new": project.name, "id": project.pk}


def _entry(start: GroupStart, verb: str, changes: Iterable[dict], *, note: str = "", by, at) -> GroupStartEntry:
    return GroupStartEntry(group_start=start, verb=verb, changes=list(changes), note=note, by=by, at=at)


def _note(start: GroupStart, verb: str, changes: Iterable[dict], *, note: str = "", by, at) -> None:
    _entry(start, verb, changes, note=note, by=by, at=at).save()
