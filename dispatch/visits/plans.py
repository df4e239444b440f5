"""Writes on grids and plans. One transaction each; raises PermissionDenied, Refused and Conflict."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park, User
from accounts.permissions import Verb, may
from dispatch.notices.outbox import About, Message, settle, tell
from dispatch.visits import rules
from dispatch.visits.models import GridEnterprise, PlannedVisit, Visit, VisitChange, VisitGrid
from dispatch.visits.rules import Place, Quarter
from projects.models import Enterprise

GRID_FIELDS = ("name", "unit", "person", "is_active")
MOVABLE = ("visitor", "plan_on", "grid", "year", "quarter")


def require_planner(park_id: int, by: User) -> None:
    if not (may(by, Verb.PLAN_VISITS) and by.organization_id and by.organization.park_id == park_id):
        raise PermissionDenied


@transaction.atomic
def save_grid(grid: VisitGrid | None, *, park: Park, fields: Mapping[str, Any], by: User) -> VisitGrid:
    """A new grid, or the present one with these of GRID_FIELDS."""
    require_planner(park.pk, by)
    _check_park(park.pk, fields.get("unit"), fields.get("person") and fields["person"].organization)
    row = grid or VisitGrid(park=park)
    for name in GRID_FIELDS:
        if name in fields:
            setattr(row, name, fields[name])
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(_("There is a grid of this name already.")) from error
    return row


@transaction.atomic
def place_enterprises(grid: VisitGrid | None, enterprises: Iterable[Enterprise], *, park: Park, by: User) -> int:
    """Put the enterprises into the grid, out of the one they were in; None: into no grid. Returns how many moved."""
    require_planner(park.pk, by)
    enterprises = list(enterprises)
    _check_park(park.pk, grid, *enterprises)
    Park.objects.select_for_update().get(pk=park.pk)
    ids = [enterprise.pk for enterprise in enterprises]
    there = GridEnterprise.objects.filter(enterprise__in=ids)
    if grid is None:
        return there.delete()[0]
    known = dict(there.values_list("enterprise", "grid"))
    moved = there.exclude(grid=grid).update(grid=grid)
    new = [GridEnterprise(grid=grid, enterprise_id=pk) for pk in ids if pk not in known]
    GridEnterprise.objects.bulk_create(new)
    return moved + len(new)


def places(park: Park) -> dict[int, Place]:
    """Enterprise → its place in an active grid."""
    rows = GridEnterprise.objects.filter(grid__park=park, grid__is_active=True, enterprise__park=park)
    return {
        enterprise: Place(grid, person)
        for enterprise, grid, person in rows.values_list("enterprise", "grid", "grid__person")
    }


def planned_in(park: Park, quarter: Quarter) -> set[int]:
    """Enterprises on the plan of the quarter."""
    rows = PlannedVisit.objects.filter(park=park, year=quarter.year, quarter=quarter.number, cancelled_at=None)
    return set(rows.values_list("enterprise", flat=True))


@transaction.atomic
def make_plan(park: Park, quarter: Quarter, *, by: User, at: datetime, today: date) -> int:
    """The plan of the quarter from the grids: adds what is missing, keeps the rest. Returns how many were added.

    Every visitor is told once. Made twice at the same moment, each enterprise is planned once.
    """
    require_planner(park.pk, by)
    if quarter < rules.quarter_of(today):
        raise Refused(_("%(quarter)s is over; it cannot be planned any more.") % {"quarter": quarter})
    Park.objects.select_for_update().get(pk=park.pk)
    new = rules.to_plan(places(park), planned_in(park, quarter))
    rows = [
        PlannedVisit(
            park=park, year=quarter.year, quarter=quarter.number, grid_id=place.grid_id, enterprise_id=enterprise,
            visitor_id=place.visitor_id, created_by=by, created_at=at,
        )
        for enterprise, place in new.items()
    ]  # fmt: skip
    PlannedVisit.objects.bulk_create(rows)
    tell_plan(park, quarter, Counter(place.visitor_id for place in new.values()), by=by, at=at, today=today)
    return len(rows)


@transaction.atomic
def change(
    planned: PlannedVisit, *, fields: Mapping[str, Any], reason: str, by: User, at: datetime, today: date, version: int
) -> PlannedVisit:
    """Give it to somebody else, another day, grid or quarter (any of MOVABLE), with a reason; a new visitor is told."""
    _check_open(planned, by, reason)
    fields = {name: value for name, value in fields.items() if name in MOVABLE and getattr(planned, name) != value}
    visitor, grid = fields.get("visitor"), fields.get("grid")
    _check_park(planned.park_id, visitor and visitor.organization, grid)
    if not fields:
        return planned
    changes = [changed(planned, name, value) for name, value in fields.items()]
    _update(planned, version, **fields)
    _record(planned, "move", reason, by, at, changes)
    planned.refresh_from_db()
    if "visitor" in fields:
        settle("planned_visit", [planned.pk], at=at)
    if visitor is not None and visitor.pk != by.pk:
        _tell_one(planned, by=by, at=at, today=today)
    return planned


@transaction.atomic
def take_off(planned: PlannedVisit, *, reason: str, by: User, at: datetime, version: int) -> PlannedVisit:
    """Take it off the plan with a reason; the row stays, and the enterprise may be planned again."""
    _check_open(planned, by, reason)
    _update(planned, version, cancelled_at=at, cancelled_reason=reason.strip())
    _record(planned, "take_off", reason, by, at, [])
    settle("planned_visit", [planned.pk], at=at)
    planned.refresh_from_db()
    return planned


def changed(row: Any, name: str, value: Any) -> dict[str, Any]:
    """One change as the history keeps it, in words."""
    return {"field": name, "old": _plain(getattr(row, name)), "new": _plain(value)}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (int, bool)) else str(value)


def _check_open(planned: PlannedVisit, by: User, reason: str) -> None:
    require_planner(planned.park_id, by)
    if not reason.strip():
        raise Refused(_("Please say why; this cannot be empty."))
    PlannedVisit.objects.select_for_update().get(pk=planned.pk)
    if planned.cancelled_at is not None:
        raise Refused(_("This visit has been taken off the plan."))
    if Visit.objects.filter(planned=planned).exists():
        raise Refused(_("This visit has been made already."))


def _check_park(park_id: int, *parts: Any) -> None:
    if any(part is not None and part.park_id != park_id for part in parts):
        raise Refused(_("Grid, unit, visitor and enterprise must belong to the same park."))


def _update(planned: PlannedVisit, version: int, **fields: Any) -> None:
    rows = PlannedVisit.objects.filter(pk=planned.pk, version=version, cancelled_at=None)
    try:
        with transaction.atomic():
            updated = rows.update(**fields, version=version + 1)
    except IntegrityError as error:
        raise Refused(_("The enterprise is on the plan of that quarter already.")) from error
    if not updated:
        raise Conflict(_("Somebody else has changed this in the meantime. Please look at it again and repeat."))


def _record(planned: PlannedVisit, verb: str, note: str, by: User, at: datetime, changes: list[dict[str, Any]]) -> None:
    VisitChange.objects.create(
        park_id=planned.park_id, planned=planned, verb=verb, note=note.strip(), changes=changes, by=by, at=at
    )


def tell_plan(park: Park, quarter: Quarter, counts: Counter, *, by: User, at: datetime, today: date) -> None:
    """Every visitor is told once how many visits of the quarter are theirs. ``counts``: user → visits."""
    people = User.objects.filter(pk__in=[pk for pk in counts if pk and pk != by.pk]).select_related("organization")
    for person in people:
        query = f"?year={quarter.year}&quarter={quarter.number}&visitor={person.pk}"
        about = About("visit_plan", quarter.index, reverse("dispatch:visit_plan") + query)
        key = f"visits/plan/{park.pk}/{quarter.index}/{at:%Y%m%d%H%M%S%f}"
        facts = {"count": counts[person.pk], "quarter": str(quarter)}
        tell(Message(park, "visit_planned", key, about, facts), [person], as_of=today, at=at)


def _tell_one(planned: PlannedVisit, *, by: User, at: datetime, today: date) -> None:
    quarter = Quarter(planned.year, planned.quarter)
    about = About("planned_visit", planned.pk, f"{reverse('dispatch:visit_new')}?planned={planned.pk}", planned.project)
    facts = {"count": 1, "quarter": str(quarter)}
    key = f"visits/planned/{planned.pk}/{planned.version}"
    tell(Message(planned.park, "visit_planned", key, about, facts), [planned.visitor], as_of=today, at=at)
