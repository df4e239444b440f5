"""Papers owed and promises as pages show them. Reads only; the number of queries does not grow with the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts.permissions import Verb, may
from approvals.hooks import step_url
from approvals.models import CommittedStep, ProjectStep, StepDocument
from approvals.promises import rules
from approvals.promises.gates import debts_before, promises_before
from approvals.queries import StepView
from projects.models import Project
from workdays.arithmetic import WorkCalendar

Outcome = CommittedStep.Outcome


@dataclass(frozen=True)
class Debt:
    """One owed paper on one day. ``days``: working days left, negative when late, None without a day of its own."""

    row: StepDocument
    today: date
    calendar: WorkCalendar
    gate: ProjectStep | None = None

    @property
    def days(self) -> int | None:
        return rules.days_left(self.row.due_on, self.today, self.calendar) if self.row.due_on else None

    @property
    def is_late(self) -> bool:
        return self.days is not None and self.days < 0

    @property
    def before(self) -> str:
        """The step that is not decided without the paper, with its name when it is known."""
        return str(self.gate) if self.gate else self.row.due_before

    @property
    def url(self) -> str:
        return step_url(self.row.project_step)

    @property
    def can_be_renewed(self) -> bool:
        return bool(self.row.due_on) and not (self.row.renewed_on or self.row.lapsed_on)

    @property
    def renew_url(self) -> str:
        step = self.row.project_step
        return reverse("approvals:debt_renew", args=[step.project_id, step.code, self.row.requirement_id])


def owed(user) -> QuerySet[StepDocument]:
    """Papers owed that the user may know of, of projects that have not been ended, the earliest due day first."""
    rows = StepDocument.objects.visible_to(user).filter(state=StepDocument.State.OUTSTANDING)
    rows = rows.exclude(project_step__project__status=Project.Status.TERMINATED)
    rows = rows.select_related("requirement", "project_step__step", "project_step__project", "project_step__unit")
    return rows.order_by(F("due_on").asc(nulls_last=True), "project_step__project__name_key", "pk")


def debts(rows: Iterable[StepDocument], today: date, calendar: WorkCalendar) -> list[Debt]:
    """One query for the steps that wait for a paper."""
    rows = list(rows)
    waiting = Q(pk__in=[])
    for row in rows:
        if row.due_before:
            waiting |= Q(project=row.project_step.project_id, code=row.due_before)
    steps = ProjectStep.objects.filter(waiting).select_related("step") if waiting != Q(pk__in=[]) else ()
    gates = {(step.project_id, step.code): step for step in steps}
    return [Debt(row, today, calendar, gates.get((row.project_step.project_id, row.due_before))) for row in rows]


@dataclass(frozen=True)
class Check:
    """One promised step on one day."""

    row: CommittedStep
    today: date
    calendar: WorkCalendar

    @property
    def due_on(self) -> date | None:
        return self.row.commitment.check_due_on

    @property
    def is_open(self) -> bool:
        return self.row.outcome != Outcome.KEPT

    @property
    def days(self) -> int | None:
        return rules.days_left(self.due_on, self.today, self.calendar) if self.due_on and self.is_open else None

    @property
    def is_again(self) -> bool:
        """Found broken once, to be put right and checked again."""
        return self.row.outcome == Outcome.PENDING and self.row.checked_on is not None

    @property
    def url(self) -> str:
        return step_url(self.row.project_step)

    @property
    def check_url(self) -> str:
        step = self.row.project_step
        return reverse("approvals:commitment_check", args=[step.project_id, step.code])


def committed(user) -> QuerySet[CommittedStep]:
    """Promised steps whose decision stands, of projects that have not been ended, the earliest check first."""
    rows = CommittedStep.objects.visible_to(user).live()
    rows = rows.exclude(commitment__project__status=Project.Status.TERMINATED)
    rows = rows.select_related("commitment__project", "project_step__step", "project_step__unit", "checked_by")
    due = F("commitment__check_due_on").asc(nulls_last=True)
    return rows.order_by(due, "commitment__project__name_key", "project_step__seq", "pk")


def to_check(rows: QuerySet[CommittedStep], today: date) -> QuerySet[CommittedStep]:
    """Those whose check day has passed, or whose acceptance step has begun (received and not decided)."""
    begun = ProjectStep.objects.running().filter(
        project=OuterRef("commitment__project"), code=OuterRef("commitment__check_before")
    )
    due = Q(commitment__check_due_on__lte=today) | Exists(begun)
    return rows.filter(due).exclude(outcome=Outcome.KEPT)


def checks(rows: Iterable[CommittedStep], today: date, calendar: WorkCalendar) -> list[Check]:
    return [Check(row, today, calendar) for row in rows]


def numbers(project: Project, views: Iterable[StepView], user) -> dict[str, Any]:
    """How many papers of the project are owed and how many promises are not found kept, with the way there; one query.

    ``views`` are the project's steps. Only the park's people may open the lists.
    """
    papers = [paper for view in views for paper in view.row.documents.all()]
    is_staff = bool(user.role_id) and user.role.scope != "enterprise"
    query = f"?project={project.pk}"
    return {
        "papers_owed": sum(paper.state == StepDocument.State.OUTSTANDING for paper in papers),
        "checks_open": committed(user).filter(commitment__project=project).exclude(outcome=Outcome.KEPT).count(),
        "debts_url": reverse("approvals:debts") + query if is_staff else "",
        "checks_url": reverse("approvals:commitments") + query if is_staff else "",
        "build_first_url": reverse("approvals:build_first", args=[project.pk]) if may(user, Verb.DECIDE_STEP) else "",
    }


def waiting_at(step: ProjectStep) -> dict[str, list]:
    """What this step's own decision waits for: papers of any step, and promises; two queries."""
    return {"papers": list(debts_before(step)), "promises": list(promises_before(step))}


def hangs_on(step: ProjectStep) -> list[ProjectStep]:
    """Steps of the project that need this one and wait again when its approval falls; one query."""
    rows = ProjectStep.objects.applicable().filter(project=step.project_id)
    after = rows.filter(step__dependencies__predecessor=step.step_id, step__dependencies__is_hard=True)
    return list(after.select_related("step").order_by("seq"))
