"""What every rule holds for on a day, as QuerySets: one row for each warning that ought to be there.

``since_on`` follows from the due day alone, never from the day of the run, so a run after missed days writes the same
rows as one every day. A milestone known by month only is due on the last day of that month.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Ceil, Coalesce, TruncMonth

from approvals.models import ProjectStep, StepDocument, StepPause
from dispatch.ledger.flow import ItemVerb
from dispatch.ledger.models import LedgerEntry, LedgerItem
from dispatch.warnings import levels, plan_parts, project_parts, rules, step_parts
from dispatch.warnings.levels import Level
from dispatch.warnings.models import Warning
from dispatch.warnings.rules import Rule
from dispatch.warnings.shapes import (
    COLUMNS,
    EVERYTHING,
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
from projects.models import AnnualPlan, Milestone, MonthlyInvestment, Precision, Project
from projects.stages import Stage
from workdays.arithmetic import WorkCalendar

__all__ = ["COLUMNS", "EVERYTHING", "Source", "sources"]


def sources(rule: Rule, as_of: date, calendar: WorkCalendar) -> list[Source]:
    """Everything the rule holds for on the day ``as_of``; nothing when the rule is switched off."""
    return list(_RULES[rule.code](rule.params, as_of, calendar)) if rule.enabled else []


# Steps


def _steps(condition: Q, field: str, level, since) -> Source:
    rows = ProjectStep.objects.applicable().filter(condition, project__status=Project.Status.ACTIVE)
    found = annotated(
        rows,
        path="project_id",
        unit=Coalesce(F("unit_id"), F("project__responsible_unit_id")),
        label=F("code"),
        due=F(field),
        level=level,
        since=since,
        party=Case(When(_held_by_enterprise(), then=OF_ENTERPRISE), default=OF_UNIT),
    )
    return Source(Warning.ObjectType.STEP, found, "project_id")


def _held_by_enterprise() -> Q:
    """The days are the enterprise's: a pause of its own is open, or it owes a promised paper (容缺: both clocks run).

    Source: domain.md 2.5 (owner), 3.3.
    """
    pause = StepPause.objects.filter(
        project_step=OuterRef("pk"), ended_on__isnull=True, party=StepPause.Party.ENTERPRISE
    )
    paper = StepDocument.objects.filter(project_step=OuterRef("pk"), state=StepDocument.State.OUTSTANDING)
    return Q(Exists(pause)) | Q(Exists(paper))


def _step_due_soon(params, as_of, calendar) -> Iterator[Source]:
    """The nearer of the two due days that are still ahead, once."""
    window = levels.due_soon(as_of, calendar, within_wd=int(params["within_wd"]))
    committed = Q(committed_runs=True) & within("committed_due_on", window)
    statutory = Q(statutory_runs=True) & within("statutory_due_on", window)
    sooner = Q(statutory_due_on__lt=F("committed_due_on"))
    for field, condition in [
        ("committed_due_on", committed & ~(statutory & sooner)),
        ("statutory_due_on", statutory & (~committed | sooner)),
    ]:
        yield _steps(_null_safe(field, condition), field, fixed(Level.BLUE), soon_since(field, window))


def _null_safe(field: str, condition: Q) -> Q:
    """Names the field once more outside the negations, so that a partial index on it can serve."""
    return Q(**{f"{field}__isnull": False}) & condition


def _step_late(params, as_of, calendar) -> Iterator[Source]:
    cutoffs = levels.late_by_workdays(as_of, calendar, red_after=int(params["red_after_wd"]))
    field = "committed_due_on"
    late = Q(committed_runs=True, committed_due_on__lt=cutoffs.late_before)
    yield _steps(late, field, late_level(field, cutoffs), day_after(F(field)))


def _step_statutory(params, as_of, calendar) -> Iterator[Source]:
    field = "statutory_due_on"
    late = Q(statutory_runs=True, statutory_due_on__lt=as_of)
    yield _steps(late, field, fixed(Level.RED), day_after(F(field)))


# Milestones


BY_MONTH = Q(baseline_on__isnull=False, baseline_precision=Precision.MONTH) | Q(
    baseline_on__isnull=True, forecast_precision=Precision.MONTH
)


def _month_end(field: str):
    following = TruncMonth(ExpressionWrapper(TruncMonth(field) + timedelta(days=32), output_field=DateField()))
    return Cast(ExpressionWrapper(following - timedelta(days=1), output_field=DateField()), DateField())


def _following_month(field: str):
    following = ExpressionWrapper(TruncMonth(field) + timedelta(days=32), output_field=DateField())
    return Cast(TruncMonth(following), DateField())


def _milestones(condition: Q, level, since, *, due=None) -> Source:
    rows = Milestone.objects.open().filter(condition, project__status=Project.Status.ACTIVE)
    found = annotated(
        rows,
        path="project_id",
        unit=F("project__responsible_unit_id"),
        label=F("stage"),
        due=due if due is not None else F("due_on"),
        level=level,
        since=since,
    )
    return Source(Warning.ObjectType.MILESTONE, found, "project_id")


def _milestone_due_soon(params, as_of, calendar) -> Iterator[Source]:
    window = levels.due_soon(as_of, calendar, within_wd=int(params["within_wd"]))
    exact = ~BY_MONTH & within("due_on", window)
    yield _milestones(exact, fixed(Level.BLUE), soon_since("due_on", window))
    for last in window.month_ends():
        in_month = BY_MONTH & Q(due_on__gte=last.replace(day=1), due_on__lte=last)
        since = Value(window.since[last], output_field=DateField())
        yield _milestones(in_month, fixed(Level.BLUE), since, due=Value(last, output_field=DateField()))


def _milestone_late(params, as_of, calendar) -> Iterator[Source]:
    other = levels.late_by_days(as_of, red_after=int(params["red_after_days"]))
    start = levels.late_by_days(as_of, red_after=int(params["start_red_after_days"]))
    exact = ~BY_MONTH & Q(due_on__lt=as_of)
    yield _milestones(exact, _milestone_level(start, other), day_after(F("due_on")))
    # A whole month is over before a day exactly when the month is before the day's own month.
    by_month = BY_MONTH & Q(due_on__lt=as_of.replace(day=1))
    first = [levels.LateCutoffs(c.late_before.replace(day=1), c.red_before.replace(day=1)) for c in (start, other)]
    yield _milestones(by_month, _milestone_level(*first), _following_month("due_on"), due=_month_end("due_on"))


def _milestone_level(start: levels.LateCutoffs, other: levels.LateCutoffs):
    return Case(
        When(stage=Stage.STARTED, due_on__lt=start.red_before, then=Value(Level.RED.value)),
        When(~Q(stage=Stage.STARTED), due_on__lt=other.red_before, then=Value(Level.RED.value)),
        default=Value(Level.YELLOW.value),
        output_field=CharField(),
    )


# Ledger items


def _items(condition: Q, level, since, *, due="due_on", rows=None) -> Source:
    live = Q(project__isnull=True) | Q(project__status=Project.Status.ACTIVE)
    rows = (LedgerItem.objects.open() if rows is None else rows).filter(live, condition, due_on__isnull=False)
    found = annotated(
        rows,
        path="project_id",
        unit=Coalesce(F("unit_id"), F("project__responsible_unit_id")),
        label=F("number"),
        due=F(due),
        level=level,
        since=since,
        prefix="",
    )
    return Source(Warning.ObjectType.LEDGER_ITEM, found, "project_id")


def _ledger_due_soon(params, as_of, calendar) -> Iterator[Source]:
    window = levels.due_soon(as_of, calendar, within_wd=int(params["within_wd"]))
    yield _items(within("due_on", window), fixed(Level.BLUE), soon_since("due_on", window))


def _ledger_late(params, as_of, calendar) -> Iterator[Source]:
    cutoffs = levels.late_by_workdays(as_of, calendar, red_after=int(params["red_after_wd"]))
    yield _items(Q(due_on__lt=as_of), late_level("due_on", cutoffs), day_after(F("due_on")))


def _ledger_returned(params, as_of, calendar) -> Iterator[Source]:
    """Red from the day an open item has been returned so many times, late or not; that day is ``due_on``."""
    n = int(params["red_from_returns"])
    returns = LedgerEntry.objects.filter(item=OuterRef("pk"), verb=ItemVerb.RETURN).order_by("on", "pk")
    on = Subquery(returns.values("on")[n - 1 : n])
    again = LedgerItem.objects.open().annotate(w_again=on).filter(w_again__lte=as_of)
    yield _items(Q(), fixed(Level.RED), F("w_again"), due="w_again", rows=again)


# Investment and enrolment


def _investment_behind(params, as_of, calendar) -> Iterator[Source]:
    """Behind the calendar at the end of the latest closed month; silent without a plan or any report this year."""
    closed = levels.closed_month(as_of)
    latest = MonthlyInvestment.objects.filter(
        project=OuterRef("project"), year=closed.year, month__lte=closed.month
    ).order_by("-month")
    rows = (
        AnnualPlan.objects.filter(year=closed.year, planned_10k__gt=0, project__status=Project.Status.ACTIVE)
        .annotate(w_ytd=Cast(Subquery(latest.values("ytd_10k")[:1]), FloatField()))
        .annotate(w_plan=Cast(F("planned_10k"), FloatField()))
        .filter(w_ytd__isnull=False)
        .filter(_behind(closed.month, Decimal(str(params["yellow_from_pp"])), inclusive=True))
    )
    red = _behind(closed.month, Decimal(str(params["red_above_pp"])), inclusive=False)
    found = annotated(
        rows,
        path="project_id",
        unit=F("project__responsible_unit_id"),
        object_id="project_id",
        label=Value(f"{closed:%Y-%m}", output_field=CharField()),
        due=Value(closed, output_field=DateField()),
        level=Case(When(red, then=Value(Level.RED.value)), default=Value(Level.YELLOW.value), output_field=CharField()),
        since=Value(closed, output_field=DateField()),
        behind=_points_behind(closed.month),
    )
    yield Source(Warning.ObjectType.PROJECT, found, "project_id")


def _behind(month: int, points: Decimal, *, inclusive: bool) -> Q:
    """100·month/12 − 100·ytd/plan ≥ points (or >), multiplied out: 1200·ytd ≤ (100·month − 12·points)·plan.

    Amounts have four decimals, so half of the fourth decimal tells equal from different in floating point too.
    """
    bound = F("w_plan") * float(100 * month - 12 * points)
    slack = 0.00005 if inclusive else -0.00005
    return Q(w_ytd__lte=ExpressionWrapper((bound + slack) / 1200.0, output_field=FloatField()))


def _points_behind(month: int):
    """100·month/12 − 100·ytd/plan, rounded up to two decimals as levels.points_behind does, with the slack of _behind
    so that a figure on a limit stays there."""
    hundredths = (F("w_plan") * (10000.0 * month / 12) - F("w_ytd") * 10000.0 - 0.0004) / F("w_plan")
    return ExpressionWrapper(Ceil(ExpressionWrapper(hundredths, FloatField())) / 100.0, FloatField())


def _enrolment_late(params, as_of, calendar) -> Iterator[Source]:
    """Construction has started, total investment reaches the statistical threshold, and it is not enrolled."""
    grace = timedelta(days=int(params["yellow_after_days"]))
    after = int(params["yellow_after_days"])
    cutoffs = levels.late_by_days(as_of, yellow_after=after, red_after=int(params["red_after_days"]))
    rows = Milestone.objects.filter(
        stage=Stage.STARTED,
        actual_on__lt=cutoffs.late_before,
        project__status=Project.Status.ACTIVE,
        project__total_investment_10k__gte=Decimal(str(params["from_investment_10k"])),
    ).exclude(project__enrolled=True)
    found = annotated(
        rows,
        path="project_id",
        unit=F("project__responsible_unit_id"),
        object_id="project_id",
        label=Value("", output_field=CharField()),
        due=Cast(ExpressionWrapper(F("actual_on") + grace, output_field=DateField()), DateField()),
        level=late_level("actual_on", cutoffs),
        since=day_after(F("actual_on") + grace),
    )
    yield Source(Warning.ObjectType.PROJECT, found, "project_id")


_RULES: dict[str, Callable[..., Iterator[Source]]] = {
    rules.STEP_DUE_SOON: _step_due_soon,
    rules.STEP_LATE: _step_late,
    rules.STEP_STATUTORY: _step_statutory,
    rules.MILESTONE_DUE_SOON: _milestone_due_soon,
    rules.MILESTONE_LATE: _milestone_late,
    rules.LEDGER_DUE_SOON: _ledger_due_soon,
    rules.LEDGER_LATE: _ledger_late,
    rules.INVESTMENT_BEHIND: _investment_behind,
    rules.ENROLMENT_LATE: _enrolment_late,
    rules.PAPER_OWED_SOON: step_parts.paper_soon,
    rules.PAPER_OWED_LATE: step_parts.paper_late,
    rules.COMMITMENT_CHECK_SOON: step_parts.commitment_soon,
    rules.COMMITMENT_CHECK_LATE: step_parts.commitment_late,
    rules.CERTIFICATE_ENDING: step_parts.certificate_ending,
    rules.LEDGER_RETURNED: _ledger_returned,
    rules.STALE: project_parts.stale,
    rules.PLAN_SHORT: plan_parts.short,
    rules.PLAN_RISK: plan_parts.risk,
    rules.HISTORY: project_parts.history,
}
