"""What the units had to do by a day: approval steps and ledger items, judged one by one. Reads only, four queries.

A step is the task of its handling unit; where none is named, of the unit responsible for the project. A case that was
withdrawn, or whose project is suspended or terminated, is nobody's task.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Park
from approvals.actions.clockwork import holder_of, step_clock
from approvals.clocks import Party
from approvals.flow import ENDED
from approvals.models import ProjectStep
from dispatch.ledger.models import LedgerEntry, LedgerItem
from dispatch.ranking.judging import Verdict, judge, judge_step, segment_json, waits
from dispatch.reports.words import exact
from projects.models import Project
from workdays.arithmetic import WorkCalendar

STEP, ITEM = "step", "item"


@dataclass(frozen=True)
class Span:
    """The days whose deadlines are judged, ``first`` to ``last``, on the morning of ``as_of``."""

    first: date
    last: date
    as_of: date

    @property
    def year_from(self) -> date:
        """Since when closures count (销号率): New Year, or the first day where that is earlier."""
        return min(self.first, date(self.last.year, 1, 1))

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def read(park: Park, span: Span, calendar: WorkCalendar, excused: Mapping[str, str]) -> dict[int, list[dict]]:
    """Unit id → its tasks, by due day. ``excused``: task key → the answer that let an appeal against it stand."""
    found: dict[int, list[dict]] = defaultdict(list)
    for unit, task in [*_steps(park, span, calendar), *_items(park, span, calendar)]:
        found[unit].append(_settled(task, span, excused.get(task["key"], "")))
    for tasks in found.values():
        tasks.sort(key=lambda task: (task["due_on"], task["key"]))
    return found


def _settled(task: dict[str, Any], span: Span, excuse: str) -> dict[str, Any]:
    """Whether it counts: due in the span, and done or late by days of the unit's own; not when an appeal was upheld."""
    is_late_open = task["done_on"] is None and not task["in_time"]
    is_due = span.holds(date.fromisoformat(task["due_on"]))
    counts = is_due and (task["done_on"] is not None or is_late_open) and not excuse
    return task | {"excused": excuse, "is_due": is_due, "counts": counts, "is_owed": is_late_open and not excuse}


def _task(kind: str, pk: int, title: str, project: Any, verdict: Verdict) -> dict[str, Any]:
    return {
        "key": f"{kind}/{pk}",
        "kind": kind,
        "id": pk,
        "title": title,
        "project": project.pk if project else None,
        "project_name": project.name if project else "",
        "due_on": verdict.due_on.isoformat(),
        "done_on": verdict.done_on.isoformat() if verdict.done_on else None,
        "in_time": verdict.in_time,
        "late_wd": verdict.late_wd,
        "counted_wd": verdict.counted_wd,
        "not_counted_wd": sum(one.workdays for one in verdict.not_counted),
        "not_counted": [segment_json(one) for one in verdict.not_counted],
    }


def _steps(park: Park, span: Span, calendar: WorkCalendar) -> Iterator[tuple[int, dict]]:
    for step in _candidate_steps(park, span):
        unit = step.unit_id or step.project.responsible_unit_id
        clock = step_clock(step, step.pauses.all(), step.documents.all(), holder_of(step))
        verdict = judge_step(
            clock, received=step.received_on, accepted=step.accepted_on, as_of=span.as_of, calendar=calendar
        )
        if unit and verdict and verdict.due_on <= span.last and _wanted(verdict, span):
            yield unit, _task(STEP, step.pk, f"{step.code} {step.step.name_zh}", step.project, verdict)


def _wanted(verdict: Verdict, span: Span) -> bool:
    """Due in the span, or an older debt that is still open."""
    return span.holds(verdict.due_on) or verdict.done_on is None


