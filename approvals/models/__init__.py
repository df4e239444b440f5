"""The versioned catalogue of approval steps, and each project's own copy of it with two clocks."""

from approvals.models.agency import AgentAction
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
from approvals.models.certificates import Certificate
from approvals.models.exchange import ExchangeMessage, ExchangePlatform
from approvals.models.guide import ApprovalPolicy, PaperTemplate, StepContact
from approvals.models.joint import JointReview, JointReviewStep
from approvals.models.papers import CorrectionNotice, PaperDownload, StepFile
from approvals.models.portal import AccessLink, AccessUse, HelpRequest, LinkGuess, NoticePreference, Rating, Urge
from approvals.models.promises import Commitment, CommittedStep
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
    "AccessLink",
    "AccessUse",
    "AgentAction",
    "ApprovalPolicy",
    "Bundle",
    "Catalogue",
    "Certainty",
    "Certificate",
    "Commitment",
    "CommittedStep",
    "CorrectionNotice",
    "DayUnit",
    "DocumentRequirement",
    "ExchangeMessage",
    "ExchangePlatform",
    "Fee",
    "HelpRequest",
    "JointReview",
    "JointReviewStep",
    "LegalBasis",
    "Line",
    "LinkGuess",
    "MilestoneGate",
    "NoticePreference",
    "PaperDownload",
    "PaperTemplate",
    "Phase",
    "ProjectStep",
    "ProjectStepQuerySet",
    "Rating",
    "Step",
    "StepContact",
    "StepDependency",
    "StepDocument",
    "StepFile",
    "StepPause",
    "StepTransition",
    "StepVariant",
    "Urge",
]
