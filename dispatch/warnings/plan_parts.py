"""Candidates from the forecasts of the plans: what will be late unless something is done. Source: design.md 4 "Plan".

Both read the stored forecast (dispatch.plan.models.PlanForecast) as it is: one of an earlier day counts as of its day.
One of a later day was not known and is left out (papers about past months), but for the day after: between midnight and
the morning's run, plans that are changed have it already.
Only plans that somebody has made: without one the works are guesses, and the milestone has a warning of its own.
``due_on`` is the target, so another target is another warning. ``since_on`` is the day of the forecast that first said
so (never after the day evaluated); it stays when later forecasts say the same.
"""

from collections.abc import Iterator

from django.db.models import Case, CharField, DateField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Least

from dispatch.plan.models import PlanForecast
from dispatch.warnings.levels import DAY, Level
from dispatch.warnings.models import Warning
from dispatch.warnings.shapes import Source, annotated, fixed
from projects.models import Milestone, Project


def short(params, as_of, calendar) -> Iterator[Source]:
    """The forecast of the goal lies so many working days after the target, until the goal is reached.

    Once the target has passed, the late milestone says it with its own levels (domain.md 3.3), and this is silent;
    unless the milestone has no date or a later one.
    """
    level = Case(
        When(short_wd__gt=int(params["red_above_wd"]), then=Value(Level.RED.value)),
        default=Value(Level.YELLOW.value),
        output_field=CharField(),
    )
    yield _of_forecasts(Q(short_wd__gte=max(1, int(params["yellow_from_wd"]))), level, as_of)


def risk(params, as_of, calendar) -> Iterator[Source]:
    """The forecast keeps the target and p80 does not: a reminder. Silent without enough data (p80 is not known)."""
    yield _of_forecasts(Q(short_wd=0, p80_on__gt=F("target_on")), fixed(Level.BLUE), as_of)


def _of_forecasts(condition: Q, level, as_of) -> Source:
    reached = Milestone.objects.filter(project=OuterRef("project"), stage=OuterRef("goal")).filter(
        Q(actual_on__isnull=False) | Q(is_done=True)
    )
    dated = Milestone.objects.filter(
        project=OuterRef("project"), stage=OuterRef("goal"), due_on__lte=OuterRef("target_on")
    )
    rows = PlanForecast.objects.filter(
        condition,
        Q(target_on__gte=as_of) | ~Exists(dated),
        ~Exists(reached),
        is_reached=False,
        as_of__lte=as_of + DAY,
        target_on__isnull=False,
        project__schedule__isnull=False,
        project__status=Project.Status.ACTIVE,
        project__stage__lt=F("goal"),
    )
    found = annotated(
        rows,
        path="project_id",
        unit=F("project__responsible_unit_id"),
        object_id="project_id",
        label=F("goal"),
        due=F("target_on"),
        level=level,
        since=Least(F("as_of"), Value(as_of, output_field=DateField())),
    )
    return Source(Warning.ObjectType.PROJECT, found, "project_id")
