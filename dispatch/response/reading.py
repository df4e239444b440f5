"""What the evaluation needs to know of a batch of warnings: which causes stand on a day, and what holds them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from approvals.models import StepPause
from dispatch.response import ladder
from dispatch.response.ladder import Facts
from dispatch.response.models import ResponseCase
from dispatch.response.policy import STATUTORY, STEP, Policy
from dispatch.response.triggers import KINDS, kind_of, measured, trigger_level
from dispatch.warnings.models import Warning, WarningEvent
from projects.models import Project
from workdays.arithmetic import WorkCalendar

Cause = tuple[str, str, int]


def cause_of(warning: Warning) -> Cause:
    """What stays the same when the due day moves: rule and thing."""
    return warning.rule, warning.object_type, warning.object_id


def warnings_of(part: Q, as_of: date) -> QuerySet:
    """Warnings that stand on the day or have an open case, with their projects and what ``is_standing`` needs."""
    ours = ResponseCase.objects.filter(warning=OuterRef("pk"), closed_on__isnull=True)
    latest = WarningEvent.objects.filter(warning=OuterRef("pk"), as_of__lte=as_of).order_by("-as_of", "-pk")
    standing = Q(cleared_on__isnull=True) | Q(cleared_on__gt=as_of)
    rows = Warning.objects.filter(part, rule__in=KINDS).filter(standing & ~Q(level="blue") | Exists(ours))
    return (
        rows.annotate(
            latest=Subquery(latest.values("kind")[:1]),
            has_history=Exists(WarningEvent.objects.filter(warning=OuterRef("pk"))),
        )
        .select_related("project", "park")
        .only(*(field.attname for field in Warning._meta.concrete_fields), "project__status", "project__name",
              "park__code")
        .order_by("rule", "object_type", "object_id", "due_on", "pk")
    )  # fmt: skip


def is_standing(warning: Warning, as_of: date) -> bool:
    """Whether the cause was there on the day: what its history said last by then."""
    if warning.latest is None:
        if warning.has_history:
            return False
        return warning.since_on <= as_of and (warning.cleared_on is None or warning.cleared_on > as_of)
    return bool(warning.latest != WarningEvent.Kind.CLEARED)


def paused_steps(warnings: Iterable[Warning], as_of: date) -> set[tuple[str, int]]:
    """(kind, step id) of the clocks that stand still on the day: from the day after a pause begins to its end."""
    ids = [warning.object_id for warning in warnings if warning.object_type == Warning.ObjectType.STEP]
    if not ids:
        return set()
    found: set[tuple[str, int]] = set()
    during = Q(started_on__lt=as_of) & (Q(ended_on__isnull=True) | Q(ended_on__gte=as_of))
    rows = StepPause.objects.filter(during, project_step__in=ids)
    for step, committed, statutory in rows.values_list("project_step", "stops_committed", "stops_statutory"):
        found |= {(STEP, step)} if committed else set()
        found |= {(STATUTORY, step)} if statutory else set()
    return found


@dataclass(frozen=True)
class Day:
    """The day of an evaluation and what holds on it."""

    as_of: date
    calendar: WorkCalendar
    policies: dict[int | None, Policy]

    def policy(self, park_id: int) -> Policy:
        return self.policies.get(park_id) or self.policies[None]

    def facts(self, warning: Warning, paused: set[tuple[str, int]]) -> Facts:
        """What the warning says about its cause on the day."""
        kind = kind_of(warning.rule, warning.label) or ""
        policy = self.policy(warning.park_id)
        value = measured(kind, warning.due_on, warning.behind_pp, self.as_of, self.calendar) if kind else None
        stands = is_standing(warning, self.as_of) and warning.party == Warning.Party.UNIT and warning.level != "blue"
        trigger = trigger_level(kind, value, policy) if stands and value is not None else None
        return Facts(trigger, self._held(warning, kind, policy, paused), kind, value)

    @staticmethod
    def _held(warning: Warning, kind: str, policy: Policy, paused: set[tuple[str, int]]) -> str:
        if not policy.is_enabled:
            return ladder.SWITCHED_OFF
        if warning.project is not None and warning.project.status == Project.Status.SUSPENDED:
            return ladder.SUSPENDED
        return ladder.PAUSED if (kind, warning.object_id) in paused else ""


def successors(warnings: Sequence[Warning], taken: set[int], as_of: date) -> dict[Cause, Warning]:
    """For every cause the standing warning with the latest due day that has no case of its own yet.

    A cause whose due day moved has a new warning; its case goes on with that one.
    """
    found: dict[Cause, list[Warning]] = defaultdict(list)
    for warning in warnings:
        if warning.pk not in taken and is_standing(warning, as_of):
            found[cause_of(warning)].append(warning)
    return {cause: max(rows, key=lambda row: (row.due_on, row.pk)) for cause, rows in found.items()}
