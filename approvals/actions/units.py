"""Who handles a step."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import Organization, Park
from accounts.permissions import Verb
from approvals.actions.records import columns, day_of, require, require_version, write
from approvals.models import ProjectStep, StepTransition

ASSIGN = "assign_unit"
UNIT_FIELDS = ["unit_id", "handler_name", "handler_phone"]


@transaction.atomic
def assign_unit(
    step: ProjectStep,
    unit: Organization | None,
    *,
    handler_name: str = "",
    handler_phone: str = "",
    by,
    at: datetime,
    version: int | None = None,
) -> StepTransition:
    """Name the unit (None: nobody) and the person that handle this step."""
    require(by, Verb.EDIT_PROJECT, step)
    require_version(step, version)
    if unit is not None:
        _require_unit(unit, step.project.park_id)
    before = {"step": columns(step, UNIT_FIELDS)}
    changes = {"unit": unit, "handler_name": handler_name, "handler_phone": handler_phone}
    return write(step, changes, verb=ASSIGN, on=day_of(at), by=by, at=at, before=before, unit=unit.name if unit else "")


@transaction.atomic
def assign_units(park: Park, units: Mapping[str, Organization], *, by, at: datetime) -> int:
    """Name the handling unit by step code for every step of the park that has none yet; returns how many were named."""
    named = 0
    for code, unit in units.items():
        _require_unit(unit, park.pk)
        rows = ProjectStep.objects.filter(project__park=park, code=code, unit__isnull=True)
        found = list(rows.values_list("pk", "state"))
        StepTransition.objects.bulk_create(
            StepTransition(
                project_step_id=pk, verb=ASSIGN, from_state=state, to_state=state, on=day_of(at), by=by, at=at,
                data={"before": {"step": {"unit_id": None}}, "unit": unit.name},
            )
            for pk, state in found
        )  # fmt: skip
        named += rows.update(unit=unit, version=F("version") + 1, updated_at=at)
    return named


def _require_unit(unit: Organization, park_id: int) -> None:
    if unit.park_id != park_id or unit.kind not in (Organization.Kind.UNIT, Organization.Kind.PARK_OFFICE):
        raise Refused(_("%(unit)s cannot handle steps of this park.") % {"unit": unit.name})
