"""Seeds the example park in a test, and sums up what it says."""

import hashlib
import io
import json
from datetime import date

from django.core.management import call_command

from accounts.models import Organization, Park, User
from approvals.models import ProjectStep, StepDocument, StepPause, StepTransition
from dispatch.ledger.models import LedgerItem
from dispatch.models import (
    AcquisitionPlot,
    Appeal,
    ContestEntry,
    Filing,
    FilingRestatement,
    FilingRound,
    Instruction,
    Measure,
    Meeting,
    PlannedVisit,
    Programme,
    ProgrammeMove,
    Ranking,
    Visit,
    VisitGrid,
    WeeklyBrief,
)
from dispatch.reports.models import Bulletin
from dispatch.warnings.models import Warning
from projects.models import AnnualPlan, Enterprise, Milestone, MonthlyInvestment, Project, ProjectChange

AS_OF = date(2026, 11, 20)
CLOCKS = ("committed_due_on", "statutory_due_on", "is_provisional", "committed_runs", "statutory_runs")
COLUMNS = (
    "applicability", "not_applicable_reason", "variant_key", "state", "round", "received_on", "accepted_on",
    "decided_on", "delivered_on", "result_number", "statutory_value", "statutory_unit", "clock_start",
    "committed_limit_wd", "extension_wd", "unit_id", "version", *CLOCKS,
)  # fmt: skip


def load() -> None:
    for command in ("load_catalogue", "load_calendar"):
        call_command(command, stdout=io.StringIO())


def seed(**options) -> str:
    out = io.StringIO()
    call_command("seed_demo", stdout=out, **({"as_of": AS_OF} | options))
    return out.getvalue()


def wipe() -> None:
    """Empties the tables of the example park."""
    Warning.objects.all().delete()
    for model in (
        Appeal, Ranking, ContestEntry, WeeklyBrief, FilingRestatement, Filing, FilingRound, ProgrammeMove, Programme,
        AcquisitionPlot,
    ):  # fmt: skip
        model.objects.all().delete()
    for model in (Meeting, Instruction, Visit, Measure, PlannedVisit, VisitGrid, Bulletin, LedgerItem, Project):
        model.objects.all().delete()
    Enterprise.objects.all().delete()
    User.objects.all().delete()
    Organization.objects.filter(parent__isnull=False).delete()
    Organization.objects.all().delete()
    Park.objects.all().delete()


def digest() -> str:
    """Everything the park says, without row numbers and password hashes."""
    tables = {
        Project: ("name", "code", "stage", "stage_entered_on", "status", "light", "version", "search_text", "content",
                  "total_investment_10k", "enrolled_on", "created_at", "updated_at", "enterprise__name"),
        ProjectStep: ("project__name", "code", *(name for name in COLUMNS if name != "unit_id"), "unit__name"),
        StepTransition: ("project_step__project__name", "project_step__code", "verb", "from_state", "to_state", "on",
                         "note", "by__username", "at"),
        StepPause: ("project_step__project__name", "project_step__code", "kind", "started_on", "ended_on"),
        StepDocument: ("project_step__project__name", "requirement__code", "state", "due_on", "at"),
        Milestone: ("project__name", "stage", "baseline_on", "forecast_on", "actual_on"),
        MonthlyInvestment: ("project__name", "year", "month", "month_10k", "ytd_10k"),
        AnnualPlan: ("project__name", "year", "planned_10k"),
        ProjectChange: ("project__name", "verb", "changes", "at", "by__username"),
        LedgerItem: ("number", "title", "state", "due_on", "unit__name", "version", "updated_at"),
        Warning: ("rule", "label", "due_on", "level", "since_on", "cleared_on", "project__name"),
    }  # fmt: skip
    said = {
        model.__name__: sorted(
            json.dumps(row, default=str, ensure_ascii=False) for row in model.objects.values_list(*columns)
        )
        for model, columns in tables.items()
    }
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
