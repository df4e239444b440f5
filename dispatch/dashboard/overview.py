"""Counts and their change, lights, the stage funnel with average days. Source: domain.md 3.1, 3.3."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, OuterRef, Q, Subquery

from accounts.i18n import localized
from dispatch.dashboard.frame import Asked, one_decimal
from projects.models import Light, Milestone, Project, StageEntry
from projects.stages import ORDER, STAGES, Stage

REACHED = {"signed": Stage.SIGNED, "started": Stage.STARTED, "production": Stage.PRODUCTION}
MONTHS_OF_AVERAGE = 12


def overview(asked: Asked, averages: dict[str, str]) -> dict[str, Any]:
    """The sections counts, stages and the numbers of lights; two queries. ``averages``: those of ``average_days``."""
    stages, lights, enrolled = _projects(asked)
    counts = {"total": sum(stages.values()), **_reached(asked), "enrolled": enrolled}
    funnel = [
        {"stage": stage.value, "name": localized(STAGES[stage], "name"), "count": stages[stage],
         "average_days": averages.get(stage.value)}
        for stage in ORDER
    ]  # fmt: skip
    return {"counts": counts, "stages": funnel, "lights": {light.value: lights[light.value] for light in Light}}


def _spans(asked: Asked) -> dict[str, tuple[date, date]]:
    return {"week": asked.week, "last_week": asked.last_week, "year": asked.year}


def _projects(asked: Asked) -> tuple[Counter, Counter, dict[str, int]]:
    """Projects that are not terminated by stage and light, and those enrolled in each span. One query."""
    rows = Project.objects.filter(park=asked.park).exclude(status=Project.Status.TERMINATED).order_by()
    spans = {name: Count("pk", filter=Q(enrolled_on__range=span)) for name, span in _spans(asked).items()}
    stages: Counter = Counter()
    lights: Counter = Counter()
    enrolled: Counter = Counter()
    for stage, light, n, *found in rows.values_list("stage", "light").annotate(n=Count("pk"), **spans):
        stages[Stage(stage)] += n
        lights[light] += n
        enrolled.update(dict(zip(spans, found, strict=True)))
    return stages, lights, {name: enrolled[name] for name in spans}


def _reached(asked: Asked) -> dict[str, dict[str, int]]:
    """Projects that reached a milestone in each span, by its actual date. One query."""
    first = min(asked.last_week[0], asked.year[0])
    rows = Milestone.objects.filter(
        project__park=asked.park, stage__in=REACHED.values(), actual_on__range=(first, asked.as_of)
    ).exclude(project__status=Project.Status.TERMINATED)
    spans = {name: Count("pk", filter=Q(actual_on__range=span)) for name, span in _spans(asked).items()}
    found = {row.pop("stage"): row for row in rows.order_by().values("stage").annotate(**spans)}
    return {name: found.get(stage.value, dict.fromkeys(spans, 0)) for name, stage in REACHED.items()}


def average_days(asked: Asked) -> dict[str, str]:
    """Stage → calendar days a project stayed in it, mean of those that left it in the last twelve months.

    From the latest entry into the stage to the entry into the next one; projects whose entry is not on record do not
    count. One query; its cost does not grow with the years.
    """
    since = date(asked.as_of.year - 1, asked.as_of.month, min(asked.as_of.day, 28))
    before = StageEntry.objects.filter(project=OuterRef("project"), stage=OuterRef("from_stage"), pk__lt=OuterRef("pk"))
    left = StageEntry.objects.filter(project__park=asked.park, entered_on__gt=since, entered_on__lte=asked.as_of)
    left = left.exclude(from_stage="").annotate(began=Subquery(before.order_by("-pk").values("entered_on")[:1]))
    stayed = ExpressionWrapper(F("entered_on") - F("began"), output_field=DurationField())
    rows = left.filter(began__isnull=False).order_by().values("from_stage").annotate(days=Avg(stayed))
    return {row["from_stage"]: one_decimal(_days(row["days"])) or "" for row in rows}


def _days(span: timedelta) -> Fraction:
    return Fraction(round(span.total_seconds()), 86_400)
