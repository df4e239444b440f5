"""The steps behind a number, one line each. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from approvals.figures.queries import cases
from approvals.figures.rules import Case, Used, used
from approvals.models import ProjectStep
from workdays.arithmetic import WorkCalendar


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
    """In the order given; seven queries."""
    keys = [row.pk for row in rows]
    chosen = ProjectStep.objects.filter(pk__in=keys).order_by()
    found = {row.pk: case for row, case in cases(chosen)}
    loaded = chosen.select_related("project", "step", "unit").in_bulk(keys)
    return [Listed(loaded[pk], found[pk], used(found[pk], calendar) if found[pk] else None) for pk in keys]
