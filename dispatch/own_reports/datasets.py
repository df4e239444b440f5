"""What own reports can be about, each with its columns. Rows come through ``visible_to`` of the reader alone.

Names are stored in saved reports, so they never change; a column that goes is named to its readers and left out.
"""

from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    DateField,
    DecimalField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import NullIf, TruncDate
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.i18n import localized
from approvals.flow import State
from approvals.models import ProjectStep
from dispatch.filing.models import Filing
from dispatch.ledger.models import LedgerItem
from dispatch.own_reports.columns import (
    Column,
    Dataset,
    Env,
    choice,
    count,
    day,
    how_many,
    money,
    number,
    related,
    text,
    unit,
    yes_no,
)
from dispatch.own_reports.definitions import Kind
from dispatch.warnings.models import LEVELS, Warning
from dispatch.warnings.reading import rule_names
from projects.filters import POOL_NAMES
from projects.models import AnnualPlan, Light, Milestone, MonthlyInvestment, Project, TeamMember
from projects.stages import ORDER, STAGES, Pool, Stage, stages_of

RATE = DecimalField(max_digits=16, decimal_places=4)
HUNDRED = Value(100.0)  # not a whole number: SQLite divides whole numbers without decimals
UNPLACED = ("", _("not given"))


def project_page(pk: int) -> str:
    return reverse("projects:detail", args=[pk])


def _stages(env: Env) -> list[tuple[str, str]]:
    return [(stage.value, localized(STAGES[stage], "name")) for stage in ORDER]


def _states(env: Env) -> list[tuple[str, str]]:
    english = (get_language() or "zh").startswith("en")
    return [(str(s.value), s.info.label_en if english else s.info.label_zh) for s in State]


def _rules(env: Env) -> list[tuple[str, str]]:
    return list(rule_names().items())


def _as_text(path: str):
    def expression(env: Env) -> Case:
        cases = [When(**{path: state.value}, then=Value(str(state.value))) for state in State]
        return Case(*cases, default=Value(""), output_field=CharField())

    return expression


def _pool(env: Env) -> Case:
    cases = [When(stage__in=[s.value for s in stages_of(pool)], then=Value(pool.value)) for pool in Pool]
    return Case(*cases, default=Value(""), output_field=CharField())


def _plan(env: Env):
    return related(AnnualPlan.objects.filter(year=env.today.year), "planned_10k")


def _ytd(env: Env):
    return related(MonthlyInvestment.objects.filter(year=env.today.year).order_by("-month"), "ytd_10k")


def _plan_rate(env: Env) -> ExpressionWrapper:
    return ExpressionWrapper(
        _ytd(env) * HUNDRED / NullIf(_plan(env), Value(Decimal(0), output_field=RATE)), output_field=RATE
    )


def _milestone(stage: Stage, column: str):
    return lambda env: related(Milestone.objects.filter(stage=stage.value), column)


def _member(role: str):
    return lambda env: related(TeamMember.objects.filter(role=role), "person_name")


def _team_unit(role: str):
    return lambda env: related(TeamMember.objects.filter(role=role), "organization__name")


def _of_project(prefix: str = "project__") -> list[Column]:
    """What the rows that hang on a project say of it."""
    return [
        text("project", _("Project"), f"{prefix}name", groups=True),
        text("project_code", _("Project code"), f"{prefix}code"),
        unit("project_unit", _("Unit of the project"), f"{prefix}responsible_unit"),
        choice("project_stage", _("Stage"), f"{prefix}stage", _stages),
        choice("project_light", _("Light"), f"{prefix}light", Light.choices),
    ]


