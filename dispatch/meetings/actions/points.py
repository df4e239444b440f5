"""The agenda: built, built again, ordered, discussed, taken off and carried over."""

from datetime import date
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from dispatch.meetings.actions.shared import PREPARED, State, hold, require_own, write
from dispatch.meetings.agenda import Found, moved, select, shorten
from dispatch.meetings.models import AgendaItem, Meeting
from dispatch.meetings.sources import Scope, gather
from workdays.arithmetic import WorkCalendar

Point = AgendaItem.State
# Verb → from which states of a point, to which one, in which states of the meeting.
MOVES = {
    "drop": ((Point.OPEN, Point.NOTED, Point.CARRIED), Point.DROPPED, PREPARED),
    "carry": ((Point.OPEN, Point.NOTED), Point.CARRIED, (State.RUNNING,)),
    "note": ((Point.OPEN, Point.CARRIED), Point.NOTED, (State.RUNNING,)),
    "restore": ((Point.DROPPED, Point.CARRIED, Point.NOTED), Point.OPEN, PREPARED),
}


def build_agenda(meeting: Meeting, *, by: User, today: date, calendar: WorkCalendar) -> list[AgendaItem]:
    """Adds what is new, without asking who may; inside the caller's transaction. Returns the new points."""
    present = set(meeting.agenda.values_list("source_key", flat=True))
    with translation.override(settings.LANGUAGE_CODE):
        chosen = select(gather(Scope(meeting, by, today, calendar)), present)
    first = _last_order(meeting) + 1
    rows = [_row(meeting, found, first + number) for number, found in enumerate(chosen)]
    AgendaItem.objects.bulk_create(rows, ignore_conflicts=True)
    return list(meeting.agenda.filter(source_key__in=[row.source_key for row in rows]))


@transaction.atomic
def add_point(meeting: Meeting, *, title: str, why: str = "", project=None, unit=None, by: User) -> AgendaItem:
    """A point by hand, at the end. Of a meeting about a project it is about that project."""
    hold(meeting, by, PREPARED)
    if not title.strip():
        raise Refused(_("Please write what the point is about."))
    project = meeting.project or project
    require_own(meeting.park_id, project, unit)
    return AgendaItem.objects.create(
        meeting=meeting, order=_last_order(meeting) + 1, source=AgendaItem.Source.HAND,
        source_key=f"hand/{uuid4().hex[:12]}", title=shorten(title, 200), why=shorten(why, 300), project=project,
        unit=unit,
    )  # fmt: skip


@transaction.atomic
def shift(point: AgendaItem, *, up: bool, by: User) -> None:
    """One place up or down; nothing else of the points changes. At the edge nothing happens."""
    hold(point.meeting, by, PREPARED)
    rows = list(point.meeting.agenda.order_by("order", "pk").only("pk", "order"))
    order = moved([row.pk for row in rows], point.pk, up)
    by_id = {row.pk: row for row in rows}
    for place, pk in enumerate(order):
        by_id[pk].order = place
    AgendaItem.objects.bulk_update(rows, ["order"])


@transaction.atomic
def settle_point(point: AgendaItem, verb: str, *, by: User, version: int) -> AgendaItem:
    """Take off, carry over, note or bring back. Raises Refused from a state that does not allow it; Conflict."""
    states, after, meeting_states = MOVES[verb]
    hold(point.meeting, by, meeting_states)
    point.refresh_from_db(fields=["state", "version"])
    if point.version == version and point.state not in states:
        raise Refused(_("This is not possible while the point is “%(state)s”.") % {"state": point.get_state_display()})
    write(point, version, state=after)
    return point


@transaction.atomic
def discuss(point: AgendaItem, *, text: str, by: User, version: int) -> AgendaItem:
    """What was said. Raises Conflict when another recorder has written since; nothing of either is lost then."""
    hold(point.meeting, by, PREPARED)
    write(point, version, discussion=text.strip())
    return point


def _row(meeting: Meeting, found: Found, order: int) -> AgendaItem:
    return AgendaItem(
        meeting=meeting, order=order, source=found.kept_as or found.source, source_key=found.key, title=found.title,
        why=found.why, project_id=found.project_id, item_id=found.item_id, case_id=found.case_id,
        unit_id=found.unit_id,
    )  # fmt: skip


def _last_order(meeting: Meeting) -> int:
    last = meeting.agenda.aggregate(last=Max("order"))["last"]
    return -1 if last is None else last