def _candidate_steps(park: Park, span: Span) -> QuerySet[ProjectStep]:
    """A superset by the stored due days; the clock decides."""
    days = (span.first, span.last)
    due = Q(committed_due_on__range=days) | Q(statutory_due_on__range=days)
    older = Q(committed_due_on__lt=span.first) | Q(statutory_due_on__lt=span.first)
    open_then = (Q(decided_on__isnull=True) & ~Q(state__in=ENDED)) | Q(decided_on__gt=span.as_of)
    gone = Q(state__in=ENDED, decided_on__isnull=True)
    rows = ProjectStep.objects.applicable().filter(project__park=park, project__status=Project.Status.ACTIVE)
    rows = rows.filter(due | (older & open_then)).exclude(gone)
    return (
        rows.select_related("step", "project")
        .prefetch_related("pauses", "documents")
        .only(
            "code", "state", "round", "received_on", "accepted_on", "decided_on", "statutory_value", "statutory_unit",
            "clock_start", "committed_limit_wd", "extension_wd", "unit_id", "step__name_zh", "step__initiated_by",
            "project__name", "project__responsible_unit_id",
        )
        .order_by("pk")
    )  # fmt: skip


def _items(park: Park, span: Span, calendar: WorkCalendar) -> Iterator[tuple[int, dict]]:
    days = (span.first, span.last)
    older = Q(due_on__lt=span.first) & (Q(closed_on__isnull=True) | Q(closed_on__gt=span.as_of))
    rows = LedgerItem.objects.filter(Q(due_on__range=days) | older, park=park, unit__isnull=False)
    rows = rows.filter(raised_on__lte=span.as_of).select_related("project").order_by("pk")
    items = list(rows.only("number", "title", "unit_id", "due_on", "raised_on", "assigned_on", "closed_on",
                           "project__name"))  # fmt: skip
    history = _history(items)
    for item in items:
        yield item.unit_id, _item(item, history.get(item.pk, ()), span, calendar)


def _history(items: Iterable[LedgerItem]) -> dict[int, list[tuple[str, date]]]:
    entries = LedgerEntry.objects.filter(item__in=[item.pk for item in items]).order_by("at", "pk")
    found: dict[int, list[tuple[str, date]]] = defaultdict(list)
    for pk, state, on in entries.values_list("item", "to_state", "on"):
        found[pk].append((state, on))
    return found


def _item(item: LedgerItem, entries: Iterable[tuple[str, date]], span: Span, calendar: WorkCalendar) -> dict:
    done = item.closed_on if item.closed_on and item.closed_on <= span.as_of else None
    verdict = judge(
        start=item.assigned_on or item.raised_on, due=item.due_on, done=done, spans=waits(entries, span.as_of),
        holder=Party.DEPARTMENT, as_of=span.as_of, calendar=calendar,
    )  # fmt: skip
    return _task(ITEM, item.pk, f"{item.number} {item.title}", item.project, verdict)


def closures(park: Park, span: Span, excused: Mapping[str, str]) -> dict[int, list[dict]]:
    """Unit id → its ledger items due since New Year and over (销号率), but for those excused. One query."""
    rows = LedgerItem.objects.filter(park=park, unit__isnull=False, due_on__range=(span.year_from, span.last))
    found: dict[int, list[dict]] = defaultdict(list)
    values = rows.order_by("due_on", "pk").values_list("unit", "pk", "number", "title", "due_on", "closed_on")
    for unit, pk, number, title, due_on, closed_on in values:
        if f"{ITEM}/{pk}" in excused:
            continue
        is_closed = closed_on is not None and closed_on <= span.as_of
        found[unit].append(
            {
                "id": pk,
                "title": f"{number} {title}",
                "due_on": due_on.isoformat(),
                "closed_on": closed_on.isoformat() if is_closed else None,
            }
        )
    return found


def value(numerator: Any, denominator: Any = None) -> dict[str, str | None]:
    """A counted figure as the snapshot keeps it."""
    return {"numerator": exact(numerator), "denominator": exact(denominator)}
