"""How long a result document lives, what became of it, and how far it may be renewed. Pure.

Source: domain.md section 1 ("Certificates with a life"); 建筑法 art. 9 for renewals: twice, at most three months each.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Fate(StrEnum):
    """What a certificate is on a day. FULFILLED: construction started in time, so that its end no longer matters."""

    VALID = "valid"
    ENDING = "ending"
    EXPIRED = "expired"
    FULFILLED = "fulfilled"
    LAPSED = "lapsed"  # construction started only after the end
    VOID = "void"


LIGHTS = {
    Fate.VALID: "green",
    Fate.ENDING: "blue",
    Fate.EXPIRED: "red",
    Fate.FULFILLED: "green",
    Fate.LAPSED: "red",
    Fate.VOID: "grey",
}


def life_end(issued_on: date, months: int) -> date:
    """The last day of a life of so many months: the same day ``months`` later, or the last day of a shorter month.

    31 August and 3 months: 30 November. 29 February and 60 months: 28 February.
    """
    passed = issued_on.year * 12 + issued_on.month - 1 + months
    year, month = divmod(passed, 12)
    return date(year, month + 1, min(issued_on.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Facts:
    """A certificate as the rules see it. ``state``: valid, fulfilled or void; ``start_by``: ends unless construction
    starts; ``started_on``: the day construction started, if known."""

    state: str
    valid_until: date
    start_by: bool
    remind_days: int
    started_on: date | None = None


def fate(facts: Facts, today: date) -> Fate:
    """What the certificate is on the day ``today``; its last day is still good."""
    if facts.state == "void":
        return Fate.VOID
    if facts.start_by and facts.started_on is not None and facts.started_on <= today:
        return Fate.FULFILLED if facts.started_on <= facts.valid_until else Fate.LAPSED
    if facts.valid_until < today:
        return Fate.EXPIRED
    return Fate.ENDING if today >= remind_on(facts.valid_until, facts.remind_days) else Fate.VALID


def remind_on(valid_until: date, remind_days: int) -> date:
    """The first day of the reminder: so many calendar days before the last day."""
    return valid_until - timedelta(days=remind_days)


def latest_renewal(valid_until: date, renewal_months: int) -> date:
    """The last day that one renewal may reach; it counts from the end of the life before."""
    return life_end(valid_until, renewal_months)
