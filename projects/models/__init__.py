"""Projects, their milestones, money and people, imports, and the history of every change."""

from projects.models.imports import HeaderMemory, ImportBatch, ImportRow
from projects.models.parts import AnnualPlan, Milestone, MonthlyInvestment, ProjectChange, StageEntry, StatusChange
from projects.models.registry import (
    STAGE_CHOICES,
    Enterprise,
    InternalPartQuerySet,
    Light,
    Precision,
    Project,
    ProjectPartQuerySet,
    ProjectQuerySet,
    TeamMember,
    money,
)

__all__ = [
    "STAGE_CHOICES",
    "AnnualPlan",
    "Enterprise",
    "HeaderMemory",
    "ImportBatch",
    "ImportRow",
    "InternalPartQuerySet",
    "Light",
    "Milestone",
    "MonthlyInvestment",
    "Precision",
    "Project",
    "ProjectChange",
    "ProjectPartQuerySet",
    "ProjectQuerySet",
    "StageEntry",
    "StatusChange",
    "TeamMember",
    "money",
]
