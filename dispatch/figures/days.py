"""Figures of a day, frozen: so that later days can be compared with what was, not with what is now known of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Park
from dispatch.figures import groups, policies, tallies
from dispatch.figures.canonical import digest
from dispatch.figures.groups import By
from dispatch.figures.models import DayFigures
from dispatch.figures.policy import FigurePolicy
from dispatch.figures.rates import Rate, RateKey, change_pp
from dispatch.figures.tallies import Tally
from dispatch.warnings.levels import closed_month, month_end
from projects.models import Project

__all__ = ["Frozen", "change_pp", "comparisons", "content", "figures_on", "freeze", "keep"]

SCHEMA = 1
NEAR = timedelta(days=7)
COLOURS = ("red", "yellow", "grey")


@dataclass(frozen=True)
class Frozen:
    """What was counted on ``as_of``. ``groups``: grouping → token of the group → tally."""

    as_of: date
    rules_version: int
    month: date
    groups: Mapping[By, Mapping[str, Tally]]
    stages: Mapping[str, int]
    lights: Mapping[str, int]
    colours: Mapping[str, list[int]]

    @property
    def whole(self) -> Tally:
        return self.groups[By.PARK].get("", Tally())

    def tally(self, by: By, token: str = "") -> Tally | None:
        """None for a group that did not exist on the day."""
        return self.groups[by].get(token)

    def rates(self, policy: FigurePolicy, by: By = By.PARK, token: str = "") -> dict[RateKey, Rate] | None:
        """The rates of the day counted as ``policy`` says, so that like is compared with like."""
        tally = self.tally(by, token)
        if tally is None:
            return None
        return tallies.park_rates(tally, policy) if by is By.PARK else tallies.unit_rates(tally, self.whole, policy)

    def light_of(self, project_id: int) -> str:
        """ "red", "yellow" or "grey"; "" for any other."""
        return next((light for light, ids in self.colours.items() if project_id in ids), "")


def freeze(park: Park, *, as_of: date, at: datetime) -> DayFigures:
    """Keeps the figures of the day once and for all; the row that is there already, if there is one."""
    found = DayFigures.objects.filter(park=park, as_of=as_of).first()
    return found or keep(park, as_of=as_of, content=content(park, as_of=as_of), at=at)


def keep(park: Park, *, as_of: date, content: dict[str, Any], at: datetime) -> DayFigures:
    """Writes what was counted on the day; the row of another process that was first, if there was one."""
    values = {
        "rules_version": policies.newest(park.pk).version,
        "content": content,
        "sha256": digest(content),
        "made_at": at,
    }
    try:
        with transaction.atomic():
            return DayFigures.objects.create(park=park, as_of=as_of, **values)
    except IntegrityError:
        return DayFigures.objects.get(park=park, as_of=as_of)


def content(park: Park, *, as_of: date) -> dict[str, Any]:
    """Tallies of every grouping, active projects by stage, all that are not terminated by light. Fixed queries."""
    until = closed_month(as_of)
    by_group = {by: tallies.read(park, year=until.year, month=until.month, as_of=as_of, by=by) for by in By}
    stages: Counter[str] = Counter()
    lights: Counter[str] = Counter()
    colours: dict[str, list[int]] = {light: [] for light in COLOURS}
    rows = Project.objects.filter(park=park).exclude(status=Project.Status.TERMINATED).order_by("pk")
    for pk, stage, status, light in rows.values_list("pk", "stage", "status", "light"):
        stages[stage] += status == Project.Status.ACTIVE
        lights[light] += 1
        if light in colours:
            colours[light].append(pk)
    return {
        "schema": SCHEMA,
        "as_of": as_of.isoformat(),
        "month": until.isoformat(),
        "groups": {
            by.value: {groups.token(key): tally.as_json() for key, tally in found.items()}
            for by, found in by_group.items()
        },
        "stages": dict(stages),
        "lights": dict(lights),
        "colours": colours,
    }


def figures_on(park: Park, day: date) -> Frozen | None:
    """The newest frozen day not after ``day`` and at most seven days older; None when there is none."""
    rows = DayFigures.objects.filter(park=park, as_of__lte=day, as_of__gte=day - NEAR).order_by("-as_of")
    return frozen(found) if (found := rows.first()) else None


def frozen(row: DayFigures) -> Frozen:
    stored = row.content
    return Frozen(
        as_of=row.as_of,
        rules_version=row.rules_version,
        month=date.fromisoformat(stored["month"]),
        groups={
            By(by): {token: Tally.from_json(tally) for token, tally in found.items()}
            for by, found in stored["groups"].items()
        },
        stages=stored["stages"],
        lights=stored["lights"],
        colours=stored["colours"],
    )


def days_before(as_of: date) -> dict[str, date]:
    """The same day last week, last month and last year; the month's last day where it is shorter."""
    last_month = as_of.replace(day=1) - timedelta(days=1)
    a_year_ago = date(as_of.year - 1, as_of.month, 1)
    return {
        "week": as_of - timedelta(days=7),
        "month": min(last_month, last_month.replace(day=min(as_of.day, last_month.day))),
        "year": a_year_ago.replace(day=min(as_of.day, month_end(a_year_ago).day)),
    }


def comparisons(park: Park, *, as_of: date, policy: FigurePolicy | None = None) -> dict[str, Frozen | None]:
    """ "week", "month", "year" → what was frozen then; None where nothing was. Three queries.

    Rates of a frozen day are counted with the policy given to ``Frozen.rates``, today's as a rule.
    """
    return {name: figures_on(park, day) for name, day in days_before(as_of).items()}
