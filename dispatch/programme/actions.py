"""Writes on monthly plans and rolling programmes. One transaction each, with history.

Raise PermissionDenied, Refused (a rule is broken), Conflict (somebody else was first), InvalidFields.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park, User
from accounts.permissions import Verb, may
from dispatch.programme import rules
from dispatch.programme.models import MonthlyPlan, Programme, ProgrammeEntry, ProgrammeMove
from projects.actions import set_annual_plan
from projects.actions.shared import (
    claim,
    clean_values,
    differences,
    put,
    record,
    refuse_unless_open,
    required_reason,
)
from projects.errors import InvalidFields
from projects.models import AnnualPlan, Project, ProjectChange

Move = ProgrammeMove.Verb
Years = Sequence[Decimal | None]
YEAR_COLUMNS = ("year1_10k", "year2_10k", "year3_10k")


def require_planner(by: User, park_id: int) -> None:
    if not (may(by, Verb.EDIT_PROGRAMME) and by.organization_id and by.organization.park_id == park_id):
        raise PermissionDenied


@transaction.atomic
def set_months(
    project: Project,
    year: int,
    months: Mapping[int, Decimal],
    *,
    by: User,
    at: datetime,
    with_year: bool = False,
    version: int | None = None,
) -> None:
    """The year's plan by months, 万元; no months at all: back to even ones. They add up to the annual plan, or with
    ``with_year`` their sum becomes the annual plan. Without a difference nothing is written."""
    require_planner(by, project.park_id)
    refuse_unless_open(project)
    months = _cleaned(months)
    if months:
        written = _fit_the_year(project, year, months, with_year, by=by, at=at, version=version)
        version = None if written else version
    before = dict(project.monthly_plans.filter(year=year).values_list("month", "planned_10k"))
    changes = differences(
        (f"month_plan.{year}-{month:02}", before.get(month), months.get(month)) for month in rules.MONTHS
    )
    if not changes:
        return
    updates = claim(project, version, by=by, at=at)
    project.monthly_plans.filter(year=year).delete()
    MonthlyPlan.objects.bulk_create(
        MonthlyPlan(project=project, year=year, month=month, planned_10k=amount) for month, amount in months.items()
    )
    record(project, ProjectChange.Verb.PLAN, changes, by=by, at=at)
    put(project, updates)


def _cleaned(months: Mapping[int, Decimal]) -> dict[int, Decimal]:
    if not months:
        return {}
    if unknown := set(months) - set(rules.MONTHS):
        raise TypeError(f"not a month: {sorted(unknown)}")
    given = {month: months.get(month) or rules.NOTHING for month in rules.MONTHS}
    errors, cleaned = {}, {}
    for month, amount in given.items():
        try:
            cleaned[month] = clean_values(MonthlyPlan, {"planned_10k": amount})["planned_10k"]
        except InvalidFields as wrong:
            errors[f"month{month}"] = wrong.errors["planned_10k"]
    if errors:
        raise InvalidFields(errors)
    return cleaned


def _fit_the_year(project, year, months, with_year, *, by, at, version) -> bool:
    """Whether the annual plan was written, and with it the project claimed at ``version``."""
    total = rules.whole(months)
    plan = project.annual_plans.filter(year=year).first()
    if plan is not None and plan.planned_10k == total:
        return False
    if with_year:
        set_annual_plan(project, year, total, by=by, at=at, version=version)
        return True
    text = _("The months add up to %(sum)s, the annual plan is %(plan)s.")
    planned = plan.planned_10k if plan else rules.NOTHING
    raise Refused(text % {"sum": f"{total.normalize():f}", "plan": f"{planned.normalize():f}"})


@transaction.atomic
def start(*, park: Park, first_year: int, by: User, at: datetime) -> Programme:
    """A draft for three years. It begins as the programme of the year before, rolled on; what has been taken out or
    terminated since does not come along."""
    require_planner(by, park.pk)
    if not 2000 <= first_year <= 2098:
        raise InvalidFields({"first_year": [_("Please check the year.")]})
    try:
        with transaction.atomic():
            new = Programme.objects.create(park=park, first_year=first_year, created_by=by, created_at=at)
    except IntegrityError as error:
        raise Refused(_("There is a programme from this year on already.")) from error
    rows = ProgrammeEntry.objects.filter(programme__park=park, programme__first_year=first_year - 1, left_at=None)
    rows = rows.exclude(project__status=Project.Status.TERMINATED).order_by("priority", "pk")
    entries = [
        ProgrammeEntry(programme=new, project_id=row.project_id, priority=place, note=row.note, **_columns(_next(row)))
        for place, row in enumerate(rows, 1)
    ]
    ProgrammeEntry.objects.bulk_create(entries)
    _note(new, Move.STARTED, None, "", [{"field": "projects", "old": None, "new": len(entries)}], by, at)
    return new


def _next(row: ProgrammeEntry) -> Years:
    return rules.rolled([getattr(row, name) for name in YEAR_COLUMNS])


@transaction.atomic
def take_in(
    programme: Programme,
    project: Project,
    *,
    years: Years,
    reason: str,
    by: User,
    at: datetime,
    version: int,
    place: int | None = None,
) -> ProgrammeEntry:
    """优进: the project joins at ``place`` (the end without one), with the reason; a project taken out comes back."""
    require_planner(by, programme.park_id)
    if project.park_id != programme.park_id:
        raise InvalidFields({"project": [_("This belongs to another park.")]})
    refuse_unless_open(project)
    reason, values = required_reason(reason), _money(years)
    entry = programme.entries.filter(project=project).first() or ProgrammeEntry(programme=programme, project=project)
    if entry.pk and entry.left_at is None:
        raise Refused(_("This project is in the programme already."))
    _claim(programme, version)
    order = _order(programme)
    entry.priority, entry.left_at = len(order) + 1, None
    put(entry, values).save()
    if place is not None:
        _renumber(programme, rules.moved([*order, entry.pk], entry.pk, place))
        entry.refresh_from_db()
    _note(programme, Move.IN, project, reason, differences((n, None, v) for n, v in values.items()), by, at)
    return entry


@transaction.atomic
def take_out(entry: ProgrammeEntry, *, reason: str, by: User, at: datetime, version: int) -> None:
    """劣退: the project leaves with a reason; the row stays, so that one can read what was planned."""
    programme = entry.programme
    require_planner(by, programme.park_id)
    reason = required_reason(reason)
    if entry.left_at is not None:
        raise Refused(_("This project has been taken out already."))
    _claim(programme, version)
    ProgrammeEntry.objects.filter(pk=entry.pk).update(left_at=at)
    _renumber(programme, _order(programme))
    _note(programme, Move.OUT, entry.project, reason, [], by, at)


@transaction.atomic
def edit_entry(
    entry: ProgrammeEntry,
    *,
    place: int,
    years: Years,
    note: str,
    reason: str,
    by: User,
    at: datetime,
    version: int,
) -> None:
    """Another priority, other money, another note. In an approved programme a change needs a reason."""
    programme = entry.programme
    require_planner(by, programme.park_id)
    if entry.left_at is not None:
        raise Refused(_("This project has been taken out already."))
    values = _money(years) | clean_values(ProgrammeEntry, {"note": note})
    changes = differences((name, getattr(entry, name), value) for name, value in values.items())
    order = _order(programme)
    new_order = rules.moved(order, entry.pk, place)
    changes += differences([("priority", order.index(entry.pk) + 1, new_order.index(entry.pk) + 1)])
    if not changes:
        return
    approved = programme.state == Programme.State.APPROVED
    reason = required_reason(reason) if approved or reason.strip() else ""
    _claim(programme, version)
    ProgrammeEntry.objects.filter(pk=entry.pk).update(**values)
    _renumber(programme, new_order)
    verb = Move.REORDERED if [change["field"] for change in changes] == ["priority"] else Move.EDITED
    _note(programme, verb, entry.project, reason, changes, by, at)


@transaction.atomic
def approve(programme: Programme, *, by: User, at: datetime, version: int) -> None:
    """From now on units read it, and every change needs a reason. Somebody else than who began it approves."""
    require_planner(by, programme.park_id)
    if programme.created_by_id == by.pk:
        raise Refused(_("Somebody else has to approve what you have begun."))
    if programme.state != Programme.State.DRAFT:
        raise Refused(_("This programme has been approved already."))
    if not programme.entries.filter(left_at=None).exists():
        raise Refused(_("There is no project in the programme yet."))
    _claim(programme, version, state=Programme.State.APPROVED, approved_at=at, approved_by=by)
    _note(programme, Move.APPROVED, None, "", [], by, at)


@transaction.atomic
def hand_down(programme: Programme, *, by: User, at: datetime, version: int) -> int:
    """Writes the money of the first year into the projects' annual plans; returns how many changed. Only for an
    approved programme, as it was shown at ``version``; projects that have a plan of the year by months and another sum
    are named and refused."""
    require_planner(by, programme.park_id)
    if programme.state != Programme.State.APPROVED:
        raise Refused(_("Only an approved programme can be written into the annual plans."))
    if Programme.objects.select_for_update().get(pk=programme.pk).version != version:
        raise _overtaken()
    changed = 0
    for entry in plans_to_write(programme):
        if entry.project.monthly_plans.filter(year=programme.first_year).exists():
            text = _("%(name)s has a plan by months. Change it there.")
            raise Refused(text % {"name": entry.project.name})
        set_annual_plan(entry.project, programme.first_year, entry.year1_10k, by=by, at=at)
        changed += 1
    return changed


def plans_to_write(programme: Programme) -> list[ProgrammeEntry]:
    """Entries whose first year is not the project's annual plan yet; terminated projects are left alone."""
    rows = programme.entries.filter(left_at=None, year1_10k__isnull=False).select_related("project")
    rows = rows.exclude(project__status=Project.Status.TERMINATED)
    plans = AnnualPlan.objects.filter(project__in=rows.values("project"), year=programme.first_year)
    known = dict(plans.values_list("project", "planned_10k"))
    return [row for row in rows if known.get(row.project_id) != row.year1_10k]


