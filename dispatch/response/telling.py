"""Who is told what the evaluation did: events with the people of the moment, and their notices, in bulk.

One notice a case, level and person for as long as the case lives (the notice's key); only moves of the day are told.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from approvals.models import ProjectStep
from dispatch.ledger.models import LedgerItem
from dispatch.notices import outbox
from dispatch.notices.models import Notice
from dispatch.notices.outbox import About, Message
from dispatch.response import ladder, told, words
from dispatch.response.models import ResponseCase, ResponseEvent
from dispatch.response.policy import REMINDER
from dispatch.response.reading import Day
from dispatch.response.told import Concern, Directory
from dispatch.warnings import reading as warning_reading
from dispatch.warnings import rules
from dispatch.warnings.models import Warning, WarningEvent

CASE, WARNING = "response_case", "warning"
UP = (ladder.OPENED, ladder.RAISED)
DOWN = (ladder.LOWERED, ladder.CLOSED)
# Level 0: what is due soon, and what a plan foresees whatever its light (docs/adr/0031).
REMINDED = Q(level="blue") | Q(rule__in=sorted(rules.EARLY))
Happening = tuple[ResponseCase, Warning, list[ladder.Move]]


def tell_moves(rows: Sequence[Happening], day: Day, known: Directory, at: datetime) -> list[ResponseEvent]:
    """The events of the moves, not saved; their notices are."""
    if not rows:
        return []
    told.with_teams(known, {warning.project_id for _case, warning, _moves in rows if warning.project_id})
    concerns = _concerns([warning for _case, warning, _moves in rows])
    about = _abouts([warning for _case, warning, _moves in rows], day)
    events, entries = [], []
    for case, warning, moves in rows:
        policy = day.policy(case.park_id)
        for move in moves:
            level = min(filter(None, (move.to_level, move.from_level)))
            people = {}
            if move.kind in UP + DOWN:
                people = told.chosen(policy.told_at(level), concerns[warning.pk], known)
                message = _message(case, warning, move, about[warning.pk])
                entries.append((message, [person for person, _held in people.values()], warning.unit_id))
            events.append(
                ResponseEvent(
                    case=case, kind=move.kind, from_level=move.from_level, to_level=move.to_level, reason=move.reason,
                    facts=dict(move.facts), told=told.snapshot(people), policy_version=policy.version,
                    rule_version=warning.rule_version, as_of=day.as_of, at=at,
                )
            )  # fmt: skip
    outbox.tell_many(entries, as_of=day.as_of, at=at)
    return events


def remind(part: Q, day: Day, known: Directory, at: datetime) -> int:
    """Reminders of what has come near, or will miss its target, since the last workday; returns how many notices.

    Nothing on days off.
    """
    if not day.calendar.is_workday(day.as_of):
        return 0
    before = day.calendar.subtract(day.as_of, 1)
    fresh = WarningEvent.objects.filter(
        warning=OuterRef("pk"), kind=WarningEvent.Kind.RAISED, as_of__gt=before, as_of__lte=day.as_of
    )
    due = Warning.objects.filter(
        part, REMINDED, Exists(fresh), cleared_on__isnull=True, party=Warning.Party.UNIT
    ).exclude(project__status="suspended")
    warnings = list(due.select_related("project", "park").order_by("pk"))
    _settle(part, before, day.as_of, at)
    told_before = _reminded(warnings)
    warnings = [w for w in warnings if day.policy(w.park_id).is_enabled and w.pk not in told_before]
    if not warnings:
        return 0
    told.with_teams(known, {warning.project_id for warning in warnings if warning.project_id})
    concerns, about = _concerns(warnings), _abouts(warnings, day)
    entries = []
    for warning in warnings:
        people = told.chosen(day.policy(warning.park_id).told_at(REMINDER), concerns[warning.pk], known)
        message = Message(
            park=warning.park, event="reminder", key=f"reminder/{warning.pk}",
            about=About(WARNING, warning.pk, about[warning.pk][1], warning.project),
            facts={"project": _project(warning), "about": about[warning.pk][0], "due_on": warning.due_on.isoformat()},
        )  # fmt: skip
        entries.append((message, [person for person, _held in people.values()], warning.unit_id))
    return outbox.tell_many(entries, as_of=day.as_of, at=at)


def _reminded(warnings: list[Warning]) -> set[int]:
    about = Notice.objects.filter(event="reminder", about_type=WARNING, about_id__in=[w.pk for w in warnings])
    return set(about.values_list("about_id", flat=True)) if warnings else set()


def _settle(part: Q, before: date, as_of: date, at: datetime) -> None:
    """What nobody needs to be reminded of any more is not sent."""
    gone = Warning.objects.filter(part, cleared_on__gt=before - timedelta(days=1), cleared_on__lte=as_of)
    if ids := list(gone.values_list("pk", flat=True)):
        outbox.settle(WARNING, ids, at=at)


def _message(case: ResponseCase, warning: Warning, move: ladder.Move, about: tuple[str, str]) -> Message:
    rises = move.kind in UP
    level = move.to_level or move.from_level or 0
    facts: dict[str, Any] = {
        "project": _project(warning),
        "about": about[0],
        "level": words.ROMAN[level],
        "reason": words.reason(
            move.kind, move.reason, dict(move.facts), to_level=move.to_level, from_level=move.from_level
        ).rstrip("。."),
        "reason_code": move.reason,
        "kind": move.kind,
        "acknowledge_by": case.acknowledge_by_on.isoformat() if case.acknowledge_by_on else "",
        "clear_by": case.clear_by_on.isoformat() if case.clear_by_on else "",
    }
    return Message(
        park=warning.park,
        event="response" if rises else "response_closed",
        key=f"response/{case.pk}/{level}" if rises else f"response/{case.pk}/down/{move.to_level or 0}",
        about=About(CASE, case.pk, reverse("dispatch:case_detail", args=[case.pk]), warning.project),
        facts=facts,
        level=level if rises else move.to_level or 0,  # the end of level Ⅰ may wait for the morning
        urgent=rises and level == 1,
    )


def _project(warning: Warning) -> str:
    return warning.project.name if warning.project else ""


def _abouts(warnings: Iterable[Warning], day: Day) -> dict[int, tuple[str, str]]:
    """{warning id: (what it is about, its page)}; one query."""
    lines = warning_reading.lines(list(warnings), today=day.as_of, calendar=day.calendar)
    return {
        line.warning.pk: (" ".join(filter(None, [line.about, line.rule_name, line.is_early and line.amount])), line.url)
        for line in lines
    }


def _concerns(warnings: Iterable[Warning]) -> dict[int, Concern]:
    """{warning id: whom it concerns}; two queries for any number."""
    warnings = list(warnings)
    ids = {kind: [w.object_id for w in warnings if w.object_type == kind] for kind in Warning.ObjectType}
    kinds = Warning.ObjectType
    steps = dict(ProjectStep.objects.filter(pk__in=ids[kinds.STEP]).values_list("pk", "handler_name"))
    items = {
        pk: (person, name)
        for pk, person, name in LedgerItem.objects.filter(pk__in=ids[kinds.LEDGER_ITEM]).values_list(
            "pk", "person", "person_name"
        )
    }
    found = {}
    for warning in warnings:
        account, name = None, ""
        if warning.object_type == kinds.STEP:
            name = steps.get(warning.object_id, "")
        elif warning.object_type == kinds.LEDGER_ITEM:
            account, name = items.get(warning.object_id, (None, ""))
        found[warning.pk] = Concern(warning.park_id, warning.unit_id, warning.project_id, account, name)
    return found
