"""The board of a park as plain data: what the page, the API and the weekly brief show. Reads only.

A fixed number of queries, whatever the number of projects. Money in 万元 as decimal strings, per cent and percentage
points as strings with one decimal, days as ints, dates as ISO.
"""

from datetime import date, datetime
from typing import Any

from accounts.models import Park, User
from dispatch.dashboard import ahead, colours, counted, decisions, honesty, money, offices, overview
from dispatch.dashboard.frame import Asked
from dispatch.figures import days, policies, reading
from dispatch.figures.days import Frozen
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.rates import as_json, change_pp, points
from dispatch.figures.reading import GroupRates
from dispatch.figures.tallies import Tally
from workdays.arithmetic import WorkCalendar


def board(
    park: Park,
    *,
    as_of: date,
    now: datetime,
    calendar: WorkCalendar,
    viewer: User | None = None,
    morning: bool = False,
) -> dict[str, Any]:
    """Everything on the board. ``viewer``: whose decisions are asked for; None: all that wait for a leader.

    Stages, status and lights are those of now; everything with a date is taken as of ``as_of``. Rates and money are
    those of the latest month that is over, as in the bulletin. ``morning``: the morning's count will do for a large
    park (``counted``); "counted_at" then says when it was made, else it is None.
    """
    asked, policy = Asked(park, as_of, now, calendar, viewer), policies.in_force(park.pk)
    kept = counted.kept(asked, policy) if morning else None
    whole_park = kept.content if kept else counted.count(asked, policy)
    until = date.fromisoformat(whole_park["month"])
    whole = _rates_of(whole_park["tally"], until.month, policy)
    before = days.comparisons(park, as_of=as_of, policy=policy)
    seen = overview.overview(asked, whole_park["average_days"])
    this_week, next_week = ahead.milestones(asked)
    return {
        "as_of": as_of.isoformat(),
        "counted_at": kept.counted_at.isoformat() if kept else None,
        "rules_version": policy.version,
        "counts": seen["counts"],
        "rates": rates(whole, before, policy),
        "compared_with": {name: found.as_of.isoformat() if found else None for name, found in before.items()},
        "lights": seen["lights"] | {"changed": colours.changed(asked, before["week"]), "worst": colours.worst(asked)},
        "stages": seen["stages"],
        "investment": money.investment(until, whole, whole_park["curve"]),
        "approvals": offices.approvals(asked),
        "bottlenecks": offices.named(asked, whole_park["bottlenecks"]),
        "decisions": decisions.decisions(asked),
        "milestones": next_week,
        "milestones_this_week": this_week,
        "honesty": honesty.honesty(asked, whole_park["money_vs_works"]),
    }


def _rates_of(tally: dict[str, Any], month: int, policy: FigurePolicy) -> GroupRates:
    """The park's rates from its stored tally, counted as the policy says."""
    (whole,) = reading.rated({None: Tally.from_json(tally)}, {}, by=reading.By.PARK, month=month, policy=policy)
    return whole


def rates(whole: GroupRates, before: dict[str, Frozen | None], policy: FigurePolicy) -> dict[str, Any]:
    """Each rate with its change in percentage points since the frozen days, counted by the rules of today."""
    then = {name: found.rates(policy) if found else None for name, found in before.items()}
    return {
        key.value: as_json(rate)
        | {
            "changes": {name: change_pp(rate, found[key] if found else None) for name, found in then.items()},
            "ahead_pp": points(whole.ahead_pp) if key == "investment" else None,
        }
        for key, rate in whole.rates.items()
    }
