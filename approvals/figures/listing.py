"""The steps behind a number, one line each. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Prefetch

from approvals.actions.clockwork import CORRECTION
from approvals.clocks import Party
from approvals.figures.queries import RECEIVED, owed
from approvals.figures.rules import Used, used
from approvals.models import ProjectStep, StepDocument
from workdays.arithmetic import WorkCalendar


class Case(NamedTuple):
    """A decided step with a clock. day0: the day of receipt or acceptance from which its clocks count. due_on: the
    earlier of the two due days; a statutory limit of zero (on the spot) sets none. score: the enterprise's rating."""

    day0: date
    decided_on: date
    due_on: date | None
    on_commitment: bool
    returned: bool
    score: int | None


@dataclass(frozen=True)
class Listed:
    """One step with its case and the days used; both None for a step without a clock of its own or not yet decided."""

    row: ProjectStep
    case: Case | None
    used: Used | None

    @property
    def day0(self) -> date | None:
        return self.case.day0 if self.case else self.row.accepted_on

    @property
    def in_time(self) -> bool | None:
        """None without a due day or a decision."""
        if self.case is None or self.case.due_on is None:
            return None
        return self.case.decided_on <= self.case.due_on


def listed(rows: Sequence[ProjectStep], calendar: WorkCalendar) -> list[Listed]:
    """In the order given; five queries."""
    keys = [row.pk for row in rows]
    promised = Prefetch("documents", StepDocument.objects.filter(promised_on__isnull=False))
    loaded = ProjectStep.objects.select_related("project", "step", "unit").prefetch_related(
        "pauses", promised, "ratings", "committed"
    )
    found = loaded.in_bulk(keys)
    return [_listed(found[pk], calendar) for pk in keys]


def _listed(row: ProjectStep, calendar: WorkCalendar) -> Listed:
    day0 = row.received_on if row.clock_start == RECEIVED else row.accepted_on
    if day0 is None or row.decided_on is None:
        return Listed(row, None, None)
    statutory_due_on = row.statutory_due_on if row.statutory_value else None
    case = Case(
        day0,
        row.decided_on,
        min(filter(None, (row.committed_due_on, statutory_due_on)), default=None),
        any(one.round == row.round for one in row.committed.all()),
        any(pause.kind == CORRECTION and pause.round == row.round for pause in row.pauses.all()),
        next((rating.score for rating in row.ratings.all() if rating.round == row.round), None),
    )
    others = [(pause.started_on, pause.ended_on) for pause in row.pauses.all() if pause.party != Party.DEPARTMENT]
    return Listed(row, case, used(day0, row.decided_on, others + owed(row.documents.all()), calendar))
