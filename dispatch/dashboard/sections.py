"""The board of a park as plain data: what the page, the API and the weekly brief show. Reads only.

A fixed number of queries, whatever the number of projects. Money in 万元 as decimal strings, per cent and percentage
points as strings with one decimal, days as ints, dates as ISO.
"""

from datetime import date, datetime
from typing import Any

from accounts.models import Park, User
from dispatch.dashboard import ahead, colours, honesty, money, offices
from dispatch.dashboard import decisions as decisions_of
from dispatch.dashboard import overview as overview_of
from dispatch.dashboard.frame import Asked
from dispatch.figures import days, policies, reading
from dispatch.figures.days import Frozen
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.rates import as_json, change_pp, points
from dispatch.figures.reading import GroupRates
from dispatch.warnings.levels import closed_month
from workdays.arithmetic import WorkCalendar


def board(
    park: Park, *, as_of: date, now: datetime, calendar: WorkCalendar, viewer: User | None = None
) -> dict[str, Any]:
    """Everything on the board. ``viewer``: whose decisions are asked for; None: all that wait for a leader.

    Stages, status and lights are those of now; everything with a date is taken as of ``as_of``. Rates and money are
    those of the latest month that is over, as in the bulletin.
    """
    asked = Asked(park, as_of, now, calendar, viewer)
    policy, until = policies.in_force(park.pk), closed_month(as_of)
    (whole,) = reading.read(park, as_of=as_of, policy=policy) or [None]
    before = days.comparisons(park, as_of=as_of, policy=policy)
    overview = overview_of.overview(asked)
    this_week, next_week = ahead.milestones(asked)
    return {
        "as_of": as_of.isoformat(),
        "rules_version": policy.version,
        "counts": overview["counts"],
        "rates": rates(whole, before, policy) if whole else {},
        "compared_with": {name: found.as_of.isoformat() if found else None for name, found in before.items()},
        "lights": overview["lights"]
        | {"changed": colours.changed(asked, before["week"]), "worst": colours.worst(asked)},
        "stages": overview["stages"],
        "investment": money.investment(park, until.year, until.month, whole),
        "approvals": offices.approvals(asked),
        "bottlenecks": offices.bottlenecks(asked),
        "decisions": decisions_of.decisions(asked),
        "milestones": next_week,
        "milestones_this_week": this_week,
        "honesty": honesty.honesty(asked),
    }


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
