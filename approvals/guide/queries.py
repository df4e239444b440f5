"""What the guide says about the steps of a catalogue: for the public pages and for the guide on a project's step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.i18n import localized
from approvals.guide.contacts import Contact, contact_of, contacts_of
from approvals.models import (
    Bundle,
    Catalogue,
    Certainty,
    DayUnit,
    DocumentRequirement,
    PaperTemplate,
    Step,
    StepDependency,
    StepVariant,
)
from approvals.queries import limit_words

PARTS = ("documents", "fees", "legal_basis", "variants")


@dataclass(frozen=True)
class Paper:
    """A paper asked for at a step. ``templates``: forms to download; ``also_at``: steps that use the same paper."""

    row: DocumentRequirement
    templates: Sequence[PaperTemplate]
    also_at: Sequence[Step]


@dataclass(frozen=True)
class Facts:
    """Everything the guide says about a step. ``unsure``: name of a fact → how uncertain it is, in words."""

    step: Step
    contact: Contact
    unsure: Mapping[str, str]
    limits: Sequence[Mapping[str, Any]]
    variants: Sequence[Mapping[str, Any]]
    life: str

    @property
    def commitment_possible(self) -> bool:
        return self.step.commitment != "no"


def steps_with_parts(catalogue: Catalogue) -> QuerySet[Step]:
    """Steps of a version with everything the guide tells, in a fixed number of queries."""
    return catalogue.steps.select_related("catalogue", "phase", "line").prefetch_related(*PARTS).order_by("seq")


def facts_of(step: Step, park, contacts=None) -> Facts:
    """The facts of one step; its parts should be prefetched."""
    return Facts(
        step=step,
        contact=contact_of(step, park, contacts),
        unsure=_unsure(step),
        limits=_limits(step),
        variants=[_variant(step, variant) for variant in step.variants.all()],
        life=_life(step),
    )


def _unsure(step: Step) -> dict[str, str]:
    kept = step.catalogue.defaults.get("steps", {}).get(step.code, {})
    marks = {
        "statutory": step.statutory_certainty,
        "committed": step.committed_certainty,
        "documents": step.documents_certainty,
        "validity": step.validity_certainty,
        "condition": kept.get("condition_certainty"),
        "commitment": kept.get("commitment_certainty"),
        "commitment_text": kept.get("commitment_text_certainty"),
        "deferral": kept.get("deferral_certainty"),
    }
    known = frozenset(Certainty.values) - {Certainty.SURE}
    return {name: str(Certainty(mark).label) for name, mark in marks.items() if mark in known}


def _limits(step: Step) -> list[dict[str, Any]]:
    return [
        {
            "label": _("Statutory limit"),
            "value": limit_words(step.statutory_value, step.statutory_unit, 0),
            "start": step.get_clock_start_display() if step.statutory_value else "",
            "note": step.statutory_text,
            "unsure": "" if step.statutory_certainty == Certainty.SURE else step.get_statutory_certainty_display(),
        },
        {
            "label": _("Committed limit"),
            "value": limit_words(step.committed_limit_wd, DayUnit.WORKING, 0),
            "start": step.get_clock_start_display() if step.committed_limit_wd else "",
            "note": step.committed_note,
            "unsure": "" if step.committed_certainty == Certainty.SURE else step.get_committed_certainty_display(),
        },
    ]


def _variant(step: Step, variant: StepVariant) -> dict[str, Any]:
    start = Step.ClockStart(variant.clock_start or step.clock_start).label
    return {
        "key": variant.key,
        "name": variant.name_zh,
        "statutory": limit_words(variant.statutory_value, variant.statutory_unit, 0),
        "committed": limit_words(variant.committed_limit_wd, DayUnit.WORKING, 0),
        "start": start,
    }


def _life(step: Step) -> str:
    """How long the result is good for, in words; "" when it has no end."""
    if not step.validity_kind or not step.validity_months:
        return ""
    if step.validity_kind == Step.Validity.START_BY:
        words = _("Construction must start within %(months)d months.") % {"months": step.validity_months}
    else:
        words = _("Valid for %(months)d months.") % {"months": step.validity_months}
    if step.validity_renewals and step.validity_renewal_months:
        renewal = _("May be renewed %(times)d times, by up to %(months)d months each.")
        words += " " + renewal % {"times": step.validity_renewals, "months": step.validity_renewal_months}
    return words


def overview(catalogue: Catalogue, park, words: str = "", line: str = "") -> dict[str, Any]:
    """The steps of a version by phase, those that fit the words and the line."""
    steps, contacts = list(steps_with_parts(catalogue)), contacts_of(park)
    found = [
        facts_of(step, park, contacts) for step in steps if (not line or step.line.code == line) and fits(step, words)
    ]
    phases = {step.phase_id: step.phase for step in steps}
    groups = [
        {"phase": phase, "steps": [facts for facts in found if facts.step.phase_id == pk]}
        for pk, phase in sorted(phases.items(), key=lambda item: item[1].seq)
    ]
    return {"groups": [group for group in groups if group["steps"]], "found": len(found), "total": len(steps)}


def fits(step: Step, words: str) -> bool:
    """Whether every word stands somewhere in what the guide says about the step."""
    texts = [
        step.code, step.name_zh, step.name_en, step.guide_zh, step.guide_en, step.department_lead_zh,
        step.department_lead_en, step.result_zh, step.result_en, step.window_zh, step.item_type_zh,
        *(text for paper in step.documents.all() for text in (paper.name_zh, paper.name_en)),
        *(fee.name_zh for fee in step.fees.all()),
    ]  # fmt: skip
    hay = " ".join(texts).casefold()
    return all(word in hay for word in words.casefold().split())


def stop(catalogue: Catalogue, park, code: str) -> dict[str, Any] | None:
    """Facts, papers, neighbours, bundles, previous and next stop for the page of one step; None: no such step."""
    steps = list(steps_with_parts(catalogue))
    place = next((place for place, step in enumerate(steps) if step.code == code), None)
    if place is None:
        return None
    step = steps[place]
    edges = StepDependency.objects.filter(step__catalogue=catalogue).select_related("step", "predecessor")
    own = sorted((e for e in edges if e.step_id == step.pk), key=lambda e: e.predecessor.seq)
    after = sorted((e for e in edges if e.predecessor_id == step.pk), key=lambda e: e.step.seq)
    return {
        "facts": facts_of(step, park),
        "step": step,
        "papers": _papers(step, steps, park),
        "before": [e.predecessor for e in own if e.is_hard],
        "usually_before": [e.predecessor for e in own if not e.is_hard],
        "after": [e.step for e in after if e.is_hard],
        "usually_after": [e.step for e in after if not e.is_hard],
        "bundles": _bundles(step),
        "previous": steps[place - 1] if place else None,
        "next": steps[place + 1] if place + 1 < len(steps) else None,
    }


def _bundles(step: Step) -> QuerySet[Bundle]:
    ordered = Prefetch("steps", queryset=Step.objects.order_by("seq"))
    return step.bundles.prefetch_related(ordered).order_by("pk")


def _papers(step: Step, steps: Iterable[Step], park) -> list[Paper]:
    templates: dict[str, list[PaperTemplate]] = {}
    codes = [row.code for row in step.documents.all()]
    for template in PaperTemplate.objects.filter(park=park, is_active=True, paper_code__in=codes):
        templates.setdefault(template.paper_code, []).append(template)
    users: dict[str, list[Step]] = {}
    for other in steps:
        for row in other.documents.all():
            if row.same_as and other.pk != step.pk:
                users.setdefault(row.same_as, []).append(other)
    return [
        Paper(row, templates.get(row.code, []), users.get(row.same_as, []) if row.same_as else [])
        for row in step.documents.all()
    ]


def line_choices(catalogue: Catalogue) -> list[tuple[str, str]]:
    return [(line.code, localized(line, "name")) for line in catalogue.lines.all()]
