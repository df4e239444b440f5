"""One event of a calendar feed. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class Event:
    """What a calendar shows on one day. ``uid`` stands for the same thing on every day and in every feed.

    Without ``starts_at`` it takes the whole day ``on``; with it, it is an appointment in Asia/Shanghai (an hour long
    when ``ends_at`` is missing or not later). ``changed_at``: aware, when the thing was changed last.
    ``is_tentative``: a forecast, or a day that rests on a year without official holidays.
    """

    uid: str
    title: str
    on: date
    changed_at: datetime
    category: str = ""
    lines: tuple[str, ...] = field(default=())
    url: str = ""
    place: str = ""
    starts_at: time | None = None
    ends_at: time | None = None
    is_tentative: bool = False
