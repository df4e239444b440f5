"""The versioned catalogue of approval steps, and each project's own copy of it with two clocks."""

from approvals.models.catalogue import (
    Bundle,
    Catalogue,
    Certainty,
    DayUnit,
    DocumentRequirement,
    Fee,
    LegalBasis,
    Line,
    MilestoneGate,
    Phase,
    Step,
    StepDependency,
    StepVariant,
)
from approvals.models.steps import (
    STATE_CHOICES,
    ProjectStep,
    ProjectStepQuerySet,
    StepDocument,
    StepPause,
    StepTransition,
)

__all__ = [
    "STATE_CHOICES",
    "Bundle",
    "Catalogue",
    "Certainty",
    "DayUnit",
    "DocumentRequirement",
    "Fee",
    "LegalBasis",
    "Line",
    "MilestoneGate",
    "Phase",
    "ProjectStep",
    "ProjectStepQuerySet",
    "Step",
    "StepDependency",
    "StepDocument",
    "StepPause",
    "StepTransition",
    "StepVariant",
]
