"""Joint reviews as pages show them. Reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Verb, may
from approvals import actions
from approvals.actions.records import day_of
from approvals.figures.durations import Summary, summary
from approvals.flow import DONE, State, is_done
from approvals.hooks import step_url
from approvals.joint.rules import Lasted, is_left_out, lasted
from approvals.models import JointReview, JointReviewStep, ProjectStep
from projects.investment import round_half_up
from workdays.arithmetic import WorkCalendar

AWARD = "S09"
AFTER_AWARD = ("FIVE_CERTS", "LAND_TO_START")
ENDED_ALONE = DONE | {State.NOT_ACCEPTED}
NOT_NEEDED = ProjectStep.Applicability.NOT_APPLICABLE
Answer = JointReviewStep.Answer


@dataclass
class Line:
    """One department's line: its answer, and how long it took. ``url``: the step's page, "" for who may not see it."""

    row: JointReviewStep
    review: JointReview
    calendar: WorkCalendar
    may_answer: bool = False
    url: str = ""

    @property
    def step(self) -> ProjectStep:
        return self.row.project_step

    @property
    def state(self) -> State:
        return State(self.step.state)

    @property
    def is_left_out(self) -> bool:
        """The review goes on, or was issued, without this step: it was ended by itself."""
        if self.review.state == JointReview.State.OPEN:
            return is_left_out(self.state, self.step.applicability)
        return self.review.state == JointReview.State.ISSUED and self.row.answer != Answer.AGREED

    @property
    def is_pending(self) -> bool:
        return self.row.answer == Answer.PENDING and not self.is_left_out

    @property
    def is_agreed(self) -> bool:
        return self.row.answer == Answer.AGREED and not self.is_left_out

    @property
    def is_objection(self) -> bool:
        return self.row.answer == Answer.OBJECTED and not self.is_left_out

    @property
    def took(self) -> Lasted | None:
        return _between(self.review.opened_at, self.row.answered_at, self.calendar)

    @property
    def hours(self):
        return round_half_up(self.took.hours) if self.took else None

    @property
    def is_late(self) -> bool:
        due = self.review.answer_due_on
        return bool(due and self.row.answered_at and day_of(self.row.answered_at) > due)

    @property
    def is_undone(self) -> bool:
        """Issued with the others, but the decision no longer stands."""
        is_issued = self.review.state == JointReview.State.ISSUED and not self.is_left_out
        return is_issued and not is_done(self.state)

    @property
    def earlier(self) -> list[dict[str, Any]]:
        """Answers given before this one, newest first."""
        return [
            given | {"label": Answer(given["answer"]).label, "at": datetime.fromisoformat(given["at"])}
            for given in reversed(self.row.earlier)
        ]


@dataclass
class Review:
    """One joint review on one day. Needs ``row.bundle``, project and, for ``lines``, its steps loaded."""

    row: JointReview
    today: date
    calendar: WorkCalendar
    lines: Sequence[Line] = ()

    @property
    def is_open(self) -> bool:
        return self.row.state == JointReview.State.OPEN

    @property
    def tone(self) -> str:
        """Of the pill: issued stands out, cancelled steps back."""
        return {JointReview.State.ISSUED: "accent", JointReview.State.CANCELLED: "quiet"}.get(self.row.state, "outline")

    @property
    def of_text(self) -> str:
        return _("of %(total)d") % {"total": len(self.counting)}

    @property
    def counting(self) -> list[Line]:
        """Without the steps that were ended by themselves."""
        return [line for line in self.lines if not line.is_left_out]

    @property
    def agreed(self) -> int:
        return sum(line.is_agreed for line in self.lines)

    @property
    def objections(self) -> list[Line]:
        return [line for line in self.lines if line.is_objection]

    @property
    def waits_for(self) -> list[Line]:
        return [line for line in self.lines if line.is_pending]

    @property
    def may_be_issued(self) -> bool:
        return self.is_open and bool(self.counting) and self.agreed == len(self.counting)

    @property
    def undone(self) -> list[Line]:
        return [line for line in self.lines if line.is_undone]

    @cached_property
    def took(self) -> Lasted | None:
        return _between(self.row.opened_at, self.row.issued_at, self.calendar)

    @property
    def hours(self):
        """From opening to issuing, one decimal, half up; None while not issued."""
        return round_half_up(self.took.hours) if self.took else None

    @property
    def workdays(self) -> int | None:
        return self.took.workdays if self.took else None

    @property
    def in_target(self) -> bool | None:
        """None without a target or while not issued."""
        target = self.row.bundle.target_wd
        return None if self.took is None or target is None else self.took.workdays <= target

    @property
    def days_left(self) -> int | None:
        """Working days until answers are due; negative: late."""
        due = self.row.answer_due_on
        if not self.is_open or due is None:
            return None
        return (
            -max(1, self.calendar.count(due, self.today)) if self.today > due else self.calendar.count(self.today, due)
        )


def _between(start: datetime, end: datetime | None, calendar: WorkCalendar) -> Lasted | None:
    return lasted(start, end, day_of(start), day_of(end), calendar) if end else None


def reviews(user):
    """The reviews this person may see, with what lists need of each."""
    rows = JointReview.objects.visible_to(user).select_related("project", "bundle")
    ended = Q(steps__project_step__state__in=ENDED_ALONE) | Q(steps__project_step__applicability=NOT_NEEDED)
    counts = ~(Q(state="open") & ended) & ~(Q(state="issued") & ~Q(steps__answer=Answer.AGREED))
    counted = {
        "asked": Count("steps", filter=counts),
        "answered_agreed": Count("steps", filter=counts & Q(steps__answer=Answer.AGREED)),
        "answered_objected": Count("steps", filter=counts & Q(steps__answer=Answer.OBJECTED)),
        "undone_steps": Count("steps", filter=counts & Q(state="issued") & ~Q(steps__project_step__state__in=DONE)),
    }
    return rows.annotate(**counted).order_by("-opened_at", "-pk")


def for_list(rows: Iterable[JointReview], today: date, calendar: WorkCalendar) -> list[Review]:
    return [Review(row, today, calendar) for row in rows]


def of(row: JointReview, user, today: date, calendar: WorkCalendar) -> Review:
    """One review with a line for each department; four queries."""
    steps = ProjectStep.objects.select_related("step", "unit")
    answers = row.steps.select_related("answered_by").order_by("project_step__seq")
    own = set(ProjectStep.objects.visible_to(user).filter(project=row.project_id).values_list("pk", flat=True))
    lines = []
    for answer in answers.prefetch_related(Prefetch("project_step", steps)):
        answer.project_step.project = row.project
        url = step_url(answer.project_step) if answer.project_step_id in own else ""
        line = Line(answer, row, calendar, url=url)
        is_asked = row.state == JointReview.State.OPEN and not line.is_left_out
        line.may_answer = is_asked and may_answer_for(user, answer.project_step)
        lines.append(line)
    return Review(row, today, calendar, lines)


def may_answer_for(user, step: ProjectStep) -> bool:
    return may(user, Verb.DECIDE_STEP) and actions.handles(user, step)


def may_lead(user, project) -> bool:
    """May open, issue and cancel joint reviews of this project."""
    own_park = user.role_id and user.role.scope == "park" and user.organization.park_id == project.park_id
    return bool(own_park) and may(user, Verb.OPEN_JOINT_REVIEW)


def figures(rows, calendar: WorkCalendar) -> tuple[Summary, Summary]:
    """Of the issued reviews among these rows: (hours, working days), each with count, median, best, and how many kept
    their bundle's target of those with one. One query."""
    issued = rows.filter(state=JointReview.State.ISSUED).order_by()
    took = [
        (_between(opened, ended, calendar), target)
        for opened, ended, target in issued.values_list("opened_at", "issued_at", "bundle__target_wd")
    ]
    kept = [None if target is None else lasting.workdays <= target for lasting, target in took]
    hours = [(lasting.hours, keeps) for (lasting, _target), keeps in zip(took, kept, strict=True)]
    days = [(lasting.workdays, keeps) for (lasting, _target), keeps in zip(took, kept, strict=True)]
    return summary(hours), summary(days)


