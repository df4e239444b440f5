"""Papers of a project's step."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Verb
from approvals import flow
from approvals.actions.records import require, require_version, snapshot, write
from approvals.date_rules import EARLIEST
from approvals.flow import State
from approvals.models import DocumentRequirement, ProjectStep, StepDocument
from approvals.promises import gates
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

DOCUMENT = "document"
OWING = flow.RUNNING | flow.PAUSED | flow.DONE


@transaction.atomic
def record_document(
    step: ProjectStep,
    requirement: DocumentRequirement,
    state: StepDocument.State | str,
    *,
    on: date,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
    version: int | None = None,
    note: str = "",
) -> StepDocument:
    """Record that a paper was handed in, accepted, returned or is owed as of the day ``on``.

    Owed papers must be deferrable and get their due day from the acceptance; a promised paper that is returned is
    owed again under its old due day. What is accepted without having been recorded came on that day.
    """
    require(by, Verb.WORK_STEP, step)
    require_version(step, version)
    state = StepDocument.State(state)
    if not step.applies:
        raise Refused(_("This step is marked as not applicable."))
    if requirement.step_id != step.step_id:
        raise Refused(_("One of the papers is not asked for at this step."))
    if on > today:
        raise Refused(_("The day %(on)s lies in the future.") % {"on": on})
    if on < EARLIEST:
        raise Refused(_("The day %(on)s lies too far back.") % {"on": on})
    known = step.documents.filter(requirement=requirement).first()
    values = _values(step, requirement, known, state, on, by, calendar)
    before = snapshot(step)
    write(
        step, {}, verb=DOCUMENT, on=on, by=by, at=at, before=before, note=note.strip(),
        document=requirement.code, document_state=values["state"],
    )  # fmt: skip
    row, _created = StepDocument.objects.update_or_create(
        project_step=step, requirement=requirement, defaults=values | {"note": note.strip(), "by": by, "at": at}
    )
    return row


def _values(
    step: ProjectStep,
    requirement: DocumentRequirement,
    known: StepDocument | None,
    state: StepDocument.State,
    on: date,
    by,
    calendar: WorkCalendar | None,
) -> dict[str, Any]:
    if state == StepDocument.State.SUPPLIED:
        return {"state": state, "supplied_on": on, "verified_by": None}
    if state == StepDocument.State.ACCEPTED:
        return {"state": state, "supplied_on": (known and known.supplied_on) or on, "verified_by": by}
    if state == StepDocument.State.RETURNED:
        is_owed = known and known.promised_on and State(step.state) in OWING
        again = {"state": StepDocument.State.OUTSTANDING, "supplied_on": None} if is_owed else {"state": state}
        return again | {"verified_by": None}
    return _debt(step, requirement, known, on, calendar or load_calendar())


def _debt(
    step: ProjectStep, requirement: DocumentRequirement, known: StepDocument | None, on: date, calendar: WorkCalendar
) -> dict[str, Any]:
    """The paper may follow later; one that is promised already keeps its due day."""
    reasons = gates.credit_bar(step.project) + gates.deferral_bar(step.step)
    if not requirement.deferrable:
        text = _("%(document)s is a core document and cannot be handed in later.")
        reasons.append(text % {"document": requirement.name})
    if step.accepted_on is None or State(step.state) not in OWING:
        reasons.append(_("A paper can follow later only after the application has been accepted."))
    if reasons:
        raise Refused(" ".join(reasons))
    owed = {"state": StepDocument.State.OUTSTANDING, "supplied_on": None, "verified_by": None}
    if known and known.promised_on:
        return owed
    due = gates.dues_of(step, [requirement], step.accepted_on, calendar)[requirement.pk]
    if due.on and due.on < on:
        raise Refused(_("Papers could follow later only until %(due)s.") % {"due": due.on})
    return owed | {"promised_on": on, "due_on": due.on, "due_before": due.before}
