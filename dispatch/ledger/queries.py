"""Ledger items as pages show them. Reads only; the number of queries does not grow with the rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerComment, LedgerEntry, LedgerItem
from dispatch.warnings.levels import due_soon
from workdays.arithmetic import WorkCalendar

NEAR_WD = 3  # domain.md 3.3: due soon
SORTS: dict[str, tuple[str, ...]] = {
    "due": ("due_on",),
    "number": ("number",),
    "title": ("title",),
    "project": ("project__name_key", "due_on"),
    "unit": ("unit__name", "due_on"),
    "state": ("state", "due_on"),
    "raised": ("raised_on",),
}
DEFAULT_SORT = "due"
State = LedgerItem.State
ELEMENT_NAMES = {
    "leader": _("leader"),
    "measures": _("measures"),
    "dates": _("dates"),
    "standard": _("acceptance standard"),
    "reward_penalty": _("reward and penalty"),
}
STOPS = (
    ("register", _("Registered")),
    (ItemVerb.ASSIGN, _("Assigned")),
    (ItemVerb.SIGN, _("Signed for")),
    (ItemVerb.PROGRESS, _("Being handled")),
    (ItemVerb.ASK_CLOSE, _("Closure asked for")),
    ("verify", _("Verification")),
    (ItemVerb.CLOSE, _("Closed")),
)
HERE = {
    State.REGISTERED: 0,
    State.ASSIGNED: 1,
    State.SIGNED: 2,
    State.WORKING: 3,
    State.RETURNED: 3,
    State.HUNG: 3,
    State.CLOSING: 5,
    State.CLOSED: 7,
}
WHAT_HAPPENED = {
    "register": _("Registered"),
    ItemVerb.ASSIGN: _("Assigned"),
    ItemVerb.SIGN: _("Signed for"),
    ItemVerb.PROGRESS: _("Progress reported"),
    ItemVerb.ASK_CLOSE: _("Closure asked for"),
    ItemVerb.CLOSE: _("Verified and closed"),
    ItemVerb.RETURN: _("Returned"),
    ItemVerb.EXTEND: _("Deadline extended"),
    ItemVerb.REOPEN: _("Reopened"),
    ItemVerb.EDIT: _("Edited"),
    ItemVerb.ASK_EXTENSION: _("Extension asked for"),
    ItemVerb.REFUSE_EXTENSION: _("Extension refused"),
    ItemVerb.ASK_HANG: _("Moving up asked for"),
    ItemVerb.REFUSE_HANG: _("Moving up refused"),
    ItemVerb.HANG: _("Moved up"),
    ItemVerb.TAKE_UP: _("Taken up again"),
    "import": _("Changed by an import"),
    "import_undone": _("Import taken back"),
}
TONES = {State.CLOSED: "quiet", State.RETURNED: "solid", State.CLOSING: "accent", State.HUNG: "solid"}


@dataclass(frozen=True)
class Row:
    """One item on one day. ``days``: working days left, negative when late, None without deadline or when closed."""

    item: LedgerItem
    days: int | None
    missing: list[str]
    tone: str
    is_provisional: bool = False

    @property
    def url(self) -> str:
        return reverse("dispatch:ledger_detail", args=[self.item.pk])

    @property
    def project_url(self) -> str:
        return address("projects:detail", self.item.project_id) if self.item.project_id else ""

    @property
    def is_late(self) -> bool:
        return self.days is not None and self.days < 0


def address(name: str, *args) -> str:
    """URL of the page, "" where it does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def soon(today: date, calendar: WorkCalendar) -> tuple[date, date]:
    """First and last deadline that count as due soon: at most three working days left."""
    window = due_soon(today, calendar, within_wd=NEAR_WD)
    return window.first, window.last


def days_left(item: LedgerItem, today: date, calendar: WorkCalendar) -> int | None:
    """Working days left; late ones are negative, and a deadline passed by a weekend only is one day late."""
    if item.due_on is None or item.state == State.CLOSED:
        return None
    if item.due_on < today:
        return -max(1, calendar.count(item.due_on, today))
    return calendar.count(today, item.due_on)


def row_of(item: LedgerItem, today: date, calendar: WorkCalendar) -> Row:
    missing = [str(ELEMENT_NAMES[name]) for name in item.missing_elements]
    days = days_left(item, today, calendar)
    provisional = days is not None and calendar.provisional_between(today, item.due_on)
    return Row(item, days, missing, TONES.get(item.state, ""), provisional)


def rows_of(items: Iterable[LedgerItem], today: date, calendar: WorkCalendar) -> list[Row]:
    return [row_of(item, today, calendar) for item in items]


def ordered(rows, sort: str):
    """Rows in the order named by the address; anything not in SORTS gives the earliest deadline first."""
    return rows.order_by(*order_of(sort))


