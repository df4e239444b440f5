"""Bars of working days by party, for one step and for a whole project."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from approvals import flow
from approvals.clocks import Due, Party
from approvals.days.rules import ACCEPTANCE_CHECK, EXAMINATION, DaysSpent, Segment, added, days_spent
from approvals.models import StepPause, StepTransition
from approvals.queries import StepView, by_phase, pause_name
from approvals.step_parts import Part
from workdays.arithmetic import WorkCalendar

TEMPLATE = "approvals/parts/_days.html"
ORDER = (Party.ENTERPRISE, Party.DEPARTMENT, Party.UPPER, Party.THIRD_PARTY, Party.PARK)
ROOM_FOR_A_NUMBER = 6  # per cent of the bar
HOLDER_DOES = {
    ACCEPTANCE_CHECK: lambda: _("checks the papers"),
    EXAMINATION: lambda: _("examines and decides"),
}


@dataclass(frozen=True)
class Slice:
    """One coloured stretch of a bar; ``x``, ``width`` and ``middle`` in per cent, ready for an attribute."""

    party: Party
    days: int
    x: str
    width: str
    middle: str
    has_number: bool


def slices(shares: Iterable[tuple[Party, int]]) -> list[Slice]:
    """A bar from (party, working days) in order; shares without a day are left out."""
    held = [(party, days) for party, days in shares if days]
    total, before, found = sum(days for _party, days in held), 0, []
    for party, days in held:
        x, width = 100 * before / total, 100 * days / total
        has_number = width >= ROOM_FOR_A_NUMBER
        found.append(Slice(party, days, _percent(x), _percent(width), _percent(x + width / 2), has_number))
        before += days
    return found


def _percent(value: float) -> str:
    return f"{value:.3f}%"


def legend(workdays: Mapping[Party, int]) -> list[dict[str, Any]]:
    """The parties that had the file, with their working days."""
    return [
        {"party": party, "label": StepPause.Party(party).label, "days": workdays[party]}
        for party in ORDER
        if workdays[party]
    ]


def ended_days(views: Iterable[StepView]) -> dict[int, date]:
    """Step id → day its case ended; one query at most, for the cases that ended without a decision."""
    ended = {view.row.pk: view.row.decided_on for view in views if view.state in flow.ENDED}
    undated = [pk for pk, on in ended.items() if on is None]
    known = {pk: on for pk, on in ended.items() if on}
    if undated:
        rows = StepTransition.objects.filter(project_step__in=undated, to_state__in=flow.ENDED)
        known |= dict(rows.exclude(from_state__in=flow.ENDED).order_by("at", "pk").values_list("project_step", "on"))
    return known


def spent_on(view: StepView, ended_on: date | None) -> DaysSpent | None:
    """Who held the present application of a step; None when nothing has been received, or its end is unknown."""
    row = view.row
    if (row.received_on or row.accepted_on) is None or (view.state in flow.ENDED and ended_on is None):
        return None
    return days_spent(
        received=row.received_on,
        accepted=row.accepted_on,
        decided=ended_on,
        pauses=view.clock.pauses,
        holder=view.holder,
        today=view.today,
        calendar=view.calendar,
    )


def part(view: StepView, user) -> Part | None:
    """The bar of one step; its enterprise sees it too, without what was noted about the pauses of others."""
    ended_on = ended_days([view]).get(view.row.pk)
    spent = spent_on(view, ended_on)
    if spent is None or not view.applies:
        return None
    return Part(TEMPLATE, _context(view, spent, ended_on))


def _context(view: StepView, spent: DaysSpent, ended_on: date | None) -> dict[str, Any]:
    start, end = view.row.received_on or view.row.accepted_on, ended_on or view.today
    reading = view.clock.read(end, view.calendar)
    due, late = reading.effective, reading.late_charges.workdays
    return {
        "start": start,
        "end": end,
        "has_ended": ended_on is not None,
        "total": spent.total,
        "provisional": spent.provisional,
        "slices": slices((one.party, one.workdays) for one in spent.segments),
        "legend": legend(spent.workdays),
        "rows": [_row(one) for one in spent.segments],
        "due": _due_mark(due, start, end, view.calendar) if due and start < due.on < end else None,
        "late": legend(late) if any(late.values()) else [],
        "round": view.row.round,
    }


def _due_mark(due: Due, start: date, end: date, calendar: WorkCalendar) -> dict[str, Any]:
    total = calendar.count(start, end)
    place = 100 * calendar.count(start, due.on) / total if total else 100
    return {"on": due.on, "x": _percent(place), "provisional": due.provisional}


def _row(one: Segment) -> dict[str, Any]:
    return {
        "from": one.after + timedelta(days=1),
        "to": one.upto,
        "party": one.party,
        "label": StepPause.Party(one.party).label,
        "why": HOLDER_DOES[one.why]() if one.why in HOLDER_DOES else pause_name(one.why),
        "days": one.workdays,
    }


def of_project(views: Sequence[StepView]) -> dict[str, Any] | None:
    """Sums over the steps received so far, whole and by phase; None before the first receipt."""
    ended = ended_days(views)
    spent = {view.row.pk: found for view in views if (found := spent_on(view, ended.get(view.row.pk)))}
    if not spent:
        return None
    sums = added(spent.values())
    starts = [view.row.received_on or view.row.accepted_on for view in views if view.row.pk in spent]
    ends = [ended.get(view.row.pk, view.today) for view in views if view.row.pk in spent]
    parties = [party for party in ORDER if sums[party]]
    return {
        "steps": len(spent),
        "total": sum(sums.values()),
        "slices": slices((party, sums[party]) for party in ORDER),
        "legend": legend(sums),
        "parties": [{"party": party, "label": StepPause.Party(party).label} for party in parties],
        "phases": [phase for group in by_phase(views) if (phase := _phase(group, spent, parties))["total"]],
        "on_calendar": views[0].calendar.count(min(starts), max(ends)),
        "start": min(starts),
        "end": max(ends),
    }


def _phase(group, spent: Mapping[int, DaysSpent], parties: Sequence[Party]) -> dict[str, Any]:
    sums = added(spent[view.row.pk] for view in group.views if view.row.pk in spent)
    cells = [{"label": StepPause.Party(party).label, "days": sums[party]} for party in parties]
    return {
        "heading": group.heading,
        "total": sum(sums.values()),
        "cells": cells,
        "slices": slices((party, sums[party]) for party in ORDER),
    }
