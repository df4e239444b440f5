"""Recording and correcting a visit. One transaction each; raises PermissionDenied, Refused and Conflict."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization, User
from accounts.permissions import Verb, may
from dispatch.files import keeping
from dispatch.files.models import Attachment
from dispatch.ledger import actions as ledger
from dispatch.ledger.models import LedgerItem
from dispatch.notices.outbox import settle
from dispatch.visits import access, rules
from dispatch.visits.models import Finding, PlannedVisit, Visit, VisitChange, VisitGrid
from dispatch.visits.plans import changed
from projects.models import Enterprise, Project

TEXTS = ("companions", "met_name", "place", "summary")
CORRECTABLE = ("visited_on", "latitude", "longitude", *TEXTS)


@dataclass(frozen=True)
class Found:
    """A need or problem as the visitor wrote it down. ``solution`` set: solved on the spot, in this way."""

    text: str
    kind: str = Finding.Kind.PROBLEM
    category: str = LedgerItem.Category.OTHER
    solution: str = ""


class AlreadyRecorded(Exception):
    """This form has been sent before; ``visit`` is what it made."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        super().__init__(visit.pk)


def record(
    *,
    enterprise: Enterprise,
    visited_on: date,
    by: User,
    at: datetime,
    today: date,
    planned: PlannedVisit | None = None,
    findings: Sequence[Found] = (),
    photos: Sequence[Any] = (),
    token: uuid.UUID | None = None,
    **fields: Any,
) -> Visit:
    """One visit with its findings, photos (uploads) and ledger items. The same ``token`` again gives the same visit.

    ``fields``: project and any of TEXTS, latitude, longitude. Without ``planned`` the enterprise's open plan of the
    quarter counts. What was not solved on the spot goes on the ledger with a unit proposed by ``rules.proposed_unit``.
    """
    _check(enterprise, planned, fields, visited_on, by, today)
    _check_found(findings)
    values = _values(enterprise, visited_on, planned, fields, by)
    try:
        _refuse_twice(token, by)
        with keeping.stored(photos) as kept, transaction.atomic():
            _hold_plan(values["planned"])
            visit = _create(values, token, by, at)
            for row in kept:
                keeping.record(visit, row, role=Attachment.Role.PHOTO, by=by, at=at)
            _write_down(visit, findings, 0, by=by, at=at, today=today)
            _history(visit, "record", [], by, at)
            if visit.planned_id:
                settle("planned_visit", [visit.planned_id], at=at)
            return visit
    except AlreadyRecorded as before:
        return before.visit


@transaction.atomic
def correct(
    visit: Visit,
    *,
    fields: Mapping[str, Any],
    findings: Sequence[Found] = (),
    by: User,
    at: datetime,
    today: date,
    version: int,
) -> Visit:
    """Change any of CORRECTABLE, or add findings that were forgotten; the history keeps old and new.

    What stands on the ledger is corrected there. Without a change nothing is written.
    """
    if not access.may_correct(visit, by):
        raise PermissionDenied
    if unknown := set(fields) - set(CORRECTABLE):
        raise TypeError(f"not correctable: {sorted(unknown)}")
    _check_day(fields.get("visited_on", visit.visited_on), today)
    _check_found(findings)
    changes = [changed(visit, name, value) for name, value in fields.items() if getattr(visit, name) != value]
    if not changes and not findings:
        return visit
    if not Visit.objects.filter(pk=visit.pk, version=version).update(**fields, version=version + 1):
        raise Conflict(_("Somebody else has changed this in the meantime. Please look at it again and repeat."))
    visit.refresh_from_db()
    _write_down(visit, findings, visit.findings.count(), by=by, at=at, today=today)
    changes += [{"field": "findings", "old": None, "new": found.text} for found in findings]
    _history(visit, "correct", changes, by, at)
    return visit


def project_of(enterprise: Enterprise, by: User) -> Project | None:
    """The project a visit is about when nobody says which: the one that was touched last and is not terminated."""
    rows = Project.objects.visible_to(by).filter(enterprise=enterprise).exclude(status=Project.Status.TERMINATED)
    return rows.order_by("-updated_at", "-pk").first()


def open_plan(enterprise: Enterprise, day: date) -> PlannedVisit | None:
    """The enterprise's plan of the day's quarter, if the visit has not been made yet."""
    quarter = rules.quarter_of(day)
    rows = PlannedVisit.objects.filter(enterprise=enterprise, year=quarter.year, quarter=quarter.number)
    return rows.filter(park=enterprise.park_id, cancelled_at=None, visit=None).first()


