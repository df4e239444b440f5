"""What waits for a leader's decision, with a proposal put together from the facts. Reads only.

Ranked by level, then by how long ago the matter fell due. A leader's own: what their offices (主要领导, 分管领导) and
the projects in their charge (包联) bring them, their instructions, their meetings. Whoever holds none of these sees
what waits for a leader of the park.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import Verb, may
from dispatch.dashboard.colours import in_words
from dispatch.dashboard.frame import Asked
from dispatch.ledger.models import ExtensionRequest, LedgerItem
from dispatch.meetings.models import AgendaItem, Meeting
from dispatch.response import answering, ladder, policies, words
from dispatch.response.models import DutyHolder, ResponseCase
from dispatch.response.queue import abouts, case_title
from dispatch.response.sessions import next_session
from dispatch.supervision.models import Feedback, Instruction
from projects.models import TeamMember

MOST = 10
MEETING_AHEAD = timedelta(days=7)
NO_HURRY = 3
Duty = DutyHolder.Duty
TIER_LEVEL = {4: 1, 3: 2}


@dataclass(frozen=True)
class Offices:
    """What a viewer decides on. ``all``: everything that waits for a leader of the park."""

    chief: bool
    deputy: bool
    projects: bool
    all: bool

    @property
    def tiers(self) -> list[int]:
        return [tier for tier, own in ((4, self.chief or self.all), (3, self.deputy or self.all)) if own]


def offices_of(asked: Asked) -> Offices:
    """Two queries, none without a viewer."""
    if asked.viewer is None:
        return Offices(False, False, False, True)
    held = set(DutyHolder.objects.filter(park=asked.park, user=asked.viewer).values_list("duty", flat=True))
    own = TeamMember.objects.filter(user=asked.viewer, role=TeamMember.Role.LEADER, project__park=asked.park).exists()
    chief, deputy = Duty.CHIEF_LEADER in held, Duty.DEPUTY_LEADER in held
    return Offices(chief, deputy, own, not (chief or deputy or own))


def decisions(asked: Asked) -> list[dict[str, Any]]:
    """Ten at most. Every source gives its ten first ones, so the ten of them all are the first."""
    offices = offices_of(asked)
    found = [one for source in SOURCES for one in source(asked, offices)]
    found.sort(key=lambda one: (one["level"], one["due_on"] or "9999", one["kind"], one["id"]))
    return found[:MOST]


def _entry(kind: str, pk: int, project: Any, asked: Asked, **facts: Any) -> dict[str, Any]:
    due: date | None = facts.pop("due_on")
    late = max(0, asked.calendar.count(due, asked.as_of)) if due else 0
    return {
        "kind": kind, "id": pk, "project": project.pk if project else None, "name": project.name if project else "",
        "due_on": due.isoformat() if due else None, "workdays_late": late, **facts,
    }  # fmt: skip


def _cases(asked: Asked, offices: Offices) -> Iterator[dict[str, Any]]:
    """Open cases of level Ⅰ and Ⅱ: Ⅰ is the chief leader's, both are the deputy's and of whoever leads the project."""
    level = Q(level=1) if offices.chief and not offices.deputy else Q(level__in=[1, 2])
    rows = ResponseCase.objects.open().filter(park=asked.park, is_held=False, level__in=[1, 2])
    if not offices.all:
        team = TeamMember.objects.filter(user=asked.viewer, role=TeamMember.Role.LEADER).values("project")
        mine = Q(project__in=team) if offices.projects else Q(pk__in=[])
        rows = rows.filter(mine | (level if offices.chief or offices.deputy else Q(pk__in=[])))
    rows = rows.select_related("warning", "project", "unit").order_by("level", "warning__due_on", "pk")
    cases = list(rows.defer("project__search_text", "project__content", "project__remark")[:MOST])
    about = abouts(cases, asked.as_of, asked.calendar) if cases else {}
    for case in cases:
        line, late = about[case.pk], answering.late(case, asked.as_of)
        why = f"{words.ROMAN[case.level]} · {in_words(line)}"
        if late:
            why += " · " + _("overdue: %(what)s") % {"what": "、".join(str(words.MISSED_NAMES[code]) for code in late)}
        yield _entry(
            "case", case.pk, case.project, asked, due_on=case.warning.due_on, level=case.level,
            title=case_title(case, line), why=why, unit=str(case.unit or ""), proposal=_of_case(case, asked.as_of),
        )  # fmt: skip


def _of_case(case: ResponseCase, today: date) -> str:
    """The answer that is asked for next; at once where its day has passed."""
    wanted = answering.next_wanted(case)
    if wanted is None:
        return ""
    is_late = wanted.by_on < today
    when = _("at once (it was due on %(by)s)") if is_late else _("by %(by)s")
    facts = {"unit": str(case.unit or _("the unit in charge")), "when": when % {"by": wanted.by_on}}
    match wanted.code, case.level:
        case ladder.ACKNOWLEDGE, _level:
            return _("Have %(unit)s acknowledge it and name who answers, %(when)s.") % facts
        case ladder.ACT, 1:
            return _("Call a special meeting with %(unit)s, %(when)s.") % facts
        case ladder.ACT, _level:
            return _("Have %(unit)s hand in a plan, %(when)s.") % facts
        case ladder.REPORT, _level:
            return _("Hear the weekly report of %(unit)s, %(when)s.") % facts
    return _("Keep %(unit)s to its plan: the cause gone %(when)s, else take it to the next session.") % facts


def _hung(asked: Asked, offices: Offices) -> Iterator[dict[str, Any]]:
    """Ledger items that were moved up to the leader's tier (挂账)."""
    if not offices.tiers:
        return
    rows = LedgerItem.objects.filter(park=asked.park, state=LedgerItem.State.HUNG, tier__in=offices.tiers)
    rows = rows.select_related("project", "unit").order_by("-tier", "due_on", "pk")
    items = list(
        rows.only("number", "title", "tier", "hung_on", "due_on", "measures", "project__name", "unit__name")[:MOST]
    )
    rhythm = policies.in_force(asked.park.pk).rhythm if items else None
    for item in items:
        assert rhythm is not None
        session = next_session(item.tier, asked.as_of, asked.calendar, rhythm)
        facts = {"tier": item.tier, "on": session, "unit": item.unit, "measures": item.measures}
        if item.measures:
            proposal = _("Decide at the session of tier %(tier)d on %(on)s. %(unit)s proposes: %(measures)s") % facts
        else:
            proposal = _("Decide at the session of tier %(tier)d on %(on)s; ask %(unit)s for measures first.") % facts
        why = _("Moved up to dispatch tier %(tier)d on %(on)s.") % {"tier": item.tier, "on": item.hung_on}
        yield _entry(
            "item", item.pk, item.project, asked, due_on=item.due_on, level=TIER_LEVEL[item.tier],
            title=f"{item.number} {item.title}", why=why, unit=str(item.unit), proposal=proposal,
        )  # fmt: skip


