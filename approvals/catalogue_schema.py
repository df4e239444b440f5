"""The approval catalogue as immutable values: what ``catalogue_document`` reads and the database loader consumes.

The dataclasses are the schema of the YAML: a field is a key of the document (nested keys are flattened), a default
makes the key optional. Limits: ``wd`` working days, ``cd`` calendar days; None is no limit. Certainty: sure, likely
or typical_default. Meaning of the fields: header of ``data/approval_steps.yaml`` and domain.md section 1.
"""

from dataclasses import dataclass
from datetime import date

from approvals.conditions import Condition, Variable, parse_condition


@dataclass(frozen=True, slots=True)
class LimitDefault:
    value: int
    unit: str
    basis: str
    certainty: str
    extension: int | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    correction_notice_days: LimitDefault
    delivery_days: LimitDefault
    extension_days: LimitDefault
    joint_handling_days: LimitDefault
    statutory_exclusions_zh: tuple[str, ...]
    committed_exclusions_zh: tuple[str, ...]
    near_due_warning_wd: int
    supplement_deadline_rule: str


@dataclass(frozen=True, slots=True)
class PhaseSpec:
    code: str
    seq: int
    name_zh: str
    name_en: str
    national_stage_zh: str = ""
    lead_zh: str = ""


@dataclass(frozen=True, slots=True)
class LineSpec:
    code: str
    name_zh: str
    name_en: str
    zhenjiang_line: int | None = None


@dataclass(frozen=True, slots=True)
class BundleSpec:
    code: str
    name_zh: str
    name_en: str
    steps: tuple[str, ...]
    certainty: str
    target_wd: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class GateSpec:
    milestone: str
    zh: str
    requires: tuple[str, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CaseStateSpec:
    code: int
    zh: str
    en: str
    clock: str


@dataclass(frozen=True, slots=True)
class LegalBasisSpec:
    law: str
    article: str | None
    certainty: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """A paper. ``same_as``: papers of one key are one paper for a project; ``due_before``: code of a later step."""

    code: str
    zh: str
    en: str
    deferrable: bool
    shared: bool
    same_as: str | None = None
    due_before: str | None = None


@dataclass(frozen=True, slots=True)
class FeeSpec:
    name_zh: str
    basis_zh: str
    amount_zh: str
    payer_zh: str
    certainty: str


@dataclass(frozen=True, slots=True)
class CommitmentRule:
    """告知承诺: ``value`` is yes, no or conditional."""

    value: str
    note: str | None
    certainty: str


@dataclass(frozen=True, slots=True)
class DeferralRule:
    """容缺受理."""

    value: bool
    note: str | None
    certainty: str


@dataclass(frozen=True, slots=True)
class VariantSpec:
    key: str
    zh: str
    when: str
    statutory_value: int | None
    statutory_unit: str
    committed_limit_wd: int | None
    clock_start: str | None = None


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One step. ``statutory_limit_wd`` repeats the statutory limit when that is in working days.

    ``correction_notice_days`` None means the default of the catalogue; ask the document for the effective number.
    ``initiated_by``: who makes the first move, enterprise or park; None means the enterprise.
    ``validity_*``: the life of the result in months; ``kind`` expires, or start_by: void unless construction starts.
    ``commitment_*``: text of the promise (告知承诺) and the working days after which it is checked.
    """

    code: str
    seq: int
    name_zh: str
    name_en: str
    phase: str
    line: str
    item_type_zh: str
    department_lead_zh: str
    department_lead_en: str
    department_cooperating_zh: tuple[str, ...]
    window_zh: str
    window_en: str
    legal_basis: tuple[LegalBasisSpec, ...]
    statutory_limit_wd: int | None
    statutory_value: int | None
    statutory_unit: str
    statutory_text: str
    statutory_certainty: str
    clock_start: str
    committed_limit_wd: int | None
    committed_certainty: str
    time_excluded_zh: tuple[str, ...]
    documents: tuple[DocumentSpec, ...]
    documents_certainty: str
    fee_none: bool
    fees: tuple[FeeSpec, ...]
    result_zh: str
    result_en: str
    validity_zh: str | None
    predecessors: tuple[str, ...]
    soft_predecessors: tuple[str, ...]
    pre_review: bool
    allows_commitment: CommitmentRule
    allows_deferral: DeferralRule
    conditional: bool
    condition_zh: str | None
    condition_en: str | None
    condition_expr: str | None
    variants: tuple[VariantSpec, ...]
    initiated_by: str | None = None
    committed_note: str | None = None
    fee_note: str | None = None
    condition_certainty: str | None = None
    correction_notice_days: int | None = None
    guide_zh: str | None = None
    guide_en: str | None = None
    validity_kind: str | None = None
    validity_months: int | None = None
    validity_renewals: int | None = None
    validity_renewal_months: int | None = None
    validity_remind_days: int | None = None
    validity_certainty: str | None = None
    commitment_text_zh: str | None = None
    commitment_check_days: int | None = None
    commitment_text_certainty: str | None = None
    milestone_prerequisite: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogueDocument:
    schema_version: int
    as_of: date
    scope_zh: str
    scope_en: str
    defaults: Defaults
    phases: tuple[PhaseSpec, ...]
    lines: tuple[LineSpec, ...]
    variables: tuple[Variable, ...]
    bundles: tuple[BundleSpec, ...]
    gates: tuple[GateSpec, ...]
    steps: tuple[StepSpec, ...]
    case_states: tuple[CaseStateSpec, ...]
    case_states_certainty: str

    @property
    def variables_by_name(self) -> dict[str, Variable]:
        return {variable.name: variable for variable in self.variables}

    def step(self, code: str) -> StepSpec:
        """Raises KeyError."""
        return {step.code: step for step in self.steps}[code]

    def condition(self, step: StepSpec) -> Condition | None:
        """When the step is needed; None: always."""
        return parse_condition(step.condition_expr, self.variables_by_name) if step.condition_expr else None

    def variant_condition(self, variant: VariantSpec) -> Condition:
        return parse_condition(variant.when, self.variables_by_name)

    def correction_notice_days(self, step: StepSpec) -> int:
        """Working days to name everything missing, once (行政许可法 art. 32, or the step's own law)."""
        own = step.correction_notice_days
        return self.defaults.correction_notice_days.value if own is None else own
