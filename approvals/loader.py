"""Writes a checked catalogue document into the tables, as a new version. Nothing of the document is lost.

What has no column of its own is kept in ``Catalogue.defaults`` under ``scope_en``, ``case_states``, ``lines`` and
``steps``.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from approvals import models
from approvals.catalogue_schema import CatalogueDocument, StepSpec


def fingerprint(document: CatalogueDocument) -> str:
    """sha256 of the content: comments and spacing of the source do not count."""
    return hashlib.sha256(json.dumps(asdict(document), default=str, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def load_catalogue(document: CatalogueDocument, *, at: datetime) -> models.Catalogue:
    """Put the document in force as a new common version and retire the common one before; the newest common one if it
    is the same.

    Live projects keep the version they were created with, parks with a version of their own keep that.
    """
    sha256 = fingerprint(document)
    common = models.Catalogue.objects.filter(park__isnull=True)
    newest = common.order_by("-version").first()
    if newest is not None and newest.sha256 == sha256:
        return newest
    common.filter(state=models.Catalogue.State.IN_FORCE).update(state=models.Catalogue.State.RETIRED)
    catalogue = models.Catalogue.objects.create(
        version=(models.Catalogue.objects.aggregate(last=Max("version"))["last"] or 0) + 1,
        title_zh=document.scope_zh,
        as_of=document.as_of,
        state=models.Catalogue.State.IN_FORCE,
        sha256=sha256,
        variables={v.name: {"type": v.type, "choices": v.choices, "zh": v.zh, "en": v.en} for v in document.variables},
        defaults=_defaults(document),
        loaded_at=at,
    )
    steps = _write_steps(catalogue, document)
    _write_parts(steps, document)
    _write_sets(catalogue, steps, document)
    return catalogue


def _defaults(document: CatalogueDocument) -> dict:
    return asdict(document.defaults) | {
        "scope_en": document.scope_en,
        "case_states": [asdict(state) for state in document.case_states],
        "case_states_certainty": document.case_states_certainty,
        "lines": {line.code: {"zhenjiang_line": line.zhenjiang_line} for line in document.lines},
        "steps": {step.code: _without_column(step) for step in document.steps},
    }


def _without_column(step: StepSpec) -> dict:
    return {
        "condition_certainty": step.condition_certainty,
        "milestone_prerequisite": step.milestone_prerequisite,
        "commitment_certainty": step.allows_commitment.certainty,
        "commitment_text_certainty": step.commitment_text_certainty,
        "deferral_certainty": step.allows_deferral.certainty,
        "fee_none": step.fee_none,
    }


def _write_steps(catalogue: models.Catalogue, document: CatalogueDocument) -> dict[str, models.Step]:
    phases = {
        spec.code: models.Phase(catalogue=catalogue, **(asdict(spec)))
        for spec in document.phases
    }  # fmt: skip
    lines = {
        spec.code: models.Line(catalogue=catalogue, code=spec.code, seq=seq, name_zh=spec.name_zh, name_en=spec.name_en)
        for seq, spec in enumerate(document.lines, start=1)
    }
    models.Phase.objects.bulk_create(phases.values())
    models.Line.objects.bulk_create(lines.values())
    steps = {
        spec.code: models.Step(
            catalogue=catalogue, phase=phases[spec.phase], line=lines[spec.line], **_step_columns(document, spec)
        )
        for spec in document.steps
    }
    models.Step.objects.bulk_create(steps.values())
    return steps


SAME_NAME = [
    "code",
    "seq",
    "name_zh",
    "name_en",
    "item_type_zh",
    "department_lead_zh",
    "department_lead_en",
    "window_zh",
    "window_en",
    "statutory_value",
    "statutory_unit",
    "statutory_text",
    "statutory_certainty",
    "clock_start",
    "committed_limit_wd",
    "committed_certainty",
    "documents_certainty",
    "result_zh",
    "result_en",
    "pre_review",
    "conditional",
]
EMPTY_FOR_NONE = [
    "committed_note",
    "fee_note",
    "guide_zh",
    "guide_en",
    "validity_zh",
    "validity_kind",
    "commitment_text_zh",
    "condition_expr",
    "condition_zh",
    "condition_en",
]
DEFAULT_FOR_NONE = [
    "validity_months",
    "validity_renewals",
    "validity_renewal_months",
    "validity_remind_days",
    "validity_certainty",
    "commitment_check_days",
]


def _step_columns(document: CatalogueDocument, spec: StepSpec) -> dict:
    columns = {name: getattr(spec, name) for name in SAME_NAME}
    columns |= {name: getattr(spec, name) or "" for name in EMPTY_FOR_NONE}
    columns |= {name: getattr(spec, name) for name in DEFAULT_FOR_NONE if getattr(spec, name) is not None}
    return columns | {
        "department_cooperating_zh": list(spec.department_cooperating_zh),
        "time_excluded_zh": list(spec.time_excluded_zh),
        "correction_notice_days": document.correction_notice_days(spec),
        "initiated_by": spec.initiated_by or models.Step.Initiator.ENTERPRISE,
        "commitment": spec.allows_commitment.value,
        "commitment_note": spec.allows_commitment.note or "",
        "allows_deferral": spec.allows_deferral.value,
        "deferral_note": spec.allows_deferral.note or "",
    }


def _write_parts(steps: dict[str, models.Step], document: CatalogueDocument) -> None:
    models.StepDependency.objects.bulk_create(
        models.StepDependency(step=steps[spec.code], predecessor=steps[code], is_hard=is_hard)
        for spec in document.steps
        for is_hard, codes in ((True, spec.predecessors), (False, spec.soft_predecessors))
        for code in codes
    )
    models.StepVariant.objects.bulk_create(
        models.StepVariant(step=steps[spec.code], seq=seq, name_zh=part.zh, **_fields(part, without=("zh",)))
        for spec in document.steps
        for seq, part in enumerate(spec.variants, start=1)
    )
    models.DocumentRequirement.objects.bulk_create(
        models.DocumentRequirement(
            step=steps[spec.code], seq=seq, name_zh=part.zh, name_en=part.en, **_fields(part, without=("zh", "en"))
        )
        for spec in document.steps
        for seq, part in enumerate(spec.documents, start=1)
    )
    for model, name in ((models.Fee, "fees"), (models.LegalBasis, "legal_basis")):
        model.objects.bulk_create(
            model(step=steps[spec.code], seq=seq, **_fields(part))
            for spec in document.steps
            for seq, part in enumerate(getattr(spec, name), start=1)
        )


NULLABLE = {"statutory_value", "committed_limit_wd"}


def _fields(part, without: Iterable[str] = ()) -> dict:
    """Fields of a part as columns: a text that is not given is empty, a limit that is not set stays None."""
    return {
        name: "" if value is None and name not in NULLABLE else value
        for name, value in asdict(part).items()
        if name not in without
    }


def _write_sets(catalogue: models.Catalogue, steps: dict[str, models.Step], document: CatalogueDocument) -> None:
    for spec in document.bundles:
        bundle = models.Bundle.objects.create(
            catalogue=catalogue, code=spec.code, name_zh=spec.name_zh, name_en=spec.name_en,
            target_wd=spec.target_wd, note=spec.note or "", certainty=spec.certainty,
        )  # fmt: skip
        bundle.steps.set(steps[code] for code in spec.steps)
    for spec in document.gates:
        gate = models.MilestoneGate.objects.create(
            catalogue=catalogue, code=spec.milestone, name_zh=spec.zh, note=spec.note or ""
        )
        gate.steps.set(steps[code] for code in spec.requires)
