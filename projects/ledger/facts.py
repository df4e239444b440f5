"""When a date of the ledger is a fact, and where a project stands that has dates only (ADR 8). Pure."""

import datetime as dt
from calendar import monthrange
from collections.abc import Mapping

from projects.ledger.cells import SUSPENDED, TERMINATED
from projects.ledger.dates import PartialDate
from projects.stages import Stage, position, reached

DATE_STAGES: dict[str, Stage] = {
    "signed": Stage.SIGNED,
    "registered": Stage.REGISTERED,
    "filed": Stage.FILED,
    "land": Stage.LAND,
    "started": Stage.STARTED,
    "topped_out": Stage.TOPPED_OUT,
    "completed": Stage.COMPLETED,
    "production": Stage.PRODUCTION,
    "full_capacity": Stage.FULL_CAPACITY,
}
STATUS_WORDS = (SUSPENDED, TERMINATED)


def month_end(year: int, month: int) -> dt.date:
    """The last day of the report month."""
    return dt.date(year, month, monthrange(year, month)[1])


def is_past(on: PartialDate, end: dt.date) -> bool:
    """Whether the whole of the date lies not after `end`; "done, date unknown" does."""
    return on.done or (on.last_day is not None and on.last_day <= end)


def is_fact(name: str, on: PartialDate, stage: Stage | str, end: dt.date) -> bool:
    """Whether the date called `name` (DATE_STAGES) has happened: not after `end`, and the project got that far."""
    return on.done or (is_past(on, end) and reached(stage, DATE_STAGES[name]))


def opening_stage(dates: Mapping[str, PartialDate], end: dt.date) -> Stage:
    """Stage of a new project whose ledger names none: the furthest one with a date that is past."""
    past = [DATE_STAGES[name] for name, on in dates.items() if is_past(on, end)]
    return max(past, key=position, default=Stage.PLANNING)
