"""When a notice leaves, over which channels, and what leaves together. Pure: values in, messages out.

The rules (issue: told once, arrives, does not pester):

* In the application a notice is there at once: it is the row itself. Everything below is about the other channels.
* Ordinary notices leave once a day in one digest a person and channel, on working days, at the digest time.
* Urgent ones leave at once on working days outside quiet hours; else when the quiet hours of the next working day end.
* Level Ⅰ of the three-level response leaves at once at any hour of any day. Nothing else does.
* What is read in the application, or settled, is not sent any more. A message without a notice does not exist.
* Mandatory events cannot be switched off: they stay in the application, and go over one other channel of the person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from workdays.arithmetic import WorkCalendar

ZONE = ZoneInfo("Asia/Shanghai")
IN_APP = "in_app"
OUT = ("email", "sms", "robot")  # in this order the first one a person has takes mandatory events
DIGEST_AT = time(8, 30)
QUIET_FROM, QUIET_UNTIL = time(21, 0), time(7, 30)
ANY_HOUR_LEVEL = 1  # level Ⅰ, domain.md 3.4


@dataclass(frozen=True)
class Pending:
    """A notice that has not been handed to the channels. ``channels``: the event's defaults; ``level``: 0 none, 1 Ⅰ."""

    id: int
    event: str
    created_at: datetime
    channels: tuple[str, ...] = (IN_APP, "email")
    is_mandatory: bool = False
    is_urgent: bool = False
    level: int = 0
    is_over: bool = False  # settled or read

    @property
    def any_hour(self) -> bool:
        return self.level == ANY_HOUR_LEVEL

    @property
    def at_once(self) -> bool:
        return self.is_urgent or self.any_hour


@dataclass(frozen=True)
class Wishes:
    """What one recipient wants. ``reachable``: channels that are set up and have an address; quiet hours from = until
    means none. ``chosen``: {event: channels}, events that are not named keep their defaults."""

    reachable: tuple[str, ...] = ()
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    digest_at: time = DIGEST_AT
    quiet_from: time = QUIET_FROM
    quiet_until: time = QUIET_UNTIL


@dataclass(frozen=True)
class Outgoing:
    """One message: the notices in it over one channel, the weightiest first."""

    channel: str
    ids: tuple[int, ...]
    any_hour: bool = False


@dataclass(frozen=True)
class Plan:
    """``messages`` leave now; ``done``: ids that need nothing more from the channels: sent, dropped, in-app only."""

    messages: tuple[Outgoing, ...] = ()
    done: tuple[int, ...] = ()


def channels_of(notice: Pending, wishes: Wishes) -> tuple[str, ...]:
    """The channels besides the application over which this recipient gets this notice."""
    wanted = wishes.chosen.get(notice.event, notice.channels)
    found = tuple(channel for channel in OUT if channel in wanted and channel in wishes.reachable)
    if found or not notice.is_mandatory:
        return found
    return tuple(channel for channel in OUT if channel in wishes.reachable)[:1]


def is_quiet(moment: time, wishes: Wishes) -> bool:
    """Whether the time of day lies in [quiet_from, quiet_until), over midnight too."""
    start, end = wishes.quiet_from, wishes.quiet_until
    if start <= end:
        return start <= moment < end
    return moment >= start or moment < end


def is_open(now: datetime, wishes: Wishes, calendar: WorkCalendar) -> bool:
    """Whether messages may leave now: a working day outside quiet hours."""
    local = now.astimezone(ZONE)
    return calendar.is_workday(local.date()) and not is_quiet(local.time(), wishes)


def next_open(moment: datetime, wishes: Wishes, calendar: WorkCalendar) -> datetime:
    """The first moment from this one on at which messages may leave; the moment itself when they may already."""
    local = moment.astimezone(ZONE)
    while not is_open(local, wishes, calendar):
        day, at = local.date(), local.time()
        if calendar.is_workday(day) and is_quiet(at, wishes) and at < wishes.quiet_until:
            return datetime.combine(day, wishes.quiet_until, ZONE)
        local = datetime.combine(calendar.add(day, 1), time.min, ZONE)
    return local


def leaves_at(notice: Pending, wishes: Wishes, calendar: WorkCalendar) -> datetime:
    """The moment from which the notice may leave, by the rules above."""
    local = notice.created_at.astimezone(ZONE)
    if notice.any_hour:
        return local
    if notice.is_urgent:
        return next_open(local, wishes, calendar)
    day = local.date() if local.time() <= wishes.digest_at else local.date() + timedelta(days=1)
    return next_open(datetime.combine(calendar.roll_forward(day), wishes.digest_at, ZONE), wishes, calendar)


def plan(notices: Iterable[Pending], wishes: Wishes, now: datetime, calendar: WorkCalendar) -> Plan:
    """What leaves now for one recipient, and which notices are finished with."""
    done: list[int] = []
    due: dict[str, list[Pending]] = {}
    open_now = is_open(now, wishes, calendar)
    for notice in notices:
        channels = () if notice.is_over else channels_of(notice, wishes)
        if not channels:
            done.append(notice.id)
        elif (notice.any_hour or open_now) and leaves_at(notice, wishes, calendar) <= now:
            done.append(notice.id)
            for channel in channels:
                due.setdefault(channel, []).append(notice)
    messages = tuple(_message(channel, due[channel]) for channel in OUT if channel in due)
    return Plan(messages, tuple(sorted(done)))


def _message(channel: str, notices: list[Pending]) -> Outgoing:
    ordered = sorted(notices, key=lambda n: (not n.any_hour, not n.at_once, n.level or 9, n.created_at, n.id))
    return Outgoing(channel, tuple(n.id for n in ordered), any(n.any_hour for n in notices))
