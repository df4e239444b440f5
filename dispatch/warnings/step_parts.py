"""Candidates that hang on a step: outstanding papers, commitments to be checked, certificates with a life."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from approvals.models import Certificate, CommittedStep, ProjectStep, Step, StepDocument
from dispatch.warnings import levels
from dispatch.warnings.levels import Level
from dispatch.warnings.models import Warning
from dispatch.warnings.shapes import (
    OF_ENTERPRISE,
    OF_UNIT,
    Source,
    annotated,
    day_after,
    fixed,
    late_level,
    soon_since,
    within,
)
from projects.models import Milestone, Project
from projects.stages import Stage

STEP_PATH = "project_step__project_id"


def _of_steps(object_type: str, rows: QuerySet, *, due: str, level, since, party=OF_UNIT) -> Source:
    """Rows that hang on a step by ``project_step``: silent where the project rests or the step does not apply."""
    live = rows.filter(project_step__project__status=Project.Status.ACTIVE).exclude(
        project_step__applicability=ProjectStep.Applicability.NOT_APPLICABLE
    )
    found = annotated(
        live,
        path=STEP_PATH,
        unit=Coalesce(F("project_step__unit_id"), F("project_step__project__responsible_unit_id")),
        label=F("project_step__code"),
        due=F(due),
        level=level,
        since=since,
        prefix="project_step__project__",
        party=party,
    )
    return Source(object_type, found, STEP_PATH)


def _papers(condition: Q, level, since) -> Source:
    owed = StepDocument.objects.filter(condition, state=StepDocument.State.OUTSTANDING, due_on__isnull=False)
    return _of_steps(Warning.ObjectType.PAPER, owed, due="due_on", level=level, since=since, party=OF_ENTERPRISE)


def paper_soon(params, as_of, calendar) -> Iterator[Source]:
    window = levels.due_soon(as_of, calendar, within_wd=int(params["within_wd"]))
    yield _papers(within("due_on", window), fixed(Level.BLUE), soon_since("due_on", window))


def paper_late(params, as_of, calendar) -> Iterator[Source]:
    cutoffs = levels.late_by_workdays(as_of, calendar, red_after=int(params["red_after_wd"]))
    yield _papers(Q(due_on__lt=as_of), late_level("due_on", cutoffs), day_after(F("due_on")))


CHECK = "commitment__check_due_on"


def _commitments(condition: Q, level, since) -> Source:
    pending = CommittedStep.objects.live().filter(condition, outcome=CommittedStep.Outcome.PENDING)
    return _of_steps(Warning.ObjectType.COMMITMENT, pending, due=CHECK, level=level, since=since)


def commitment_soon(params, as_of, calendar) -> Iterator[Source]:
    window = levels.due_soon(as_of, calendar, within_wd=int(params["within_wd"]))
    yield _commitments(within(CHECK, window), fixed(Level.BLUE), soon_since(CHECK, window))


def commitment_late(params, as_of, calendar) -> Iterator[Source]:
    cutoffs = levels.late_by_workdays(as_of, calendar, red_after=int(params["red_after_wd"]))
    yield _commitments(Q(**{f"{CHECK}__lt": as_of}), late_level(CHECK, cutoffs), day_after(F(CHECK)))


def certificate_ending(params, as_of, calendar) -> Iterator[Source]:
    """Blue from the step's days of notice, yellow near the end, red after it; silent once construction has started,
    where that was the condition. One source for each number of days of notice, as a rule one or two."""
    lives = Step.objects.exclude(validity_kind="").order_by().values_list("validity_remind_days", flat=True).distinct()
    begun = Milestone.objects.filter(project=OuterRef("project_step__project"), stage=Stage.STARTED)
    begun = begun.filter(Q(actual_on__isnull=False) | Q(is_done=True))
    rows = Certificate.objects.filter(state=Certificate.State.VALID).exclude(
        Q(kind=Step.Validity.START_BY) & Exists(begun)
    )
    level = Case(
        When(valid_until__lt=as_of, then=Value(Level.RED.value)),
        When(
            valid_until__lte=as_of + timedelta(days=int(params["yellow_within_days"])), then=Value(Level.YELLOW.value)
        ),
        default=Value(Level.BLUE.value),
        output_field=CharField(),
    )
    for days in sorted(lives):
        notice = timedelta(days=days)
        ending = rows.filter(project_step__step__validity_remind_days=days, valid_until__lte=as_of + notice)
        since = Cast(ExpressionWrapper(F("valid_until") - notice, output_field=DateField()), DateField())
        yield _of_steps(Warning.ObjectType.CERTIFICATE, ending, due="valid_until", level=level, since=since)
