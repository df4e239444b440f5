"""Two versions of a baseline, or one and the forecast, task by task. Pure. Differences in working days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from projects.planning.engine import workdays_between
from workdays.arithmetic import WorkCalendar

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """One task on both sides. ``days``: working days its finish is later on the right, negative: earlier; None when one
    side has no day."""

    key: str
    name: str
    unit: str
    left_start: date | None
    left: date | None
    right_start: date | None
    right: date | None
    days: int | None
    is_new: bool = False
    is_gone: bool = False

    @property
    def is_same(self) -> bool:
        return not (self.days or self.is_new or self.is_gone) and self.left == self.right


def compare(left: Rows, right: Rows, calendar: WorkCalendar) -> list[Line]:
    """Lines in the order of ``right``, tasks that are only on the left after them. Rows as PlanBaseline.rows."""
    return list(_lines(left, right, calendar))


def _lines(left: Rows, right: Rows, calendar: WorkCalendar) -> Iterator[Line]:
    before, after = ({row["key"]: row for row in rows} for rows in (left, right))
    for key in [*after, *(key for key in before if key not in after)]:
        old, new = before.get(key, {}), after.get(key, {})
        shown = new or old
        first, last = _day(old, "finish"), _day(new, "finish")
        yield Line(
            key,
            shown.get("name", key),
            shown.get("unit", ""),
            _day(old, "start"),
            first,
            _day(new, "start"),
            last,
            workdays_between(first, last, calendar) if first and last else None,
            is_new=not old,
            is_gone=not new,
        )


def _day(row: Mapping[str, Any], name: str) -> date | None:
    text = row.get(name)
    return date.fromisoformat(text) if text else None