def _instructions(asked: Asked, offices: Offices) -> Iterator[dict[str, Any]]:
    """The leader's open instructions whose last word is a report of the unit, or that are past their day."""
    latest = Feedback.objects.filter(instruction=OuterRef("pk")).order_by("-at", "-pk")
    rows = Instruction.objects.filter(park=asked.park).open()
    if not offices.all:
        rows = rows.filter(leader=asked.viewer)
    rows = rows.annotate(last=Subquery(latest.values("kind")[:1]), last_on=Subquery(latest.values("on")[:1]))
    rows = rows.filter(Q(last=Feedback.Kind.REPORT) | Q(item__due_on__lt=asked.as_of))
    rows = rows.select_related("item__unit", "project").order_by(
        "-urgency", F("item__due_on").asc(nulls_last=True), "pk"
    )
    for one in rows[:MOST]:
        facts = {"unit": str(one.item.unit or _("the unit in charge")), "on": one.last_on, "due": one.item.due_on}
        if one.last == Feedback.Kind.REPORT:
            why = _("%(unit)s reported on %(on)s and has no answer.") % facts
            proposal = _("Answer the report: satisfied, to be continued, or a further instruction.")
        else:
            why = _("Due on %(due)s, not done.") % facts
            proposal = _("Have %(unit)s report at once, or set a new day.") % facts
        yield _entry(
            "instruction", one.pk, one.project, asked, due_on=one.item.due_on, title=f"{one.number} {one.text}"[:120],
            level=2 if one.urgency == Instruction.Urgency.URGENT else NO_HURRY, why=why, unit=facts["unit"],
            proposal=proposal,
        )  # fmt: skip


def _meetings(asked: Asked, offices: Offices) -> Iterator[dict[str, Any]]:
    """Meetings of the next seven days that the leader chairs, with points on the agenda."""
    if asked.viewer is None:
        return
    rows = Meeting.objects.filter(
        park=asked.park, chair=asked.viewer, state=Meeting.State.PLANNED,
        held_on__range=(asked.as_of, asked.as_of + MEETING_AHEAD),
    )  # fmt: skip
    to_discuss = Count("agenda", filter=Q(agenda__state=AgendaItem.State.OPEN))
    rows = rows.annotate(number_of_points=to_discuss).filter(number_of_points__gt=0)
    for one in rows.select_related("project").order_by("held_on", "pk")[:MOST]:
        n = one.number_of_points
        why = ngettext("%(n)d point on the agenda.", "%(n)d points on the agenda.", n) % {"n": n}
        yield _entry(
            "meeting", one.pk, one.project, asked, due_on=one.held_on, level=NO_HURRY, title=one.title, why=why,
            unit="", proposal=_("Go through the agenda and chair the meeting on %(on)s.") % {"on": one.held_on},
        )  # fmt: skip


def _extensions(asked: Asked, offices: Offices) -> Iterator[dict[str, Any]]:
    """Requests for a longer deadline, for whoever may grant them."""
    if asked.viewer is not None and not may(asked.viewer, Verb.VERIFY_LEDGER_ITEM):
        return
    rows = ExtensionRequest.objects.filter(item__park=asked.park, outcome=ExtensionRequest.Outcome.OPEN)
    rows = rows.select_related("item__project", "item__unit").order_by("item__due_on", "pk")
    for one in rows[:MOST]:
        n, item = one.workdays, one.item
        why = ngettext(
            "The unit asks for %(n)d working day more: %(reason)s",
            "The unit asks for %(n)d working days more: %(reason)s",
            n,
        ) % {"n": n, "reason": one.reason}
        new = asked.calendar.add(item.due_on, n) if item.due_on else None
        yield _entry(
            "extension", item.pk, item.project, asked, due_on=item.due_on, level=NO_HURRY,
            title=f"{item.number} {item.title}", why=why, unit=str(item.unit or ""),
            proposal=_("Grant it until %(new)s, once, or refuse it with a reason.") % {"new": new},
        )  # fmt: skip


SOURCES: tuple[Callable[[Asked, Offices], Iterable[dict[str, Any]]], ...] = (
    _cases,
    _hung,
    _instructions,
    _meetings,
    _extensions,
)
