"""Meetings as pages show them. Reads only; the number of queries does not grow with the rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from dispatch.ledger import queries as ledger
from dispatch.ledger.models import LedgerItem
from dispatch.meetings.models import AgendaItem, Attendance, Decision, Meeting, MeetingEntry
from workdays.arithmetic import WorkCalendar

State, Point = Meeting.State, AgendaItem.State
TONES = {State.PLANNED: "", State.RUNNING: "accent", State.CLOSED: "quiet", State.CANCELLED: "quiet"}
POINT_TONES = {Point.OPEN: "", Point.DECIDED: "solid", Point.NOTED: "quiet", Point.CARRIED: "accent"}
WHAT_HAPPENED = {
    "plan": gettext_lazy("Planned"),
    "change": gettext_lazy("Changed"),
    "cancel": gettext_lazy("Cancelled"),
    "start": gettext_lazy("Begun"),
    "close": gettext_lazy("Ended"),
    "correct": gettext_lazy("Decision corrected"),
    "withdraw": gettext_lazy("Decision withdrawn"),
    "uninvite": gettext_lazy("Taken off the list of the invited"),
}
TABS = ("agenda", "attendance", "decisions", "minutes", "files")


@dataclass(frozen=True)
class Shown:
    """A decision with its item on one day. ``row``: of the item; None when it was only noted."""

    decision: Decision
    row: ledger.Row | None
    opens: bool


@dataclass(frozen=True)
class Group:
    """Points of one project, in the order of the agenda."""

    project: Any
    points: list["PointRow"] = field(default_factory=list)


@dataclass(frozen=True)
class PointRow:
    """One point. ``opens``: the person may open its ledger item; ``days``: of the item, as ledger.queries.days_left."""

    point: AgendaItem
    number: int
    days: int | None
    opens: bool
    decisions: list[Shown]

    @property
    def tone(self) -> str:
        return POINT_TONES.get(Point(self.point.state), "quiet")


def for_list(rows):
    """Meetings with their counts of points, tasks and closed tasks; one query."""
    points = AgendaItem.objects.exclude(state=Point.DROPPED)
    tasks = Decision.objects.filter(withdrawn_at=None, item__isnull=False)
    return rows.select_related("project").annotate(
        points=_count(points), tasks=_count(tasks), done=_count(tasks.filter(item__state=LedgerItem.State.CLOSED))
    )


def _count(parts):
    counted = parts.filter(meeting=OuterRef("pk")).order_by().values("meeting").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def agenda_of(meeting: Meeting, user: User, today: date, calendar: WorkCalendar) -> list[PointRow]:
    """Points in order with their decisions; three queries at most."""
    points = list(meeting.agenda.select_related("item__unit", "project", "unit", "case"))
    shown = decisions_of(meeting, user, today, calendar)
    by_point: dict[int | None, list[Shown]] = {}
    for one in shown:
        by_point.setdefault(one.decision.agenda_item_id, []).append(one)
    openable = openable_items(user, [point.item_id for point in points if point.item_id])
    return [
        PointRow(
            point, number, ledger.days_left(point.item, today, calendar) if point.item else None,
            point.item_id in openable, by_point.get(point.pk, []),
        )
        for number, point in enumerate(points, 1)
    ]  # fmt: skip


def grouped(rows: Iterable[PointRow]) -> list[Group]:
    """Neighbouring points of one project together; the order of the agenda is the recorder's and stays."""
    groups: list[Group] = []
    for row in rows:
        if not groups or groups[-1].project != row.point.project:
            groups.append(Group(row.point.project))
        groups[-1].points.append(row)
    return groups


def decisions_of(meeting: Meeting, user: User, today: date, calendar: WorkCalendar) -> list[Shown]:
    """All decisions in order, withdrawn ones too; two queries at most."""
    rows = list(meeting.decisions.select_related("unit", "agenda_item", "item__unit", "item__project"))
    openable = openable_items(user, [row.item_id for row in rows if row.item_id])
    return [
        Shown(row, ledger.row_of(row.item, today, calendar) if row.item else None, row.item_id in openable)
        for row in rows
    ]


def openable_items(user: User, ids: list[int]) -> set[int]:
    """Which of these ledger items this person may open."""
    if not ids:
        return set()
    return set(LedgerItem.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


def closure_of(meeting: Meeting | None) -> dict[str, Any] | None:
    """Closed ÷ decided of a meeting's decisions that stand on the ledger; None when there are none. One query."""
    if meeting is None:
        return None
    rows = meeting.decisions.filter(withdrawn_at=None, item__isnull=False)
    numbers = rows.aggregate(all=Count("pk"), closed=Count("pk", filter=Q(item__state=LedgerItem.State.CLOSED)))
    return {"meeting": meeting, **numbers} if numbers["all"] else None


def seats_of(meeting: Meeting) -> list[dict[str, Any]]:
    """Attendance by part: [{part, label, seats, came}]."""
    seats = list(meeting.attendance.select_related("organization", "user"))
    found = []
    for part in (Attendance.Part.LEADER, *[one for one in Attendance.Part if one != Attendance.Part.LEADER]):
        own = [seat for seat in seats if seat.part == part]
        if own:
            came = sum(seat.state in ("present", "substitute") for seat in own)
            found.append({"part": part, "label": part.label, "seats": own, "came": came})
    return found


def tabs(meeting: Meeting, active: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Tabs that are pages."""
    here = reverse("dispatch:meeting_detail", args=[meeting.pk])
    labels = {
        "agenda": _("Agenda"), "attendance": _("Attendance"), "decisions": _("Decisions"), "minutes": _("Minutes"),
        "files": _("Files"),
    }  # fmt: skip
    return [
        {"label": labels[name], "href": f"{here}?tab={name}", "active": name == active, "count": counts.get(name)}
        for name in TABS
    ]


def timeline(history: Iterable[MeetingEntry]) -> list[dict[str, Any]]:
    """Rows for the timeline component, newest first."""
    return [
        {"at": entry.at, "who": entry.by or _("System"), "what": str(WHAT_HAPPENED.get(entry.verb, entry.verb)),
         "note": entry.note}
        for entry in history
    ]  # fmt: skip


def neighbours(rows: list[PointRow], pk: int) -> tuple[PointRow | None, PointRow | None]:
    """The points before and after, without those taken off."""
    kept = [row for row in rows if row.point.state != Point.DROPPED or row.point.pk == pk]
    here = next((place for place, row in enumerate(kept) if row.point.pk == pk), None)
    if here is None:
        return None, None
    return (kept[here - 1] if here else None), (kept[here + 1] if here + 1 < len(kept) else None)
