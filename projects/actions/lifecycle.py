"""Where a project stands: stage, suspension and termination, enrolment in statistics."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.permissions import Verb
from projects import seams
from projects.actions.gates import as_stored, date_problems, missing_for_stage, pass_gate
from projects.actions.shared import (
    checked_text,
    claim,
    differences,
    permit,
    put,
    record,
    refuse_unless_open,
    required_reason,
)
from projects.errors import GateClosed
from projects.models import Light, Milestone, Precision, Project, ProjectChange, StageEntry, StatusChange
from projects.seams import Missing
from projects.stages import ENROLMENT_GATE, MILESTONE_STAGES, ORDER, Stage, position, reached

ENROLMENT_FROM_10K = Decimal(500)  # 计划总投资 500 万元及以上, domain.md 3.1


@transaction.atomic
def enter_stage(
    project: Project,
    stage: Stage | str,
    *,
    on: date,
    by,
    at: datetime,
    today: date,
    evidence: str = "",
    override_reason: str = "",
    precision: str = Precision.DAY,
    version: int | None = None,
) -> StageEntry:
    """Moves the project to ``stage``; writes the entry, the milestone's actual date and the history.

    Forward: raises GateClosed with everything missing, unless a holder of OVERRIDE_GATE gives ``override_reason``.
    Backwards: needs ``override_reason``; actual dates of later milestones are taken back.
    Raises PermissionDenied, Conflict, Refused, InvalidFields.
    """
    permit(by, Verb.ADVANCE_STAGE)
    stage, before = Stage(stage), Stage(project.stage)
    _refuse_stage(project, stage)
    updates = claim(project, version, by=by, at=at, stage=stage, stage_entered_on=on)
    evidence = checked_text("evidence", evidence)
    missing = missing_for_stage(project, stage, on, evidence)
    fatal = _stage_problems(project, stage, on, today)
    if position(stage) > position(before):
        reason = pass_gate(missing, fatal, override_reason, by)
    else:
        reason = _reason_to_go_back(fatal, override_reason)
    entry = StageEntry.objects.create(
        project=project, from_stage=before, stage=stage, entered_on=on, evidence=evidence,
        missing=as_stored(missing), override_reason=reason, by=by, at=at,
    )  # fmt: skip
    changes = differences([("stage", before, stage), ("stage_entered_on", project.stage_entered_on, on)])
    changes += _date_milestones(project, stage, on, precision, evidence)
    record(project, ProjectChange.Verb.STAGE, changes, by=by, at=at, note=reason)
    for told in seams.on_milestones:
        told([project.pk], by=by, at=at)
    put(project, updates)
    for heard in seams.on_stage:
        heard([entry], by=by, at=at)
    return entry


def _refuse_stage(project: Project, stage: Stage) -> None:
    refuse_unless_open(project)
    if project.status == Project.Status.SUSPENDED:
        raise Refused(_("This project is suspended. Resume it first."))
    if stage == project.stage:
        raise Refused(_("The project is already in this stage."))


def _reason_to_go_back(fatal: list[Missing], reason: str) -> str:
    if fatal:
        raise GateClosed([], fatal)
    return required_reason(reason)


def _stage_problems(project: Project, stage: Stage, on: date, today: date) -> list[Missing]:
    found = date_problems(on, today, project.stage_entered_on if reached(stage, project.stage) else None)
    milestone = project.milestones.filter(stage=stage, actual_on__isnull=False).first()
    if milestone and milestone.actual_on != on and reached(stage, project.stage):
        text = _("The milestone already has the actual date %(on)s. Use this date or correct the milestone first.")
        found.append(Missing("actual_differs", text % {"on": milestone.actual_on.isoformat()}))
    return found


def _date_milestones(project: Project, stage: Stage, on: date, precision: str, evidence: str) -> list[dict]:
    """Going on dates the stage's milestone, going back takes back the dates beyond it; returns the changes."""
    pairs, goes_on = [], position(stage) > position(project.stage)
    for later in project.milestones.filter(stage__in=ORDER[position(stage) + 1 :]):
        if reached(project.stage, later.stage):
            pairs.append((f"milestone.{later.stage}.actual_on", later.actual_on, None))
            pairs.append((f"milestone.{later.stage}.is_done", later.is_done, False))
    project.milestones.filter(stage__in=[p[0].split(".")[1] for p in pairs]).update(actual_on=None, is_done=False)
    if goes_on and stage in MILESTONE_STAGES:
        milestone = project.milestones.filter(stage=stage).first() or Milestone(project=project, stage=stage)
        if milestone.actual_on is None:
            pairs.append((f"milestone.{stage}.actual_on", None, on))
            put(milestone, {"actual_on": on, "actual_precision": precision, "is_done": False})
        milestone.evidence = evidence or milestone.evidence
        milestone.save()
    return differences(pairs)


