"""Papers of a project's step."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Verb
from approvals.actions.records import require, require_version, snapshot, write
from approvals.clocks import supplement_due
from approvals.models import DocumentRequirement, ProjectStep, StepDocument
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

DOCUMENT = "document"


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
    owed again under its old due day.
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
    known = step.documents.filter(requirement=requirement).first()
    values = _values(step, requirement, known, state, on, calendar)
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
    calendar: WorkCalendar | None,
) -> dict[str, Any]:
    if state == StepDocument.State.RETURNED and known and known.due_on:
        return {"state": StepDocument.State.OUTSTANDING}
    if state != StepDocument.State.OUTSTANDING:
        return {"state": state} | ({"supplied_on": on} if state == StepDocument.State.SUPPLIED else {})
    if not requirement.deferrable:
        raise Refused(
            _("%(document)s is a core document and cannot be handed in later.") % {"document": requirement.name}
        )
    if step.accepted_on is None:
        raise Refused(_("A paper can follow later only after the application has been accepted."))
    due_on = supplement_due(step.accepted_on, step.committed_limit_wd, calendar or load_calendar())
    return {"state": state, "promised_on": on, "due_on": due_on}
