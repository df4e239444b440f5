"""Applications for special bonds, central budget grants and loans: written down, handed in, decided, paid out."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from dispatch.elements import access
from dispatch.elements.actions import shared
from dispatch.elements.models import FundingApplication
from dispatch.elements.states import MOVES, FundingVerb
from projects.actions.shared import checked_text, refuse_unless_open, required_reason
from projects.errors import InvalidFields
from projects.models import Project

State = FundingApplication.State
EDITABLE: Mapping[str, tuple[str, ...]] = {
    State.PREPARING: ("kind", "title", "asked_10k", "note"),
    State.SUBMITTED: ("kind", "title", "asked_10k", "note"),
    State.GRANTED: ("title", "paid_10k", "note"),
    State.REJECTED: ("note",),
    State.WITHDRAWN: ("note",),
}
"""State → what may still be changed in it."""


@transaction.atomic
def apply(*, project: Project, fields: Mapping[str, Any], by: User | None, at: datetime) -> FundingApplication:
    """A new application, being prepared; ``fields``: kind, title, asked_10k (万元), note."""
    access.require(access.edits_project(by, project))
    refuse_unless_open(project)
    row = FundingApplication(project=project)
    values = _checked(row, fields)
    for name, value in values.items():
        setattr(row, name, value)
    return shared.create(row, "funding", values, taken=shared.overtaken(), by=by, at=at)


@transaction.atomic
def edit_application(
    row: FundingApplication, *, fields: Mapping[str, Any], by: User | None, at: datetime, version: int
) -> FundingApplication:
    """Changes what EDITABLE allows in this state."""
    access.require(access.edits_project(by, row.project))
    values = _checked(row, fields)
    return shared.write(row, "funding", values, version=version, by=by, at=at)


@transaction.atomic
def move_application(
    row: FundingApplication, verb: str, *, by: User | None, at: datetime, today: date, version: int,
    on: date | None = None, granted_10k: Decimal | None = None, note: str = "",
) -> FundingApplication:  # fmt: skip
    """One step of states.MOVES. SUBMIT, GRANT and REJECT take the day ``on``; GRANT the amount; REOPEN is the centre's
    and, like WITHDRAW, wants a ``note`` that says why."""
    of_centre = verb == FundingVerb.REOPEN
    park_id = row.project.park_id
    access.require(access.edits_park(by, park_id) if of_centre else access.edits_project(by, row.project))
    if verb not in MOVES[row.state]:
        raise Refused(_("This is not possible in the present state."))
    after = MOVES[row.state][verb]
    values: dict[str, Any] = {"state": after}
    if verb in (FundingVerb.WITHDRAW, FundingVerb.REOPEN):
        note = required_reason(note)
    else:
        note = checked_text("note", note)
        shared.check_past("on", on, today)
    values |= _consequences(row, verb, after, on, granted_10k)
    return shared.write(row, "funding", values, version=version, by=by, at=at, note=note)


def _consequences(row: FundingApplication, verb: str, after: str, on: date | None, granted: Any) -> dict[str, Any]:
    """Day and amount that belong to the new state; what belonged to a state taken back goes."""
    match verb:
        case FundingVerb.SUBMIT:
            return {"submitted_on": on}
        case FundingVerb.GRANT:
            amount = shared.checked(FundingApplication, {"granted_10k": granted}, row.project.park_id)["granted_10k"]
            if not amount or amount > row.asked_10k:
                raise InvalidFields({"granted_10k": [_("More than nothing, and no more than was asked for.")]})
            return {"granted_10k": amount, "decided_on": _after_submission(row, on)}
        case FundingVerb.REJECT:
            return {"decided_on": _after_submission(row, on)}
        case FundingVerb.REOPEN:
            if row.paid_10k:
                raise Refused(_("Money has been paid out already; correct that first."))
            undone: dict[str, Any] = {"granted_10k": None, "paid_10k": None, "decided_on": None}
            return undone | ({"submitted_on": None} if after == State.PREPARING else {})
    return {}


def _after_submission(row: FundingApplication, on: date | None) -> date | None:
    if row.submitted_on and on and on < row.submitted_on:
        raise InvalidFields({"on": [_("This day lies before the application was handed in.")]})
    return on


def _checked(row: FundingApplication, fields: Mapping[str, Any]) -> dict[str, Any]:
    allowed = EDITABLE[row.state]
    if unknown := set(fields) - {name for names in EDITABLE.values() for name in names}:
        raise TypeError(f"not part of an application: {sorted(unknown)}")
    if set(fields) - set(allowed):
        raise Refused(_("This cannot be changed in the present state."))
    values = shared.checked(FundingApplication, fields, row.project.park_id)
    asked = values.get("asked_10k", row.asked_10k)
    if not asked:
        raise InvalidFields({"asked_10k": [_("Please say how much is asked for.")]})
    if not values.get("title", row.title):
        raise InvalidFields({"title": [_("Please give a title.")]})
    paid = values.get("paid_10k")
    if paid is not None and paid > (row.granted_10k or 0):
        raise InvalidFields({"paid_10k": [_("More cannot be paid out than was granted.")]})
    return values
