"""What is done about papers owed and promises made: the one renewal, decisions on commitment, their checks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.permissions import Verb as Permission
from approvals.actions.progress import Moved, StepRefused, move
from approvals.actions.records import require, require_version, snapshot, write
from approvals.flow import DONE, State, Verb
from approvals.models import (
    ApprovalPolicy,
    Commitment,
    CommittedStep,
    ProjectStep,
    StepDependency,
    StepDocument,
    StepTransition,
)
from approvals.promises import candidates, rules
from projects.models import Project
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

RENEW, CHECK = "renew_debt", "check_commitment"
BEGINS = {State.NOT_STARTED: Verb.RECEIVE} | dict.fromkeys(candidates.AGAIN, Verb.REOPEN)
"""How a step that lies with nobody comes to the window, before it is decided on a promise."""


@dataclass(frozen=True)
class Promise:
    """What the enterprise has signed. ``signed_on`` is not after the decision."""

    text: str
    signed_by_name: str
    signed_on: date

    def faults(self, on: date) -> list[str]:
        reasons = []
        if not (self.text.strip() and self.signed_by_name.strip()):
            reasons.append(_("Record the text of the promise and who signed it."))
        if self.signed_on > on:
            reasons.append(_("The promise was signed on %(on)s, after the decision.") % {"on": self.signed_on})
        return reasons

    def as_data(self) -> dict[str, str]:
        """What the history keeps."""
        return {
            "text": self.text.strip(),
            "signed_by": self.signed_by_name.strip(),
            "signed_on": self.signed_on.isoformat(),
        }


@transaction.atomic
def renew_debt(
    document: StepDocument,
    *,
    reason: str,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
    version: int | None = None,
) -> StepTransition:
    """Move the due day of an owed paper once, by the park's ``renewal_wd`` working days from the old due day.

    Raises PermissionDenied, Refused (no reason, renewed before, no due day, settled, over before today), Conflict.
    """
    step = document.project_step
    require(by, Permission.DECIDE_STEP, step)
    require_version(step, version)
    if not reason.strip():
        raise Refused(_("Please give the reason."))
    document.refresh_from_db()
    if document.state != StepDocument.State.OUTSTANDING or document.due_on is None:
        raise Refused(_("This paper is not owed by a day that could be moved."))
    if document.renewed_on:
        raise Refused(_("The due day of this paper has been moved already, on %(on)s.") % {"on": document.renewed_on})
    if document.lapsed_on:
        raise Refused(_("This paper was not supplied in time; that has been settled already."))
    renewal = ApprovalPolicy.of(step.project.park_id).renewal_wd
    due_on = rules.renewed_due(document.due_on, renewal, calendar or load_calendar())
    if due_on < today:
        raise Refused(_("The new due day %(due)s has passed already.") % {"due": due_on})
    record = write(
        step, {}, verb=RENEW, on=today, by=by, at=at, before=snapshot(step), note=reason.strip(),
        document=document.requirement.code, due_from=document.due_on, due_on=due_on,
    )  # fmt: skip
    StepDocument.objects.filter(pk=document.pk).update(due_on=due_on, renewed_on=today, by=by, at=at)
    return record


@transaction.atomic
def decide_on_commitment(
    step: ProjectStep,
    promise: Promise,
    *,
    on: date,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
    version: int | None = None,
    condition_confirmed: bool = False,
    result_number: str = "",
    note: str = "",
) -> Commitment:
    """Approve the step on the enterprise's written promise (告知承诺); it is checked within ``commitment_check_days``.

    A step that may be decided so only on a condition needs ``condition_confirmed``. Raises PermissionDenied, Refused
    (all reasons at once), Conflict.
    """
    calendar = calendar or load_calendar()
    require(by, Permission.DECIDE_STEP, step)
    _require_condition([step], condition_confirmed)
    if on > today:
        raise Refused(_("The day %(on)s lies in the future.") % {"on": on})
    commitment = Commitment(
        project=step.project,
        kind=Commitment.Kind.SINGLE,
        check_due_on=rules.check_due(on, step.step.commitment_check_days, calendar),
    )
    _sign(commitment, promise, on, by, at)
    _decide(
        commitment, step, promise, on=on, by=by, at=at, today=today, calendar=calendar, version=version,
        result_number=result_number, note=note,
    )  # fmt: skip
    return commitment


def _require_condition(steps: Collection[ProjectStep], confirmed: bool) -> None:
    conditional = [step.step for step in steps if step.step.commitment == rules.CONDITIONAL]
    if not conditional or confirmed:
        return
    text = _("%(step)s is decided on a commitment only under a condition; confirm that it is met.")
    raise StepRefused([" ".join(filter(None, [text % {"step": step}, step.commitment_note])) for step in conditional])


def _sign(commitment: Commitment, promise: Promise, on: date, by, at: datetime) -> None:
    if faults := promise.faults(on):
        raise StepRefused(faults)
    commitment.text, commitment.signed_by_name = promise.text.strip(), promise.signed_by_name.strip()
    commitment.signed_on, commitment.by, commitment.at = promise.signed_on, by, at
    commitment.save()


def _decide(commitment: Commitment, step: ProjectStep, promise: Promise, *, on: date, **record: Any) -> Moved:
    kept = promise.as_data() | {"commitment": commitment.pk, "check_before": commitment.check_before}
    if commitment.check_due_on:
        kept["check_due_on"] = commitment.check_due_on.isoformat()
    moved = move(step, Verb.DECIDE_ON_COMMITMENT, on=on, data={"promise": kept}, **record)
    CommittedStep.objects.create(commitment=commitment, project_step=step, round=step.round)
    return moved


@transaction.atomic
def build_first(
    project: Project,
    codes: Collection[str],
    promise: Promise,
    *,
    check_before: str,
    on: date,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
    versions: dict[str, int] | None = None,
    condition_confirmed: bool = False,
) -> Commitment:
    """Decide several steps of a project on one promise, all on the day ``on`` (先建后验); all of them or none.

    ``check_before``: the acceptance step that is not decided before every promise has been checked and found kept.
    ``versions``: what the person saw, by code. Raises PermissionDenied, Refused (all reasons of all steps), Conflict.
    """
    calendar = calendar or load_calendar()
    steps = _chosen(project, codes, check_before)
    for step in steps:
        require(by, Permission.DECIDE_STEP, step)
        if versions and step.code in versions:
            require_version(step, versions[step.code])
    _require_condition(steps, condition_confirmed)
    commitment = Commitment(project=project, kind=Commitment.Kind.BUILD_FIRST, check_before=check_before)
    _sign(commitment, promise, on, by, at)
    reasons: list[str] = []
    for step in steps:
        try:
            with transaction.atomic():
                _carry_through(commitment, step, promise, on, by=by, at=at, today=today, calendar=calendar)
        except Conflict:
            raise
        except Refused as refusal:
            reasons += [f"{step}: {reason}" for reason in refusal.reasons]
    if reasons:
        raise StepRefused(reasons)
    return commitment


def _chosen(project: Project, codes: Collection[str], check_before: str) -> list[ProjectStep]:
    """The steps in the order in which they can be decided."""
    choices = candidates.of(project)
    open_codes = {choice.step.code: choice for choice in choices.steps}
    reasons = []
    if not codes:
        reasons.append(_("Choose at least one step."))
    for code in codes:
        choice = open_codes.get(code)
        if choice is None or choice.bar:
            reasons.append(choice.bar if choice else _("This project has no step %(code)s.") % {"code": code})
    if check_before not in {step.code for step in choices.checks}:
        reasons.append(_("Choose the acceptance step before which the promises are checked."))
    if reasons:
        raise StepRefused(reasons)
    order = rules.in_order(sorted(codes, key=lambda code: open_codes[code].step.seq), _predecessors(choices.steps))
    return [open_codes[code].step for code in order]


def _predecessors(choices: Sequence[candidates.Candidate]) -> dict[str, list[str]]:
    rows = StepDependency.objects.filter(step__in=[choice.step.step_id for choice in choices], is_hard=True)
    before: dict[str, list[str]] = {}
    for code, earlier in rows.values_list("step__code", "predecessor__code"):
        before.setdefault(code, []).append(earlier)
    return before


def _carry_through(commitment: Commitment, step: ProjectStep, promise: Promise, on: date, **edge: Any) -> None:
    begin = BEGINS.get(State(step.state))
    if begin:
        move(step, begin, on=on, **edge)
    _decide(commitment, step, promise, on=on, **edge)


class Then(StrEnum):
    """What follows when a promise is found broken."""

    REVOKE = "revoke"
    RECTIFY = "rectify"
    LATER = "later"


@transaction.atomic
def record_check(
    committed: CommittedStep,
    outcome: CommittedStep.Outcome | str,
    *,
    on: date,
    note: str,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
    version: int | None = None,
    then: Then | str = Then.LATER,
    check_due_on: date | None = None,
) -> StepTransition:
    """Record what the check of a promise found on the day ``on``.

    A broken promise: the approval is revoked now, or put right by ``check_due_on`` and checked again, or stays broken
    until somebody who may revoke decides. Raises PermissionDenied, Refused, Conflict.
    """
    step, outcome, then = committed.project_step, CommittedStep.Outcome(outcome), Then(then)
    require(by, Permission.DECIDE_STEP, step)
    require_version(step, version)
    committed.refresh_from_db(fields=["outcome", "round"])
    _require_check(committed, outcome, on, today, note)
    found: dict[str, Any] = {"outcome": outcome, "checked_on": on, "checked_by": by, "note": note.strip()}
    data: dict[str, Any] = {"outcome": outcome.value}
    if outcome is CommittedStep.Outcome.BROKEN and then is Then.REVOKE:
        moved = move(
            step, Verb.REVOKE, on=on, note=note, by=by, at=at, today=today, calendar=calendar, data={"check": data}
        )
        CommittedStep.objects.filter(pk=committed.pk).update(**found)
        return moved.transition
    if outcome is CommittedStep.Outcome.BROKEN and then is Then.RECTIFY:
        found["outcome"] = CommittedStep.Outcome.PENDING
        data["check_due_on"] = _day_ahead(check_due_on, today).isoformat()
    record = write(step, {}, verb=CHECK, on=on, by=by, at=at, before=snapshot(step), note=note.strip(), check=data)
    CommittedStep.objects.filter(pk=committed.pk).update(**found)
    if "check_due_on" in data:
        Commitment.objects.filter(pk=committed.commitment_id).update(check_due_on=check_due_on)
    return record


def _day_ahead(day: date | None, today: date) -> date:
    if day is None or day <= today:
        raise Refused(_("Give the day by which it is put right; it must lie ahead."))
    return day


def _require_check(committed: CommittedStep, outcome: str, on: date, today: date, note: str) -> None:
    step = committed.project_step
    if State(step.state) not in DONE or step.round != committed.round:
        raise Refused(_("No decision rests on this commitment any more."))
    if committed.outcome == CommittedStep.Outcome.KEPT:
        raise Refused(_("This commitment has been checked and found kept."))
    if outcome == CommittedStep.Outcome.PENDING:
        raise Refused(_("Say whether the commitment was kept or broken."))
    if outcome == CommittedStep.Outcome.BROKEN and not note.strip():
        raise Refused(_("Say what the check found."))
    if on > today or (step.decided_on and on < step.decided_on):
        raise Refused(_("The day of the check must lie between the decision and today."))