def _check(enterprise, planned, fields, visited_on: date, by: User, today: date) -> None:
    if not access.may_record(by) or not access.visitable(by).filter(pk=enterprise.pk).exists():
        raise PermissionDenied
    if unknown := set(fields) - {"project", *CORRECTABLE}:
        raise TypeError(f"not part of a visit: {sorted(unknown)}")
    _check_day(visited_on, today)
    project = fields.get("project")
    if project is not None and project.enterprise_id != enterprise.pk:
        raise Refused(_("The project does not belong to this enterprise."))
    if planned is None:
        return
    if planned.enterprise_id != enterprise.pk:
        raise Refused(_("The planned visit is one to another enterprise."))
    if planned.cancelled_at is not None:
        raise Refused(_("This visit has been taken off the plan."))


def _check_day(day: date, today: date) -> None:
    if day > today:
        raise Refused(_("A visit cannot lie in the future."))


def _check_found(findings: Sequence[Found]) -> None:
    if any(not found.text.strip() for found in findings):
        raise Refused(_("Please write what was found."))


def _refuse_twice(token: uuid.UUID | None, by: User) -> None:
    before = Visit.objects.filter(token=token, visitor=by).first() if token else None
    if before is not None:
        raise AlreadyRecorded(before)


def _values(enterprise, visited_on: date, planned, fields: Mapping[str, Any], by: User) -> dict[str, Any]:
    planned = planned or open_plan(enterprise, visited_on)
    grid = VisitGrid.objects.filter(members__enterprise=enterprise).first()
    values = {
        "park_id": enterprise.park_id, "enterprise": enterprise, "visited_on": visited_on, "planned": planned,
        "grid_id": planned.grid_id if planned and planned.grid_id else grid and grid.pk,
        "organization_id": by.organization_id, "visitor": by,
    }  # fmt: skip
    project = {"project": fields["project"] if "project" in fields else project_of(enterprise, by)}
    return values | project | {name: fields[name] for name in CORRECTABLE if name in fields}


def _hold_plan(planned: PlannedVisit | None) -> None:
    """Nobody takes it off the plan while the visit is being written. Raises Refused when somebody has."""
    rows = PlannedVisit.objects.select_for_update()
    if planned is not None and rows.get(pk=planned.pk).cancelled_at is not None:
        raise Refused(_("This visit has been taken off the plan."))


def _create(values: Mapping[str, Any], token: uuid.UUID | None, by: User, at: datetime) -> Visit:
    try:
        with transaction.atomic():
            return Visit.objects.create(**values, token=token, created_at=at)
    except IntegrityError as error:
        _refuse_twice(token, by)
        raise Conflict(_("This planned visit has just been recorded by somebody else.")) from error


def _write_down(visit: Visit, findings: Sequence[Found], first: int, *, by: User, at: datetime, today: date) -> None:
    """The findings; each that was not solved on the spot is registered on the ledger."""
    in_charge = _in_charge(visit.park_id) if findings else {}
    responsible = visit.project.responsible_unit_id if visit.project_id else None
    for order, found in enumerate(findings, first):
        row = Finding(visit=visit, order=order, kind=found.kind, category=found.category, text=found.text.strip())
        if found.solution.strip():
            row.solved_on, row.solution = visit.visited_on, found.solution.strip()
        else:
            unit = rules.proposed_unit(found.category, in_charge, responsible)
            row.item = _register(visit, row, unit, by=by, at=at, today=today)
        row.save()


def _register(visit: Visit, row: Finding, unit_id: int | None, *, by: User, at: datetime, today: date) -> LedgerItem:
    """On the ledger at once; the centre settles unit and deadline. Units may not register: then the system does."""
    kind = LedgerItem.Kind.TASK if row.kind == Finding.Kind.NEED else LedgerItem.Kind.PROBLEM
    return ledger.register(
        park=visit.park, by=by if may(by, Verb.REGISTER_LEDGER_ITEM) else None, at=at, on=today,
        source=LedgerItem.Source.VISIT, visit=visit, project=visit.project, kind=kind, category=row.category,
        title=rules.title_of(row.text), description=row.text,
        unit=Organization.objects.get(pk=unit_id) if unit_id else None,
    )  # fmt: skip


def _in_charge(park_id: int) -> dict[str, int]:
    """Category → the active unit that has most of the park's items of it; the older unit of two equals."""
    rows = (
        LedgerItem.objects.filter(park=park_id, unit__is_active=True)
        .order_by()
        .values("category", "unit")
        .annotate(items=Count("pk"))
        .order_by("category", "-items", "unit")
    )
    found: dict[str, int] = {}
    for row in rows:
        found.setdefault(row["category"], row["unit"])
    return found


def _history(visit: Visit, verb: str, changes: list[dict[str, Any]], by: User, at: datetime) -> None:
    VisitChange.objects.create(park_id=visit.park_id, visit=visit, verb=verb, changes=changes, by=by, at=at)