def _money(years: Years) -> dict[str, Decimal | None]:
    return clean_values(ProgrammeEntry, _columns(years))


def _columns(years: Years) -> dict[str, Decimal | None]:
    return dict(zip(YEAR_COLUMNS, years, strict=True))


def _claim(programme: Programme, version: int, **updates) -> None:
    rows = Programme.objects.filter(pk=programme.pk, version=version)
    if not rows.update(version=version + 1, **updates):
        raise _overtaken()
    put(programme, updates | {"version": version + 1})


def _overtaken() -> Conflict:
    return Conflict(_("Somebody else has changed this programme in the meantime. Please look at it again."))


def _order(programme: Programme) -> list[int]:
    rows = programme.entries.filter(left_at=None).order_by("priority", "pk")
    return list(rows.values_list("pk", flat=True))


def _renumber(programme: Programme, order: Sequence[int]) -> None:
    rows = {row.pk: row for row in programme.entries.filter(pk__in=order)}
    moved = [put(rows[pk], {"priority": place}) for place, pk in enumerate(order, 1) if rows[pk].priority != place]
    ProgrammeEntry.objects.bulk_update(moved, ["priority"], batch_size=500)


def _note(programme, verb, project, reason, changes, by, at) -> None:
    ProgrammeMove.objects.create(
        programme=programme, verb=verb, project=project, reason=reason, changes=changes, by=by, at=at
    )
