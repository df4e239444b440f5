"""What a joint review of a bundle would do with a project today: fate of each step, and the one set of papers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from approvals.flow import State
from approvals.joint.rules import Fate, between, fate, in_order
from approvals.models import (
    Bundle,
    DocumentRequirement,
    JointReview,
    ProjectStep,
    Step,
    StepDependency,
    StepDocument,
)
from projects.models import Project

IN = (StepDocument.State.SUPPLIED, StepDocument.State.ACCEPTED)
FATE_WORDS = {
    Fate.OPENS: _("will be received and accepted"),
    Fate.RUNS: _("accepted already, joins"),
    Fate.DONE: _("approved already, left out"),
    Fate.NOT_NEEDED: _("not needed, left out"),
    Fate.UNDETERMINED: _("settle first whether it is needed"),
}


@dataclass(frozen=True)
class Member:
    """One step of the bundle in this project. ``other_review``: another open joint review the step is in.
    ``comes_along``: not of the bundle, but one of its steps waits for it and it waits for another."""

    row: ProjectStep
    fate: Fate
    other_review: JointReview | None = None
    comes_along: bool = False

    @property
    def joins(self) -> bool:
        return self.fate in (Fate.OPENS, Fate.RUNS)

    @property
    def words(self):
        return FATE_WORDS[self.fate]


@dataclass
class Paper:
    """A paper asked for once, with every step that wants it: (project's step, what the step asks for)."""

    name: str
    asked: list[tuple[ProjectStep, DocumentRequirement]] = field(default_factory=list)
    given: list[StepDocument] = field(default_factory=list)

    @property
    def pk(self) -> int:
        """Stands for the paper in forms: the first requirement."""
        return self.asked[0][1].pk

    @property
    def keys(self) -> set[int]:
        return {requirement.pk for _row, requirement in self.asked}

    @property
    def codes(self) -> list[str]:
        return [row.code for row, _requirement in self.asked]

    @property
    def may_follow(self) -> bool:
        """Every step that wants it lets it follow later (容缺受理)."""
        return all(requirement.deferrable for _row, requirement in self.asked)

    @property
    def is_in(self) -> bool:
        return bool(self.given)

    @property
    def supplied_on(self):
        return min((row.supplied_on for row in self.given if row.supplied_on), default=None)


@dataclass
class Opening:
    """The bundle as it stands in the project."""

    project: Project
    bundle: Bundle
    members: list[Member]
    open_review: JointReview | None

    @property
    def joining(self) -> list[Member]:
        return [member for member in self.members if member.joins]

    @property
    def is_blocked(self) -> bool:
        """A step is in another open review, or nobody knows yet whether it is needed."""
        return any(member.other_review or member.fate is Fate.UNDETERMINED for member in self.members)

    @cached_property
    def papers(self) -> list[Paper]:
        """One set of papers for the steps that join; what is obtained by data sharing is not asked for. Two queries."""
        rows = {member.row.step_id: member.row for member in self.joining}
        papers: dict[str, Paper] = {}
        asked = DocumentRequirement.objects.filter(step__in=rows, shared=False)
        for requirement in asked.order_by("step__seq", "seq"):
            paper = papers.setdefault(_key(requirement), Paper(requirement.name))
            paper.asked.append((rows[requirement.step_id], requirement))
        for document in _documents(self.project, papers):
            if paper := papers.get(_key(document.requirement)):
                paper.given.append(document)
        return list(papers.values())

    def in_order(self) -> list[ProjectStep]:
        """The steps that join, each after those it waits for."""
        rows = {member.row.step_id: member.row for member in self.joining}
        return [rows[step] for step in in_order(list(rows), waiting_for(rows))]


def _between(steps: Collection[int]) -> set[int]:
    catalogues = Step.objects.filter(pk__in=steps).values("catalogue")
    edges: dict[int, set[int]] = {}
    hard = StepDependency.objects.filter(step__catalogue__in=catalogues, is_hard=True)
    for step, predecessor in hard.values_list("step", "predecessor"):
        edges.setdefault(step, set()).add(predecessor)
    return between(steps, edges)


def waiting_for(steps: Collection[int]) -> dict[int, set[int]]:
    """Catalogue step → the steps it waits for, among these; one query."""
    before: dict[int, set[int]] = {}
    edges = StepDependency.objects.filter(step__in=steps, predecessor__in=steps)
    for step, predecessor in edges.values_list("step", "predecessor"):
        before.setdefault(step, set()).add(predecessor)
    return before


def _key(requirement: DocumentRequirement) -> str:
    return f"={requirement.same_as}" if requirement.same_as else requirement.name_zh


def _documents(project: Project, papers: Iterable[str]):
    """Papers that are in at any step of the project and are one of these."""
    rows = StepDocument.objects.filter(project_step__project=project, state__in=IN).select_related("requirement")
    wanted = set(papers)
    return [row for row in rows if _key(row.requirement) in wanted]


def bundles_of(project: Project):
    """Bundles of the catalogue the project's steps come from."""
    catalogues = ProjectStep.objects.filter(project=project).values("step__catalogue")
    return Bundle.objects.filter(catalogue__in=catalogues).order_by("pk")


def opening_of(project: Project, bundle: Bundle, *, user=None, lock: bool = False) -> Opening:
    """The bundle in this project, with the steps ``user`` may see (None: all); ``lock``: hold them for the
    transaction. Five queries."""
    known = ProjectStep.objects.visible_to(user) if user else ProjectStep.objects.all()
    own = set(bundle.steps.values_list("pk", flat=True))
    rows = known.filter(project=project, step__in=own | _between(own)).order_by("seq")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = list(rows.select_related("step", "unit"))
    reviews = list(JointReview.objects.filter(project=project, state=JointReview.State.OPEN).select_related("bundle"))
    elsewhere = {
        step: review
        for review in reviews
        if review.bundle_id != bundle.pk
        for step in review.steps.values_list("project_step", flat=True)
    }
    for row in found:
        row.project = project
    members = [
        Member(row, fate(State(row.state), row.applicability), elsewhere.get(row.pk), row.step_id not in own)
        for row in found
    ]
    return Opening(project, bundle, members, next((r for r in reviews if r.bundle_id == bundle.pk), None))
