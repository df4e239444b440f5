"""What stands against a record because of papers owed or promises made. Called by the step's own actions."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from approvals.flow import DONE, Verb
from approvals.models import (
    ApprovalPolicy,
    CommittedStep,
    DocumentRequirement,
    ProjectStep,
    Step,
    StepDocument,
)
from approvals.promises.rules import COMMITTABLE, DebtDue, debt_due
from projects.models import Project
from workdays.arithmetic import WorkCalendar

ON_TRUST = frozenset({Verb.ACCEPT_WITH_OUTSTANDING, Verb.DECIDE_ON_COMMITMENT})
APPROVES = frozenset({Verb.DECIDE_APPROVE, Verb.DECIDE_APPROVE_OUTSTANDING, Verb.DECIDE_ON_COMMITMENT})


def refusals(step: ProjectStep, verb: Verb) -> list[str]:
    """Sentences against the verb on this step; empty when nothing stands against it."""
    reasons = []
    if verb in ON_TRUST:
        reasons += credit_bar(step.project)
    if verb is Verb.ACCEPT_WITH_OUTSTANDING:
        reasons += deferral_bar(step.step)
    if verb is Verb.DECIDE_ON_COMMITMENT:
        reasons += commitment_bar(step.step)
    if verb in APPROVES:
        reasons += papers_before(step)
        reasons += checks_before(step)
    return reasons


def credit_bar(project: Project) -> list[str]:
    """An enterprise with bad credit gets nothing on trust until it is repaired (domain.md section 1)."""
    reason = project.enterprise.credit_bar_reason if project.enterprise_id else ""
    if not reason:
        return []
    text = _("The enterprise is barred from outstanding papers and commitments: %(reason)s")
    return [text % {"reason": reason}]


def deferral_bar(step: Step) -> list[str]:
    """Steps where incomplete papers must be refused, such as registrations."""
    if step.allows_deferral:
        return []
    return [_with_note(_("No paper may follow later at %(step)s."), step, step.deferral_note)]


def commitment_bar(step: Step) -> list[str]:
    """Steps that the law, or the park, does not decide on a promise."""
    if step.commitment in COMMITTABLE:
        return []
    return [_with_note(_("%(step)s is not decided on a commitment."), step, step.commitment_note)]


def _with_note(text: str, step: Step, note: str) -> str:
    return " ".join(filter(None, [text % {"step": step}, note]))


def papers_before(step: ProjectStep) -> list[str]:
    """Papers of any step of the project that had to be there before this one is decided."""
    text = _("“%(paper)s” of %(step)s is still outstanding and had to be there before this decision.")
    return [text % {"paper": debt.requirement.name, "step": debt.project_step} for debt in debts_before(step)]


def debts_before(step: ProjectStep) -> QuerySet[StepDocument]:
    rows = StepDocument.objects.filter(
        project_step__project=step.project_id, state=StepDocument.State.OUTSTANDING, due_before=step.code
    )
    order = ("project_step__seq", "requirement__seq")
    return rows.select_related("requirement", "project_step__step").order_by(*order)


def checks_before(step: ProjectStep) -> list[str]:
    """Promises that had to be checked, and found kept, before this step is decided (先建后验)."""
    texts = {
        CommittedStep.Outcome.PENDING: _("The commitment for %(step)s has not been checked yet."),
        CommittedStep.Outcome.BROKEN: _("The commitment for %(step)s was found broken and is not put right yet."),
    }
    return [texts[row.outcome] % {"step": row.project_step} for row in promises_before(step)]


def promises_before(step: ProjectStep) -> QuerySet[CommittedStep]:
    rows = CommittedStep.objects.live().filter(commitment__project=step.project_id, commitment__check_before=step.code)
    unkept = rows.exclude(outcome=CommittedStep.Outcome.KEPT)
    return unkept.select_related("project_step__step").order_by("project_step__seq")


def dues_of(
    step: ProjectStep, papers: Collection[DocumentRequirement], accepted: date, calendar: WorkCalendar
) -> dict[int, DebtDue]:
    """Until when each of these papers (id) may follow when the step is accepted on this day; at most two queries."""
    if not papers:
        return {}
    zone_days = ApprovalPolicy.of(step.project.park_id).supplement_wd
    ahead = _still_ahead(step, {paper.due_before for paper in papers} - {""})
    return {
        paper.pk: debt_due(
            accepted,
            step.committed_limit_wd,
            calendar,
            zone_days=zone_days,
            due_before=paper.due_before if paper.due_before in ahead else "",
        )
        for paper in papers
    }


def _still_ahead(step: ProjectStep, codes: Iterable[str]) -> set[str]:
    """Those of the steps that this project needs and that are not decided yet: only they can wait for a paper."""
    codes = list(codes)
    if not codes:
        return set()
    rows = ProjectStep.objects.applicable().filter(project=step.project_id, code__in=codes).exclude(state__in=DONE)
    return set(rows.values_list("code", flat=True))