def suspend(project: Project, *, on: date, reason: str, by, at: datetime, today: date, version=None) -> StatusChange:
    """Active → suspended. Raises PermissionDenied, Conflict, Refused, GateClosed (date), InvalidFields (reason)."""
    allowed = [Project.Status.ACTIVE]
    return _set_status(project, Project.Status.SUSPENDED, allowed, on, reason, by, at, today, version)


def resume(project: Project, *, on: date, reason: str, by, at: datetime, today: date, version=None) -> StatusChange:
    """Suspended or terminated → active. Raises as ``suspend``."""
    allowed = [Project.Status.SUSPENDED, Project.Status.TERMINATED]
    return _set_status(project, Project.Status.ACTIVE, allowed, on, reason, by, at, today, version)


def terminate(project: Project, *, on: date, reason: str, by, at: datetime, today: date, version=None) -> StatusChange:
    """Active or suspended → terminated. Raises as ``suspend``."""
    allowed = [Project.Status.ACTIVE, Project.Status.SUSPENDED]
    return _set_status(project, Project.Status.TERMINATED, allowed, on, reason, by, at, today, version)


@transaction.atomic
def _set_status(project, status, allowed, on, reason, by, at, today, version) -> StatusChange:
    permit(by, Verb.SUSPEND_PROJECT)
    before = Project.Status(project.status)
    if before not in allowed:
        raise Refused(_("The project is %(status)s.") % {"status": before.label})
    reason = required_reason(reason)
    light = Light.GREEN if status == Project.Status.ACTIVE else Light.GREY  # until it is derived anew
    updates = claim(project, version, by=by, at=at, status=status, status_since_on=on, light=light)
    if problems := _status_date_problems(on, today, project.status_since_on):
        raise GateClosed([], problems)
    row = StatusChange.objects.create(
        project=project, from_status=before, status=status, on=on, reason=reason, by=by, at=at
    )
    changes = differences([("status", before, status), ("status_since_on", project.status_since_on, on)])
    record(project, ProjectChange.Verb.STATUS, changes, by=by, at=at, note=reason)
    put(project, updates)
    for told in seams.on_status:
        told([project.pk], by=by, at=at)
    return row


def _status_date_problems(on: date, today: date, since: date | None) -> list[Missing]:
    found = date_problems(on, today)
    if since and on < since:
        text = _("The date %(on)s is before the last change of status (%(since)s).")
        found.append(Missing("date_before", text % {"on": on.isoformat(), "since": since.isoformat()}))
    return found


def enrolment_missing(project: Project, on: date) -> list[Missing]:
    """What stands between the project and its enrolment (入库纳统, domain.md 3.1)."""
    found = seams.missing_for(project, ENROLMENT_GATE, on)
    if not reached(project.stage, Stage.STARTED) and project.nature != Project.Nature.UPGRADE:
        found.append(Missing("not_started", _("Construction has not started.")))
    if project.total_investment_10k is not None and project.total_investment_10k < ENROLMENT_FROM_10K:
        found.append(Missing("below_threshold", _("The total investment is below 5 million CNY.")))
    return found


@transaction.atomic
def enrol(
    project: Project,
    *,
    on: date,
    by,
    at: datetime,
    today: date,
    override_reason: str = "",
    precision: str = Precision.DAY,
    version: int | None = None,
) -> Project:
    """Marks the project as enrolled in statistics since ``on``.

    Raises PermissionDenied, Conflict, Refused, GateClosed (overridable as for stages), InvalidFields.
    """
    permit(by, Verb.ADVANCE_STAGE)
    refuse_unless_open(project)
    if project.enrolled and project.enrolled_on:
        raise Refused(_("The project is already enrolled since %(on)s.") % {"on": project.enrolled_on.isoformat()})
    updates = claim(project, version, by=by, at=at, enrolled=True, enrolled_on=on, enrolled_precision=precision)
    reason = pass_gate(enrolment_missing(project, on), date_problems(on, today), override_reason, by)
    changes = differences([("enrolled", project.enrolled, True), ("enrolled_on", project.enrolled_on, on)])
    record(project, ProjectChange.Verb.EDITED, changes, by=by, at=at, note=reason)
    return put(project, updates)


@transaction.atomic
def cancel_enrolment(project: Project, *, reason: str, by, at: datetime, version: int | None = None) -> Project:
    """Takes an enrolment back. Raises PermissionDenied, Conflict, Refused, InvalidFields (reason)."""
    permit(by, Verb.ADVANCE_STAGE)
    if not project.enrolled:
        raise Refused(_("The project is not enrolled."))
    reason = required_reason(reason)
    updates = claim(project, version, by=by, at=at, enrolled=False, enrolled_on=None)
    changes = differences([("enrolled", True, False), ("enrolled_on", project.enrolled_on, None)])
    record(project, ProjectChange.Verb.EDITED, changes, by=by, at=at, note=reason)
    return put(project, updates)
