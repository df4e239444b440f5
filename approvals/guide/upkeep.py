"""A park's own catalogue: a draft drawn up from the version in force, edited, checked, put in force.

Live projects keep the version they were created with.
"""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import models as db
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Park
from accounts.permissions import administers
from approvals.catalogue_document import validate
from approvals.guide.tables import document_of
from approvals.models import (
    Bundle,
    Catalogue,
    DocumentRequirement,
    Fee,
    LegalBasis,
    Line,
    MilestoneGate,
    Phase,
    Step,
    StepDependency,
    StepVariant,
)

State = Catalogue.State


class Unfit(Refused):
    """The draft cannot be put in force; ``problems`` lists everything that is wrong with it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(_("This draft cannot be put in force: %(problems)s") % {"problems": "; ".join(self.problems)})


def keeps(user, catalogue: Catalogue) -> bool:
    """Whether this person looks after the version: a superuser any, a park's administrator the park's own."""
    return administers(user) and (user.is_superuser or _is_of(user, catalogue.park_id))


def _is_of(user, park_id: int | None) -> bool:
    return park_id is not None and user.organization_id is not None and user.organization.park_id == park_id


@transaction.atomic
def copy_for(park: Park, *, by, at: datetime) -> Catalogue:
    """A draft for the park, equal to the version in force there. Raises Refused when the park has a draft already or no
    version is in force, PermissionDenied for everybody but the park's administrators and superusers."""
    if not (administers(by) and (by.is_superuser or _is_of(by, park.pk))):
        raise PermissionDenied
    Park.objects.select_for_update().get(pk=park.pk)
    if Catalogue.objects.filter(park=park, state=State.DRAFT).exists():
        raise Refused(_("This park has a draft already: go on with that one."))
    try:
        base = Catalogue.objects.in_force(park)
    except Catalogue.DoesNotExist:
        raise Refused(_("No catalogue is in force yet.")) from None
    # Numbers are common to all parks: whoever holds the newest row gives the next one.
    Catalogue.objects.select_for_update().latest("version")
    last = Catalogue.objects.aggregate(last=db.Max("version"))["last"]
    draft = _twin(base, version=last + 1, park=park, based_on=base, state=State.DRAFT, sha256="", loaded_at=at)
    draft.save(force_insert=True)
    _copy_parts(base, draft)
    return draft


def _twin(row, **changes):
    """An unsaved row equal to this one but for the key and the changes."""
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    twin = type(row)(**values)
    for name, value in changes.items():
        setattr(twin, name, value)
    return twin


def _copy_parts(base: Catalogue, draft: Catalogue) -> None:
    phases = _copy_rows(Phase.objects.filter(catalogue=base), lambda row: {"catalogue": draft})
    lines = _copy_rows(Line.objects.filter(catalogue=base), lambda row: {"catalogue": draft})
    steps = _copy_rows(
        Step.objects.filter(catalogue=base),
        lambda row: {"catalogue": draft, "phase": phases[row.phase_id], "line": lines[row.line_id]},
    )
    for part in (StepVariant, DocumentRequirement, Fee, LegalBasis):
        _copy_rows(part.objects.filter(step__catalogue=base), lambda row: {"step": steps[row.step_id]})
    _copy_rows(
        StepDependency.objects.filter(step__catalogue=base),
        lambda row: {"step": steps[row.step_id], "predecessor": steps[row.predecessor_id]},
    )
    for group in (Bundle, MilestoneGate):
        rows = group.objects.filter(catalogue=base).prefetch_related("steps")
        members = {row.pk: [steps[step.pk] for step in row.steps.all()] for row in rows}
        for pk, copy in _copy_rows(rows, lambda row: {"catalogue": draft}).items():
            copy.steps.set(members[pk])


def _copy_rows(rows, changes) -> dict:
    """Copies of these rows, saved; by the key of the row they are like."""
    copies = {row.pk: _twin(row, **changes(row)) for row in rows.order_by("pk")}
    rows.model.objects.bulk_create(copies.values())
    return copies


def problems(catalogue: Catalogue) -> list[str]:
    """Everything that makes no sense in this version; empty when it may be put in force."""
    return validate(document_of(catalogue))


@transaction.atomic
def put_in_force(draft: Catalogue, *, by, at: datetime) -> Catalogue:
    """The draft becomes the park's version, the park's former one retires; new projects get it from now on.

    Raises Unfit with the problems, Refused when it is no draft, Conflict when somebody else was first,
    PermissionDenied for people who do not look after it.
    """
    if not keeps(by, draft):
        raise PermissionDenied
    if draft.state != State.DRAFT:
        raise Refused(_("Only a draft can be put in force."))
    if found := problems(draft):
        raise Unfit(found)
    own = Catalogue.objects.filter(park=draft.park_id)
    own.filter(state=State.IN_FORCE).update(state=State.RETIRED)
    if not own.filter(pk=draft.pk, state=State.DRAFT).update(state=State.IN_FORCE, loaded_at=at):
        raise Conflict(_("Somebody else put this version in force first."))
    draft.refresh_from_db()
    return draft


@transaction.atomic
def discard(draft: Catalogue, *, by) -> None:
    """Removes a draft with everything in it; no project can refer to one. Same errors as ``put_in_force``."""
    if not keeps(by, draft):
        raise PermissionDenied
    if Catalogue.objects.select_for_update().get(pk=draft.pk).state != State.DRAFT:
        raise Refused(_("Only a draft can be removed."))
    Step.objects.filter(catalogue=draft).delete()
    draft.delete()
