"""The catalogue in force, read once, as the example park needs it."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from approvals.actions.creation import rules_for
from approvals.judging import StepRule, answers_of, limits
from approvals.models import Catalogue, ProjectStep, Step, StepDependency
from dispatch.demo.timeline import StepFacts
from projects.models import Project


@dataclass
class Book:
    """The catalogue in force, read once: rules, hard predecessors and papers of every step."""

    rules: list[StepRule]
    variables: list[str]
    predecessors: dict[str, tuple[str, ...]]
    asked: dict[str, tuple[str, ...]]
    deferrable: dict[str, tuple[str, ...]]
    papers: dict[str, int]
    prototypes: dict[str, ProjectStep]

    @classmethod
    def read(cls) -> "Book":
        catalogue = Catalogue.objects.in_force()
        rules = rules_for(catalogue.steps.prefetch_related("documents"), catalogue)
        codes = {rule.step.pk: rule.step.code for rule in rules}
        before: dict[str, list[str]] = {code: [] for code in codes.values()}
        hard = StepDependency.objects.filter(step__in=codes, is_hard=True).order_by("step", "predecessor__seq")
        for step, predecessor in hard.values_list("step", "predecessor"):
            before[codes[step]].append(codes[predecessor])
        asked, deferrable, papers = {}, {}, {}
        for rule in rules:
            rows = list(rule.step.documents.all())
            asked[rule.step.code] = tuple(row.code for row in rows if not (row.deferrable or row.shared))
            own_day = [row for row in rows if row.deferrable and not row.due_before]
            deferrable[rule.step.code] = tuple(row.code for row in own_day)
            papers |= {row.code: row.pk for row in rows}
        return cls(
            rules, list(catalogue.variables), {code: tuple(found) for code, found in before.items()}, asked, deferrable,
            papers, {rule.step.code: _prototype(rule.step) for rule in rules},
        )  # fmt: skip

    def judge(self, fields: Mapping[str, Any]) -> dict[str, StepFacts]:
        """What each step is to a project with these columns, by the rules that give projects their steps."""
        answers, found = answers_of(Project(**fields), self.variables), {}
        for rule in self.rules:
            code, judged = rule.step.code, rule.judge(answers)
            found[code] = StepFacts(
                code=code, applicability=str(judged.applicability), reason=judged.reason,
                predecessors=self.predecessors[code], papers=self.asked[code], deferrable=self.deferrable[code],
                notice_days=rule.step.correction_notice_days,
                **limits(rule.step, judged.variant),
            )  # fmt: skip
        return found

    def copy_for(self, project: Project, facts: StepFacts) -> ProjectStep:
        """The project's own copy of the step, nothing done yet; copying a prototype is faster than a new row."""
        step = copy.copy(self.prototypes[facts.code])
        step.project = project
        step.updated_at = project.created_at
        step.applicability = ProjectStep.Applicability.APPLIES if facts.by_hand else facts.applicability
        step.not_applicable_reason = facts.reason
        step.variant_key = facts.variant_key
        step.statutory_value, step.statutory_unit = facts.statutory_value, facts.statutory_unit
        step.committed_limit_wd, step.clock_start = facts.committed_limit_wd, facts.clock_start
        return step


def _prototype(step: Step) -> ProjectStep:
    return ProjectStep(step=step, code=step.code, seq=step.seq, phase_code=step.phase.code, line_code=step.line.code)
