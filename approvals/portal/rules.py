"""When an enterprise may urge and rate, and how long a link and a visit last. Pure: values in, answers out."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from workdays.arithmetic import WorkCalendar

VISIT_HOURS = 8
GUESSES_ALLOWED = 20
GUESS_MINUTES = 15
RATING_DAYS = 7
SECRET_BYTES = 32
SOON_WD = 3


class NoUrge(StrEnum):
    """Why a step cannot be urged."""

    OWN_TURN = "own_turn"
    NOT_OPEN = "not_open"


def why_no_urge(*, own_turn: bool, is_open: bool, due_on: date | None, is_done: bool, today: date) -> NoUrge | None:
    """None when the step may be urged: the move is somebody else's, and the case is open or its promised day past.

    ``own_turn``: the enterprise has the next move; ``is_open``: received and not ended; ``due_on``: the promised day.
    """
    if own_turn:
        return NoUrge.OWN_TURN
    if is_done:
        return NoUrge.NOT_OPEN
    is_late = due_on is not None and due_on < today
    return None if is_open or is_late else NoUrge.NOT_OPEN


def next_urge_on(last_on: date, every_wd: int, calendar: WorkCalendar) -> date:
    """The first day on which a step urged on ``last_on`` may be urged again, ``every_wd`` working days later.

    At least the next day: one urging a day is enough for everybody.
    """
    return max(calendar.add(last_on, every_wd), last_on + timedelta(days=1))


def rating_ends(rated_at: datetime) -> datetime:
    """Until when a rating may be changed."""
    return rated_at + timedelta(days=RATING_DAYS)


def visit_ends(started_at: datetime, link_expires_at: datetime) -> datetime:
    """A visit ends with its link, and after eight hours in any case."""
    return min(started_at + timedelta(hours=VISIT_HOURS), link_expires_at)


def guesses_since(at: datetime) -> datetime:
    """Wrong secrets after this moment count against an address."""
    return at - timedelta(minutes=GUESS_MINUTES)


def soon_since(due_on: date, calendar: WorkCalendar) -> date:
    """The day from which a due day counts as near."""
    return calendar.subtract(due_on, SOON_WD)
