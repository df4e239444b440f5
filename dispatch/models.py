"""All models of the app, gathered from its sub-packages for Django."""

from dispatch.briefs.models import WeeklyBrief
from dispatch.dashboard.models import BoardCount
from dispatch.elements.models import (
    AcquisitionPlot,
    ElementEntry,
    ElementNeed,
    ElementSupply,
    FundingApplication,
    YearlyOutput,
)
from dispatch.exports.models import FileJob
from dispatch.feeds.models import CalendarFeed
from dispatch.figures.models import DayFigures, FigureRules
from dispatch.files.models import Attachment
from dispatch.filing.models import Filing, FilingDuty, FilingEntry, FilingRestatement, FilingRound
from dispatch.group_start.models import GroupStart, GroupStartEntry, GroupStartProject
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
from dispatch.own_reports.models import SavedReport
from dispatch.plan.models import (
    LearnedDurations,
    Plan,
    PlanBaseline,
    PlanEntry,
    PlanForecast,
    PlanLever,
    PlanLink,
    PlanRules,
    PlanTask,
    PlanTemplate,
)
from dispatch.programme.models import MonthlyPlan, Programme, ProgrammeEntry, ProgrammeMove
from dispatch.ranking.models import Appeal, ContestEntry, Ranking
from dispatch.reports.models import Bulletin, BulletinEntry, BulletinTemplate, SentenceEdit
from dispatch.response.models import DutyHolder, ResponseCase, ResponseEvent, ResponsePolicy
from dispatch.supervision.models import Feedback, Instruction
from dispatch.visits.models import Finding, GridEnterprise, PlannedVisit, Visit, VisitChange, VisitGrid
from dispatch.warnings.models import Warning, WarningEvent, WarningRule
from dispatch.webhooks.models import Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "AcquisitionPlot",
    "AgendaItem",
    "Appeal",
    "Attachment",
    "Attendance",
    "BoardCount",
    "Bulletin",
    "BulletinEntry",
    "BulletinTemplate",
    "CalendarFeed",
    "ContestEntry",
    "DayFigures",
    "Decision",
    "Delivery",
    "DutyHolder",
    "ElementEntry",
    "ElementNeed",
    "ElementSupply",
    "ExtensionRequest",
    "Feedback",
    "FigureRules",
    "FileJob",
    "Filing",
    "FilingDuty",
    "FilingEntry",
    "FilingRestatement",
    "FilingRound",
    "Finding",
    "FundingApplication",
    "GridEnterprise",
    "GroupStart",
    "GroupStartEntry",
    "GroupStartProject",
    "Heartbeat",
    "Instruction",
    "JobRestart",
    "JobRun",
    "LearnedDurations",
    "LedgerComment",
    "LedgerEntry",
    "LedgerItem",
    "Measure",
    "MeasureChange",
    "Meeting",
    "MeetingEntry",
    "MinutesTemplate",
    "MonthlyPlan",
    "Notice",
    "NoticeTemplate",
    "PersonalChoice",
    "Plan",
    "PlanBaseline",
    "PlanEntry",
    "PlanForecast",
    "PlanLever",
    "PlanLink",
    "PlanRules",
    "PlanTask",
    "PlanTemplate",
    "PlannedVisit",
    "Programme",
    "ProgrammeEntry",
    "ProgrammeMove",
    "Ranking",
    "ResponseCase",
    "ResponseEvent",
    "ResponsePolicy",
    "Robot",
    "SavedReport",
    "SentenceEdit",
    "StandingMember",
    "Visit",
    "VisitChange",
    "VisitGrid",
    "Warning",
    "WarningEvent",
    "WarningRule",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
    "WeeklyBrief",
    "YearlyOutput",
]
