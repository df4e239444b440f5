"""What a block of the desk is made of. Pure apart from looking up addresses."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import NoReverseMatch, reverse

from accounts.models import User
from workdays.arithmetic import WorkCalendar

MOST_SHOWN = 8


@dataclass(frozen=True)
class Entry:
    """One thing to do. ``light`` or ``state`` say where it stands; ``days`` left, negative when late, None without."""

    title: str
    url: str
    text: str = ""
    light: str = ""
    state: str = ""
    days: int | None = None
    unit: str = "workday"


@dataclass(frozen=True)
class Block:
    """A heading, how many there are, the first of them, and where the rest is. ``fine``: what an empty one means."""

    key: str
    title: str
    number: int
    entries: list[Entry]
    fine: str
    links: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The whole list, when it is one list."""
        return self.links[0]["href"] if len(self.links) == 1 else ""


@dataclass(frozen=True)
class Desk:
    """What a block needs to know: for whom, and when."""

    user: User
    today: date
    now: datetime
    calendar: WorkCalendar


def address(name: str, query: str = "", *args) -> str:
    """URL of a page with its filters, "" where the page does not exist."""
    try:
        return reverse(name, args=args) + query
    except NoReverseMatch:
        return ""


def whole(name: str, query: str, number: int) -> Sequence[dict[str, Any]]:
    """The way to the whole list, when there is something on it."""
    href = address(name, query)
    return [{"light": "", "number": number, "href": href}] if href and number else []
