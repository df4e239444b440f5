"""Papers of a step with their versions, reviews and notices, as pages show them. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from approvals.models import CorrectionNotice, DocumentRequirement, ProjectStep, StepDocument, StepFile, StepPause
from approvals.papers import notices

CORRECTION = "correction"
IN = (StepDocument.State.SUPPLIED, StepDocument.State.ACCEPTED)


@dataclass
class PaperView:
    """One paper asked for at a step. ``files``: newest first; ``offers``: newest files of the same paper elsewhere."""

    asked: DocumentRequirement
    given: StepDocument | None
    files: list[StepFile] = field(default_factory=list)
    offers: list[StepFile] = field(default_factory=list)

    @property
    def newest(self) -> StepFile | None:
        return self.files[0] if self.files else None

    @property
    def older(self) -> list[StepFile]:
        return self.files[1:]

    @property
    def is_in(self) -> bool:
        return self.given is not None and self.given.state in IN

    @property
    def is_accepted(self) -> bool:
        return self.given is not None and self.given.state == StepDocument.State.ACCEPTED

    @property
    def can_review(self) -> bool:
        """Its newest file may be accepted or returned now."""
        newest = self.newest
        return newest is not None and newest.scan == StepFile.Scan.AVAILABLE and self.as_rule().waits

    def as_rule(self) -> notices.Paper:
        given, newest = self.given, self.newest
        return notices.Paper(
            code=self.asked.code,
            name=self.asked.name_zh,
            core=not self.asked.deferrable,
            shared=self.asked.shared,
            elsewhere=bool(self.offers),
            state=given.state if given else "",
            review=newest.review if newest else "",
            reason=(newest.review_reason if newest else "") or self._reason_on_paper(),
            changed_at=given.at if given else None,
            filed_at=newest.uploaded_at if newest else None,
        )

    def _reason_on_paper(self) -> str:
        """Why a paper without a file was returned; a note on any other state is the handler's own."""
        given = self.given
        return given.note if given and given.state == StepDocument.State.RETURNED else ""


def papers_of(step: ProjectStep, user=None) -> list[PaperView]:
    """The papers asked for at the step. Offers are files the user may see; without a user there are none. 4 queries."""
    asked = list(step.step.documents.all())
    given = {row.requirement_id: row for row in step.documents.all()}
    files = by_document(StepFile.objects.filter(document__project_step=step))
    offers = offers_for(step, asked, user) if user is not None else {}
    return [
        PaperView(
            paper,
            given.get(paper.pk),
            files.get(given[paper.pk].pk, []) if paper.pk in given else [],
            offers.get(paper.same_as, []) if paper.same_as else [],
        )
        for paper in asked
    ]


def by_document(files: QuerySet[StepFile]) -> dict[int, list[StepFile]]:
    """Document id → its files, newest first; one query."""
    found: dict[int, list[StepFile]] = {}
    people = files.select_related("reviewed_by", "uploaded_by", "uploaded_link").order_by("document", "-version_no")
    for file in people:
        found.setdefault(file.document_id, []).append(file)
    return found


def offers_for(step: ProjectStep, asked: Iterable[DocumentRequirement], user) -> dict[str, list[StepFile]]:
    """``same_as`` → files at other steps of the project that are this paper: the newest that counts of each step."""
    keys = {paper.same_as for paper in asked if paper.same_as}
    if not keys:
        return {}
    rows = (
        StepFile.objects.visible_to(user)
        .filter(document__project_step__project=step.project_id, document__requirement__same_as__in=keys)
        .exclude(document__project_step=step)
        .select_related("document__requirement", "document__project_step")
        .order_by("document__project_step__seq", "document", "-version_no")
    )
    found: dict[str, list[StepFile]] = {}
    seen: set[int] = set()
    for file in rows:
        if file.document_id not in seen and counts(file):
            found.setdefault(file.document.requirement.same_as, []).append(file)
        seen.add(file.document_id)
    return found


def counts(file: StepFile) -> bool:
    """Whether this newest version stands for the paper: scanned, not sent back."""
    usable = file.scan == StepFile.Scan.AVAILABLE and file.review != StepFile.Review.RETURNED
    return usable and file.document.state in IN


def open_notice(step: ProjectStep) -> CorrectionNotice | None:
    """The notice the enterprise has to answer: the newest one, while the step waits for its corrections."""
    pause = StepPause.objects.filter(project_step=step, kind=CORRECTION, ended_on=None).first()
    notice = step.correction_notices.first() if pause else None
    return notice if notice is not None and is_to_answer(notice, step, pause) else None


def is_to_answer(notice: CorrectionNotice, step: ProjectStep, pause: StepPause | None) -> bool:
    """Whether the notice belongs to the correction (``pause``: the open one) that the step waits for.

    One that ended otherwise, by a withdrawal or because the case was taken up again, needs no answer any more.
    """
    if pause is None or pause.kind != CORRECTION or notice.answered_on is not None:
        return False
    return notice.round == step.round and notice.issued_on >= pause.started_on


def used_bytes(project_id: int) -> int:
    """Bytes that the files of a project take; a file used at several steps counts once."""
    files = StepFile.objects.filter(document__project_step__project=project_id).order_by()
    return sum(size for _name, size in files.values_list("file", "size").distinct())


@dataclass
class StepPapers:
    """A step of the project page with its papers that have something handed in."""

    step: ProjectStep
    papers: list[PaperView]


def project_papers(project, user) -> list[StepPapers]:
    """Every paper of the project's steps that the user may see, by step; 3 queries."""
    steps = ProjectStep.objects.visible_to(user).filter(project=project).select_related("step").order_by("seq")
    documents: dict[int, list[StepDocument]] = {}
    visible = StepDocument.objects.visible_to(user).filter(project_step__project=project)
    for row in visible.select_related("requirement").order_by("requirement__seq"):
        documents.setdefault(row.project_step_id, []).append(row)
    files = by_document(StepFile.objects.visible_to(user).filter(document__project_step__project=project))
    return [
        StepPapers(step, [PaperView(row.requirement, row, files.get(row.pk, [])) for row in documents[step.pk]])
        for step in steps
        if step.pk in documents
    ]
