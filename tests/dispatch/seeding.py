"""Seeds the example park in a test, and sums up what it says."""

import hashlib
import io
import json
import re
from datetime import date

from django.core.management import call_command

from accounts.models import Organization, Park, User
from approvals.models import ExchangeMessage, ExchangePlatform, ProjectStep, StepDocument, StepPause, StepTransition
from dispatch.feeds.models import CalendarFeed
from dispatch.group_start.models import GroupStart, GroupStartEntry, GroupStartProject
from dispatch.ledger.models import LedgerItem
from dispatch.models import (
    AcquisitionPlot,
    Appeal,
    ContestEntry,
    DayFigures,
    ElementEntry,
    ElementNeed,
    ElementSupply,
    Filing,
    FilingRestatement,
    FilingRound,
    FundingApplication,
    Instruction,
    Measure,
    Meeting,
    MonthlyPlan,
    PlannedVisit,
    Programme,
    ProgrammeEntry,
    ProgrammeMove,
    Ranking,
    SavedReport,
    Visit,
    VisitGrid,
    WeeklyBrief,
    YearlyOutput,
)
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
from dispatch.reports.models import Bulletin
from dispatch.warnings.models import Warning
from dispatch.webhooks.models import Webhook, WebhookDelivery
from projects.models import AnnualPlan, Enterprise, Milestone, MonthlyInvestment, Project, ProjectChange

AS_OF = date(2026, 11, 20)
ID = re.compile(r"o?\d+")  # a row, or an organization, among the keys of a snapshot
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
        AcquisitionPlot, ElementEntry, Plan, PlanTemplate, PlanRules, PlanForecast, LearnedDurations, GroupStart,
        CalendarFeed, ExchangeMessage, ExchangePlatform, Webhook,
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
        MonthlyPlan: ("project__name", "year", "month", "planned_10k"),
        ProgrammeEntry: ("project__name", "priority", "year1_10k", "year2_10k", "year3_10k", "left_at"),
        ProgrammeMove: ("project__name", "verb", "reason", "by__username", "at"),
        ElementSupply: ("year", "element", "amount"),
        ElementNeed: ("project__name", "year", "element", "amount", "secured", "needed_on", "unit__name"),
        FundingApplication: ("project__name", "title", "state", "asked_10k", "granted_10k", "paid_10k"),
        YearlyOutput: ("project__name", "year", "output_10k", "tax_10k"),
        AcquisitionPlot: ("name", "project__name", "acquired_mu", "households_moved", "cleared_on"),
        Filing: ("project__name", "round__month", "state", "month_10k", "ytd_10k", "submitted_by__username"),
        FilingRestatement: ("filing__project__name", "state", "reason", "by__username", "decided_by__username"),
        ContestEntry: ("unit__name", "counter", "value"),
        Appeal: ("ranking__kind", "unit__name", "text", "state"),
        Webhook: ("park__code", "name", "url", "events", "switched_off_at"),
        WebhookDelivery: ("webhook__name", "event__kind", "event__happened_at", "state", "attempts", "sent_at"),
        ExchangeMessage: ("platform__name", "project_code", "item_code", "state_code", "state", "happened_at"),
        SavedReport: ("owner__username", "name", "dataset", "columns", "schedule"),
    } | _plans()  # fmt: skip
    said = {
        model.__name__: sorted(
            json.dumps(row, default=str, ensure_ascii=False) for row in model.objects.values_list(*columns)
        )
        for model, columns in tables.items()
    } | _frozen()
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _plans() -> dict:
    """Plans, what was worked out from them, group starts."""
    return {
        Plan: ("project__name", "goal", "target_on", "template__name", "template_version", "version", "created_at",
               "updated_at", "updated_by__username"),
        PlanTask: ("plan__project__name", "key", "kind", "name", "seq", "duration_wd", "planned_on", "fixed_on",
                   "fixed_reason", "not_before_on", "started_on", "finished_on", "unit__name", "is_dropped"),
        PlanLink: ("plan__project__name", "before", "after", "kind", "lag_wd", "is_hard", "is_removed"),
        PlanLever: ("plan__project__name", "kind", "keys", "wd", "gain_wd", "item__number", "at", "withdrawn_at"),
        PlanBaseline: ("plan__project__name", "number", "goal", "target_on", "rows", "sha256", "reason",
                       "by__username", "at"),
        PlanEntry: ("plan__project__name", "verb", "note", "by__username", "at"),
        PlanForecast: ("project__name", "as_of", "goal", "target_on", "goal_on", "short_wd", "spare_wd", "p50_on",
                       "p80_on", "conflicts", "chain", "rows", "computed_at"),
        PlanTemplate: ("park__code", "name", "nature", "land", "rows", "links", "version", "updated_at"),
        PlanRules: ("park__code", "version", "params", "note"),
        LearnedDurations: ("park__code", "as_of", "rows", "computed_at"),
        GroupStart: ("park__code", "on", "title", "place", "state", "note", "version", "created_at", "updated_at"),
        GroupStartProject: ("group_start__title", "project__name", "note", "is_out"),
        GroupStartEntry: ("group_start__title", "verb", "note", "by__username", "at"),
        CalendarFeed: ("user__username", "project__name", "name", "created_at"),
    }  # fmt: skip


def _frozen() -> dict[str, list[str]]:
    """What is kept as a snapshot, in the order of its periods, without row numbers."""
    kept = (
        (DayFigures, "content", ("as_of",)),
        (Ranking, "snapshot", ("kind", "year", "number", "revision")),
        (WeeklyBrief, "snapshot", ("year", "week", "revision")),
        (Bulletin, "snapshot", ("year", "month", "revision")),
    )
    return {
        model.__name__: [
            json.dumps(_without_ids(snapshot), ensure_ascii=False, sort_keys=True)
            for snapshot in model.objects.order_by("park__code", *period).values_list(column, flat=True)
        ]
        for model, column, period in kept
    }


def _without_ids(found):
    """A snapshot without the row numbers in it, and without hashes of such ones."""
    if isinstance(found, dict):
        if found and all(ID.fullmatch(key) for key in found):
            return sorted(json.dumps(_without_ids(each), sort_keys=True) for each in found.values())
        return {key: _without_ids(each) for key, each in found.items() if not _is_id(key, each)}
    if isinstance(found, list):
        whole = all(isinstance(each, int) for each in found)
        return len(found) if whole else [_without_ids(each) for each in found]
    return found


def _is_id(key: str, value) -> bool:
    if isinstance(value, int):
        return key in ("id", "project", "project_id", "unit", "unit_id")
    return key in ("url", "sha256", "restates") or (key == "key" and isinstance(value, str) and "/" in value)