def order_of(sort: str) -> list:
    """The same as the terms of ``order_by``."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        sort = name = DEFAULT_SORT
    first, *rest = SORTS[name]
    column = F(first).desc(nulls_last=True) if sort.startswith("-") else F(first).asc(nulls_last=True)
    return [column, *(F(name).asc(nulls_last=True) for name in rest), F("pk").asc()]


def for_list(rows):
    """Columns and names a row of a list shows."""
    return (
        rows.counted()
        .select_related("project", "unit")
        .defer("description", "progress", "project__search_text", "project__content", "project__remark")
    )


def comments(item: LedgerItem) -> list[LedgerComment]:
    """All comments, oldest first, with the people mentioned; those taken back have no text."""
    return list(item.comments.select_related("by__organization").prefetch_related("mentions").order_by("at", "pk"))


def links(item: LedgerItem, user: User) -> list[dict[str, str]]:
    """What the item is about and where it comes from: {"label", "text", "url" ("" without a page for this person)}."""
    found = []
    if item.project_step_id:
        url = address("approvals:step", item.project_id, item.project_step.code)
        found.append((_("Approval step"), item.project_step, url))
    if item.milestone_id:
        found.append((_("Milestone"), item.milestone, address("projects:detail", item.project_id)))
    if item.meeting_id:
        found.append((_("Meeting"), item.meeting, _page_of("dispatch:meeting_detail", item.meeting, user)))
    if item.visit_id:
        found.append((_("Visit"), item.visit, _page_of("dispatch:visit_detail", item.visit, user)))
    if item.warning_id:
        url = address("dispatch:warning_list") + (f"?project={item.project_id}" if item.project_id else "")
        found.append((_("Warning"), item.warning.label or item.warning, url))
    return [{"label": str(label), "text": str(thing), "url": url} for label, thing, url in found]


def _page_of(name: str, thing, user: User) -> str:
    seen = type(thing)._default_manager.visible_to(user).filter(pk=thing.pk).exists()
    return address(name, thing.pk) if seen else ""


def counts(visible, today: date, soon_days: tuple[date, date]) -> list[dict[str, Any]]:
    """Figures above the list, each with the address of exactly these rows; one query."""
    is_open = ~Q(state=State.CLOSED)
    numbers = visible.aggregate(
        open=Count("pk", filter=is_open),
        late=Count("pk", filter=is_open & Q(due_on__lt=today)),
        soon=Count("pk", filter=is_open & Q(due_on__range=soon_days)),
        closing=Count("pk", filter=Q(state=State.CLOSING)),
        returned=Count("pk", filter=Q(state=State.RETURNED)),
        hung=Count("pk", filter=Q(state=State.HUNG)),
    )
    shown = [
        ("open", _("open items"), "", ""),
        ("late", _("late"), "?due=late", "red"),
        ("soon", _("due soon"), "?due=soon", "blue"),
        ("closing", _("waiting for verification"), "?state=closing", ""),
        ("returned", _("returned"), "?state=returned", ""),
        ("hung", _("moved up"), "?state=hung", ""),
    ]
    here = reverse("dispatch:ledger_list")
    return [
        {"number": numbers[key], "label": label, "href": here + query, "light": light if numbers[key] else ""}
        for key, label, query, light in shown
    ]


def state_line(item: LedgerItem, history: Sequence[LedgerEntry]) -> list[dict[str, Any]]:
    """The seven stops from registration to closure for the stage line; dates of the latest passage."""
    here = HERE[State(item.state)]
    dates: dict[str, date] = {}
    for entry in sorted(history, key=lambda entry: entry.pk):
        dates[entry.verb] = entry.on
    dates |= {ItemVerb.ASSIGN: item.assigned_on, "register": item.raised_on, "verify": dates.get(ItemVerb.CLOSE)}
    return [
        {
            "code": str(verb),
            "label": label,
            "state": "done" if index < here else "current" if index == here else "future",
            "on": dates.get(verb) if index <= here else None,
        }
        for index, (verb, label) in enumerate(STOPS)
    ]


def waits_for(item: LedgerItem) -> str:
    """What has to happen next and by whom, as a sentence."""
    sentences = {
        State.REGISTERED: _("Not assigned yet: it needs a responsible unit and a deadline."),
        State.ASSIGNED: _("%(unit)s has to sign for it."),
        State.SIGNED: _("%(unit)s has signed for it and has to report the first progress."),
        State.WORKING: _("%(unit)s is handling it."),
        State.CLOSING: _("%(unit)s asks for closure. Somebody else has to verify it."),
        State.RETURNED: _("It is back with %(unit)s, which has to work on it again."),
        State.CLOSED: _("Closed on %(on)s, verified by %(by)s."),
        State.HUNG: _("It could not be solved at its level. Dispatch tier %(tier)d decides (since %(hung_on)s)."),
    }
    words = {"unit": item.unit, "on": item.closed_on, "by": item.closed_by, "tier": item.tier, "hung_on": item.hung_on}
    return str(sentences[State(item.state)]) % words


def timeline(history: Iterable[LedgerEntry]) -> list[dict[str, Any]]:
    """Rows for the timeline component, newest first."""
    return [
        {
            "at": entry.at,
            "who": entry.by or _("System"),
            "what": _headline(entry),
            "note": " · ".join([*([entry.note] if entry.note else []), *_sentences(entry)]),
        }
        for entry in history
    ]


def _headline(entry: LedgerEntry) -> str:
    what = str(WHAT_HAPPENED.get(entry.verb, entry.verb))
    if entry.from_state in ("", entry.to_state):
        return what
    return f"{what} · {entry.get_from_state_display()} → {entry.get_to_state_display()}"


TOLD_BY_THE_MOVE = {"progress", "closed_on", "closed_by", "assigned_on", "hung_on"}


def _sentences(entry: LedgerEntry) -> list[str]:
    if entry.verb == "register":
        return []
    changes = [change for change in entry.changes if change["field"] not in TOLD_BY_THE_MOVE]
    return [
        f"{field_label(c['field'])}：{shown(c['field'], c['old'])} → {shown(c['field'], c['new'])}" for c in changes
    ]


def field_label(name: str) -> str:
    return str(LedgerItem._meta.get_field(name).verbose_name)


def shown(name: str, value: Any) -> str:
    """A stored history value in words: choices by their names, "—" for nothing."""
    if value in (None, ""):
        return "—"
    choices = dict(LedgerItem._meta.get_field(name).flatchoices)
    return str(choices.get(value, value))
