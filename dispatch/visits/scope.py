"""What lists and figures of visits are about: a period, and perhaps a grid, a unit or a person. They share it, so that
every figure links to exactly its rows."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from dispatch.ledger.models import LedgerItem
from dispatch.visits.models import Finding, PlannedVisit, Visit
from dispatch.visits.rules import Period

NONE = "none"  # of no grid, no unit, nobody
WAYS = ("grid", "unit", "visitor")
SOLVED, OPEN = "solved", "open"
IS_SOLVED = Q(solved_on__isnull=False) | Q(item__state=LedgerItem.State.CLOSED)


@dataclass(frozen=True)
class Scope:
    """``grid``, ``unit``, ``visitor``: an id, NONE, or None for all."""

    period: Period
    grid: int | str | None = None
    unit: int | str | None = None
    visitor: int | str | None = None

    def only(self, way: str, key: int | None) -> "Scope":
        """The same narrowed to one group of ``way``."""
        return replace(self, **{way: NONE if key is None else key})

    def query(self, **more: Any) -> str:
        """The address that shows these rows."""
        values = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        values |= {way: getattr(self, way) for way in WAYS if getattr(self, way) is not None}
        return "?" + urlencode(values | more)


def visits_in(scope: Scope, user: User) -> QuerySet[Visit]:
    rows = Visit.objects.visible_to(user).filter(visited_on__range=(scope.period.first, scope.period.last))
    return _narrow(rows, scope, {"grid": "grid", "unit": "organization", "visitor": "visitor"})


def findings_in(scope: Scope, user: User) -> QuerySet[Finding]:
    days = (scope.period.first, scope.period.last)
    rows = Finding.objects.visible_to(user).filter(visit__visited_on__range=days)
    return _narrow(rows, scope, {"grid": "visit__grid", "unit": "visit__organization", "visitor": "visit__visitor"})


def planned_in(scope: Scope, user: User) -> QuerySet[PlannedVisit]:
    """Not taken off; ``unit_id`` is the grid's unit, else the visitor's organization."""
    first, last = scope.period.quarters
    rows = PlannedVisit.objects.visible_to(user).filter(cancelled_at=None)
    rows = rows.annotate(
        quarter_index=4 * F("year") + F("quarter") - 1, unit_id=Coalesce("grid__unit", "visitor__organization")
    )
    rows = rows.filter(quarter_index__range=(first.index, last.index))
    return _narrow(rows, scope, {"grid": "grid", "unit": "unit_id", "visitor": "visitor"})


def each_enterprise(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """Of each enterprise the newest of these visits: as many rows as enterprises were visited."""
    mine = visits.order_by().filter(enterprise=OuterRef("enterprise"))
    newest = mine.order_by("-visited_on", "-pk").values("pk")[:1]
    return visits.filter(pk=Subquery(newest))


def each_planned(planned: QuerySet[PlannedVisit]) -> QuerySet[PlannedVisit]:
    """Of each enterprise the latest of these planned visits: as many rows as enterprises are planned."""
    mine = planned.order_by().filter(enterprise=OuterRef("enterprise"))
    return planned.filter(pk=Subquery(mine.order_by("-year", "-quarter", "-pk").values("pk")[:1]))


def in_state(findings: QuerySet[Finding], state: str) -> QuerySet[Finding]:
    """SOLVED, OPEN, or anything else: all."""
    if state == SOLVED:
        return findings.filter(IS_SOLVED)
    return findings.exclude(pk__in=findings.filter(IS_SOLVED).values("pk")) if state == OPEN else findings


def last_visits(enterprise_ids: list[int], user: User) -> dict[int, date]:
    """Enterprise → the day of the newest visit that the user sees; one query."""
    rows = Visit.objects.visible_to(user).filter(enterprise__in=enterprise_ids).order_by().values("enterprise")
    return {row["enterprise"]: row["last"] for row in rows.annotate(last=Max("visited_on"))}


def _narrow(rows: QuerySet, scope: Scope, columns: dict[str, str]) -> QuerySet:
    for way, column in columns.items():
        wanted = getattr(scope, way)
        if wanted == NONE:
            rows = rows.filter(**{f"{column}__isnull": True})
        elif wanted is not None:
            rows = rows.filter(**{column: wanted})
    return rows
