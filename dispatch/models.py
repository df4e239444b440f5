"""All models of the app, gathered from its sub-packages for Django."""

from dispatch.files.models import Attachment
from dispatch.jobs.models import Heartbeat, JobRestart, JobRun
from dispatch.ledger.models import ExtensionRequest, LedgerComment, LedgerEntry, LedgerItem
from dispatch.measures.models import Measure, MeasureChange
from dispatch.meetings.models import (
    AgendaItem,
    Attendance,
    Decision,
    Meeting,
    MeetingEntry,
    MinutesTemplate,
    StandingMember,
)
from dispatch.notices.models import Delivery, Notice, NoticeTemplate, PersonalChoice, Robot
from dispatch.reports.models import Bulletin
from dispatch.response.models import DutyHolder, ResponseCase, ResponseEvent, ResponsePolicy
from dispatch.supervision.models import Feedback, Instruction
from dispatch.visits.models import Finding, GridEnterprise, PlannedVisit, Visit, VisitChange, VisitGrid
from dispatch.warnings.models import Warning, WarningEvent, WarningRule

__all__ = [
    "AgendaItem",
    "Attachment",
    "Attendance",
    "Bulletin",
    "Decision",
    "Delivery",
    "DutyHolder",
    "ExtensionRequest",
    "Feedback",
    "Finding",
    "GridEnterprise",
    "Heartbeat",
    "Instruction",
    "JobRestart",
    "JobRun",
    "LedgerComment",
    "LedgerEntry",
    "LedgerItem",
    "Measure",
    "MeasureChange",
    "Meeting",
    "MeetingEntry",
    "MinutesTemplate",
    "Notice",
    "NoticeTemplate",
    "PersonalChoice",
    "PlannedVisit",
    "ResponseCase",
    "ResponseEvent",
    "ResponsePolicy",
    "Robot",
    "StandingMember",
    "Visit",
    "VisitChange",
    "VisitGrid",
    "Warning",
    "WarningEvent",
    "WarningRule",
]
