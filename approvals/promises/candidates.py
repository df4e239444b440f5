"""Steps of a project that may be decided on one promise before building (先建后验), and who is not. Reads only."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.i18n import localized
from approvals import flow
from approvals.flow import State
from approvals.models import ProjectStep
from approvals.promises.gates import commitment_bar
from approvals.promises.rules import ACCEPTANCE, ASSESSMENTS, CONDITIONAL, USUAL_CHECK_BEFORE
from projects.models import Project

AGAIN = flow.ENDED - flow.DONE - {State.NOT_ACCEPTED}
READY = frozenset({State.NOT_STARTED, State.RECEIVED}) | flow.RUNNING | AGAIN


@dataclass(frozen=True)
class Candidate:
    """A step with the reason why it cannot be chosen, "" when it can."""

    step: ProjectStep
    bar: str

    @property
    def is_conditional(self) -> bool:
        return self.step.step.commitment == CONDITIONAL


@dataclass(frozen=True)
class Choices:
    """``steps``: those before acceptance that are not done; ``checks``: where the promises may be checked."""

    steps: list[Candidate]
    checks: list[ProjectStep]

    @property
    def open(self) -> list[Candidate]:
        return [choice for choice in self.steps if not choice.bar]

    @property
    def usual_check(self) -> str:
        codes = [step.code for step in self.checks]
        return USUAL_CHECK_BEFORE if USUAL_CHECK_BEFORE in codes else next(iter(codes), "")


def of(project: Project, user=None) -> Choices:
    """One query; with ``user`` only the steps that this person may see."""
    rows = ProjectStep.objects.applicable() if user is None else ProjectStep.objects.visible_to(user).applicable()
    ahead = rows.filter(project=project).exclude(state__in=flow.DONE).select_related("step").order_by("seq")
    steps: list[Candidate] = []
    checks: list[ProjectStep] = []
    for step in ahead:
        step.project = project
        if step.line_code == ACCEPTANCE:
            checks.append(step)
        else:
            steps.append(Candidate(step, bar_of(step)))
    return Choices(steps, checks)


def bar_of(step: ProjectStep) -> str:
    """Why this step cannot be promised when building first."""
    if step.line_code == ASSESSMENTS:
        return _("%(step)s: the law forbids building before it is approved.") % {"step": step}
    if reasons := commitment_bar(step.step):
        return reasons[0]
    if step.applicability == ProjectStep.Applicability.UNDETERMINED and step.state == State.NOT_STARTED:
        return _("%(step)s: it is not known yet whether the project needs it.") % {"step": step}
    state = State(step.state)
    if state not in READY:
        return _("%(step)s is “%(state)s”: end that first.") % {"step": step, "state": localized(state, "label")}
    return ""
