"""Files of papers: handed in as versions, reviewed, returned with all reasons at once, answered, used again.

Every function is one transaction and writes the step's history. Raises PermissionDenied, Refused and Conflict.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Refused
from accounts.permissions import Verb
from approvals import flow
from approvals.actions import move, record_document
from approvals.actions.documents import DOCUMENT
from approvals.actions.records import require, require_version, snapshot, write
from approvals.flow import State
from approvals.models import (
    AccessLink,
    ApprovalPolicy,
    CorrectionNotice,
    DocumentRequirement,
    ProjectStep,
    StepDocument,
    StepFile,
)
from approvals.papers import notices, queries
from approvals.papers.checks import Checked, checked
from approvals.papers.storage import papers
from workdays.arithmetic import WorkCalendar

RESUBMITTED = "resubmit"
REASON_LENGTH = 2000
Decision = tuple[str, str]


@dataclass(frozen=True)
class Sender:
    """Who hands something in: staff, a person of the enterprise, or the holder of a signed link; nobody: the system."""

    by: object = None
    link: AccessLink | None = None
    name: str = ""

    @property
    def is_enterprise(self) -> bool:
        return self.link is not None or (self.by is not None and self.by.role.scope == "enterprise")

    @property
    def shown(self) -> str:
        return (self.name or (self.link.holder_name if self.link else str(self.by or "")))[:100]

    def permit(self, step: ProjectStep, at: datetime) -> None:
        """Raises PermissionDenied unless this sender may hand in papers at the step."""
        if self.link is not None:
            held = self.link.may_upload and self.link.withdrawn_at is None and self.link.expires_at > at
            allowed = held and self.link.project_id == step.project_id
        elif self.is_enterprise:
            allowed = ProjectStep.objects.visible_to(self.by).filter(pk=step.pk).exists()
        else:
            require(self.by, Verb.WORK_STEP, step)
            return
        if not allowed:
            raise PermissionDenied(_("You may not hand in papers here."))


def add_file(
    step: ProjectStep,
    requirement: DocumentRequirement,
    upload: File,
    *,
    at: datetime,
    today: date,
    by=None,
    link: AccessLink | None = None,
    name: str = "",
    version: int | None = None,
) -> StepFile:
    """The upload as the next version of the paper, which counts as handed in on ``today``.

    link: handed in by the holder of this signed link; name: how the sender is called. Nothing is kept of a file that
    is refused, and nothing stays in the storage when the record fails.
    """
    sender = Sender(by, link, name)
    _may_hand_in(step, requirement, sender, at, version)
    with checked(upload) as found:
        _refuse_over_quota(step, found.size)
        stored = papers().save(f"papers/{uuid.uuid4().hex}.{found.kind.extension}", File(found.file))
        try:
            with transaction.atomic():
                return _record(step, requirement, sender, _values(found, stored), at=at, today=today)
        except BaseException:
            papers().delete(stored)
            raise


def use_file(
    step: ProjectStep,
    requirement: DocumentRequirement,
    source: StepFile,
    *,
    at: datetime,
    today: date,
    by=None,
    link: AccessLink | None = None,
    name: str = "",
) -> StepFile:
    """A file handed in at another step of the project counts here too; the bytes are kept once.

    Only for papers with the same ``same_as``; the caller has looked ``source`` up through ``visible_to``.
    """
    sender = Sender(by, link, name)
    _may_hand_in(step, requirement, sender, at, None)
    document = source.document
    same = requirement.same_as and document.requirement.same_as == requirement.same_as
    if not same or document.project_step.project_id != step.project_id or document.project_step_id == step.pk:
        raise Refused(_("This is another paper."))
    if not queries.counts(source) or source.version_no != document.files.aggregate(last=Max("version_no"))["last"]:
        raise Refused(_("This file was sent back or is no longer the newest; hand in the paper here."))
    columns = ("file", "original_name", "content_type", "size", "sha256", "scan")
    values = {column: getattr(source, column) for column in columns} | {"file": source.file.name}
    with transaction.atomic():
        return _record(step, requirement, sender, values, at=at, today=today, source=document.project_step.code)


def _may_hand_in(
    step: ProjectStep, requirement: DocumentRequirement, sender: Sender, at: datetime, version: int | None
) -> None:
    sender.permit(step, at)
    require_version(step, version)
    if requirement.step_id != step.step_id:
        raise Refused(_("One of the papers is not asked for at this step."))
    if not step.applies:
        raise Refused(_("This step is marked as not applicable."))
    if not sender.is_enterprise:
        return
    if requirement.shared:
        raise Refused(_("The departments fetch this paper themselves."))
    known = step.documents.filter(requirement=requirement).first()
    if known is not None and known.state == StepDocument.State.ACCEPTED:
        raise Refused(_("This paper has been accepted already."))
    owed = known is not None and known.state in (StepDocument.State.OUTSTANDING, StepDocument.State.RETURNED)
    if flow.is_done(State(step.state)) and not owed:
        raise Refused(_("This step is finished; no paper is asked for any more."))


def _refuse_over_quota(step: ProjectStep, size: int) -> None:
    quota = ApprovalPolicy.of(step.project.park_id).project_quota_mb
    if queries.used_bytes(step.project_id) + size > quota * 1024 * 1024:
        raise Refused(_("The files of this project would take more than %(quota)s MB.") % {"quota": quota})


def _values(found: Checked, stored: str) -> dict[str, object]:
    scan = StepFile.Scan.AVAILABLE if found.is_scanned else StepFile.Scan.QUARANTINED
    return {
        "file": stored, "original_name": found.name, "content_type": found.kind.content_type, "size": found.size,
        "sha256": found.sha256, "scan": scan,
    }  # fmt: skip


def _record(
    step: ProjectStep,
    requirement: DocumentRequirement,
    sender: Sender,
    values: dict[str, object],
    *,
    at: datetime,
    today: date,
    source: str = "",
) -> StepFile:
    """The version's row, the paper as handed in, the history."""
    before = snapshot(step)
    document, _created = StepDocument.objects.update_or_create(
        project_step=step, requirement=requirement,
        defaults={
            "state": StepDocument.State.SUPPLIED, "supplied_on": today, "verified_by": None, "by": sender.by, "at": at,
        },
    )  # fmt: skip
    number = (document.files.aggregate(last=Max("version_no"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            file = StepFile.objects.create(
                document=document, version_no=number, uploaded_by=sender.by, uploaded_link=sender.link,
                uploader_name=sender.shown, uploaded_at=at, **values,
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(_("Somebody else has just handed in this paper. Look at it again.")) from error
    write(
        step, {}, verb=DOCUMENT, on=today, by=sender.by, at=at, before=before, note=sender.shown,
        document=requirement.code, document_state=StepDocument.State.SUPPLIED, file_version=number, source=source,
        link=sender.link.pk if sender.link else None,
    )  # fmt: skip
    return file


def review_file(
    file: StepFile,
    outcome: StepFile.Review | str,
    *,
    reason: str = "",
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
    version: int | None = None,
) -> StepFile:
    """Accept the newest version of a paper, or return it with a reason. Never by the enterprise."""
    step = file.document.project_step
    return review_files(
        step, {file.pk: (outcome, reason)}, by=by, at=at, today=today, calendar=calendar, version=version
    )[0]


@transaction.atomic
def review_files(
    step: ProjectStep,
    decisions: Mapping[int, Decision],
    *,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
    version: int | None = None,
) -> list[StepFile]:
    """One pass over a step: file id → (accepted or returned, reason). All of them or none."""
    require(by, Verb.WORK_STEP, step)
    require_version(step, version)
    rows = StepFile.objects.select_related("document__requirement")
    files = list(rows.filter(document__project_step=step, pk__in=decisions).order_by("document__requirement__seq"))
    if len(files) != len(decisions):
        raise Refused(_("One of the files does not belong to this step."))
    for file in files:
        outcome, reason = decisions[file.pk]
        _review(step, file, StepFile.Review(outcome), reason.strip()[:REASON_LENGTH], by, at, today, calendar)
    return files


def _review(step, file: StepFile, outcome, reason: str, by, at: datetime, today: date, calendar) -> None:
    name = file.document.requirement.name
    if outcome not in (StepFile.Review.ACCEPTED, StepFile.Review.RETURNED):
        raise Refused(_("%(paper)s: accept it or return it.") % {"paper": name})
    if outcome == StepFile.Review.RETURNED and not reason:
        raise Refused(_("%(paper)s: please say why it is returned.") % {"paper": name})
    if file.scan != StepFile.Scan.AVAILABLE:
        raise Refused(_("%(paper)s: the file is in quarantine until it has been scanned.") % {"paper": name})
    if StepFile.objects.filter(document=file.document_id, version_no__gt=file.version_no).exists():
        raise Conflict(_("%(paper)s: a newer version has come in. Look at it first.") % {"paper": name})
    if file.review == outcome:
        raise Refused(_("%(paper)s has been reviewed already.") % {"paper": name})
    state = StepDocument.State(outcome.value)
    record_document(
        step, file.document.requirement, state, on=today, by=by, at=at, today=today, calendar=calendar, note=reason
    )
    file.review, file.review_reason, file.reviewed_by, file.reviewed_at = outcome, reason, by, at
    file.save(update_fields=["review", "review_reason", "reviewed_by", "reviewed_at"])


@transaction.atomic
def issue_notice(
    step: ProjectStep,
    *,
    remarks: str = "",
    missing: Collection[str] | None = None,
    by,
    at: datetime,
    today: date,
    calendar: WorkCalendar | None = None,
    version: int | None = None,
) -> CorrectionNotice:
    """一次性告知: every returned paper with its reason and the missing core papers in one notice; the case waits.

    missing: codes of missing papers to name, None: all. Before acceptance the notice of 行政许可法 art. 32, after it a
    pause for correction. Source: domain.md section 1.
    """
    require(by, Verb.WORK_STEP, step)
    known = [view.as_rule() for view in queries.papers_of(step, by)]
    if waiting := [paper.name for paper in known if paper.waits]:
        text = _("Everything must be named at once: review these papers first: %(papers)s.")
        raise Refused(text % {"papers": "、".join(waiting)})
    points, remarks = notices.points_of(known, missing=missing), remarks.strip()
    if not (points or remarks):
        raise Refused(_("No paper is returned or missing: there is nothing to notify."))
    before_acceptance = State(step.state) is State.RECEIVED
    verb = flow.Verb.NOTIFY_CORRECTION if before_acceptance else flow.Verb.PAUSE
    move(
        step, verb, on=today, by=by, at=at, today=today, calendar=calendar, version=version,
        note=as_text(points, remarks), pause_kind=None if before_acceptance else queries.CORRECTION,
    )  # fmt: skip
    return CorrectionNotice.objects.create(
        project_step=step, round=step.round, issued_on=today, text=remarks, points=points, by=by, at=at
    )


def as_text(points: Iterable[notices.Point], remarks: str) -> str:
    """The notice as numbered lines, for the pause and the history."""
    reasons = [f"{point['paper']}：{point['reason'] or _('not handed in')}" for point in points]
    lines = [*reasons, *([remarks] if remarks else [])]
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


@transaction.atomic
def resubmit(
    step: ProjectStep,
    *,
    at: datetime,
    today: date,
    by=None,
    link: AccessLink | None = None,
    name: str = "",
    calendar: WorkCalendar | None = None,
    version: int | None = None,
) -> CorrectionNotice:
    """Every point of the open notice has been answered: the notice is closed and the case goes on.

    By staff, the enterprise's people or the holder of a link; the clock follows ``flow``.
    """
    sender = Sender(by, link, name)
    sender.permit(step, at)
    notice = queries.open_notice(step)
    if notice is None:
        raise Refused(_("No correction has been asked for."))
    known = [view.as_rule() for view in queries.papers_of(step)]
    if still := notices.unanswered(notice.points, known, notice.at):
        names = {point["code"]: point["paper"] for point in notice.points}
        text = _("These papers of the notice have not been handed in anew: %(papers)s.")
        raise Refused(text % {"papers": "、".join(names[code] for code in still)})
    verb = flow.Verb.RESUBMIT if State(step.state) is State.RECEIVED else flow.Verb.RESUME
    note = _("Handed in by %(name)s.") % {"name": sender.shown} if sender.is_enterprise else ""
    move(
        step, verb, on=today, by=None if sender.is_enterprise else by, at=at, today=today, calendar=calendar,
        version=version, note=note,
    )  # fmt: skip
    notice.answered_on = today
    notice.save(update_fields=["answered_on"])
    return notice
