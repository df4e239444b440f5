"""Approvals on the board: closed, near due, overdue by department, papers owed, and where the working days go."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.i18n import localized
from approvals.actions.clockwork import debts_of, spans_of
from approvals.clocks import Party, PauseSpan
from approvals.days.rules import days_spent
from approvals.flow import DECIDED
from approvals.models import ProjectStep, Step, StepDocument, StepPause
from dispatch.dashboard.frame import WEEK, Asked
from dispatch.warnings import rules
from dispatch.warnings.models import Warning
from projects.models import Project

WEEKS_OF_BOTTLENECKS = 13
MOST_BOTTLENECKS = 6
LATE = (rules.STEP_LATE, rules.STEP_STATUTORY)


def approvals(asked: Asked) -> dict[str, Any]:
    """Steps closed this week and the week before, due within three working days, overdue, papers owed, as the bulletin
    counts them: a step that is overdue is not due soon as well. ``overdue``: by department, without the steps whose
    days belong to the enterprise, which are not charged to a unit (domain.md 3.3). Five queries.
    """
    steps = ProjectStep.objects.filter(project__park=asked.park, state__in=DECIDED).applicable()
    closed = steps.filter(decided_on__range=(asked.last_week[0], asked.as_of)).aggregate(
        week=Count("pk", filter=Q(decided_on__gte=asked.monday)),
        last_week=Count("pk", filter=Q(decided_on__lt=asked.monday)),
    )
    standing = Warning.objects.active().filter(park=asked.park)
    owed = StepDocument.objects.filter(
        project_step__project__park=asked.park, state=StepDocument.State.OUTSTANDING
    ).exclude(project_step__project__status=Project.Status.TERMINATED)
    late = standing.filter(rule__in=LATE)
    soon = standing.filter(rule=rules.STEP_DUE_SOON).exclude(object_id__in=late.order_by().values("object_id"))
    return {
        "closed": closed["week"],
        "closed_last_week": closed["last_week"],
        "near_due": _steps_of(soon),
        "late": _steps_of(late),
        "outstanding": owed.count(),
        "overdue": _overdue(late),
    }


def _steps_of(warnings) -> int:
    """How many steps they are about: a step may be late by both of its clocks."""
    return warnings.aggregate(n=Count("object_id", distinct=True))["n"]


def _overdue(late) -> list[dict[str, Any]]:
    """Every handling unit with overdue steps, most first; "oldest" is the earliest due day. One query."""
    charged = late.filter(party=Warning.Party.UNIT).order_by()
    grouped = charged.values("unit", "unit__name").annotate(n=Count("object_id", distinct=True), oldest=Min("due_on"))
    return [
        {"unit": row["unit"], "name": row["unit__name"] or "", "count": row["n"], "oldest": row["oldest"].isoformat()}
        for row in grouped.order_by("-n", "oldest", "unit")
    ]


class Handled(NamedTuple):
    """A decided step: first day (not counted), acceptance, decision."""

    code: str
    start: date
    accepted: date | None
    decided: date


def bottlenecks(asked: Asked) -> list[dict[str, Any]]:
    """The six steps that took most working days, of those decided in the last thirteen weeks, by whose days they were.

    Four queries: steps nobody interrupted are counted by the database, the others are looked at one by one
    (``approvals.days.rules``).
    """
    since = asked.as_of - WEEKS_OF_BOTTLENECKS * WEEK
    rows = ProjectStep.objects.applicable().filter(
        project__park=asked.park, decided_on__gt=since, decided_on__lte=asked.as_of, state__in=DECIDED
    )
    rows = rows.annotate(start=Coalesce("received_on", "accepted_on")).filter(start__isnull=False).order_by()
    paused = Exists(StepPause.objects.filter(project_step=OuterRef("pk")))
    owing = Exists(StepDocument.objects.filter(project_step=OuterRef("pk"), promised_on__isnull=False))
    interrupted = paused | owing
    spent: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Party, 0))
    numbers: dict[str, int] = defaultdict(int)
    for code, start, decided, n in (
        rows.exclude(interrupted).values_list("code", "start", "decided_on").annotate(n=Count("pk"))
    ):
        spent[code][Party.DEPARTMENT] += n * asked.calendar.count(start, decided)
        numbers[code] += n
    for code, workdays in _interrupted(rows.filter(interrupted), asked):
        numbers[code] += 1
        for party, days in workdays.items():
            spent[code][party] += days
    worst = sorted(spent, key=lambda code: (-sum(spent[code].values()), code))[:MOST_BOTTLENECKS]
    return [
        {"code": code, "steps": numbers[code], "workdays": sum(spent[code].values()),
         "by_party": {party.value: days for party, days in spent[code].items()}}
        for code in worst
    ]  # fmt: skip


def _interrupted(rows, asked: Asked) -> Iterator[tuple[str, dict[Party, int]]]:
    """Code and working days by party of every step with a pause or an owed paper. Three queries."""
    steps = {pk: Handled(*found) for pk, *found in rows.values_list("pk", "code", "start", "accepted_on", "decided_on")}
    spans: dict[int, list[PauseSpan]] = defaultdict(list)
    keys = rows.values("pk")
    _gather(spans, StepPause.objects.filter(project_step__in=keys).order_by("pk"), spans_of)
    _gather(
        spans, StepDocument.objects.filter(project_step__in=keys, promised_on__isnull=False).order_by("pk"), debts_of
    )
    for pk, step in steps.items():
        found = days_spent(
            received=step.start,
            accepted=step.accepted,
            decided=step.decided,
            pauses=spans[pk],
            holder=Party.DEPARTMENT,
            today=asked.as_of,
            calendar=asked.calendar,
        )
        yield step.code, dict(found.workdays)


def _gather(spans: dict[int, list[PauseSpan]], rows: Iterable[Any], spans_in) -> None:
    for row in rows:
        spans[row.project_step_id] += spans_in([row])


def named(asked: Asked, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bottlenecks with the names of their steps. One query."""
    names = _names(asked, [row["code"] for row in rows])
    return [row | {"name": names.get(row["code"], "")} for row in rows]


def _names(asked: Asked, codes: list[str]) -> dict[str, str]:
    """Step code → name in the newest catalogue that the park knows. One query."""
    known = Step.objects.known_in(asked.park.pk).filter(code__in=codes).order_by("catalogue__version", "pk")
    return {step.code: localized(step, "name") for step in known.only("code", "name_zh", "name_en")}
