"""Instructions as pages show them. Reads only; the number of queries does not grow with the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dispatch.ledger.flow import IN_HAND
from dispatch.ledger.models import LedgerItem
from dispatch.ledger.queries import days_left, soon
from dispatch.supervision import rules
from dispatch.supervision.models import Feedback, Instruction
from workdays.arithmetic import WorkCalendar

State = LedgerItem.State


@dataclass(frozen=True)
class Row:
    """One instruction on one day. ``days``: working days to the deadline; ``report_due``: day of the next report, None
    when none is owed; ``report_days``: working days to it, negative when it is overdue."""

    instruction: Instruction
    item: LedgerItem
    days: int | None
    report_due: date | None
    report_days: int | None

    @property
    def url(self) -> str:
        return reverse("dispatch:instruction_detail", args=[self.instruction.pk])

    @property
    def is_overdue(self) -> bool:
        """The report is not there and its day has passed."""
        return self.report_days is not None and self.report_days < 0


def next_report(instruction: Instruction, calendar: WorkCalendar) -> date | None:
    """``instruction`` comes from ``with_last_report()``. None also while the item is not in the unit's hands."""
    item = instruction.item
    if item.state not in IN_HAND or item.due_on is None:
        return None
    return rules.next_report(
        issued_on=instruction.issued_on, every_wd=instruction.feedback_every_wd,
        last_report_on=instruction.last_report_on, due_on=item.due_on, calendar=calendar,
    )  # fmt: skip


def row_of(instruction: Instruction, today: date, calendar: WorkCalendar) -> Row:
    due = next_report(instruction, calendar)
    report_days = rules.days_left(due, today, calendar) if due else None
    return Row(instruction, instruction.item, days_left(instruction.item, today, calendar), due, report_days)


def rows_of(instructions: Iterable[Instruction], today: date, calendar: WorkCalendar) -> list[Row]:
    return [row_of(one, today, calendar) for one in instructions]


def for_list(rows):
    """What a row of a list shows; open ones first, the newest first."""
    named = rows.with_last_report().select_related("item__unit", "leader", "project")
    return named.defer("item__tokens", "item__description", "project__search_text", "project__content")


def overdue_ids(rows, today: date, calendar: WorkCalendar) -> list[int]:
    """Those of the rows whose report is overdue; one query over what is in hand."""
    waiting = rows.awaiting_report().with_last_report().select_related("item").order_by("pk")
    waiting = waiting.only("issued_on", "feedback_every_wd", "item__state", "item__due_on")
    found = ((one.pk, next_report(one, calendar)) for one in waiting)
    return [pk for pk, due in found if due is not None and due < today]


def counts(rows, overdue: int, today: date, calendar: WorkCalendar) -> list[dict[str, Any]]:
    """Figures above the list, each with the address of exactly these rows."""
    is_open = ~Q(item__state=State.CLOSED)
    numbers = rows.aggregate(
        open=Count("pk", filter=is_open),
        late=Count("pk", filter=is_open & Q(item__due_on__lt=today)),
        soon=Count("pk", filter=is_open & Q(item__due_on__range=soon(today, calendar))),
        closed=Count("pk", filter=~is_open),
    ) | {"overdue": overdue}
    shown = (
        ("open", _("open instructions"), ""),
        ("overdue", _("reports overdue"), "red"),
        ("late", _("past the deadline"), "red"),
        ("soon", _("due soon"), "blue"),
        ("closed", _("closed"), ""),
    )
    here = reverse("dispatch:instruction_list")
    return [
        {"number": numbers[key], "label": label, "href": f"{here}?whose=all&state={key}",
         "light": light if numbers[key] else ""}
        for key, label, light in shown
    ]  # fmt: skip


def chain(links: Iterable[Feedback], instruction: Instruction) -> list[dict[str, Any]]:
    """Rows for the timeline component, newest first, from the latest link down to the instruction itself."""
    rows = [
        {"at": link.at, "who": _who(link), "what": link.get_kind_display(), "note": link.text, "kind": link.kind}
        for link in links
    ]
    rows.sort(key=lambda row: row["at"], reverse=True)
    first = {"at": instruction.created_at, "who": instruction.leader, "what": _("Instruction"), "kind": "issued"}
    return [*rows, first | {"note": instruction.text}]


def _who(link: Feedback) -> str:
    names = (str(part) for part in (link.by, link.organization) if part is not None)
    return " · ".join(names)


def verdict(links: Iterable[Feedback]) -> Feedback | None:
    """The leader's latest answer."""
    answers = [link for link in links if link.kind != Feedback.Kind.REPORT]
    return max(answers, key=lambda link: (link.at, link.pk), default=None)
