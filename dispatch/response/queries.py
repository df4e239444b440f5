"""Cases as pages show them. Reads only; the number of queries does not grow with the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dispatch.response import answering, policies, sessions, words
from dispatch.response.models import ResponseCase, ResponseEvent
from dispatch.response.policy import Rhythm
from dispatch.response.queue import abouts, case_title
from dispatch.warnings.reading import Line
from workdays.arithmetic import WorkCalendar

SORTS: dict[str, tuple[str, ...]] = {
    "level": ("level", "level_since_on"),
    "since": ("level_since_on",),
    "project": ("project__name_key", "level"),
    "unit": ("unit__name", "level"),
    "clear": ("clear_by_on",),
    "opened": ("opened_on",),
}
DEFAULT_SORT = "level"
TONES = {1: "solid", 2: "accent", 3: "outline"}


@dataclass(frozen=True)
class Row:
    """One case on one day. ``days``: working days to the next answer, negative when it is late, None when held."""

    case: ResponseCase
    line: Line
    tier: int
    late: list[str]
    asked: answering.Wanted | None
    days: int | None

    @property
    def url(self) -> str:
        return reverse("dispatch:case_detail", args=[self.case.pk])

    @property
    def title(self) -> str:
        return case_title(self.case, self.line)

    @property
    def roman(self) -> str:
        return words.ROMAN[self.case.level]

    @property
    def tone(self) -> str:
        return "quiet" if self.case.closed_on else TONES[self.case.level]

    @property
    def asked_name(self) -> str:
        return str(words.MISSED_NAMES[self.asked.code]) if self.asked else ""

    @property
    def late_names(self) -> str:
        return "、".join(str(words.MISSED_NAMES[code]) for code in self.late)


def rhythm_of(user: User) -> Rhythm:
    return policies.in_force(user.organization.park_id).rhythm


def for_list(rows):
    """Columns and names a row of a list shows."""
    return rows.select_related("warning", "unit", "project").defer(
        "project__search_text", "project__content", "project__remark"
    )


def ordered(rows, sort: str):
    """Rows in the order named by the address; anything not in SORTS gives the severest and oldest first."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        sort = name = DEFAULT_SORT
    first, *rest = SORTS[name]
    column = F(first).desc(nulls_last=True) if sort.startswith("-") else F(first).asc(nulls_last=True)
    return rows.order_by(column, *(F(name).asc(nulls_last=True) for name in rest), "pk")


def rows_of(cases: Iterable[ResponseCase], user: User, today: date, calendar: WorkCalendar) -> list[Row]:
    """The cases ready to show; one query for their warnings and one or two for the policy."""
    cases = list(cases)
    if not cases:
        return []
    lines, rhythm = abouts(cases, today, calendar), rhythm_of(user)
    return [_row(case, lines[case.pk], today, calendar, rhythm) for case in cases]


def _row(case: ResponseCase, line: Line, today: date, calendar: WorkCalendar, rhythm: Rhythm) -> Row:
    late = answering.late(case, today)
    asked = answering.next_wanted(case)
    tier = sessions.tier_of(
        case.level, case.level_since_on, is_overdue=bool(late), today=today, calendar=calendar, rhythm=rhythm
    )
    return Row(case, line, tier, late, asked, _days(case, asked, today, calendar))


def _days(case: ResponseCase, asked: answering.Wanted | None, today: date, calendar: WorkCalendar) -> int | None:
    if asked is None or case.is_held:
        return None
    if asked.by_on < today:
        return -max(1, calendar.count(asked.by_on, today))
    return calendar.count(today, asked.by_on)


def counts(visible, today: date) -> list[dict[str, Any]]:
    """Figures above the list, each with the address of exactly these rows; one query."""
    is_open = Q(closed_on__isnull=True)
    late = Q(pk__in=ResponseCase.objects.overdue(today).values("pk"))
    numbers = visible.aggregate(
        one=Count("pk", filter=is_open & Q(level=1)),
        two=Count("pk", filter=is_open & Q(level=2)),
        three=Count("pk", filter=is_open & Q(level=3)),
        late=Count("pk", filter=late),
        held=Count("pk", filter=is_open & Q(is_held=True)),
    )
    here = reverse("dispatch:case_list")
    shown = [
        ("one", gettext("level Ⅰ"), "?level=1", "red"),
        ("two", gettext("level Ⅱ"), "?level=2", "yellow"),
        ("three", gettext("level Ⅲ"), "?level=3", "blue"),
        ("late", gettext("answer overdue"), "?overdue=on", ""),
        ("held", gettext("held"), "?state=held", ""),
    ]
    return [
        {"number": numbers[key], "label": label, "href": here + query, "light": light if numbers[key] else ""}
        for key, label, query, light in shown
    ]


HEADLINES = {
    "opened": _("Opened"),
    "raised": _("Level raised"),
    "lowered": _("Level lowered"),
    "held": _("Held"),
    "released": _("Released"),
    "overdue": _("Answer overdue"),
    "closed": _("Case closed"),
    "acknowledged": _("Acknowledged"),
    "plan": _("Plan handed in"),
    "meeting": _("Special meeting recorded"),
    "report": _("Weekly report"),
    "note": _("Note"),
}


def trace(events: Iterable[ResponseEvent]) -> list[dict[str, Any]]:
    """The history of a case in words, newest first: what, why, who was told, under which version of the rules."""
    return [_event(event) for event in sorted(events, key=lambda event: (event.as_of, event.pk), reverse=True)]


def _event(event: ResponseEvent) -> dict[str, Any]:
    what = str(HEADLINES[event.kind])
    if event.to_level and event.from_level != event.to_level:
        before = f"{words.ROMAN[event.from_level]} → " if event.from_level else ""
        what = f"{what} · {before}{words.ROMAN[event.to_level]}"
    return {
        "pk": event.pk,
        "kind": event.kind,
        "as_of": event.as_of,
        "at": event.at,
        "who": event.by or gettext("System"),
        "what": what,
        "reason": "" if event.by_id else words.reason(
            event.kind, event.reason, event.facts, to_level=event.to_level, from_level=event.from_level
        ),
        "text": event.text,
        "due_on": event.due_on,
        "meeting": event.meeting_id,
        "told": [
            {"name": one["name"], "offices": "、".join(str(words.OFFICE_NAMES[office]) for office in one["offices"])}
            for one in event.told
        ],
        "policy_version": event.policy_version,
        "rule_version": event.rule_version,
    }  # fmt: skip
