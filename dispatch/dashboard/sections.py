"""The board of a park as plain data: what the page, the API and the weekly brief show. Reads only.

A fixed number of queries, whatever the number of projects. Money in 万元 as decimal strings, per cent and percentage
points as strings with one decimal, days as ints, dates as ISO.
"""

from datetime import date, datetime
from typing import Any

from accounts.models import Park, User
from dispatch.dashboard import overview as overview_of
from dispatch.dashboard.frame import Asked
from workdays.arithmetic import WorkCalendar


def board(
    park: Park, *, as_of: date, now: datetime, calendar: WorkCalendar, viewer: User | None = None
) -> dict[str, Any]:
    """Everything on the board. ``viewer``: whose decisions are asked for; None: all that wait for a leader.

    Stages, status and lights are those of now; everything with a date is taken as of ``as_of``.
    """
    asked = Asked(park, as_of, now, calendar, viewer)
    overview = overview_of.overview(asked)
    return {
        "as_of": as_of.isoformat(),
        "rules_version": 0,
        "counts": overview["counts"],
        "rates": {},
        "lights": overview["lights"] | {"changed": []},
        "stages": overview["stages"],
        "investment": {"planned_10k": "0", "ytd_10k": "0", "percent": None, "calendar_percent": "0.0",
                       "ahead_pp": None, "months": []},
        "approvals": {"closed": 0, "near_due": 0, "outstanding": 0, "overdue": []},
        "bottlenecks": [],
        "decisions": [],
        "milestones": [],
        "honesty": {"stale": [], "money_vs_works": [], "dates_after_freeze": []},
    }  # fmt: skip