def since_award(review: Review) -> dict[str, Any] | None:
    """From the award of the land (S09) to the issue, for the bundles that follow it: day, working days, hours at most.

    An award has a day but no hour, so the hours are counted from the beginning of that day. None before the issue,
    for other bundles, and while the day of the award is not known or lies after the issue. One query.
    """
    if review.took is None or review.row.bundle.code not in AFTER_AWARD:
        return None
    award = ProjectStep.objects.filter(project=review.row.project_id, code=AWARD, state__in=DONE)
    on = award.values_list("decided_on", flat=True).first()
    issued_on = day_of(review.row.issued_at)
    if on is None or on > issued_on:
        return None
    start = timezone.make_aware(datetime.combine(on, time.min))
    took = lasted(start, review.row.issued_at, on, issued_on, review.calendar)
    return {"on": on, "workdays": took.workdays, "hours": round_half_up(took.hours)}


def pending_answers(user):
    """Steps of this person's unit that wait for an answer, the earliest due day first."""
    rows = JointReviewStep.objects.visible_to(user).filter(answer=Answer.PENDING, review__state=JointReview.State.OPEN)
    rows = rows.exclude(project_step__state__in=ENDED_ALONE).exclude(project_step__applicability=NOT_NEEDED)
    own = rows.filter(project_step__unit__in=user.organization.branch_ids())
    return own.select_related("review__bundle", "project_step__step", "project_step__project").order_by(
        "review__answer_due_on", "pk"
    )
