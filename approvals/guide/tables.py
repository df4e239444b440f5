"""The tables of a catalogue as the document they came from, so that ``catalogue_document.validate`` can check them."""

from collections.abc import Iterable
from dataclasses import fields

from approvals import models
from approvals.catalogue_schema import (
    BundleSpec,
    CaseStateSpec,
    CatalogueDocument,
    CommitmentRule,
    Defaults,
    DeferralRule,
    DocumentSpec,
    FeeSpec,
    GateSpec,
    LegalBasisSpec,
    LimitDefault,
    LineSpec,
    PhaseSpec,
    StepSpec,
    VariantSpec,
)
from approvals.conditions import Variable, VariableType
from approvals.loader import EMPTY_FOR_NONE, SAME_NAME
from approvals.models import Catalogue, Step

PARTS = ("documents", "fees", "legal_basis", "variants", "dependencies__predecessor")
VALIDITY = ("validity_months", "validity_renewals", "validity_renewal_months", "validity_remind_days")


def document_of(catalogue: Catalogue) -> CatalogueDocument:
    """What the tables of this version say, in a fixed number of queries. Rows of other versions that it refers to are
    named "version:code", so that they count as unknown."""
    kept = catalogue.defaults
    steps = catalogue.steps.select_related("phase", "line").prefetch_related(*PARTS).order_by("seq")
    return CatalogueDocument(
        schema_version=1,
        as_of=catalogue.as_of,
        scope_zh=catalogue.title_zh,
        scope_en=kept["scope_en"],
        defaults=Defaults(**{field.name: _default(kept[field.name]) for field in fields(Defaults)}),
        phases=tuple(_phase(row) for row in catalogue.phases.all()),
        lines=tuple(_line(row, kept) for row in catalogue.lines.all()),
        variables=tuple(_variables(catalogue)),
        bundles=tuple(_bundle(row, catalogue) for row in catalogue.bundles.prefetch_related("steps").order_by("pk")),
        gates=tuple(_gate(row, catalogue) for row in catalogue.gates.prefetch_related("steps").order_by("pk")),
        steps=tuple(_step(row, catalogue) for row in steps),
        case_states=tuple(CaseStateSpec(**state) for state in kept["case_states"]),
        case_states_certainty=kept["case_states_certainty"],
    )


def _default(value):
    if isinstance(value, dict):
        return LimitDefault(**value)
    return tuple(value) if isinstance(value, list) else value


def _variables(catalogue: Catalogue) -> Iterable[Variable]:
    for name, spec in catalogue.variables.items():
        yield Variable(name, VariableType(spec["type"]), tuple(spec["choices"]), spec["zh"], spec["en"])


def _code(row, catalogue: Catalogue) -> str:
    return row.code if row.catalogue_id == catalogue.pk else f"{row.catalogue_id}:{row.code}"


def _phase(row: models.Phase) -> PhaseSpec:
    return PhaseSpec(**{field.name: getattr(row, field.name) for field in fields(PhaseSpec)})


def _line(row: models.Line, kept: dict) -> LineSpec:
    return LineSpec(row.code, row.name_zh, row.name_en, kept["lines"].get(row.code, {}).get("zhenjiang_line"))


def _bundle(row: models.Bundle, catalogue: Catalogue) -> BundleSpec:
    codes = tuple(_code(step, catalogue) for step in row.steps.all())
    return BundleSpec(row.code, row.name_zh, row.name_en, codes, row.certainty, row.target_wd, row.note or None)


def _gate(row: models.MilestoneGate, catalogue: Catalogue) -> GateSpec:
    return GateSpec(row.code, row.name_zh, tuple(_code(step, catalogue) for step in row.steps.all()), row.note or None)


def _step(row: Step, catalogue: Catalogue) -> StepSpec:
    kept = catalogue.defaults["steps"].get(row.code, {})
    fees = tuple(_part(FeeSpec, fee) for fee in row.fees.all())
    is_wd = row.statutory_unit == models.DayUnit.WORKING
    return StepSpec(
        **{name: getattr(row, name) for name in SAME_NAME},
        **{name: getattr(row, name) or None for name in EMPTY_FOR_NONE},
        **_life(row),
        **_rules(row, kept),
        **_edges(row, catalogue),
        phase=_code(row.phase, catalogue),
        line=_code(row.line, catalogue),
        department_cooperating_zh=tuple(row.department_cooperating_zh),
        time_excluded_zh=tuple(row.time_excluded_zh),
        statutory_limit_wd=row.statutory_value if is_wd and row.statutory_value else None,
        correction_notice_days=row.correction_notice_days,
        initiated_by=row.initiated_by,
        fee_none=not fees,
        fees=fees,
        documents=tuple(_paper(paper) for paper in row.documents.all()),
        legal_basis=tuple(_part(LegalBasisSpec, basis) for basis in row.legal_basis.all()),
        variants=tuple(_variant(variant) for variant in row.variants.all()),
        condition_certainty=kept.get("condition_certainty"),
        milestone_prerequisite=kept.get("milestone_prerequisite"),
    )


def _life(row: Step) -> dict:
    if not row.validity_kind:
        return {"validity_months": row.validity_months}
    return {name: getattr(row, name) for name in VALIDITY} | {"validity_certainty": row.validity_certainty}


def _rules(row: Step, kept: dict) -> dict:
    default = models.Certainty.TYPICAL_DEFAULT
    commitment = kept.get("commitment_certainty") or default
    deferral = kept.get("deferral_certainty") or default
    return {
        "allows_commitment": CommitmentRule(row.commitment, row.commitment_note or None, commitment),
        "allows_deferral": DeferralRule(row.allows_deferral, row.deferral_note or None, deferral),
        "commitment_check_days": row.commitment_check_days if row.commitment_text_zh else None,
        "commitment_text_certainty": kept.get("commitment_text_certainty"),
    }


def _edges(row: Step, catalogue: Catalogue) -> dict:
    edges = sorted(row.dependencies.all(), key=lambda edge: (edge.predecessor.seq, edge.predecessor_id))
    codes = [(edge.is_hard, _code(edge.predecessor, catalogue)) for edge in edges]
    return {
        "predecessors": tuple(code for is_hard, code in codes if is_hard),
        "soft_predecessors": tuple(code for is_hard, code in codes if not is_hard),
    }


def _part(spec: type, row):
    empty = {"article", "note"}
    return spec(**{f.name: (getattr(row, f.name) or (None if f.name in empty else "")) for f in fields(spec)})


def _paper(row: models.DocumentRequirement) -> DocumentSpec:
    return DocumentSpec(
        row.code, row.name_zh, row.name_en, row.deferrable, row.shared, row.same_as or None, row.due_before or None
    )


def _variant(row: models.StepVariant) -> VariantSpec:
    return VariantSpec(
        row.key, row.name_zh, row.when, row.statutory_value, row.statutory_unit, row.committed_limit_wd,
        row.clock_start or None,
    )  # fmt: skip