PROJECTS = Dataset(
    "projects",
    pgettext_lazy("dataset", "Projects"),
    lambda env: Project.objects.visible_to(env.user),
    [
        text("name", _("Project name"), "name"),
        text("code", _("Project code"), "code"),
        text("enterprise", _("Enterprise"), "enterprise__name", groups=True),
        text("industry", _("Industry"), "industry", groups=True),
        choice("nature", _("Nature"), "nature", [*Project.Nature.choices, UNPLACED]),
        choice("level", _("Level"), "level", [*Project.Level.choices, UNPLACED]),
        text("location", _("Location"), "location", groups=True),
        unit("unit", _("Responsible unit"), "responsible_unit"),
        choice("stage", _("Stage"), "stage", _stages),
        choice("pool", _("Pool"), _pool, list(POOL_NAMES.items())),
        choice("light", _("Light"), "light", Light.choices),
        choice("status", _("Status"), "status", Project.Status.choices),
        yes_no("enrolled", _("Enrolled"), lambda env: Q(enrolled=True), lambda env: Q(enrolled__isnull=True)),
        day("enrolled_on", _("Enrolled on"), "enrolled_on"),
        day("stage_since_on", _("In this stage since"), "stage_entered_on"),
        day("start_due_on", _("Start of works due on"), _milestone(Stage.STARTED, "due_on")),
        day("started_on", _("Works started on"), _milestone(Stage.STARTED, "actual_on")),
        day("production_due_on", _("Production due on"), _milestone(Stage.PRODUCTION, "due_on")),
        day("production_on", _("In production since"), _milestone(Stage.PRODUCTION, "actual_on")),
        money("total_10k", _("Total investment (10k CNY)"), "total_investment_10k"),
        Column("total_yi", _("Total investment (100m CNY)"), Kind.YI, "total_investment_10k", sums=True),
        money("equipment_10k", _("Equipment investment (10k CNY)"), "equipment_investment_10k"),
        money("before_10k", _("Invested to the end of last year (10k CNY)"), "invested_before_10k"),
        money("plan_10k", _("Plan of this year (10k CNY)"), _plan),
        money("ytd_10k", _("Invested this year (10k CNY)"), _ytd),
        Column("plan_rate", _("Plan fulfilled (%)"), Kind.PERCENT, _plan_rate),
        Column("physical", _("Physical progress (%)"), Kind.PERCENT, "physical_percent"),
        number("land_mu", _("Land (mu)"), "land_mu"),
        number("floor_m2", _("Floor area (m²)"), "floor_area_m2"),
        text("leader", _("Leader in charge"), _member("leader"), groups=True),
        text("department", _("Department in charge"), _team_unit("department"), groups=True),
        text("street", _("Street in charge"), _team_unit("street"), groups=True),
        count("warnings", _("Open warnings"), lambda env: how_many(Warning.objects.visible_to(env.user).active())),
        count("items", _("Open ledger items"), lambda env: how_many(LedgerItem.objects.visible_to(env.user).open())),
        text("progress", _("Physical progress"), "physical_progress", long=True),
        text("issue", _("Existing problems"), "issue", long=True),
        text("next_work", _("Next work"), "next_work", long=True),
        day("updated_on", _("Updated on"), lambda env: TruncDate("updated_at")),
    ],
    ("name", "unit", "stage", "light", "total_10k", "plan_10k", "ytd_10k", "plan_rate"),
    project_page,
)


def _step_due(env: Env) -> Case:
    """The earlier of the two clocks' last days (WD-15)."""
    return Case(
        When(committed_due_on__isnull=True, then=F("statutory_due_on")),
        When(statutory_due_on__lt=F("committed_due_on"), then=F("statutory_due_on")),
        default=F("committed_due_on"),
        output_field=DateField(null=True),
    )


STEPS = Dataset(
    "steps",
    _("Approval steps"),
    lambda env: ProjectStep.objects.visible_to(env.user).applicable(),
    [
        *_of_project(),
        text("code", _("Step code"), "code", groups=True),
        text("step", _("Step"), lambda env: F(f"step__name_{'en' if _english() else 'zh'}"), groups=True),
        choice("applicability", _("Applicability"), "applicability", ProjectStep.Applicability.choices),
        choice("state", _("State"), _as_text("state"), _states),
        yes_no("running", _("Clock runs"), lambda env: Q(committed_runs=True) | Q(statutory_runs=True)),
        unit("unit", _("Unit"), "unit"),
        text("handler", _("Handler"), "handler_name", groups=True),
        day("received_on", _("Received on"), "received_on"),
        day("accepted_on", _("Accepted on"), "accepted_on"),
        day("decided_on", _("Decided on"), "decided_on"),
        day("due_on", _("Due on"), _step_due),
        day("committed_due_on", _("Committed due date"), "committed_due_on"),
        day("statutory_due_on", _("Statutory due date"), "statutory_due_on"),
        Column("limit_wd", _("Committed limit (working days)"), Kind.INT, "committed_limit_wd"),
        text("result", _("Number of the result document"), "result_number"),
    ],
    ("project", "code", "step", "unit", "state", "accepted_on", "due_on"),
)


def _english() -> bool:
    return (get_language() or "zh").startswith("en")


