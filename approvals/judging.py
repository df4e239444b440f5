"""Which steps a project needs and which limits they get, from what is known about the project.

Works on rows already in memory; asks the database nothing. Source: domain.md section 1, ``approval_steps.yaml``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from approvals.conditions import Condition, Truth, Variable, VariableType, parse_condition
from approvals.models import ProjectStep, Step, StepVariant

MU_PER_HECTARE = Decimal(15)
Applicability = ProjectStep.Applicability

APPLICABILITY = {
    Truth.APPLIES: Applicability.APPLIES,
    Truth.DOES_NOT_APPLY: Applicability.NOT_APPLICABLE,
    Truth.UNDETERMINED: Applicability.UNDETERMINED,
}


@dataclass(frozen=True)
class Judged:
    """What the conditions say about one step of one project; ``variant`` None: the step's own limits."""

    applicability: str
    reason: str
    variant: StepVariant | None


@dataclass(frozen=True)
class StepRule:
    """A step of the catalogue with its parsed conditions; ``condition`` None: always needed."""

    step: Step
    condition: Condition | None
    variants: tuple[tuple[StepVariant, Condition], ...]

    def judge(self, answers: Mapping[str, Any]) -> Judged:
        """Whether the step applies, why not, and which variant; an unanswered question is never a "no"."""
        truth = self.condition.evaluate(answers) if self.condition else Truth.APPLIES
        reason = (self.step.condition_zh or self.step.condition_expr) if truth is Truth.DOES_NOT_APPLY else ""
        return Judged(APPLICABILITY[truth], reason, self._variant(answers))

    def questions(self, answers: Mapping[str, Any]) -> tuple[str, ...]:
        """Names of the unanswered variables that keep the step undetermined."""
        return self.condition.missing(answers) if self.condition else ()

    def _variant(self, answers: Mapping[str, Any]) -> StepVariant | None:
        """Of the variants that hold the one with the longest limits: a joint review ends with its slowest part.

        A variant under the step's own condition is a later part of the step (安全设施设计审查) and changes nothing.
        """
        holding = [
            variant
            for variant, condition in self.variants
            if variant.when != self.step.condition_expr and condition.evaluate(answers) is Truth.APPLIES
        ]
        return max(holding, key=lambda v: (v.committed_limit_wd or 0, v.statutory_value or 0), default=None)


def variables_of(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Variable]:
    """The condition variables as ``Catalogue.variables`` keeps them: name → {type, choices, zh, en}."""
    return {
        name: Variable(name, VariableType(spec["type"]), tuple(spec["choices"]), spec["zh"], spec["en"])
        for name, spec in stored.items()
    }


def rules_of(steps: Iterable[Step], variables: Mapping[str, Variable]) -> list[StepRule]:
    """Parsed rules of these steps; their variants should be prefetched."""
    return [
        StepRule(
            step,
            parse_condition(step.condition_expr, variables) if step.condition_expr else None,
            tuple((variant, parse_condition(variant.when, variables)) for variant in step.variants.all()),
        )
        for step in steps
    ]


def answers_of(project, names: Iterable[str]) -> dict[str, Any]:
    """What is known about the project, by variable name; None is unknown. Hectares come from mu (1 ha = 15 mu)."""
    answers = {name: getattr(project, name, None) for name in names}
    if "land_area_ha" in answers:
        answers["land_area_ha"] = None if project.land_mu is None else Decimal(project.land_mu) / MU_PER_HECTARE
    return answers


def limits(step: Step, variant: StepVariant | None) -> dict[str, Any]:
    """The columns of a project's step that its variant decides."""
    source = variant or step
    return {
        "variant_key": variant.key if variant else "",
        "statutory_value": source.statutory_value,
        "statutory_unit": source.statutory_unit,
        "committed_limit_wd": source.committed_limit_wd,
    }
