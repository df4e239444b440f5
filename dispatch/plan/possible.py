"""Which levers a project's plan has, from the attributes of its steps, and which it has not, with the reason.

Source: domain.md 1 (pre-review, 容缺受理 and 告知承诺, what is barred for whom), 3.5 (先建后验); the notice periods of
land listing and expropriation are the law's own (domain.md 1, S06 and S09) and are not shortened.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from approvals.models import ApprovalPolicy, ProjectStep
from approvals.promises.candidates import bar_of
from approvals.promises.gates import commitment_bar, credit_bar, deferral_bar
from approvals.promises.rules import ACCEPTANCE, COMMITTABLE, CONDITIONAL
from dispatch.plan import learned, policies
from dispatch.plan.values import ProjectPlan
from projects.planning.learning import Learned
from projects.planning.levers import Lever, LeverKind
from projects.planning.network import Link, LinkKind, Task

SITE = "S08"
NOTICE_PERIODS = frozenset({"S06", "S09"})
RESULTS: Mapping[str, Collection[str]] = {
    "filing_certificate": ("S01",),
    "planning_conditions": ("S07",),
    "land_grant_contract": ("S09",),
    "land_document": ("S09", "S10", "S11"),
    "construction_planning_permit": ("S13",),
    "drawing_review_certificate": ("S14",),
    "planning_verification": ("S18",),
}
"""Papers shared by steps (``same_as``) that are the result of a step."""
RESULT_OF: Mapping[str, str] = {
    "S13-D3": "S12", "S14-D3": "S12", "S17-D4": "S08", "S17-D7": "S16", "S20-D2": "S02", "S21-D4": "S19",
    "S22-D2": "S11",
}  # fmt: skip
"""Other papers of the catalogue that are the result of a step."""


@dataclass(frozen=True)
class Option:
    """A lever, and why it cannot be pulled ("" when it can).

    ``steps``: the project's rows it is about. ``papers``: names of those that may follow later. ``condition``: what
    must hold besides. ``before_wd``: working days the step has without the lever, for SHORTEN its limit alone.
    """

    lever: Lever
    steps: tuple[ProjectStep, ...]
    bar: str = ""
    papers: tuple[str, ...] = ()
    condition: str = ""
    before_wd: int = 0
    is_learned: bool = False


def with_wd(option: Option, wd: int) -> Option:
    """The option with another number of working days asked for; only a shorter limit has one."""
    if option.lever.kind is not LeverKind.SHORTEN:
        return option
    return replace(option, lever=replace(option.lever, wd=wd))


def is_shorter(option: Option) -> bool:
    """Whether the working days asked for are some, and fewer than now."""
    return option.lever.kind is not LeverKind.SHORTEN or 0 < option.lever.wd < option.before_wd


@dataclass(frozen=True)
class Options:
    """``open``: can be pulled; ``barred``: cannot, with the reason. In the order of the steps."""

    open: Sequence[Option]
    barred: Sequence[Option]
    policy: ApprovalPolicy

    def find(self, lever: Lever) -> Option | None:
        """The open option of this lever, whatever its working days."""
        return next((option for option in self.open if option.lever.name == lever.name), None)


def of(plan: ProjectPlan) -> Options:
    """Levers of open steps that lead to the goal, beside those already pulled. Six queries, whatever the steps."""
    if not plan.goal or plan.goal not in plan.plain.tasks or plan.plain.tasks[plan.goal].is_done:
        return Options((), (), ApprovalPolicy.of(plan.project.park_id))
    finder = _Finder(plan)
    pulled = {lever.name for lever in plan.levers}
    found = [option for option in finder.run() if option.lever.name not in pulled]
    open_ = [option for option in found if not option.bar]
    return Options(open_, [option for option in found if option.bar], ApprovalPolicy.of(plan.project.park_id))


@dataclass
class _Finder:
    plan: ProjectPlan
    rows: dict[str, ProjectStep] = field(init=False)
    leading: Collection[str] = field(init=False)
    credit: str = field(init=False)
    learned: Mapping[str, Learned] = field(init=False)

    def __post_init__(self) -> None:
        project = self.plan.project
        self.leading = self.plan.plain.way_to(self.plan.goal, with_soft=self.plan.with_soft)
        rows = ProjectStep.objects.applicable().filter(project=project).select_related("step").order_by("seq")
        self.rows = {row.code: row for row in rows.prefetch_related("step__documents")}
        for row in self.rows.values():
            row.project = project
        self.credit = next(iter(credit_bar(project)), "")
        self.learned = _learned(project.park_id)

    def run(self) -> Iterator[Option]:
        for code, row in self.rows.items():
            task = self.plan.plain.tasks.get(code)
            if task is None or code not in self.leading or task.is_done or task.is_skipped:
                continue
            if not task.is_running:
                yield from self._overlaps(row, task)
                yield from self._deferrals(row, task)
            if task.duration_wd > task.used_wd:
                yield self._commitment(row)
                yield from self._shorter(row, task)
            if code == SITE and not task.is_running:
                yield from self._site(row, task)
        yield from self._build_first()

    def _before(self, code: str) -> list[Link]:
        """Links that bind, from open steps that the step's start waits for."""
        links = self.plan.plain.before[code]
        return [
            link for link in links
            if (link.is_hard or self.plan.with_soft) and link.kind is LinkKind.FS and link.before in self.rows
            and not self.plan.plain.tasks[link.before].is_done
        ]  # fmt: skip

    def _overlaps(self, row: ProjectStep, task: Task) -> Iterator[Option]:
        links = self._before(row.code)
        if links and not row.step.pre_review:
            bar = _("%(step)s is not examined in advance.") % {"step": row.step}
            yield Option(Lever(LeverKind.OVERLAP, (row.code, links[0].before)), (row,), bar)
            return
        for link in links:
            both = (row, self.rows[link.before])
            yield Option(Lever(LeverKind.OVERLAP, (row.code, link.before)), both, before_wd=task.duration_wd)

    def _deferrals(self, row: ProjectStep, task: Task) -> Iterator[Option]:
        prepared = self._preparation(row.code)
        links = self._before(row.code)
        if not links and prepared:
            links = [link for link in self.plan.plain.before[row.code] if link.kind is LinkKind.FS][:1]
        if links and not row.step.allows_deferral:
            bar = deferral_bar(row.step)[0]
            yield Option(Lever(LeverKind.DEFER, (row.code, links[0].before)), (row,), bar)
            return
        for link in links:
            lever = Lever(LeverKind.DEFER, (row.code, link.before), prepared)
            core, papers = _papers(row, link.before)
            rows = (row, *([self.rows[link.before]] if link.before in self.rows else []))
            bar = self.credit or self._core_bar(row, core, papers)
            yield Option(lever, rows, bar, tuple(papers), before_wd=task.duration_wd)

    def _core_bar(self, row: ProjectStep, core: str, papers: Collection[str]) -> str:
        if core:
            return _("“%(paper)s” is a core paper of %(step)s and cannot follow later.") % {
                "paper": core, "step": row.step,
            }  # fmt: skip
        return "" if papers else _("All papers of %(step)s are core papers.") % {"step": row.step}

    def _commitment(self, row: ProjectStep) -> Option:
        step = row.step
        bar = self.credit if step.commitment in COMMITTABLE else commitment_bar(step)[0]
        condition = step.commitment_note if step.commitment == CONDITIONAL else ""
        before = self.plan.plain.tasks[row.code].duration_wd
        return Option(Lever(LeverKind.COMMIT, (row.code,)), (row,), bar, condition=condition, before_wd=before)

    def _shorter(self, row: ProjectStep, task: Task) -> Iterator[Option]:
        prepared = 0 if task.is_running else self._preparation(row.code)
        limit = task.duration_wd - prepared
        wd, is_learned = _suggested(limit, self.learned.get(row.code))
        if row.code in NOTICE_PERIODS:
            bar = _("%(step)s lasts as long as the notice and listing periods of the law.") % {"step": row.step}
            yield Option(Lever(LeverKind.SHORTEN, (row.code,), task.duration_wd), (row,), bar)
        elif 0 < wd < limit:
            yield Option(Lever(LeverKind.SHORTEN, (row.code,), wd), (row,), before_wd=limit, is_learned=is_learned)

    def _site(self, row: ProjectStep, task: Task) -> Iterator[Option]:
        waits = any(link.is_hard for link in self.plan.plain.before[row.code])
        if task.planned_on or task.not_before or waits:
            yield Option(Lever(LeverKind.SITE_EARLIER, (row.code,)), (row,), before_wd=task.duration_wd)

    def _build_first(self) -> Iterator[Option]:
        """One promise for every step before building that may be promised; two at least."""
        rows = [
            row for row in self.rows.values()
            if row.line_code != ACCEPTANCE and row.code in self.leading and self._is_ahead(row.code) and not bar_of(row)
        ]  # fmt: skip
        if len(rows) > 1:
            lever = Lever(LeverKind.BUILD_FIRST, tuple(row.code for row in rows))
            notes = [f"{row.code} {row.step.commitment_note}" for row in rows if row.step.commitment == CONDITIONAL]
            yield Option(lever, tuple(rows), self.credit, condition="；".join(notes))

    def _is_ahead(self, code: str) -> bool:
        task = self.plan.plain.tasks.get(code)
        return task is not None and not task.is_done and not task.is_skipped

    def _preparation(self, code: str) -> int:
        info = self.plan.info.get(code)
        return info.preparation_wd if info else 0


def _papers(row: ProjectStep, before: str) -> tuple[str, list[str]]:
    """(the core paper that is the other step's result, "" when none; the papers that may follow later).

    Where the other step's result is among those that may follow, only that.
    """
    papers = list(row.step.documents.all())
    results = [paper for paper in papers if _is_result(paper, before)]
    core = next((paper.name for paper in results if not paper.deferrable), "")
    deferrable = [paper for paper in results or papers if paper.deferrable]
    return core, [paper.name for paper in deferrable]


def _is_result(paper: Any, step: str) -> bool:
    return step in RESULTS.get(paper.same_as, ()) or RESULT_OF.get(paper.code) == step


def _learned(park_id: int) -> Mapping[str, Learned]:
    """What the park's own finished steps took, of those with enough of them."""
    least = policies.in_force(park_id).minimum_sample
    return {code: found for code, found in learned.of_park(park_id).items() if found.n >= least}


def _suggested(limit: int, found: Learned | None) -> tuple[int, bool]:
    """(working days to ask for, whether the park has done so before): its median, else its best, else half."""
    for days in (found.median, found.best) if found else ():
        if 0 < round(days) < limit:
            return round(days), True
    return (limit + 1) // 2, False