ITEMS = Dataset(
    "ledger_items",
    _("Ledger items"),
    lambda env: LedgerItem.objects.visible_to(env.user),
    [
        text("number", _("Number"), "number"),
        text("title", _("Title"), "title"),
        *_of_project(),
        choice("kind", _("Kind"), "kind", LedgerItem.Kind.choices),
        choice("category", _("Category"), "category", LedgerItem.Category.choices),
        choice("source", _("Source"), "source", LedgerItem.Source.choices),
        choice("state", _("State"), "state", LedgerItem.State.choices),
        yes_no("open", pgettext_lazy("ledger item", "Open"), lambda env: ~Q(state=LedgerItem.State.CLOSED)),
        unit("unit", _("Responsible unit"), "unit"),
        text("person", _("Person"), "person_name", groups=True),
        text("leader", pgettext_lazy("ledger item", "Leader"), "leader", groups=True),
        Column("tier", _("Dispatch tier"), Kind.INT, "tier", groups=True),
        day("raised_on", _("Raised on"), "raised_on"),
        day("due_on", _("Due on"), "due_on"),
        day("closed_on", pgettext_lazy("ledger item", "Closed on"), "closed_on"),
        text("description", _("Description"), "description", long=True),
        text("measures", _("Measures"), "measures", long=True),
        text("progress", _("Latest progress"), "progress", long=True),
    ],
    ("number", "title", "project", "unit", "state", "raised_on", "due_on"),
    lambda pk: reverse("dispatch:ledger_detail", args=[pk]),
)

WARNINGS = Dataset(
    "warnings",
    _("Warnings"),
    lambda env: Warning.objects.visible_to(env.user),
    [
        *_of_project(),
        choice("rule", _("Rule"), "rule", _rules),
        choice("about", _("About"), "object_type", Warning.ObjectType.choices),
        text("label", pgettext_lazy("warning", "Code"), "label"),
        choice("level", _("Level"), "level", LEVELS),
        choice("party", _("Whose days"), "party", Warning.Party.choices),
        yes_no("active", pgettext_lazy("warning", "Active"), lambda env: Q(cleared_on__isnull=True)),
        unit("unit", _("Unit"), "unit"),
        day("due_on", _("Due on"), "due_on"),
        day("since_on", _("Since"), "since_on"),
        day("cleared_on", _("Cleared on"), "cleared_on"),
    ],
    ("project", "rule", "level", "unit", "due_on", "since_on"),
)

FILINGS = Dataset(
    "filings",
    _("Monthly filings"),
    lambda env: Filing.objects.visible_to(env.user),
    [
        *_of_project(),
        Column("year", _("Year"), Kind.INT, "round__year", groups=True),
        Column("month", _("Month"), Kind.INT, "round__month", groups=True),
        choice("state", _("State"), "state", Filing.State.choices),
        money("month_10k", _("This month (10k CNY)"), "month_10k"),
        Column("ytd_10k", _("This year so far (10k CNY)"), Kind.MONEY, "ytd_10k"),
        money("works_10k", _("Of it building works (10k CNY)"), "works_10k"),
        money("equipment_10k", _("Of it equipment (10k CNY)"), "equipment_10k"),
        money("other_10k", _("Of it land and other costs (10k CNY)"), "other_10k"),
        Column("physical", _("Physical progress (%)"), Kind.PERCENT, "physical_percent"),
        day("submitted_on", _("Handed in on"), lambda env: TruncDate("submitted_at")),
        day("checked_on", pgettext_lazy("filing", "Checked on"), lambda env: TruncDate("checked_at")),
        text("progress", _("Physical progress"), "physical_progress", long=True),
        text("issue", _("Existing problems"), "issue", long=True),
    ],
    ("project", "year", "month", "state", "month_10k", "ytd_10k", "physical"),
)

MILESTONES = Dataset(
    "milestones",
    _("Milestones"),
    lambda env: Milestone.objects.visible_to(env.user),
    [
        *_of_project(),
        choice("milestone", _("Milestone"), "stage", _stages),
        choice("status", _("Status of the project"), "project__status", Project.Status.choices),
        yes_no("reached", _("Reached"), lambda env: Q(actual_on__isnull=False) | Q(is_done=True)),
        day("due_on", _("Due on"), "due_on"),
        day("baseline_on", _("Baseline"), "baseline_on"),
        day("forecast_on", _("Forecast"), "forecast_on"),
        day("actual_on", pgettext_lazy("milestone", "Reached on"), "actual_on"),
        Column("total_10k", _("Total investment (10k CNY)"), Kind.MONEY, "project__total_investment_10k"),
        text("leader", _("Leader in charge"), lambda env: _project_leader(), groups=True),
    ],
    ("project", "project_unit", "milestone", "due_on", "forecast_on", "reached"),
)


def _project_leader():
    leaders = TeamMember.objects.filter(role="leader", project=OuterRef("project"))
    return Subquery(leaders.values("person_name")[:1])


DATASETS: dict[str, Dataset] = {one.name: one for one in (PROJECTS, STEPS, ITEMS, WARNINGS, FILINGS, MILESTONES)}
