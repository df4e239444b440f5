"""Which steps a project needs and which limits they get, from what is known about the project.

Works on rows already in memory; asks the database nothing. Source: domain.md section 1, ``approval_steps.yaml``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
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

    def parts(self, answers: Mapping[str, Any]) -> list[tuple[StepVariant, Truth, bool]]:
        """The variants and sub-items, whether each holds, and whether its limits are the step's."""
        chosen = self._variant(answers)
        return [(variant, condition.evaluate(answers), variant is chosen) for variant, condition in self.variants]

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables that decide about the step or its variants, each once."""
        conditions = [self.condition, *(condition for _variant, condition in self.variants)]
        return tuple({name: None for each in conditions if each for name in each.variables})

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
        "clock_start": source.clock_start or step.clock_start,
    }


def judged_columns(step: Step, judged: Judged) -> dict[str, Any]:
    """All columns of a project's step that the conditions decide; their names are JUDGED_FIELDS."""
    return {
        "applicability": judged.applicability,
        "not_applicable_reason": judged.reason,
        **limits(step, judged.variant),
    }


JUDGED_FIELDS = [
    "applicability",
    "not_applicable_reason",
    "variant_key",
    "statutory_value",
    "statutory_unit",
    "committed_limit_wd",
    "clock_start",
]


class Kept(StrEnum):
    """Why a step stays as it is whatever the answers say."""

    WORK = "work"
    BY_HAND = "by_hand"


class Effect(StrEnum):
    """What other answers do to a step, or would do if it were not kept."""

    APPEARS = "appears"
    FALLS_AWAY = "falls_away"
    UNDETERMINED = "undetermined"
    LIMITS = "limits"


EFFECTS = {
    Applicability.APPLIES: Effect.APPEARS,
    Applicability.NOT_APPLICABLE: Effect.FALLS_AWAY,
    Applicability.UNDETERMINED: Effect.UNDETERMINED,
}


@dataclass(frozen=True)
class Copy:
    """A project's step with its rule; ``kept`` says why it may no longer be judged."""

    row: ProjectStep
    rule: StepRule
    kept: Kept | None = None


@dataclass(frozen=True)
class Change:
    """A step that other answers change; ``columns`` are those that the answers ask for, kept or not."""

    copy: Copy
    effect: Effect
    columns: Mapping[str, Any]

    @property
    def row(self) -> ProjectStep:
        return self.copy.row

    @property
    def kept(self) -> Kept | None:
        return self.copy.kept

    @property
    def happens(self) -> bool:
        return self.kept is None


def changes(copies: Iterable[Copy], answers: Mapping[str, Any]) -> list[Change]:
    """What these answers change, in the order of the steps, kept ones included; the preview and the writing of it.

    Work already done is never taken away: a step that is kept is named, so that a person can see to it.
    """
    found = []
    for copy in copies:
        columns = judged_columns(copy.rule.step, copy.rule.judge(answers))
        if effect := _effect(copy.row, columns):
            found.append(Change(copy, effect, columns))
    return found


def _effect(row: ProjectStep, columns: Mapping[str, Any]) -> Effect | None:
    if row.applicability != columns["applicability"]:
        return EFFECTS[Applicability(columns["applicability"])]
    if any(getattr(row, name) != value for name, value in columns.items() if name != "not_applicable_reason"):
        return Effect.LIMITS
    return None
