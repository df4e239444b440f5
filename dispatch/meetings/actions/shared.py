"""What every action on a meeting stands on: who may, in which state, on which version; the row of history."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.models import Organization, User
from accounts.permissions import Verb, may
from dispatch.meetings.models import AgendaItem, Decision, Meeting, MeetingEntry

State = Meeting.State
PREPARED = (State.PLANNED, State.RUNNING)


def may_hold(user: User, park_id: int) -> bool:
    """Whether this person plans, records and closes meetings of the park."""
    return may(user, Verb.HOLD_MEETING) and user.organization.park_id == park_id and user.role.scope == "park"


def require_holder(by: User, park_id: int) -> None:
    """Raises PermissionDenied."""
    if not may_hold(by, park_id):
        raise PermissionDenied


def require(meeting: Meeting, by: User, states: Collection[str]) -> None:
    """Raises PermissionDenied, or Refused while the meeting is in another state."""
    require_holder(by, meeting.park_id)
    if meeting.state not in states:
        raise Refused(
            _("This is not possible while the meeting is “%(state)s”.") % {"state": meeting.get_state_display()}
        )


def hold(meeting: Meeting, by: User, states: Collection[str]) -> None:
    """The same as ``require``, on the state stored now and until the transaction ends: nobody closes the meeting while
    this is being written."""
    require_holder(by, meeting.park_id)
    present = Meeting.objects.select_for_update().only("park", "state").get(pk=meeting.pk)
    require(present, by, states)


def write(row: Meeting | AgendaItem | Decision, version: int, **fields: Any) -> None:
    """Conditional update on the version. Raises Conflict when somebody was first."""
    done = type(row)._default_manager.filter(pk=row.pk, version=version).update(**fields, version=version + 1)
    if not done:
        raise overtaken()
    row.refresh_from_db()


def overtaken() -> Conflict:
    return Conflict(_("Somebody else has changed this in the meantime. Please look at it again and repeat."))


def log(meeting: Meeting, verb: str, *, note: str = "", changes: list | None = None, by: User, at: datetime) -> None:
    """The row of history."""
    MeetingEntry.objects.create(meeting=meeting, verb=verb, note=note, changes=changes or [], by=by, at=at)


def changes_of(row: Any, fields: dict[str, Any]) -> list[dict[str, Any]]:
    """What the fields change, as history keeps it."""
    return [
        {"field": name, "old": plain(getattr(row, name)), "new": plain(value)}
        for name, value in fields.items()
        if getattr(row, name) != value
    ]


def plain(value: Any) -> Any:
    """A value as history keeps it."""
    return value if value is None or isinstance(value, (int, bool)) else str(value)


def require_own(park_id: int, *things: Any) -> None:
    """Projects and units of the meeting's own park only; an enterprise is responsible for nothing."""
    if any(thing is not None and thing.park_id != park_id for thing in things):
        raise Refused(_("Project and units must belong to the same park as the meeting."))
    if any(isinstance(thing, Organization) and thing.kind == Organization.Kind.ENTERPRISE for thing in things):
        raise Refused(_("An enterprise cannot be made responsible here."))
