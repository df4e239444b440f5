"""The part of the board that reads the whole park or a year of its history, and what is kept of it every morning.

In a small park it is counted when it is asked for. In a park of more than ``LIVE_UP_TO`` projects the page shows the
morning's count, and says so, so that its cost does not grow with the park's history; the weekly brief always counts.
Everything here is free of language, so that one count serves every reader.
"""

from datetime import datetime
from typing import Any

from accounts.models import Park
from dispatch.dashboard import honesty, money, offices, overview
from dispatch.dashboard.frame import Asked
from dispatch.dashboard.models import BoardCount
from dispatch.figures import reading
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.tallies import Tally
from dispatch.warnings.levels import closed_month
from projects.models import Project

LIVE_UP_TO = 500


def count(asked: Asked, policy: FigurePolicy) -> dict[str, Any]:
    """Tally of the rates, curve of the investment, mean days of the stages, where the working days go, money that is
    far from the works. Some twenty queries."""
    until = closed_month(asked.as_of)
    groups = reading.read(asked.park, as_of=asked.as_of, policy=policy)
    tally = groups[0].tally if groups else Tally()
    return {
        "month": until.isoformat(),
        "tally": tally.as_json(),
        "curve": money.curve(asked.park, until, tally, policy),
        "average_days": overview.average_days(asked),
        "bottlenecks": offices.bottlenecks(asked),
        "money_vs_works": honesty.money_vs_works(asked),
    }


def keep(park: Park, asked: Asked, policy: FigurePolicy, at: datetime) -> BoardCount:
    """Writes the count over the one before. Part of a job, in its transaction."""
    values = {
        "as_of": asked.as_of,
        "rules_version": policy.version,
        "projects": Project.objects.filter(park=park).count(),
        "content": count(asked, policy),
        "counted_at": at,
    }
    return BoardCount.objects.update_or_create(park=park, defaults=values)[0]


def kept(asked: Asked, policy: FigurePolicy) -> BoardCount | None:
    """The count of the day, of a large park, by the rules in force; None: count now. One query."""
    rows = BoardCount.objects.filter(park=asked.park, as_of=asked.as_of, rules_version=policy.version)
    return rows.filter(projects__gt=LIVE_UP_TO).first()
