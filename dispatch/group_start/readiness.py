"""Whether a project can start construction by a day, read off its schedule for that day. Working days (wd). Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from projects.planning.schedule import Driver, Schedule

TIGHT_WD = 5  # typical default, ours: a week of spare time is soon lost


class Ready(StrEnum):
    """Best first."""

    YES = "yes"
    TIGHT = "tight"
    NO = "no"
    UNKNOWN = "unknown"


ORDER = tuple(Ready)


@dataclass(frozen=True, slots=True)
class Readiness:
    """``days``: working days to spare, or short by when the answer is no. ``forecast_on``: of the start."""

    ready: Ready
    days: int = 0
    forecast_on: date | None = None
    is_provisional: bool = False

    @property
    def order(self) -> tuple[int, int]:
        """Sorts the readiest first."""
        return ORDER.index(self.ready), self.days if self.ready is Ready.NO else -self.days


def readiness(schedule: Schedule, lacks: int) -> Readiness:
    """From a schedule whose goal is the start and whose target is the day; ``lacks``: steps of the gate not done.

    Nothing lacking and time left is a yes however near the day is, and a day off does not hold a ceremony up.
    """
    if schedule.goal_on is None or schedule.spare_wd is None:
        return Readiness(Ready.UNKNOWN)
    told = (schedule.goal_on, schedule.is_provisional)
    if not lacks and _only_waits_for_a_working_day(schedule):
        return Readiness(Ready.YES, 0, schedule.target_on, schedule.is_provisional)
    if schedule.short_wd:
        return Readiness(Ready.NO, schedule.short_wd, *told)
    is_tight = lacks > 0 and schedule.spare_wd < TIGHT_WD
    return Readiness(Ready.TIGHT if is_tight else Ready.YES, schedule.spare_wd, *told)


def _only_waits_for_a_working_day(schedule: Schedule) -> bool:
    """Today and the day ahead are days off, and nothing but that moves the start past the day."""
    ahead = schedule.target_on is not None and schedule.target_on >= schedule.today
    return ahead and bool(schedule.short_wd) and schedule[schedule.goal].driver is Driver.TODAY


class Outcome(StrEnum):
    """What became of a project of a group start."""

    ON_THE_DAY = "on_the_day"
    EARLIER = "earlier"
    LATER = "later"
    DAY_UNKNOWN = "day_unknown"
    NOT_STARTED = "not_started"


def outcome(planned_on: date, actual_on: date | None, is_done: bool) -> Outcome:
    """``is_done``: construction has started and nobody knows when."""
    if actual_on is None:
        return Outcome.DAY_UNKNOWN if is_done else Outcome.NOT_STARTED
    if actual_on == planned_on:
        return Outcome.ON_THE_DAY
    return Outcome.EARLIER if actual_on < planned_on else Outcome.LATER
