"""Candidates about a project as a whole: nothing recorded for long, and yellow for months in a row."""

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, TruncDate

from approvals.models import StepTransition
from dispatch.warnings import levels, rules
from dispatch.warnings.levels import Level
from dispatch.warnings.models import Warning
from dispatch.warnings.shapes import Source, annotated, day_after, fixed
from projects.models import Project, ProjectChange
from projects.stages import Stage

ZONE = ZoneInfo("Asia/Shanghai")
FINISHED = (Stage.PRODUCTION, Stage.FULL_CAPACITY, Stage.FULL_BENEFIT)
LATE = (Level.YELLOW.value, Level.RED.value)


def stale(params, as_of, calendar) -> Iterator[Source]:
    """Nothing recorded about the project or its steps for more than so many workdays: its change log (investment
    reports included) and the moves of its steps. ``due_on`` is the day of the last record, ``since_on`` the day after.

    Silent in production and where nothing has ever been recorded.
    """
    cutoffs = levels.stale_by_workdays(
        as_of, calendar, yellow_after=int(params["yellow_after_wd"]), red_after=int(params["red_after_wd"])
    )
    changes = ProjectChange.objects.filter(project=OuterRef("pk")).order_by()
    moves = StepTransition.objects.filter(project_step__project=OuterRef("pk")).order_by()
    rows = Project.objects.filter(
        Exists(changes),
        ~Exists(changes.filter(at__gte=_morning(cutoffs.late_before))),
        ~Exists(moves.filter(at__gte=_morning(cutoffs.late_before))),
        status=Project.Status.ACTIVE,
    ).exclude(stage__in=FINISHED)
    recent = _morning(cutoffs.red_before)
    level = Case(
        When(Exists(changes.filter(at__gte=recent)) | Exists(moves.filter(at__gte=recent)), then=fixed(Level.YELLOW)),
        default=fixed(Level.RED),
    )
    changed, moved = _latest(changes, "project"), _latest(moves, "project_step__project")
    last = TruncDate(Greatest(changed, Coalesce(moved, changed)), tzinfo=ZONE)
    yield _of_projects(rows, due=last, level=level, since=day_after(last))


def history(params, as_of, calendar) -> Iterator[Source]:
    """Late on each of the last so many month ends, and still: yellow becomes red.

    Read from the stored warnings alone, whose ``since_on`` follows from the due day and not from the day of the run: a
    month end on which nothing ran is judged the same by the next run (``cleared_on`` is the day a run saw it, so what
    ended while nothing ran still counts for that month end). Behind the calendar counts for its own month, a
    certificate from the day after its end; a project that is only not updated, or whose plan alone says that it will be
    late, does not count.
    """
    ends = levels.month_ends(as_of, int(params["months"]))
    late = Warning.objects.filter(project=OuterRef("pk"), level__in=LATE).exclude(
        rule__in=[rules.HISTORY, rules.STALE, *sorted(rules.EARLY)]
    )
    rows = Project.objects.filter(Exists(late.filter(cleared_on__isnull=True)), status=Project.Status.ACTIVE)
    for end in ends:
        rows = rows.filter(Exists(late.filter(_held_on(end))))
    last = Value(ends[-1], output_field=DateField())
    yield _of_projects(rows, due=last, level=fixed(Level.RED), since=last)


def _held_on(end) -> Q:
    investment = Q(rule=rules.INVESTMENT_BEHIND)
    standing = Q(since_on__lte=end) & (Q(cleared_on__isnull=True) | Q(cleared_on__gt=end))
    ended = ~Q(rule=rules.CERTIFICATE_ENDING) | Q(due_on__lt=end)
    return investment & Q(due_on=end) | ~investment & standing & ended


def _of_projects(rows, *, due, level, since) -> Source:
    found = annotated(
        rows,
        path="pk",
        unit=F("responsible_unit_id"),
        label=Value("", output_field=CharField()),
        due=due,
        level=level,
        since=since,
        prefix="",
    )
    return Source(Warning.ObjectType.PROJECT, found, "pk")


def _latest(rows, path: str) -> Subquery:
    return Subquery(rows.values(path).annotate(latest=Max("at")).values("latest"))


def _morning(day) -> datetime:
    return datetime.combine(day, time.min, ZONE)
