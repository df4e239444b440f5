"""What the minutes say, as plain texts: the same for the page, the print and the .docx. Reads only."""

from datetime import date
from typing import Any

from django.utils.translation import pgettext

from dispatch.ledger.models import LedgerItem
from dispatch.meetings.models import AgendaItem, Attendance, Decision, Meeting

Seat = Attendance.State
LISTS = {
    Attendance.Part.LEADER: "leaders",
    Attendance.Part.CENTRE: "centre",
    Attendance.Part.STANDING: "standing",
    Attendance.Part.EXTRA: "extra",
    Attendance.Part.ENTERPRISE: "enterprises",
}
# Placeholders of a template; INSIDE: what each row of a list holds.
PLACEHOLDERS = (
    "park", "centre_name", "title", "number", "kind", "held_on", "time", "place", "chair", "recorder", "project",
    "summary", "leaders", "centre", "standing", "extra", "enterprises", "absent", "points", "decisions", "noted",
    "carried", "unfinished",
)  # fmt: skip
INSIDE = {
    "points": ("no", "title", "why", "discussion", "decisions"),
    "decisions": ("no", "text", "unit", "person", "until", "number", "state"),
    "unfinished": ("number", "title", "unit", "until", "state"),
}


def minutes_of(meeting: Meeting) -> dict[str, Any]:
    """Every placeholder with its text; lists of dictionaries for points, decisions and unfinished items."""
    points = list(meeting.agenda.exclude(state=AgendaItem.State.DROPPED).select_related("item__unit", "project"))
    decisions = list(standing_decisions(meeting))
    return {
        **_head(meeting),
        **_present(meeting),
        "points": [_point(number, point, decisions) for number, point in enumerate(filter(_was_on, points), 1)],
        "decisions": [_task(number, row) for number, row in enumerate(filter(_is_task, decisions), 1)],
        "noted": [row.text for row in decisions if not _is_task(row)],
        "carried": [point.title for point in points if point.state == AgendaItem.State.CARRIED],
        "unfinished": [_unfinished(point.item) for point in points if _is_unfinished(point)],
    }


def standing_decisions(meeting: Meeting):
    """Decisions that have not been withdrawn, in order."""
    return meeting.decisions.filter(withdrawn_at=None).select_related("unit", "item").order_by("order", "pk")


def long_day(day: date | None) -> str:
    """2026年3月2日, or the ISO date where the language has no other."""
    if day is None:
        return ""
    return pgettext("day", "%(year)d-%(month)02d-%(day)02d") % {"year": day.year, "month": day.month, "day": day.day}


def sample() -> dict[str, Any]:
    """Facts to try a template with: every placeholder, lists with two rows, texts that tempt a careless template."""
    text = "A&B <x> {{ 7*7 }} {% if %}"
    facts: dict[str, Any] = dict.fromkeys(PLACEHOLDERS, text)
    for name, inner in INSIDE.items():
        facts[name] = [dict.fromkeys(inner, text) | {"no": number} for number in (1, 2)]
    for point in facts["points"]:
        point["decisions"] = [text, text]
    return facts | {"noted": [text, text], "carried": [text]}


def _head(meeting: Meeting) -> dict[str, str]:
    times = [f"{moment:%H:%M}" for moment in (meeting.starts_at, meeting.ends_at) if moment]
    return {
        "park": meeting.park.name_zh, "centre_name": meeting.park.centre_name_zh or meeting.park.name_zh,
        "title": meeting.title, "number": meeting.number, "kind": str(meeting.get_kind_display()),
        "held_on": long_day(meeting.held_on), "time": "–".join(times), "place": meeting.place,
        "chair": meeting.chair_name, "recorder": str(meeting.recorder or ""),
        "project": meeting.project.name if meeting.project else "", "summary": meeting.summary,
    }  # fmt: skip


def _present(meeting: Meeting) -> dict[str, str]:
    lists: dict[str, list[str]] = {name: [] for name in (*LISTS.values(), "absent")}
    for seat in meeting.attendance.select_related("organization"):
        came = seat.state in (Seat.PRESENT, Seat.SUBSTITUTE)
        lists[LISTS[Attendance.Part(seat.part)] if came else "absent"].append(seat_name(seat))
    return {name: "、".join(names) for name, names in lists.items()}


def seat_name(seat: Attendance) -> str:
    """The unit, who came for it, and why not."""
    name = seat.organization.name if seat.organization else seat.person_name
    more = [seat.person_name if seat.organization else "", seat.note]
    if seat.state in (Seat.EXCUSED, Seat.SUBSTITUTE):
        more.append(str(seat.get_state_display()))
    told = "，".join(filter(None, more))
    return f"{name}（{told}）" if told else name


def _point(number: int, point: AgendaItem, decisions: list[Decision]) -> dict[str, Any]:
    own = [row for row in decisions if row.agenda_item_id == point.pk]
    return {
        "no": number, "title": point.title, "why": point.why, "discussion": point.discussion,
        "decisions": [row.text for row in own],
    }  # fmt: skip


def _was_on(point: AgendaItem) -> bool:
    """Whether it was talked about; what was only carried over stands in that list."""
    return point.state not in (AgendaItem.State.CARRIED, AgendaItem.State.OPEN) or bool(point.discussion)


def _is_task(row: Decision) -> bool:
    return row.unit_id is not None and row.due_on is not None


def _task(number: int, row: Decision) -> dict[str, Any]:
    return {
        "no": number, "text": row.text, "unit": row.unit.name, "person": row.person_name, "until": str(row.due_on),
        "number": row.item.number if row.item else "", "state": str(row.item.get_state_display()) if row.item else "",
    }  # fmt: skip


def _is_unfinished(point: AgendaItem) -> bool:
    is_old = point.source == AgendaItem.Source.DECISION
    return is_old and point.item is not None and point.item.state != LedgerItem.State.CLOSED


def _unfinished(item: LedgerItem) -> dict[str, Any]:
    return {
        "number": item.number, "title": item.title, "unit": item.unit.name if item.unit else "",
        "until": str(item.due_on or ""), "state": str(item.get_state_display()),
    }  # fmt: skip
