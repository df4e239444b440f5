"""Records on a running case that leave its state alone: the extension and the delivery of the result."""

import copy
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Verb
from approvals import flow
from approvals.actions.clockwork import clock_fields
from approvals.actions.records import require, require_version, snapshot, write
from approvals.flow import State
from approvals.models import ProjectStep, StepTransition
from workdays.arithmetic import WorkCalendar
from workdays.models import load_calendar

EXTEND, DELIVER = "extend", "deliver"
EXTENSION_CAP_WD = 10


@transaction.atomic
def extend(
    step: ProjectStep,
    *,
    days: int,
    reason: str,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
    version: int | None = None,
) -> StepTransition:
    """Extend the limits once, by at most 10 working days, with a reason, while still on time (行政许可法 art. 42)."""
    require(by, Verb.DECIDE_STEP, step)
    require_version(step, version)
    if not reason.strip():
        raise Refused(_("Please give the reason."))
    if not 1 <= days <= EXTENSION_CAP_WD:
        raise Refused(_("An extension is 1 to %(most)d working days.") % {"most": EXTENSION_CAP_WD})
    if step.extension_wd:
        raise Refused(_("The limit of this step has been extended already."))
    if State(step.state) not in flow.RUNNING | flow.PAUSED or step.due_on is None:
        raise Refused(_("No clock runs on this step."))
    if step.due_on < today:
        raise Refused(_("The due day %(due)s has passed: an extension can no longer be given.") % {"due": step.due_on})
    after = copy.copy(step)
    after.extension_wd = days
    changes = {"extension_wd": days} | clock_fields(after, step.pauses.all(), calendar or load_calendar(), today)
    return write(
        step, changes, verb=EXTEND, on=today, by=by, at=at, before=snapshot(step), note=reason.strip(), days=days
    )


@transaction.atomic
def record_delivery(
    step: ProjectStep, *, on: date, by, at: datetime, today: date, version: int | None = None
) -> StepTransition:
    """Record the day the result was handed to the applicant (行政许可法 art. 44: within 10 days of the decision)."""
    require(by, Verb.WORK_STEP, step)
    require_version(step, version)
    if step.decided_on is None or State(step.state) not in flow.DECIDED:
        raise Refused(_("There is no decision to deliver yet."))
    if not step.decided_on <= on <= today:
        raise Refused(_("The day of delivery must lie between the decision and today."))
    return write(step, {"delivered_on": on}, verb=DELIVER, on=on, by=by, at=at, before=snapshot(step))
