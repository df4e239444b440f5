"""The queues of the four dispatch tiers: cases and ledger items that wait for a session. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from dispatch.ledger.models import LedgerItem
from dispatch.response import answering, policies, sessions, words
from dispatch.response.models import ResponseCase
from dispatch.warnings import reading
from dispatch.warnings.models import Warning
from projects.models import Project
from workdays.arithmetic import WorkCalendar


@dataclass(frozen=True)
class QueueRow:
    """One thing that a tier takes: a case or a ledger item that was moved up. ``level``: 0 for items."""

    case: ResponseCase | None
    item: LedgerItem | None
    about: str
    why: str
    url: str
    unit: Organization | None
    project: Project | None
    since: date
    level: int = 0
    is_overdue: bool = False

    @property
    def roman(self) -> str:
        return words.ROMAN.get(self.level, "")


@dataclass(frozen=True)
class Tier:
    """A tier, when it meets next, and how many things wait for it."""

    number: int
    next_on: date
    count: int
    url: str


def cases_of(tier: int, user: User, today: date, calendar: WorkCalendar):
    """Open cases of the tier that the user may see."""
    rhythm = policies.in_force(user.organization.park_id).rhythm
    return ResponseCase.objects.visible_to(user).at_tier(tier, today, calendar, rhythm)


def items_of(tier: int, user: User):
    """Ledger items that were moved up to the tier and that the user may see."""
    return LedgerItem.objects.visible_to(user).filter(state=LedgerItem.State.HUNG, tier=tier)


def tier_queue(tier: int, user: User, today: date, calendar: WorkCalendar) -> list[QueueRow]:
    """What waits for a session of the tier, severest and oldest first, then the items that were moved up."""
    cases = cases_of(tier, user, today, calendar).select_related("warning", "unit", "project")
    cases = list(cases.order_by("level", "level_since_on", "pk"))
    about = abouts(cases, today, calendar)
    rows = [_case_row(case, about[case.pk], today) for case in cases]
    items = items_of(tier, user).select_related("unit", "project").order_by("hung_on", "pk")
    return rows + [_item_row(item) for item in items]


def tiers(user: User, today: date, calendar: WorkCalendar) -> list[Tier]:
    """The four tiers with their next session and the number of things waiting."""
    rhythm = policies.in_force(user.organization.park_id).rhythm
    found = []
    for tier in sessions.TIERS:
        waiting = cases_of(tier, user, today, calendar).count() + items_of(tier, user).count()
        next_on = sessions.next_session(tier, today, calendar, rhythm)
        found.append(Tier(tier, next_on, waiting, reverse("dispatch:tier_queue", args=[tier])))
    return found


def abouts(cases: Iterable[ResponseCase], today: date, calendar: WorkCalendar) -> dict[int, reading.Line]:
    """{case id: its warning in words}; one query. Needs ``warning`` of each."""
    cases = list(cases)
    lines = reading.lines([case.warning for case in cases], today=today, calendar=calendar)
    return {case.pk: line for case, line in zip(cases, lines, strict=True)}


def case_title(case: ResponseCase, line: reading.Line) -> str:
    """What the case is about; of a whole project the rule comes first, for the label is a month or nothing."""
    if case.warning.object_type == Warning.ObjectType.PROJECT:
        label = line.about if line.about != line.rule_name else ""
        return f"{line.rule_name} {label}".strip()
    return line.about or line.rule_name


def _case_row(case: ResponseCase, line: Any, today: date) -> QueueRow:
    late = answering.late(case, today)
    why = f"{words.ROMAN[case.level]} · {line.rule_name}"
    if late:
        why += " · " + _("overdue: %(what)s") % {"what": "、".join(str(words.MISSED_NAMES[code]) for code in late)}
    url = reverse("dispatch:case_detail", args=[case.pk])
    return QueueRow(
        case,
        None,
        case_title(case, line),
        why,
        url,
        case.unit,
        case.project,
        case.level_since_on,
        case.level,
        bool(late),
    )


def _item_row(item: LedgerItem) -> QueueRow:
    why = _("could not be solved at its level")
    url = reverse("dispatch:ledger_detail", args=[item.pk])
    return QueueRow(None, item, f"{item.number} {item.title}", why, url, item.unit, item.project, item.hung_on)
