"""What a project needs of an element in a year, and how much of it is secured."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict
from accounts.models import User
from dispatch.elements import access
from dispatch.elements.actions import shared
from dispatch.elements.models import ElementNeed
from projects.actions.shared import refuse_unless_open, required_reason
from projects.errors import InvalidFields
from projects.models import Project

FIELDS = ("amount", "secured", "needed_on", "unit", "note")
OF_THE_PROVIDER = ("secured", "note")


@transaction.atomic
def save_need(
    *, project: Project, year: int, element: str, fields: Mapping[str, Any], by: User | None, at: datetime
) -> ElementNeed:
    """A new need; ``fields``: any of FIELDS, amount at least."""
    access.require(access.edits_project(by, project))
    refuse_unless_open(project)
    shared.check_year(year)
    row = ElementNeed(project=project, year=year, element=element)
    values = _checked(row, fields)
    for name, value in values.items():
        setattr(row, name, value)
    taken = _("This project has a need of this element in this year already. Please change that one.")
    return shared.create(row, "need", {"year": year, "element": element} | values, taken=taken, by=by, at=at)


@transaction.atomic
def edit_need(
    need: ElementNeed, *, fields: Mapping[str, Any], by: User | None, at: datetime, version: int
) -> ElementNeed:
    """Changes any of FIELDS; the unit that is to provide it only OF_THE_PROVIDER."""
    access.require(access.secures(by, need))
    if not access.edits_project(by, need.project):
        access.require(set(fields) <= set(OF_THE_PROVIDER))
    refuse_unless_open(need.project)
    return shared.write(need, "need", _checked(need, fields), version=version, by=by, at=at)


@transaction.atomic
def drop_need(need: ElementNeed, *, reason: str, by: User | None, at: datetime, version: int) -> ElementNeed:
    """Taken away, because the project does not need it any more; the history keeps what it was and why."""
    access.require(access.edits_project(by, need.project))
    note = required_reason(reason)
    was = {"year": need.year, "element": need.element} | {name: getattr(need, name) for name in FIELDS}
    changes = [{"field": name, "old": shared.plain(value), "new": None} for name, value in was.items()]
    if not ElementNeed.objects.filter(pk=need.pk, version=version).delete()[0]:
        raise Conflict(shared.overtaken())
    was_set = [change for change in changes if change["old"] is not None]
    shared.keep(need, "need", was_set, by=by, at=at, note=note)
    return need


def _checked(need: ElementNeed, fields: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"not part of a need: {sorted(unknown)}")
    values = shared.checked(ElementNeed, fields, need.project.park_id)
    amount, secured = values.get("amount", need.amount), values.get("secured", need.secured)
    if amount is None:
        raise InvalidFields({"amount": [_("Please say how much is needed.")]})
    shared.check_amount("amount", amount, need.element, positive=True)
    shared.check_amount("secured", secured, need.element)
    if secured > amount:
        raise InvalidFields({"secured": [_("More cannot be secured than is needed.")]})
    return values
